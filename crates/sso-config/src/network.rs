//! Settings for connections to the services: CA bundle, endpoints, retries and proxies.
//!
//! Each setting is found by the same rule. The first match wins:
//!
//! 1. the environment variable;
//! 2. the profile in effect;
//! 3. the first profile in file order that uses the session and has the key.
//!
//! Options of a program take precedence; the caller applies them.

use std::path::PathBuf;

use aws_config_parse::{MergedProfile, PropertyRef};
use sso_types::{ProfileName, Region, Secret};

use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::{ConfigFiles, not_empty};
use crate::session::SsoSession;

/// Attempts for each request if neither variable nor profile says otherwise, as in the AWS CLI's
/// `standard` retry mode.
const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// Settings for connections to the services.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NetworkSettings {
    /// PEM file of the certificates to trust instead of the platform's: `AWS_CA_BUNDLE`,
    /// `ca_bundle`. A leading `~` is expanded.
    pub ca_bundle: Option<PathBuf>,
    /// Use of FIPS endpoints: `AWS_USE_FIPS_ENDPOINT`, `use_fips_endpoint`.
    pub use_fips: bool,
    /// Use of dual-stack endpoints: `AWS_USE_DUALSTACK_ENDPOINT`,
    /// `use_dualstack_endpoint`.
    pub use_dualstack: bool,
    /// Attempts for each request, at least 1: `AWS_MAX_ATTEMPTS`, `max_attempts`.
    pub max_attempts: u32,
    /// Endpoint URL of the OIDC service, if configured.
    pub sso_oidc_url: Option<String>,
    /// Endpoint URL of the access portal, if configured.
    pub sso_portal_url: Option<String>,
    /// Endpoint URL of STS, if configured.
    pub sts_url: Option<String>,
    /// Proxy for http URLs: `http_proxy`, `HTTP_PROXY`. The lower-case name wins, as in curl and
    /// Python. May contain a password.
    pub http_proxy: Option<Secret>,
    /// Proxy for https URLs: `https_proxy`, `HTTPS_PROXY`. May contain a password.
    pub https_proxy: Option<Secret>,
    /// Hosts that are reached without a proxy: `no_proxy`, `NO_PROXY`.
    pub no_proxy: Option<String>,
}

impl NetworkSettings {
    /// Finds the settings for `session`, or for `profile` alone if there is no session. `profile`
    /// is the profile in effect; it need not exist.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownServices`] and [`Error::InvalidSetting`].
    pub fn find(
        env: &AwsEnv,
        files: &ConfigFiles,
        profile: &ProfileName,
        session: Option<&SsoSession>,
    ) -> Result<Self, Error> {
        let settings = Sources {
            env,
            files,
            profiles: profiles(files, profile, session),
        };
        let proxy = |lower, upper| env.get(lower).or_else(|| env.get(upper));
        let ignores_urls = settings.is_true(
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
            "ignore_configured_endpoint_urls",
        );
        let url = |variable, service| {
            if ignores_urls {
                Ok(None)
            } else {
                settings.endpoint_url(variable, service)
            }
        };
        Ok(Self {
            ca_bundle: settings.ca_bundle()?,
            use_fips: settings.is_true("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            use_dualstack: settings.is_true("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
            max_attempts: settings.max_attempts()?,
            sso_oidc_url: url("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc")?,
            sso_portal_url: url("AWS_ENDPOINT_URL_SSO", "sso")?,
            sts_url: url("AWS_ENDPOINT_URL_STS", "sts")?,
            http_proxy: proxy("http_proxy", "HTTP_PROXY").map(Secret::from),
            https_proxy: proxy("https_proxy", "HTTPS_PROXY").map(Secret::from),
            no_proxy: proxy("no_proxy", "NO_PROXY").map(str::to_owned),
        })
    }
}

/// Returns the Region for services other than IAM Identity Center: `AWS_REGION`,
/// `AWS_DEFAULT_REGION`, the profile's `region`, else `us-east-1`.
///
/// # Errors
///
/// [`Error::InvalidSetting`] if the value is not a Region.
pub fn region(env: &AwsEnv, files: &ConfigFiles, profile: &ProfileName) -> Result<Region, Error> {
    let settings = Sources {
        env,
        files,
        profiles: profiles(files, profile, None),
    };
    let variable = match env.get("AWS_REGION") {
        Some(_) => "AWS_REGION",
        None => "AWS_DEFAULT_REGION",
    };
    let region = settings.text(variable, "region");
    let region = region.as_deref().unwrap_or("us-east-1").parse();
    region.map_err(|_| Error::InvalidSetting {
        name: settings.source_of(variable, "region"),
        expected: "a Region, as us-east-1",
    })
}

/// Returns the profiles that are searched for a setting, in the order of precedence.
fn profiles<'a>(
    files: &'a ConfigFiles,
    in_effect: &ProfileName,
    session: Option<&SsoSession>,
) -> Vec<MergedProfile<'a>> {
    let users = session.map_or_else(Vec::new, |session| session.users(files));
    files.profile(in_effect).into_iter().chain(users).collect()
}

