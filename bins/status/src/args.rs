//! The command line.

use std::time::Duration;

use clap::{Arg, Parser, ValueEnum};
use cli_ux::{
    GlobalArgs, OutputArg, ProfileArgs, SHORT_CONNECT_TIMEOUT_HELP, SHORT_READ_TIMEOUT_HELP,
    parse_duration,
};

/// Show where one is signed in to AWS, and for how long
///
/// Three clocks: until when the token of a session is valid, until when it can be renewed at the
/// latest (the administrator's limit for the session may end it before), and until when the cached
/// credentials of a profile are valid. All sessions and profiles of the config are shown, or what
/// is selected. Nothing is asked of a server unless --verify says so, and nothing is changed. The
/// exit status is 0 if nobody has to sign in for any of what is shown, else 253.
#[derive(Debug, Parser)]
#[command(name = "sso-status", version, after_help = EXAMPLES)]
#[command(mut_args(with_own_help))]
pub(crate) struct Args {
    /// How to show it
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: Format,

    /// How long it should still be valid: a number with s, m, h or d [default: 0s]
    #[arg(long, value_name = "SPAN", value_parser = parse_duration)]
    pub(crate) min_validity: Option<Duration>,

    /// Ask the access portal whether it accepts the tokens
    #[arg(long)]
    pub(crate) verify: bool,

    #[command(flatten)]
    pub(crate) selection: ProfileArgs,

    #[command(flatten)]
    pub(crate) output: OutputArg,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// Replaces the help of shared arguments. `mut_arg` would move each to the end.
fn with_own_help(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "profile" => arg.help("Show this profile and its session alone"),
        "sso_session" => arg.help("Show this [sso-session NAME] and its profiles alone"),
        "connect_timeout" => arg.help(SHORT_CONNECT_TIMEOUT_HELP),
        "read_timeout" => arg.help(SHORT_READ_TIMEOUT_HELP),
        _ => arg,
    }
}

const EXAMPLES: &str = "\
Examples:
  sso-status
      all sessions and profiles of the config

  sso-status --profile dev --min-validity 1h || sso-login --profile dev
      sign in unless the next hour needs no sign-in

  sso-status --format prompt
      a few words on the profile of the environment, for a shell's prompt";

/// How it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables for a person
    Table,
    /// One short line on one profile, for the prompt of a shell; the exit status says no more
    Prompt,
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
