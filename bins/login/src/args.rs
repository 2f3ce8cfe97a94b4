//! The command line.

use clap::Parser;
use cli_ux::{GlobalArgs, MinValidity, Whom};

/// Sign in to AWS through IAM Identity Center
///
/// A token that is still valid is kept, one that can be renewed is renewed without a browser;
/// otherwise the browser opens. The token is shared with the AWS CLI v2 and the SDKs. An
/// [sso-session] uses the authorization code grant with PKCE, a legacy profile the device code.
#[derive(Debug, Parser)]
#[command(name = "sso-login", version, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Sign in with the browser even if the token is valid or renewable
    #[arg(long)]
    pub(crate) force: bool,

    /// Print the address instead of opening a browser ($BROWSER, else the system's)
    #[arg(long)]
    pub(crate) no_browser: bool,

    /// Sign in with a code that may be entered on any device
    #[arg(long)]
    pub(crate) use_device_code: bool,

    #[command(flatten)]
    pub(crate) min_validity: MinValidity,

    #[command(flatten)]
    pub(crate) whom: Whom,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

const EXAMPLES: &str = "\
Examples:
  sso-login --profile dev
      sign in for the profile, and for all profiles of the same session

  sso-login --sso-session my-sso --use-device-code --no-browser
      sign in with the browser of another device";

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
