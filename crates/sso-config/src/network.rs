//! Settings for connections to the services: CA bundle, endpoints, retries and proxies.
//!
//! The order of precedence is the same for all settings. The first match wins:
//!
//! 1. the environment variable;
//! 2. the profile in effect;
//! 3. the first profile in file order that uses the session and has the key.
//!
//! `REQUESTS_CA_BUNDLE` is the last source of the CA bundle. Proxies are read only from the environment. The caller applies command-line options, which take
//! precedence.

mod setting;

use std::ffi::OsString;

use aws_config_parse::{MergedProfile, PropertyRef, SectionRef};
use sso_types::{NamedSecret, ProfileName, Region};

use crate::environment::{AwsEnv, EXPANDABLE_PATH, is_home_of_other};
use crate::error::Error;
use crate::files::{ConfigFiles, not_empty};
use crate::not_unicode::NotUnicode;
use crate::session::SsoSession;

pub use setting::{CaBundlePath, EndpointUrl};

/// Default number of attempts for each request, as in the AWS CLI's `standard` retry mode.
const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// Environment variable and `services` key for the endpoint URL of the OIDC service, the access
/// portal, STS, and the federation endpoint of the console.
const SERVICES: [(&str, &str); 4] = [
    ("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc"),
    ("AWS_ENDPOINT_URL_SSO", "sso"),
    ("AWS_ENDPOINT_URL_STS", "sts"),
    ("AWS_ENDPOINT_URL_SIGNIN", "signin"),
];

/// Settings for connections to the services.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NetworkSettings {
    /// PEM file of the certificates to trust instead of the platform's: `AWS_CA_BUNDLE`,
    /// `ca_bundle`, then `REQUESTS_CA_BUNDLE`. A leading `~` is expanded.
    pub ca_bundle: Option<CaBundlePath>,
    /// Use of FIPS endpoints: `AWS_USE_FIPS_ENDPOINT`, `use_fips_endpoint`.
    pub use_fips: bool,
    /// Setting that turns the FIPS endpoints on: the name of a variable, or the key and its location.
    pub fips_setting: Option<String>,
    /// Use of dual-stack endpoints: `AWS_USE_DUALSTACK_ENDPOINT`, `use_dualstack_endpoint`.
    pub use_dualstack: bool,
    /// Maximum number of attempts for each request, at least 1: `AWS_MAX_ATTEMPTS`,
    /// `max_attempts`.
    pub max_attempts: u32,
    /// Endpoint URL of the OIDC service, if configured.
    pub sso_oidc_url: Result<Option<EndpointUrl>, NotUnicode>,
    /// Endpoint URL of the access portal, if configured.
    pub sso_portal_url: Result<Option<EndpointUrl>, NotUnicode>,
    /// Endpoint URL of STS, if configured.
    pub sts_url: Result<Option<EndpointUrl>, NotUnicode>,
    /// URL of the federation endpoint, if configured.
    pub federation_url: Result<Option<EndpointUrl>, NotUnicode>,
    /// Proxy for http URLs: `http_proxy`, `HTTP_PROXY`. The lower-case name wins, as in curl
    /// and Python. May contain a password. In this and the following variables, U+FFFD replaces
    /// bytes that are not Unicode.
    pub http_proxy: Option<NamedSecret>,
    /// Proxy for https URLs: `https_proxy`, `HTTPS_PROXY`. May contain a password.
    pub https_proxy: Option<NamedSecret>,
    /// Hosts that bypass the proxy: `no_proxy`, `NO_PROXY`.
    pub no_proxy: Option<NamedSecret>,
}

impl NetworkSettings {
    /// Finds the settings for `session`, or only for `profile` if `session` is `None`. `profile` is
    /// the profile in effect; it need not exist.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownServices`], [`Error::InvalidSetting`] and [`Error::NotUnicode`].
    pub fn find(
        env: &AwsEnv,
        files: &ConfigFiles,
        profile: &ProfileName,
        session: Option<&SsoSession>,
    ) -> Result<Self, Error> {
        let sources = Sources::new(env, files, profile, session, |error| {
            log::warn!("{error}; the setting is ignored");
        });
        let (settings, errors) = Self::of(sources);
        errors.into_iter().next().map_or(Ok(settings), Err)
    }

