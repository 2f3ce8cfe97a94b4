//! Method of the sign-in: grant and browser.

use std::num::NonZeroU16;
use std::path::Path;

use anyhow::anyhow;
use sso_config::{AwsEnv, ConfigFiles, SsoSession};
use sso_session::sign_in::{SignInGrant, SignInSettings};

use super::args::SignInArgs;
use crate::browser::{Browser, BrowserChoice, BrowserUnavailable, BrowserValues, TmuxEnv};
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
        settings: &SignInSettings<'_>,
        env: &TmuxEnv<'_>,
        files: &ConfigFiles,
    ) -> Result<Self, Failure> {
        let selected = match &session.name {
            Some(_) => selected_grant(args, settings)?,
            None => Some(grant_of_legacy_profile(args, session, files)?),
        };
        let method = match selected {
            _ if args.qr => Self::with_qr(args, selected, env),
            Some(grant) if args.no_browser || args.remote => Ok(Self {
                grant,
                reason: None,
                browser: None,
            }),
            _ => Self::detect(args, selected, settings, env),
        }?;
        let browser = method.browser;
        let browser = browser.map(|browser| browser.with_values(values_of(session)));
        Ok(Self { browser, ..method })
    }

    /// With `--qr`, the user has another device, so that only `--browser` opens a browser here.
    fn with_qr(
        args: &SignInArgs,
        selected: Option<SignInGrant>,
        env: &TmuxEnv<'_>,
    ) -> Result<Self, Failure> {
        let option = args.browser.as_deref();
        let choice =
            option.map(|option| BrowserChoice::find(Some(option), None, env.of_process(), root()));
        Ok(Self {
            grant: selected.unwrap_or(SignInGrant::DeviceCode),
            reason: selected.is_none().then_some(DeviceCodeReason::Qr),
            browser: choice.transpose()?.map(BrowserChoice::into_browser),
        })
    }

    /// Selects the browser, and the grant unless it is `selected`, by the environment.
    fn detect(
        args: &SignInArgs,
        selected: Option<SignInGrant>,
        settings: &SignInSettings<'_>,
        env: &TmuxEnv<'_>,
    ) -> Result<Self, Failure> {
        let choice = browser_choice(args, settings, env.of_process())?;
        let unavailable = || BrowserUnavailable::find(env.current(), &choice, root());
        let is_opened = !args.no_browser && (choice.is_named() || unavailable().is_none());
        let (grant, reason) = match selected {
            Some(grant) => (grant, None),
            None => match unavailable() {
                Some(reason) => (SignInGrant::DeviceCode, Some(reason)),
                None => (SignInGrant::AuthorizationCode, None),
            },
        };
        Ok(Self {
            grant,
            reason: reason.map(DeviceCodeReason::Unavailable),
            browser: is_opened.then(|| choice.into_browser()),
        })
    }

    /// Returns the fixed port of the redirect. A device code has none. With `--remote`, the browser
    /// does not reach any port, and the configured one may be in use.
    pub(super) fn redirect_port(
        &self,
        args: &SignInArgs,
        settings: &SignInSettings<'_>,
    ) -> Result<Option<NonZeroU16>, Failure> {
        match self.grant {
            SignInGrant::AuthorizationCode if args.redirect_port.is_none() && !args.remote => {
                Ok(settings.redirect_port()?)
            }
            _ => Ok(args.redirect_port),
        }
    }
}

/// Returns the values for a command that is shared with other programs. A sign-in is for no account.
fn values_of(session: &SsoSession) -> BrowserValues {
    let name = session.name.as_ref().map(ToString::to_string);
    let name = name.or_else(|| Some(session.profile.as_ref()?.to_string()));
    BrowserValues {
        profile: name.unwrap_or_default(),
        ..BrowserValues::default()
    }
}

/// Returns the root directory.
fn root() -> &'static Path {
    Path::new("/")
}

/// Returns the browser. Settings that `--no-browser` overrides are not checked.
fn browser_choice(
    args: &SignInArgs,
    settings: &SignInSettings<'_>,
    env: &AwsEnv,
) -> Result<BrowserChoice, Failure> {
    let (option, setting) = (args.browser.as_deref(), settings.browser());
    match BrowserChoice::find(option, setting.as_ref(), env, root()) {
        Err(_) if args.no_browser => Ok(BrowserChoice::default()),
        choice => Ok(choice?),
    }
}

/// Returns the grant that the arguments or the config select. An option takes precedence over every
/// key, which is not read then. A browser command or a port implies that the redirect works.
fn selected_grant(
    args: &SignInArgs,
    settings: &SignInSettings<'_>,
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
    if let Some(use_device_code) = settings.use_device_code()? {
        return Ok(Some(if use_device_code {
            SignInGrant::DeviceCode
        } else {
            SignInGrant::AuthorizationCode
        }));
    }
    let is_redirected = args.browser.is_some() || settings.redirect_port()?.is_some();
    Ok(is_redirected.then_some(SignInGrant::AuthorizationCode))
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
