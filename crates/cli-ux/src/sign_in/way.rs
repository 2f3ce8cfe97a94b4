//! Which way a sign-in goes.

use std::path::Path;

use sso_credentials::{AwsEnv, CallbackObstacle, SignInGrant, SignInSettings, SsoSession};

use super::SignInArgs;
use crate::terminal::Keys;
use crate::{Browser, Failure};

/// Which way a sign-in goes.
pub(super) struct Way {
    pub(super) grant: SignInGrant,
    /// Why by device code, where nobody has asked for that.
    pub(super) reason: Option<String>,
    /// `None` where the address is to be printed only.
    pub(super) browser: Option<Browser>,
}

impl Way {
    /// What was asked for counts before what the config says, and that before what the place
    /// suggests. An sso-session alone knows another way than the device code.
    pub(super) fn of(
        args: &SignInArgs,
        session: &SsoSession,
        settings: &SignInSettings,
        env: &AwsEnv,
    ) -> Result<Self, Failure> {
        let own_browser = own_browser(args, settings, env)?;
        let obstacle = CallbackObstacle::find(env, own_browser.is_some(), Path::new("/"));
        let reason = reason_for_code(args, obstacle);
        let decided = match &session.name {
            Some(_) => decided(args, settings)?,
            None => Some(SignInGrant::DeviceCode),
        };
        let of_itself = match reason {
            Some(_) => SignInGrant::DeviceCode,
            None => SignInGrant::AuthorizationCode,
        };
        let browser = match own_browser {
            _ if args.no_browser || args.remote => None,
            None if reason.is_some() => None,
            None => Some(usual_browser(env)),
            own => own,
        };
        Ok(Self {
            grant: decided.unwrap_or(of_itself),
            reason: reason.filter(|_| decided.is_none()),
            browser,
        })
    }
}

/// Returns the grant that somebody has decided on. Whoever names a browser or a port knows that
/// the answer arrives.
fn decided(args: &SignInArgs, settings: &SignInSettings) -> Result<Option<SignInGrant>, Failure> {
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

/// The pasted address needs a terminal to come from.
fn check_remote() -> Result<(), Failure> {
    if Keys::are_there() {
        return Ok(());
    }
    let error = anyhow::anyhow!("--remote needs a terminal to paste the address into");
    Err(Failure::usage(error).with_hint("sign in by code with --use-device-code"))
}

fn reason_for_code(args: &SignInArgs, obstacle: Option<CallbackObstacle>) -> Option<String> {
    if args.qr {
        return Some("a QR code is for another device".to_owned());
    }
    obstacle.map(|obstacle| obstacle.to_string())
}

/// Returns the browser that the user has named somewhere.
fn own_browser(
    args: &SignInArgs,
    settings: &SignInSettings,
    env: &AwsEnv,
) -> Result<Option<Browser>, Failure> {
    if let Some(line) = args.browser.as_ref().or(settings.browser.as_ref()) {
        return Ok(Some(Browser::from_command_line(line)?));
    }
    let variable = env.get("BROWSER");
    let browser = variable.map(|_| Browser::from_variable(variable));
    Ok(browser.transpose()?)
}

fn usual_browser(env: &AwsEnv) -> Browser {
    if env.is_wsl() {
        Browser::of_wsl()
    } else {
        Browser::default()
    }
}
