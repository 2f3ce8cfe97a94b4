//! The command line.

use std::ffi::OsString;

use clap::{ArgGroup, Parser, ValueEnum};
use cli_ux::{GlobalArgs, MinValidity, OutputArg, OutputForm, ProfileArgs, parse_duration};

/// Print the AWS credentials of a profile, for a shell or another program
///
/// The credentials come from the cache that is shared with the AWS CLI v2 and the SDKs; where they
/// are about to expire, new ones are fetched with the token of the last sign-in, which is renewed
/// by itself while the session lasts. No browser is ever opened without --login.
#[derive(Clone, Debug, Parser)]
#[command(name = "export-credentials", version, after_help = EXAMPLES)]
#[command(mut_arg("sso_session", |arg| arg.requires("of_session")))]
#[command(group(ArgGroup::new("of_session").multiple(true)))]
#[command(mut_arg("output", |arg| arg.conflicts_with("format")))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Args {
    // Without a default, so that the program knows whether somebody chose.
    /// How to print them [default: shell]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,

    /// Set the profile's Region too, where the format has variables or a section
    #[arg(long)]
    pub(crate) with_region: bool,

    /// Print the access token of the session instead, for services that take one
    #[arg(long, group = "of_session", conflicts_with_all = ["account_id", "format", "with_region"])]
    pub(crate) bearer_token: bool,

    /// Have sso-login sign in first where that is needed and there is a terminal
    #[arg(long)]
    pub(crate) login: bool,

    /// Run COMMAND beside a server of credentials that renews them, for one that outlives them
    #[arg(long, requires = "command")]
    pub(crate) serve: bool,

    /// Run it with the credentials in its environment, and print nothing
    #[arg(last = true, value_name = "COMMAND", conflicts_with_all = ["bearer_token", "format", "output"])]
    pub(crate) command: Vec<OsString>,

    #[command(flatten)]
    pub(crate) min_validity: MinValidity,

    /// How long the credentials of an assumed role should live [default: as the profile says]
    ///
    /// From 15m to 12h, and no longer than the role allows; at most 1h where another role leads to
    /// it, or IAM Identity Center.
    #[arg(long, value_name = "SPAN", value_parser = duration, conflicts_with = "sso_session")]
    pub(crate) duration: Option<u32>,

    /// The account, together with --sso-session
    #[arg(
        long,
        value_name = "ID",
        requires = "sso_session",
        requires = "role_name",
        group = "of_session",
        help_heading = "Profile selection"
    )]
    pub(crate) account_id: Option<String>,

    /// The role, together with --sso-session
    #[arg(
        long,
        value_name = "NAME",
        requires = "sso_session",
        requires = "account_id",
        help_heading = "Profile selection"
    )]
    pub(crate) role_name: Option<String>,

    #[command(flatten)]
    pub(crate) selection: ProfileArgs,

    #[command(flatten)]
    pub(crate) output: OutputArg,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

const EXAMPLES: &str = "\
Examples:
  eval \"$(export-credentials --profile dev)\"
      set the variables of this shell; sh, bash and zsh

  export-credentials --profile dev -- terraform plan
      run a command with the credentials

  export-credentials --sso-session my-sso --bearer-token
      print the token of a session

  [profile dev-for-old-tools]
  credential_process = export-credentials --profile dev --format process
      in ~/.aws/config, for tools that know nothing of IAM Identity Center";

/// How credentials are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Statements for `eval` in sh, bash, dash, ksh and zsh; what does not apply is unset
    Shell,
    /// JSON, as `credential_process` wants it
    Process,
    /// `export NAME=value` lines
    Env,
    /// `NAME=value` lines
    EnvNoExport,
    /// `$Env:NAME="value"` lines
    Powershell,
    /// `set NAME=value` lines
    WindowsCmd,
    /// `set -gx NAME "value"` lines, to pipe into `source`
    Fish,
    /// JSON with everything that is known, as --output json
    Json,
    /// A `.env` file
    Dotenv,
    /// A file for `docker run --env-file`
    DockerEnv,
    /// Variables for the steps to come, hidden in the log
    GithubActions,
    /// A record for `from json | load-env`
    Nushell,
    /// A section for the credentials file
    Ini,
    /// Statements for `eval` in tcsh
    Tcsh,
    /// Statements for `execx` in xonsh
    Xonsh,
}

impl Args {
    /// Returns the format that was asked for, `None` where nobody chose.
    pub(crate) fn format(&self) -> Option<Format> {
        match self.output.output {
            OutputForm::Text => self.format,
            OutputForm::Json => Some(Format::Json),
        }
    }
}

/// Reads how long the credentials of a role are to live, in seconds; the limits are those of STS.
fn duration(text: &str) -> Result<u32, String> {
    let seconds = parse_duration(text)?.as_secs();
    let seconds = u32::try_from(seconds).ok();
    let seconds = seconds.filter(|seconds| (900..=43_200).contains(seconds));
    seconds.ok_or_else(|| "a role may be had for 15m to 12h".to_owned())
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
