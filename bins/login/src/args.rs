//! The command line.

use std::time::Duration;

use clap::Parser;
use cli_ux::{GlobalArgs, parse_span};
use sso_credentials::REFRESH_WINDOW;

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

    /// How long the token should still be valid: a number with s, m, h or d [default: 15m]
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    min_validity: Option<Duration>,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

const EXAMPLES: &str = "\
Examples:
  sso-login --profile dev
      sign in for the profile, and for all profiles of the same session

  sso-login --sso-session my-sso --use-device-code --no-browser
      sign in with the browser of another device";

impl Args {
    /// Returns how long the token should still be valid.
    pub(crate) fn min_validity(&self) -> Duration {
        self.min_validity.unwrap_or(REFRESH_WINDOW)
    }
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