/// Sources of a setting.
struct Sources<'a> {
    env: &'a AwsEnv,
    files: &'a ConfigFiles,
    profiles: Vec<MergedProfile<'a>>,
}

impl<'a> Sources<'a> {
    fn ca_bundle(&self) -> Result<Option<PathBuf>, Error> {
        let path = self.text("AWS_CA_BUNDLE", "ca_bundle");
        path.map(|path| self.env.expand_home(&path)).transpose()
    }

    fn max_attempts(&self) -> Result<u32, Error> {
        let (variable, key) = ("AWS_MAX_ATTEMPTS", "max_attempts");
        let Some(text) = self.text(variable, key) else {
            return Ok(DEFAULT_MAX_ATTEMPTS);
        };
        match text.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(Error::InvalidSetting {
                name: self.source_of(variable, key),
                expected: "a number from 1",
            }),
        }
    }

    /// Returns the first match: the service's variable, the common variable, then for each profile
    /// the service's key in its `services` section and its `endpoint_url`.
    fn endpoint_url(&self, variable: &str, service: &str) -> Result<Option<String>, Error> {
        // An unknown section is an error even if a variable takes precedence over it.
        if let Some(profile) = self.profiles.first() {
            self.services_url(profile, service)?;
        }
        let of_env = self
            .env
            .get(variable)
            .or_else(|| self.env.get("AWS_ENDPOINT_URL"));
        if let Some(url) = of_env {
            return Ok(Some(url.to_owned()));
        }
        for profile in &self.profiles {
            let of_service = self.services_url(profile, service)?;
            let url = of_service.or_else(|| text_in(profile, "endpoint_url"));
            if url.is_some() {
                return Ok(url);
            }
        }
        Ok(None)
    }

    fn services_url(
        &self,
        profile: &MergedProfile<'a>,
        service: &str,
    ) -> Result<Option<String>, Error> {
        let Some(name) = not_empty(profile.get("services")) else {
            return Ok(None);
        };
        let section = self
            .files
            .services(&name.value())
            .ok_or_else(|| Error::UnknownServices {
                services: name.value().into_owned(),
                location: self.files.location_of(&name),
            })?;
        let url = section
            .get(service)
            .and_then(|block| block.get("endpoint_url"));
        Ok(not_empty(url).map(|url| url.value().into_owned()))
    }

    fn is_true(&self, variable: &str, key: &str) -> bool {
        self.text(variable, key)
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    fn text(&self, variable: &str, key: &str) -> Option<String> {
        let of_env = self.env.get(variable).map(str::to_owned);
        of_env.or_else(|| Some(self.property(key)?.value().into_owned()))
    }

    /// Returns the source of the value: the name of the variable, or the key with its location.
    fn source_of(&self, variable: &str, key: &str) -> String {
        match self.property(key) {
            Some(property) if self.env.get(variable).is_none() => {
                format!("{key} at {}", self.files.location_of(&property))
            }
            _ => variable.to_owned(),
        }
    }

    fn property(&self, key: &str) -> Option<PropertyRef<'a>> {
        let mut profiles = self.profiles.iter();
        profiles.find_map(|profile| not_empty(profile.get(key)))
    }
}

fn text_in(profile: &MergedProfile<'_>, key: &str) -> Option<String> {
    Some(not_empty(profile.get(key))?.value().into_owned())
}
