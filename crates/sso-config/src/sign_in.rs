//! Settings for signing in.

use std::num::NonZeroU16;

use aws_config_parse::PropertyRef;

use crate::error::Error;
use crate::files::{ConfigFiles, not_empty};
use crate::session::SsoSession;

/// Settings for signing in to a session: the keys of its section, or of its legacy profile. The AWS
/// CLI and the SDKs ignore these keys. Each one is parsed by its method, so that an invalid value
/// is an error only if it is used.
#[derive(Clone, Copy, Debug)]
pub struct SignInSettings<'a> {
    files: &'a ConfigFiles,
    session: &'a SsoSession,
}

/// Value of `sso_browser`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserSetting {
    /// Browser command, as written.
    pub command: String,
    /// Key and location, for errors.
    pub name: String,
}

impl<'a> SignInSettings<'a> {
    /// Returns the settings of `session`.
    #[must_use]
    pub fn of(files: &'a ConfigFiles, session: &'a SsoSession) -> Self {
        Self { files, session }
    }

    /// Returns `sso_use_device_code`: whether to use a device code, regardless of the environment.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`].
    pub fn use_device_code(&self) -> Result<Option<bool>, Error> {
        self.parse("sso_use_device_code", parse_bool, "true or false")
    }

    /// Returns `sso_redirect_port`: local port for the sign-in redirect.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`].
    pub fn redirect_port(&self) -> Result<Option<NonZeroU16>, Error> {
        self.parse("sso_redirect_port", parse_port, "a port from 1 to 65535")
    }

    /// Returns `sso_browser`, which is not parsed.
    #[must_use]
    pub fn browser(&self) -> Option<BrowserSetting> {
        let key = "sso_browser";
        let property = self.property(key)?;
        Some(BrowserSetting {
            command: property.value().into_owned(),
            name: self.name(key, &property),
        })
    }

    fn parse<T>(
        &self,
        key: &str,
        parser: fn(&str) -> Option<T>,
        expected: &'static str,
    ) -> Result<Option<T>, Error> {
        let Some(property) = self.property(key) else {
            return Ok(None);
        };
        let value = parser(&property.value()).ok_or_else(|| Error::InvalidSetting {
            name: self.name(key, &property),
            expected,
        })?;
        Ok(Some(value))
    }

    fn property(&self, key: &str) -> Option<PropertyRef<'a>> {
        not_empty(match (&self.session.name, &self.session.profile) {
            (Some(name), _) => self.files.sso_session(name.as_str())?.get(key),
            (None, Some(profile)) => self.files.profile(profile)?.get(key),
            (None, None) => None,
        })
    }

    fn name(&self, key: &str, property: &PropertyRef<'_>) -> String {
        format!("{key} at {}", self.files.location_of(property))
    }
}

fn parse_bool(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

fn parse_port(text: &str) -> Option<NonZeroU16> {
    text.parse().ok()
}
