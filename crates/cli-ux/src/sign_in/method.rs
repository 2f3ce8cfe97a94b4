//! Method of the sign-in: grant and browser.

use std::path::Path;

use sso_config::{AwsEnv, SsoSession};
use sso_session::sign_in::{BrowserUnavailable, SignInGrant, SignInSettings};

use super::args::SignInArgs;
use crate::browser::{Browser, BrowserChoice};
use crate::failure::Failure;
use crate::terminal;

pub(super) struct SignInMethod {
    pub(super) grant: SignInGrant,
    /// Reason for the device code, if neither the user nor the config selected it.
    pub(super) reason: Option<String>,
    /// `None` if the URL is only printed.
    pub(super) browser: Option<Browser>,
}

impl SignInMethod {
    /// Selects the method by the arguments, then the config, then the environment. Legacy profiles
    /// support only the device code.
    pub(super) fn choose(
        args: &SignInArgs,
        session: &SsoSession,
        settings: &SignInSettings,
        env: &AwsEnv,
    ) -> Result<Self, Failure> {
        let (option, setting) = (args.browser.as_deref(), settings.browser.as_deref());
        let choice = BrowserChoice::new(option, setting, env)?;
        let unavailable = BrowserUnavailable::find(env, choice.is_named(), Path::new("/"));
        let reason = device_code_reason(args, unavailable);
        let selected = match &session.name {
            Some(_) => selected_grant(args, settings)?,
            None => Some(SignInGrant::DeviceCode),
        };
        let default = match reason {
            Some(_) => SignInGrant::DeviceCode,
            None => SignInGrant::AuthorizationCode,
        };
        let is_opened = choice.is_named() || reason.is_none();
        let is_opened = is_opened && !args.no_browser && !args.remote;
        Ok(Self {
            grant: selected.unwrap_or(default),
            reason: reason.filter(|_| selected.is_none()),
            browser: is_opened.then(|| choice.into_browser()),
        })
    }
}

/// Returns the grant that the arguments or the config select. A browser command or a port implies
/// that the redirect works.
fn selected_grant(
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

fn check_remote() -> Result<(), Failure> {
    if terminal::is_interactive() {
        return Ok(());
    }
    let error = anyhow::anyhow!("--remote requires a terminal to paste the URL into");
    Err(Failure::usage(error).with_hint("use --use-device-code instead"))
}

fn device_code_reason(
    args: &SignInArgs,
    unavailable: Option<BrowserUnavailable>,
) -> Option<String> {
    if args.qr {
        return Some("--qr is for another device".to_owned());
    }
    unavailable.map(|unavailable| format!("{unavailable} detected"))
}
