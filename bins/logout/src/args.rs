//! The command line.

use clap::Parser;
use cli_ux::{GlobalArgs, OutputArg, SHORT_CONNECT_TIMEOUT_HELP, SHORT_READ_TIMEOUT_HELP};

/// Sign out of AWS: end the sessions at the server and remove what they left here
///
/// Without a selection, everything is signed out of. The tokens and the role credentials that came
/// from them are removed whatever the server says, also without a network. They are shared with
/// the AWS CLI v2 and the SDKs, which are signed out with them. Files of others stay.
#[derive(Debug, Parser)]
#[command(name = "sso-logout", version, after_help = EXAMPLES)]
#[command(mut_arg("connect_timeout", |arg| arg.help(SHORT_CONNECT_TIMEOUT_HELP)))]
#[command(mut_arg("read_timeout", |arg| arg.help(SHORT_READ_TIMEOUT_HELP)))]
pub(crate) struct Args {
    /// Sign out of what this profile signs in to; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Profile selection")]
    pub(crate) profile: Vec<String>,

    /// Sign out of this [sso-session NAME]; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Profile selection")]
    pub(crate) sso_session: Vec<String>,

    /// Sign out of everything at this start URL; may be repeated
    #[arg(long, value_name = "URL", help_heading = "Profile selection")]
    pub(crate) start_url: Vec<String>,

    /// Remove the client registrations, too: the next sign-in registers anew
    #[arg(long)]
    pub(crate) forget_clients: bool,

    /// Change nothing and ask nobody; list what would be removed
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
      sign out of one session, and forget the client that signed in

  sso-logout --profile dev --dry-run
      list what would be removed";

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
