//! Command-line arguments.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use clap::Parser;
use cli_ux::sign_in::SignInArgs;
use cli_ux::{GlobalArgs, MinValidity, OutputArg, ProfileArgs};
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
#[expect(clippy::struct_excessive_bools, reason = "each is an independent flag")]
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
    pub(crate) selection: ProfileArgs,

    /// All SSO sessions and legacy start URLs in the config file
    #[arg(
        long,
        conflicts_with_all = ["profile", "sso_session", "start_url"],
        help_heading = "Profile selection"
    )]
    pub(crate) all: bool,

    /// Start URL, without a config file
    ///
    /// Signs in with a device code.
    #[arg(
        long,
        value_name = "URL",
        conflicts_with_all = ["profile", "sso_session", "remote", "redirect_port"],
        help_heading = "Profile selection"
    )]
    pub(crate) start_url: Option<String>,

    /// Region of the start URL [default: detected from the URL]
    #[arg(
        long,
        value_name = "REGION",
        requires = "start_url",
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

const EXAMPLES: &str = "\
Examples:
  sso-login --profile dev
      sign in for the profile and all other profiles of its session

  sso-login --sso-session my-sso --use-device-code --no-browser
      sign in with the browser of another device

  sso-login --sso-session my-sso --remote
      sign in with a browser on another machine and paste the resulting URL

  sso-login --start-url https://my-portal.awsapps.com/start --sso-region us-east-1
      sign in without a config file";

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
