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
mod sources;

use sso_types::{NamedSecret, ProfileName, Region};

use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::ConfigFiles;
use crate::not_unicode::NotUnicode;
use crate::session::SsoSession;
use sources::{DEFAULT_MAX_ATTEMPTS, Errors, Sources};

pub use setting::{CaBundlePath, EndpointUrl};

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
