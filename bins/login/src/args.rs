//! Command-line arguments.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use clap::{Arg, Parser};
use cli_ux::sign_in::SignInArgs;
use cli_ux::{GlobalArgs, MinValidity, OutputArg, SessionsArgs};
use sso_types::Region;

/// Sign in to AWS through IAM Identity Center
///
/// Uses the cached token if it is valid, or refreshes it if that is possible; otherwise opens the
/// browser. The token is shared with the AWS CLI v2 and the SDKs.
///
/// An [sso-session] uses the authorization code grant with PKCE; a legacy profile uses a device
/// code. A device code is also used if a browser cannot redirect back to this machine, for example
/// in an SSH session or a container, unless the session sets sso_use_device_code = false.
#[derive(Debug, Parser)]
#[command(name = "sso-login", version, after_long_help = EXAMPLES)]
#[command(mut_args(with_own_help))]
pub(crate) struct Args {
    /// Sign in again even if the token is valid or can be refreshed
    #[arg(long)]
    pub(crate) force: bool,

    /// Sign out first, to start a new access portal session
    #[arg(long, requires = "force")]
    pub(crate) new_session: bool,

    #[command(flatten)]
    pub(crate) min_validity: MinValidity,

    #[command(flatten)]
    pub(crate) selection: SessionsArgs,

    /// Region of the start URL [default: from the config file or the URL]
    #[arg(
        long,
        value_name = "REGION",
        value_parser = str::parse::<Region>,
        help_heading = "Profile selection"
    )]
    pub(crate) sso_region: Option<Region>,

    #[command(flatten)]
    pub(crate) sign_in: SignInArgs,

    #[command(flatten)]
    pub(crate) output: OutputArg,

    /// Print progress as JSON lines
    ///
    /// The events are url, userCode, waiting and done.
    #[arg(long, help_heading = "Output")]
    pub(crate) events: bool,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// Replaces the help of shared arguments. `Command::mut_arg` would move the argument to the end.
fn with_own_help(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "profile" => arg.help("Profile (repeatable) [default: $AWS_PROFILE or \"default\"]"),
        "start_url" => arg
            .help("Start URL, without a config file (repeatable)")
            .long_help(
                "Start URL, without a config file (repeatable)\n\nSigns in with a device code.",
            ),
        _ => arg,
    }
}

const EXAMPLES: &str = "\
Examples:
  sso-login dev
      sign in for the profile and all other profiles of its session

  sso-login dev --min-validity 1h
      sign in only if the token is valid for less than another hour and cannot be refreshed

  sso-login my-sso --use-device-code --no-browser
      sign in with the browser of another device

  sso-login my-sso --remote
      sign in with a browser on another machine and paste the resulting URL

  sso-login https://my-portal.awsapps.com/start --sso-region us-east-1
      sign in without a config file";

impl Args {
    /// Returns whether the arguments select any number of sessions, and not exactly one.
    pub(crate) fn selects_several(&self) -> bool {
        self.selection.all || self.selection.count() > 1
    }
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
