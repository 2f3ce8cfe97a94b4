//! Command-line arguments.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::ffi::OsString;

use clap::{Arg, ArgGroup, Parser, ValueEnum};
use cli_ux::{GlobalArgs, MinValidity, OutputArg, OutputForm, ProfileArgs, parse_duration};

/// Print AWS credentials of a profile for a shell or another program
///
/// The credentials come from the cache shared with the AWS CLI v2 and the SDKs. If they are about
/// to expire, new ones are requested with the token of the last sign-in, which is refreshed
/// automatically while the session lasts. No browser is opened without --login.
#[derive(Clone, Debug, Parser)]
#[command(name = "export-credentials", version, after_long_help = EXAMPLES)]
#[command(mut_arg("sso_session", |arg| arg.requires("of_session")))]
#[command(mut_args(with_own_help))]
#[command(group(ArgGroup::new("of_session").multiple(true)))]
#[command(group(ArgGroup::new("session").args(["name", "profile", "sso_session"])))]
#[command(mut_arg("output", |arg| arg.conflicts_with("format")))]
#[command(mut_arg("json", |arg| arg.conflicts_with("format")))]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent flag")]
pub(crate) struct Args {
    // No `default_value`: on a terminal, only an explicit format prints secrets.
    /// Format of the credentials [default: shell]
    ///
    /// The formats for shells also unset variables that do not apply. After a failure, they print
    /// statements that unset the variables and fail, unless stdout is a terminal. On a terminal,
    /// credentials are only printed if this option is given.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,

    /// Also set the profile's Region, in variables or a section
    ///
    /// Sets AWS_REGION and AWS_DEFAULT_REGION. If the profile has no Region, the formats for shells
    /// unset them. Without this option, programs take the Region from these variables, or else from
    /// the profile in AWS_PROFILE, which may be another one.
    #[arg(long)]
    pub(crate) with_region: bool,

    /// Also set the account ID, in formats with variables
    ///
    /// SDKs use it for account-based endpoints.
    #[arg(long)]
    pub(crate) with_account_id: bool,

    /// Print the access token of the session instead of credentials
    #[arg(long, group = "of_session", conflicts_with_all = ["account_id", "format", "with_region", "with_account_id"])]
    pub(crate) bearer_token: bool,

    /// Sign in first if needed (interactive terminals only)
    #[arg(long)]
    pub(crate) login: bool,

    /// Run COMMAND with a local endpoint that refreshes the credentials
    #[arg(long, requires = "command")]
    pub(crate) serve: bool,

    /// Serve the command that replaces process PID. Only this program itself uses the option.
    #[cfg(unix)]
    #[arg(long, hide = true, value_name = "PID")]
    pub(crate) companion_of: Option<u32>,

    /// Serve a child of the parent process. Only this program itself uses the option.
    #[cfg(unix)]
    #[arg(long, hide = true)]
    pub(crate) supervised_companion: bool,

    /// Report which signals this process receives. Only this program itself uses the option.
    #[cfg(unix)]
    #[arg(long, hide = true)]
    pub(crate) signal_witness: bool,

    /// Refresh the token for another process. Only this program itself uses the option.
    #[cfg(unix)]
    #[arg(long, hide = true, conflicts_with = "companion_of")]
    pub(crate) refresh_in_background: bool,

    /// This process is not a child of the command. Only this program itself uses the option.
    #[cfg(unix)]
    #[arg(long, hide = true)]
    pub(crate) detached: bool,

    #[command(flatten)]
    pub(crate) min_validity: MinValidity,

    /// Session duration of the assumed role, for example 1h
    ///
    /// From 15m to 12h, up to the maximum session duration of the role. At most 1h with role
    /// chaining, which includes roles assumed with credentials of IAM Identity Center. Defaults to
    /// the duration in the profile.
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with_all = ["sso_session", "account_id"])]
    pub(crate) duration: Option<u32>,

    #[command(flatten)]
    pub(crate) selection: ProfileArgs,

    // After the name, which is the first positional argument.
    /// Command to run with the credentials in its environment
    #[arg(last = true, value_name = "COMMAND", conflicts_with_all = ["bearer_token", "format", "output", "json"])]
    pub(crate) command: Vec<OsString>,

    /// Account ID of the role, with an SSO session
    #[arg(
        long,
        value_name = "ID",
        requires = "session",
        requires = "role_name",
        group = "of_session",
        help_heading = "Profile selection"
    )]
    pub(crate) account_id: Option<String>,

    /// Role name, with an SSO session
    #[arg(
        long,
        value_name = "NAME",
        requires = "session",
        requires = "account_id",
        help_heading = "Profile selection"
    )]
    pub(crate) role_name: Option<String>,

    #[command(flatten)]
    pub(crate) output: OutputArg,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// Replaces the help of shared arguments. `Command::mut_arg` would move the argument to the end.
fn with_own_help(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "name" => arg
            .help("Profile, or SSO session with --bearer-token or --account-id")
            .long_help(
                "Profile, or SSO session with --bearer-token or --account-id\n\nThe \
                 profile is selected if both have the name.",
            ),
        _ => arg,
    }
}

const EXAMPLES: &str = "\
Examples:
  eval \"$(export-credentials dev)\"
      set the variables in sh, bash, ksh or zsh

  export-credentials dev --format fish | source
      set the variables in fish

  eval \"`export-credentials dev --format tcsh`\"
      set the variables in tcsh

  export-credentials dev --format nushell | from json | load-env
      set the variables in Nushell

  execx($(export-credentials dev --format xonsh))
      set the variables in xonsh

  export-credentials dev --format powershell | Invoke-Expression
      set the variables in PowerShell

  for /f \"delims=\" %i in ('export-credentials dev --format windows-cmd') do %i
      set the variables in the Windows Command Prompt

  export-credentials dev -- terraform plan
      run a command with the credentials

  export-credentials my-sso --bearer-token
      print the access token of a session

  [profile dev-for-old-tools]
  credential_process = export-credentials dev --format process
      in ~/.aws/config, for tools without support for IAM Identity Center";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Statements for `eval` in sh, bash, dash, ksh and zsh
    Shell,
    /// JSON for `credential_process`
    Process,
    /// `export NAME=value` lines
    Env,
    /// `NAME=value` lines
    EnvNoExport,
    /// `$Env:NAME="value"` lines
    Powershell,
    /// `set NAME=value` lines
    WindowsCmd,
    /// `set -gx NAME "value"` lines for `source`
    Fish,
    /// JSON with all known values, same as --output json
    Json,
    /// `.env` file
    Dotenv,
    /// File for `docker run --env-file`
    DockerEnv,
    /// Variables for subsequent GitHub Actions steps, masked in the log
    GithubActions,
    /// Record for `from json | load-env`
    Nushell,
    /// Section for the credentials file
    Ini,
    /// Statements for `eval` in tcsh
    Tcsh,
    /// Statements for `execx` in xonsh
    Xonsh,
}

impl Args {
    /// Returns the requested format, or `None` if neither `--format` nor `--output` selects one.
    pub(crate) fn format(&self) -> Option<Format> {
        match self.output.form() {
            OutputForm::Text => self.format,
            OutputForm::Json => Some(Format::Json),
        }
    }
}

/// Parses a session duration, in seconds, within the limits of STS.
fn duration(text: &str) -> Result<u32, String> {
    let seconds = parse_duration(text)?.as_secs();
    let seconds = u32::try_from(seconds).ok();
    let seconds = seconds.filter(|seconds| (900..=43_200).contains(seconds));
    seconds.ok_or_else(|| "the duration must be from 15m to 12h".to_owned())
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
