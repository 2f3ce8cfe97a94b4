//! Settings for signing in.

use std::num::NonZeroU16;

use aws_config_parse::PropertyRef;

use crate::error::Error;
use crate::files::{ConfigFiles, not_empty};
use crate::session::SsoSession;

/// Settings for signing in to a session. The AWS CLI and the SDKs ignore these keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInSettings {
    /// `sso_use_device_code`: whether to use a device code, regardless of the environment.
    pub use_device_code: Option<bool>,
    /// `sso_redirect_port`: local port for the sign-in redirect.
    pub redirect_port: Option<NonZeroU16>,
    /// `sso_browser`: browser command, as written.
    pub browser: Option<String>,
}

impl SignInSettings {
    /// Reads the keys of the session's section, or of its legacy profile.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`].
    pub fn of(files: &ConfigFiles, session: &SsoSession) -> Result<Self, Error> {
        let get = |key: &'static str| Some((key, property(files, session, key)?));
        Ok(Self {
            use_device_code: get("sso_use_device_code")
                .map(|setting| parse(files, setting, parse_bool, "true or false"))
                .transpose()?,
            redirect_port: get("sso_redirect_port")
                .map(|setting| parse(files, setting, parse_port, "a port from 1 to 65535"))
                .transpose()?,
            browser: get("sso_browser").map(|(_, browser)| browser.value().into_owned()),
        })
    }
}

fn property<'a>(
    files: &'a ConfigFiles,
    session: &SsoSession,
    key: &str,
) -> Option<PropertyRef<'a>> {
    not_empty(match (&session.name, &session.profile) {
        (Some(name), _) => files.sso_session(name.as_str())?.get(key),
        (None, Some(profile)) => files.profile(profile)?.get(key),
        (None, None) => None,
    })
}

fn parse<T>(
    files: &ConfigFiles,
    (key, property): (&'static str, PropertyRef<'_>),
    parser: fn(&str) -> Option<T>,
    expected: &'static str,
) -> Result<T, Error> {
    parser(&property.value()).ok_or_else(|| Error::InvalidSetting {
        name: format!("{key} at {}", files.location_of(&property)),
        expected,
    })
}

fn parse_bool(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

fn parse_port(text: &str) -> Option<NonZeroU16> {
    text.parse().ok()
}