    /// Finds the settings like [`find`](Self::find), and replaces each one that is an error with its
    /// default. Returns all errors. After an error, ignores the other profiles of the session. Does not
    /// warn of ignored settings.
    #[must_use]
    pub fn with_errors(
        env: &AwsEnv,
        files: &ConfigFiles,
        profile: &ProfileName,
        session: Option<&SsoSession>,
    ) -> (Self, Vec<Error>) {
        Self::of(Sources::new(env, files, profile, session, |_| {}))
    }

    fn of(mut sources: Sources<'_>) -> (Self, Vec<Error>) {
        let env = sources.env;
        let proxy = |lower, upper| variable(env, lower).or_else(|| variable(env, upper));
        let mut errors = Errors::default();
        let ignores_urls = errors.or(
            false,
            sources.is_true(
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                "ignore_configured_endpoint_urls",
            ),
        );
        let [sso_oidc_url, sso_portal_url, sts_url, federation_url] = if ignores_urls {
            [Ok(None), Ok(None), Ok(None), Ok(None)]
        } else {
            sources.endpoint_urls(&mut errors)
        };
        let mut is_true = |variable, key| errors.or(false, sources.is_true(variable, key));
        let (use_fips, use_dualstack) = (
            is_true("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            is_true("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
        );
        let fips_setting =
            use_fips.then(|| sources.source_of("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
        let ca_bundle = errors.or(None, sources.ca_bundle());
        sources.ignore_session_after(&errors);
        let settings = Self {
            ca_bundle,
            use_fips,
            fips_setting,
            use_dualstack,
            max_attempts: errors.or(DEFAULT_MAX_ATTEMPTS, sources.max_attempts()),
            sso_oidc_url,
            sso_portal_url,
            sts_url,
            federation_url,
            http_proxy: proxy("http_proxy", "HTTP_PROXY"),
            https_proxy: proxy("https_proxy", "HTTPS_PROXY"),
            no_proxy: proxy("no_proxy", "NO_PROXY"),
        };
        (settings, errors.0)
    }
}

/// Errors of the settings, in the order in which they were found.
#[derive(Default)]
struct Errors(Vec<Error>);

impl Errors {
    /// Returns the setting, or records its error and returns `default`.
    fn or<T>(&mut self, default: T, setting: Result<T, impl Into<Error>>) -> T {
        setting.unwrap_or_else(|error| {
            self.0.push(error.into());
            default
        })
    }
}

fn variable(env: &AwsEnv, name: &str) -> Option<NamedSecret> {
    let value = env.get_os(name)?.to_string_lossy();
    Some(NamedSecret::new(name, value.into_owned()))
}

/// Returns the Region for services other than IAM Identity Center: `AWS_REGION`,
/// `AWS_DEFAULT_REGION`, the profile's `region`, else `us-east-1`.
///
/// # Errors
///
/// [`Error::InvalidSetting`] if the value is not a Region, [`Error::NotUnicode`].
#[expect(clippy::missing_panics_doc, reason = "us-east-1 is a valid Region")]
pub fn region(env: &AwsEnv, files: &ConfigFiles, profile: &ProfileName) -> Result<Region, Error> {
    let configured = configured_region(env, files, profile)?;
    Ok(configured.unwrap_or_else(|| "us-east-1".parse().expect("us-east-1 is a valid Region")))
}

/// Returns the Region like [`region`], or `None` if none is configured.
///
/// # Errors
///
/// Those of [`region`].
pub fn configured_region(
    env: &AwsEnv,
    files: &ConfigFiles,
    profile: &ProfileName,
) -> Result<Option<Region>, Error> {
    let settings = Sources::new(env, files, profile, None, |_| {});
    let variable = region_variable(env);
    let region = settings.text(variable, "region")?;
    let region = region.map(|region| region.parse()).transpose();
    region.map_err(|_| Error::InvalidSetting {
        name: settings.source_of(variable, "region"),
        expected: "a Region such as us-east-1",
    })
}

/// Returns the setting of the Region that [`configured_region`] returns: the name of a variable, or the key
/// and its location.
#[must_use]
pub fn region_setting(env: &AwsEnv, files: &ConfigFiles, profile: &ProfileName) -> String {
    Sources::new(env, files, profile, None, |_| {}).source_of(region_variable(env), "region")
}

fn region_variable(env: &AwsEnv) -> &'static str {
    match env.get_os("AWS_REGION") {
        Some(_) => "AWS_REGION",
        None => "AWS_DEFAULT_REGION",
    }
}

struct Sources<'a> {
    env: &'a AwsEnv,
    files: &'a ConfigFiles,
    /// The profile in effect, if it exists. Invalid values in it are errors.
    in_effect: Option<MergedProfile<'a>>,
    /// The profiles that use the session. Invalid values in them are ignored with a warning, so
    /// that one profile cannot break the others.
    session_profiles: Vec<MergedProfile<'a>>,
    /// Receives the invalid values that are ignored.
    on_ignored: fn(&Error),
}

impl<'a> Sources<'a> {
    fn new(
        env: &'a AwsEnv,
        files: &'a ConfigFiles,
        profile: &ProfileName,
        session: Option<&SsoSession>,
        on_ignored: fn(&Error),
    ) -> Self {
        Self {
            on_ignored,
            env,
            files,
            in_effect: files.profile(profile),
            session_profiles: session.map_or_else(Vec::new, |session| session.profiles(files)),
        }
    }

