//! Command-line arguments.

use clap::Parser;
use cli_ux::{GlobalArgs, OutputArg, SHORT_CONNECT_TIMEOUT_HELP, SHORT_READ_TIMEOUT_HELP};

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
#[command(mut_arg("connect_timeout", |arg| arg.help(SHORT_CONNECT_TIMEOUT_HELP)))]
#[command(mut_arg("read_timeout", |arg| arg.help(SHORT_READ_TIMEOUT_HELP)))]
pub(crate) struct Args {
    /// Sign out of this profile's session (repeatable)
    #[arg(long, value_name = "NAME", help_heading = "Profile selection")]
    pub(crate) profile: Vec<String>,

    /// Sign out of this SSO session (repeatable)
    #[arg(long, value_name = "NAME", help_heading = "Profile selection")]
    pub(crate) sso_session: Vec<String>,

    /// Sign out of this start URL (repeatable)
    ///
    /// Signs out of all sessions with the start URL.
    #[arg(long, value_name = "URL", help_heading = "Profile selection")]
    pub(crate) start_url: Vec<String>,

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
    pub(crate) output: OutputArg,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

const EXAMPLES: &str = "\
Examples:
  sso-logout
      sign out of everything

  sso-logout --sso-session my-sso --forget-clients
      sign out of one session and remove its client registration

  sso-logout --profile dev --dry-run
      list the files that would be removed";

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
