//! Sources of the settings: environment variables, the profile in effect, and the profiles of the session.

use std::ffi::OsString;

use aws_config_parse::{MergedProfile, PropertyRef, SectionRef};
use sso_types::ProfileName;

use crate::environment::{AwsEnv, EXPANDABLE_PATH, is_home_of_other};
use crate::error::Error;
use crate::files::{ConfigFiles, not_empty};
use crate::network::setting::{CaBundlePath, EndpointUrl};
use crate::not_unicode::NotUnicode;
use crate::session::SsoSession;

/// Default number of attempts for each request, as in the AWS CLI's `standard` retry mode.
pub(super) const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// Environment variable and `services` key for the endpoint URL of the OIDC service, the access
/// portal, STS, and the federation endpoint of the console.
const SERVICES: [(&str, &str); 4] = [
    ("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc"),
    ("AWS_ENDPOINT_URL_SSO", "sso"),
    ("AWS_ENDPOINT_URL_STS", "sts"),
    ("AWS_ENDPOINT_URL_SIGNIN", "signin"),
];

/// Sources of the settings, in their order of precedence.
pub(super) struct Sources<'a> {
    pub(super) env: &'a AwsEnv,
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
    pub(super) fn new(
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

    pub(super) fn ca_bundle(&self) -> Result<Option<CaBundlePath>, Error> {
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

    pub(super) fn max_attempts(&self) -> Result<u32, Error> {
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
    pub(super) fn endpoint_urls(
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
    pub(super) fn ignore_session_after(&mut self, errors: &Errors) {
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

    pub(super) fn is_true(&self, variable: &str, key: &str) -> Result<bool, NotUnicode> {
        let text = self.text(variable, key)?;
        Ok(text.is_some_and(|text| text.eq_ignore_ascii_case("true")))
    }

    pub(super) fn text(&self, variable: &str, key: &str) -> Result<Option<String>, NotUnicode> {
        let of_env = self.env.get(variable)?.map(str::to_owned);
        Ok(of_env.or_else(|| Some(self.property(key)?.value().into_owned())))
    }

    pub(super) fn source_of(&self, variable: &str, key: &str) -> String {
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

/// Errors of the settings, in the order in which they were found.
#[derive(Default)]
pub(super) struct Errors(pub(super) Vec<Error>);

impl Errors {
    /// Returns the setting, or records its error and returns `default`.
    pub(super) fn or<T>(&mut self, default: T, setting: Result<T, impl Into<Error>>) -> T {
        setting.unwrap_or_else(|error| {
            self.0.push(error.into());
            default
        })
    }
}