    fn ca_bundle(&self) -> Result<Option<CaBundlePath>, Error> {
        let in_variable = |name: &str| {
            let path = self.env.get_os(name)?;
            Some((path.to_owned(), name.to_owned()))
        };
        let in_profile = || {
            let (key, property) = ("ca_bundle", self.property("ca_bundle")?);
            let path = property.value().into_owned();
            Some((OsString::from(path), self.name_of(key, &property)))
        };
        let found = in_variable("AWS_CA_BUNDLE")
            .or_else(in_profile)
            // As in botocore, which takes it from the library requests.
            .or_else(|| in_variable("REQUESTS_CA_BUNDLE"));
        let Some((path, setting)) = found else {
            return Ok(None);
        };
        if is_home_of_other(&path) {
            return Err(Error::InvalidSetting {
                name: setting,
                expected: EXPANDABLE_PATH,
            });
        }
        let path = self.env.expand_home(&path)?;
        Ok(Some(CaBundlePath { path, setting }))
    }

    fn max_attempts(&self) -> Result<u32, Error> {
        let (variable, key) = ("AWS_MAX_ATTEMPTS", "max_attempts");
        if let Some(text) = self.env.get(variable)? {
            return parse_attempts(text, || variable.to_owned());
        }
        if let Some(property) = property_in(self.in_effect.as_ref(), key) {
            return parse_attempts(&property.value(), || self.name_of(key, &property));
        }
        for profile in &self.session_profiles {
            if let Some(property) = property_in(Some(profile), key)
                && let Some(number) = self.ok_or_ignored(parse_attempts(&property.value(), || {
                    self.name_of(key, &property)
                }))
            {
                return Ok(number);
            }
        }
        Ok(DEFAULT_MAX_ATTEMPTS)
    }

    /// Returns the URL for each of [`SERVICES`]. The first match wins: the service's variable, the
    /// common variable, then for each profile the service's key in its `services` section and its
    /// `endpoint_url`.
    fn endpoint_urls(
        &mut self,
        errors: &mut Errors,
    ) -> [Result<Option<EndpointUrl>, NotUnicode>; 4] {
        let mut urls = SERVICES.map(|(variable, _)| self.url_of_env(variable));
        // A missing section is an error even if a variable takes precedence over it.
        if let Some(profile) = &self.in_effect {
            let section = self.services_in(profile);
            // Without its section, no other profile is searched, which may name the same one.
            let is_missing = section.is_err();
            fill(&mut urls, self.urls_in(profile, errors.or(None, section)));
            if is_missing {
                return urls;
            }
        }
        self.ignore_session_after(errors);
        for profile in &self.session_profiles {
            if urls.iter().all(|url| *url != Ok(None)) {
                break;
            }
            if let Some(section) = self.ok_or_ignored(self.services_in(profile)) {
                fill(&mut urls, self.urls_in(profile, section));
            }
        }
        urls
    }

