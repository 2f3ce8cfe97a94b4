//! Command-line arguments.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::time::Duration;

use clap::{Arg, Parser, ValueEnum};
use cli_ux::{
    GlobalArgs, OutputArg, SHORT_CONNECT_TIMEOUT_HELP, SHORT_READ_TIMEOUT_HELP, SessionsArgs,
    parse_duration,
};

/// Show where you are signed in to AWS and for how long
///
/// Shows all SSO sessions and profiles in the config file, or only the selected ones: when the
/// token of a session expires, whether it can be refreshed, and when the cached credentials of a
/// profile expire. Profiles that reach a session through source_profile, or through a
/// credential_process that runs export-credentials, are included. The access portal session ends at a
/// time that is not known locally; --verify checks whether it has ended.
///
/// Times are in the local time zone (TZ), and in UTC in JSON. Sends requests only with --verify and
/// --whoami, and changes no file, except that --whoami caches new tokens and credentials.
///
/// The exit status is 253 if a selected session needs a sign-in, else 0. A selected profile needs none
/// while its cached credentials are valid. Without a selection, with --all and with --start-url, a
/// session that you are not signed in to counts only if you are signed in to none. The exit status is
/// also 253 if the selection does not exist or cannot be used.
#[derive(Debug, Parser)]
#[command(name = "sso-status", version, after_long_help = EXAMPLES)]
#[command(mut_args(with_own_help))]
pub(crate) struct Args {
    /// Output layout
    ///
    /// If the profile in AWS_PROFILE does not exist or cannot be used, the line of prompt is its name and
    /// a question mark.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: Format,

    /// Minimum remaining lifetime, for example 15m [default: 0s]
    ///
    /// A number with the unit s, m, h or d.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(crate) min_validity: Option<Duration>,

    /// Check that the access portal accepts the tokens
    #[arg(long)]
    pub(crate) verify: bool,

    /// Show the account and the ARN of the credentials of one profile
    ///
    /// Requests the credentials if none are cached, and sends a GetCallerIdentity request to STS. The
    /// profile can be of any kind. With --json, the output is that of "aws sts get-caller-identity".
    #[arg(long, conflicts_with_all = ["format", "verify"])]
    pub(crate) whoami: bool,

    #[command(flatten)]
    pub(crate) selection: SessionsArgs,

    #[command(flatten)]
    pub(crate) output: OutputArg,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// Replaces the help of shared arguments. `Command::mut_arg` would move the argument to the end.
fn with_own_help(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "profile" => arg.help("Show only this profile and its session (repeatable)"),
        "sso_session" => arg.help("Show only this SSO session and its profiles (repeatable)"),
        "start_url" => arg.help("Show only the sessions with this start URL (repeatable)"),
        "all" => arg.help("Show all sessions and profiles in the config file (the default)"),
        "connect_timeout" => arg.help(SHORT_CONNECT_TIMEOUT_HELP),
        "read_timeout" => arg.help(SHORT_READ_TIMEOUT_HELP),
        _ => arg,
    }
}

const EXAMPLES: &str = "\
Examples:
  sso-status
      show all SSO sessions and profiles in the config file

  sso-status dev --min-validity 1h && AWS_PROFILE=dev terraform apply
      run a command only if the profile dev can be used for another hour; to sign in if it
      cannot, use sso-login dev --min-validity 1h

  sso-status --whoami --profile dev
      show the account and the ARN of the credentials of the profile dev

  sso-status --format prompt
      print one short line about the current profile, for a shell prompt";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables of sessions and profiles
    Table,
    /// One short line about one profile or session, for a shell prompt
    Prompt,
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
