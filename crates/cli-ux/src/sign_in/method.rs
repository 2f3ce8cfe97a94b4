//! Method of the sign-in: grant and browser.

use std::path::Path;

use anyhow::anyhow;
use sso_config::{AwsEnv, ConfigFiles, SsoSession};
use sso_session::sign_in::{SignInGrant, SignInSettings};

use super::args::SignInArgs;
use crate::browser::{Browser, BrowserChoice, BrowserUnavailable};
use crate::failure::Failure;
use crate::terminal;

pub(super) struct SignInMethod {
    pub(super) grant: SignInGrant,
    /// Reason for the device code, if neither the user nor the config selected it.
    pub(super) reason: Option<DeviceCodeReason>,
    /// `None` if the URL is only printed.
    pub(super) browser: Option<Browser>,
}

#[derive(Clone, Copy)]
pub(super) enum DeviceCodeReason {
    /// `--qr`: another device cannot be redirected to this machine.
    Qr,
    Unavailable(BrowserUnavailable),
}

impl SignInMethod {
    /// Selects the method by the arguments, then the config, then the environment. Legacy profiles
    /// support only the device code.
    pub(super) fn choose(
        args: &SignInArgs,
        session: &SsoSession,
        settings: &SignInSettings,
        env: &AwsEnv,
        files: &ConfigFiles,
    ) -> Result<Self, Failure> {
        let root = Path::new("/");
        let choice = browser_choice(args, settings, env, root)?;
        let reason = if args.qr {
            Some(DeviceCodeReason::Qr)
        } else {
            let unavailable = BrowserUnavailable::find(env, &choice, root);
            unavailable.map(DeviceCodeReason::Unavailable)
        };
        let selected = match &session.name {
            Some(_) => selected_grant(args, settings)?,
            None => Some(grant_of_legacy_profile(args, session, files)?),
        };
        let default = match reason {
            Some(_) => SignInGrant::DeviceCode,
            None => SignInGrant::AuthorizationCode,
        };
        Ok(Self {
            grant: selected.unwrap_or(default),
            reason: reason.filter(|_| selected.is_none()),
            browser: is_opened(args, &choice, reason).then(|| choice.into_browser()),
        })
    }
}

/// Returns the browser. Settings that `--no-browser` and `--remote` override are not checked.
fn browser_choice(
    args: &SignInArgs,
    settings: &SignInSettings,
    env: &AwsEnv,
    root: &Path,
) -> Result<BrowserChoice, Failure> {
    let (option, setting) = (args.browser.as_deref(), settings.browser.as_deref());
    match BrowserChoice::find(option, setting, env, root) {
        Err(_) if args.no_browser || args.remote => Ok(BrowserChoice::default()),
        choice => Ok(choice?),
    }
}

/// With `--qr`, the user has another device, so that only `--browser` opens a browser here.
fn is_opened(args: &SignInArgs, choice: &BrowserChoice, reason: Option<DeviceCodeReason>) -> bool {
    match reason {
        _ if args.no_browser || args.remote => false,
        Some(DeviceCodeReason::Qr) => args.browser.is_some(),
        Some(DeviceCodeReason::Unavailable(_)) => choice.is_named(),
        None => true,
    }
}

/// Returns the grant that the arguments or the config select. An option takes precedence over every
/// key. A browser command or a port implies that the redirect works.
fn selected_grant(
    args: &SignInArgs,
    settings: &SignInSettings,
) -> Result<Option<SignInGrant>, Failure> {
    if args.remote {
        check_remote()?;
        return Ok(Some(SignInGrant::AuthorizationCode));
    }
    if args.redirect_port.is_some() {
        return Ok(Some(SignInGrant::AuthorizationCode));
    }
    if args.use_device_code {
        return Ok(Some(SignInGrant::DeviceCode));
    }
    if args.qr {
        return Ok(None);
    }
    let has_port = settings.redirect_port.is_some();
    Ok(match settings.use_device_code {
        Some(true) => Some(SignInGrant::DeviceCode),
        Some(false) => Some(SignInGrant::AuthorizationCode),
        None if args.browser.is_some() || has_port => Some(SignInGrant::AuthorizationCode),
        None => None,
    })
}

/// Rejects options that require a redirect, which the service supports only for an SSO session.
fn grant_of_legacy_profile(
    args: &SignInArgs,
    session: &SsoSession,
    files: &ConfigFiles,
) -> Result<SignInGrant, Failure> {
    let option = match args {
        _ if args.remote => "--remote",
        _ if args.redirect_port.is_some() => "--redirect-port",
        _ => return Ok(SignInGrant::DeviceCode),
    };
    let profile = session
        .profile
        .as_ref()
        .and_then(|name| files.profile(name));
    let start_url = profile.and_then(|profile| profile.get("sso_start_url"));
    let location = start_url.map(|start_url| format!(" at {}", files.location_of(&start_url)));
    let location = location.unwrap_or_default();
    let error = anyhow!(
        "{option} requires an SSO session, but sso_start_url{location} belongs to a legacy profile"
    );
    Err(Failure::usage(error).with_hint(format!("omit {option}, or use an SSO session")))
}

fn check_remote() -> Result<(), Failure> {
    if terminal::is_interactive() {
        return Ok(());
    }
    let error = anyhow!("--remote requires a terminal to paste the URL into");
    Err(Failure::usage(error).with_hint("use --use-device-code instead"))
}