    /// Ignores the profiles of the session after an error: no request is sent, so that a warning about
    /// one of their settings would be wrong.
    fn ignore_session_after(&mut self, errors: &Errors) {
        if !errors.0.is_empty() {
            self.session_profiles.clear();
        }
    }

    fn url_of_env(&self, variable: &str) -> Result<Option<EndpointUrl>, NotUnicode> {
        for variable in [variable, "AWS_ENDPOINT_URL"] {
            if let Some(url) = self.env.get(variable)? {
                return Ok(Some(EndpointUrl {
                    url: url.to_owned(),
                    setting: variable.to_owned(),
                }));
            }
        }
        Ok(None)
    }

    fn urls_in(
        &self,
        profile: &MergedProfile<'a>,
        section: Option<SectionRef<'a>>,
    ) -> [Option<EndpointUrl>; 4] {
        let key = "endpoint_url";
        let common = property_in(Some(profile), key);
        SERVICES.map(|(_, service)| {
            let of_service = section.and_then(|section| section.get(service));
            let of_service = not_empty(of_service.and_then(|block| block.get(key)));
            let property = of_service.or(common)?;
            Some(EndpointUrl {
                url: property.value().into_owned(),
                setting: self.name_of(key, &property),
            })
        })
    }

    fn services_in(&self, profile: &MergedProfile<'a>) -> Result<Option<SectionRef<'a>>, Error> {
        let Some(name) = property_in(Some(profile), "services") else {
            return Ok(None);
        };
        self.files.existing_services(&name).map(Some)
    }

    fn ok_or_ignored<T>(&self, setting: Result<T, Error>) -> Option<T> {
        setting.inspect_err(self.on_ignored).ok()
    }

    fn is_true(&self, variable: &str, key: &str) -> Result<bool, NotUnicode> {
        let text = self.text(variable, key)?;
        Ok(text.is_some_and(|text| text.eq_ignore_ascii_case("true")))
    }

    fn text(&self, variable: &str, key: &str) -> Result<Option<String>, NotUnicode> {
        let of_env = self.env.get(variable)?.map(str::to_owned);
        Ok(of_env.or_else(|| Some(self.property(key)?.value().into_owned())))
    }

    fn source_of(&self, variable: &str, key: &str) -> String {
        match self.property(key) {
            Some(property) if self.env.get_os(variable).is_none() => self.name_of(key, &property),
            _ => variable.to_owned(),
        }
    }

    fn name_of(&self, key: &str, property: &PropertyRef<'_>) -> String {
        format!("{key} at {}", self.files.location_of(property))
    }

    fn property(&self, key: &str) -> Option<PropertyRef<'a>> {
        let mut profiles = self.in_effect.iter().chain(&self.session_profiles);
        profiles.find_map(|profile| property_in(Some(profile), key))
    }
}

fn property_in<'a>(profile: Option<&MergedProfile<'a>>, key: &str) -> Option<PropertyRef<'a>> {
    not_empty(profile?.get(key))
}

fn parse_attempts(text: &str, name: impl FnOnce() -> String) -> Result<u32, Error> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(Error::InvalidSetting {
            name: name(),
            expected: "a positive integer",
        }),
    }
}

fn fill(urls: &mut [Result<Option<EndpointUrl>, NotUnicode>; 4], found: [Option<EndpointUrl>; 4]) {
    for (url, found) in urls.iter_mut().zip(found) {
        if let Ok(url @ None) = url {
            *url = found;
        }
    }
}
