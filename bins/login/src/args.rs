//! The command line.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use clap::Parser;
use cli_ux::sign_in::SignInArgs;
use cli_ux::{GlobalArgs, MinValidity, OutputArg, ProfileArgs};
use sso_types::Region;

/// Sign in to AWS through IAM Identity Center
///
/// A token that is still valid is kept, one that can be renewed is renewed without a browser;
/// otherwise the browser opens. The token is shared with the AWS CLI v2 and the SDKs. An
/// [sso-session] uses the authorization code grant with PKCE, a legacy profile the device code;
/// so does a place that a browser cannot come back to, such as an SSH session or a container,
/// unless sso_use_device_code = false in the session says otherwise.
#[derive(Debug, Parser)]
#[command(name = "sso-login", version, after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Args {
    /// Sign in with the browser even if the token is valid or renewable
    #[arg(long)]
    pub(crate) force: bool,

    /// Sign out at the server first, so that the time of the portal session starts anew
    #[arg(long, requires = "force")]
    pub(crate) new_session: bool,

    #[command(flatten)]
    pub(crate) min_validity: MinValidity,

    #[command(flatten)]
    pub(crate) selection: ProfileArgs,

    /// Every [sso-session] and every legacy start URL of the config, one after the other
    #[arg(
        long,
        conflicts_with_all = ["profile", "sso_session", "start_url"],
        help_heading = "Profile selection"
    )]
    pub(crate) all: bool,

    /// Start URL to sign in to without any config, by code
    #[arg(
        long,
        value_name = "URL",
        conflicts_with_all = ["profile", "sso_session"],
        help_heading = "Profile selection"
    )]
    pub(crate) start_url: Option<String>,

    /// Region of that start URL [default: the one that the URL carries or leads to]
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

    /// Print what happens as it happens, a line of JSON each: url, userCode, waiting, done
    #[arg(long, help_heading = "Output")]
    pub(crate) events: bool,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

const EXAMPLES: &str = "\
Examples:
  sso-login --profile dev
      sign in for the profile, and for all profiles of the same session

  sso-login --sso-session my-sso --use-device-code --no-browser
      sign in with the browser of another device

  sso-login --sso-session my-sso --remote
      sign in with a browser elsewhere and paste the address that it ends on

  sso-login --start-url https://my-portal.awsapps.com/start --sso-region us-east-1
      sign in without any config";

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
