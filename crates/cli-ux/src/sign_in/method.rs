//! The method of a sign-in: its grant and its browser.

use std::path::Path;

use sso_config::{AwsEnv, SsoSession};
use sso_session::sign_in::{BrowserUnavailable, SignInGrant, SignInSettings};

use super::args::SignInArgs;
use crate::browser::{Browser, BrowserChoice};
use crate::failure::Failure;
use crate::terminal;

/// Method of a sign-in.
pub(super) struct SignInMethod {
    pub(super) grant: SignInGrant,
    /// Reason for the device code, unless the user or the config decided on it.
    pub(super) reason: Option<String>,
    /// `None` if the URL is only printed.
    pub(super) browser: Option<Browser>,
}

impl SignInMethod {
    /// Chooses by the arguments, else by the config, else by the environment. Without an SSO session
    /// only the device code is possible.
    pub(super) fn choose(
        args: &SignInArgs,
        session: &SsoSession,
        settings: &SignInSettings,
        env: &AwsEnv,
    ) -> Result<Self, Failure> {
        let (option, setting) = (args.browser.as_deref(), settings.browser.as_deref());
        let choice = BrowserChoice::new(option, setting, env)?;
        let unavailable = BrowserUnavailable::find(env, choice.is_named(), Path::new("/"));
        let reason = reason_for_code(args, unavailable);
        let decided = match &session.name {
            Some(_) => decided_grant(args, settings)?,
            None => Some(SignInGrant::DeviceCode),
        };
        let by_default = match reason {
            Some(_) => SignInGrant::DeviceCode,
            None => SignInGrant::AuthorizationCode,
        };
        let is_opened = choice.is_named() || reason.is_none();
        let is_opened = is_opened && !args.no_browser && !args.remote;
        Ok(Self {
            grant: decided.unwrap_or(by_default),
            reason: reason.filter(|_| decided.is_none()),
            browser: is_opened.then(|| choice.into_browser()),
        })
    }
}

/// Returns the grant that the arguments or the config decide on. A user who names a browser or a
/// port knows that the redirect arrives.
fn decided_grant(
    args: &SignInArgs,
    settings: &SignInSettings,
) -> Result<Option<SignInGrant>, Failure> {
    if args.remote {
        check_remote()?;
        return Ok(Some(SignInGrant::AuthorizationCode));
    }
    let has_port = args.redirect_port.or(settings.redirect_port).is_some();
    Ok(match settings.use_device_code {
        _ if args.use_device_code => Some(SignInGrant::DeviceCode),
        Some(true) => Some(SignInGrant::DeviceCode),
        Some(false) => Some(SignInGrant::AuthorizationCode),
        None if args.browser.is_some() || has_port => Some(SignInGrant::AuthorizationCode),
        None => None,
    })
}

/// Checks that there is a terminal to paste the URL into.
fn check_remote() -> Result<(), Failure> {
    if terminal::is_interactive() {
        return Ok(());
    }
    let error = anyhow::anyhow!("--remote needs a terminal to paste the address into");
    Err(Failure::usage(error).with_hint("sign in by code with --use-device-code"))
}

fn reason_for_code(args: &SignInArgs, unavailable: Option<BrowserUnavailable>) -> Option<String> {
    if args.qr {
        return Some("a QR code is for another device".to_owned());
    }
    unavailable.map(|unavailable| unavailable.to_string())
}
