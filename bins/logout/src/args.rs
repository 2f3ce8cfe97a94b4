//! Command-line arguments.

use clap::{Arg, Parser};
use cli_ux::{
    GlobalArgs, OutputArg, SHORT_CONNECT_TIMEOUT_HELP, SHORT_READ_TIMEOUT_HELP, SessionsArgs,
};

/// Sign out of AWS and remove cached tokens and role credentials
///
/// Ends the access portal sessions and removes the tokens and the role credentials that were
/// obtained with them, also those of assumed roles, even if the service refuses or cannot be
/// reached. An expired token is refreshed first, because the service does not accept it. Without a
/// selection, signs out of all sessions. The caches are shared with the AWS CLI v2 and the SDKs,
/// which are signed out as well. Other tools' files are kept.
///
/// The service ends the sign-in session of a token. Other SSO sessions with the same start URL that
/// belong to it end too. Role credentials that were issued before stay valid until they expire.
#[derive(Debug, Parser)]
#[command(name = "sso-logout", version, after_long_help = EXAMPLES)]
#[command(mut_args(with_own_help))]
pub(crate) struct Args {
    /// Also remove the client registrations
    ///
    /// The next sign-in registers a new client.
    #[arg(long)]
    pub(crate) forget_clients: bool,

    /// List the files that would be removed
    ///
    /// Sends no requests and changes no files.
    #[arg(long)]
    pub(crate) dry_run: bool,

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
        "profile" => arg.help("Sign out of this profile's session (repeatable)"),
        "sso_session" => arg.help("Sign out of this SSO session (repeatable)"),
        "start_url" => arg.help("Sign out of all sessions with this start URL (repeatable)"),
        "all" => arg.help("Sign out of all sessions, in the config file or not (the default)"),
        "connect_timeout" => arg.help(SHORT_CONNECT_TIMEOUT_HELP),
        "read_timeout" => arg.help(SHORT_READ_TIMEOUT_HELP),
        _ => arg,
    }
}

const EXAMPLES: &str = "\
Examples:
  sso-logout
      sign out of everything

  sso-logout my-sso --forget-clients
      sign out of one session and remove its client registration

  sso-logout dev --dry-run
      list the files that would be removed";

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
