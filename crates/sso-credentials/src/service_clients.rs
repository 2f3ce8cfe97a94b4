//! How the services are reached: what the arguments, the environment and the profile say of it.

use std::cell::Cell;
use std::path::PathBuf;
use std::time::Duration;

use aws_config_parse::{MergedProfile, PropertyRef};
use http::{Request, Response};
use sso_oidc::OidcClient;
use sso_portal::PortalClient;
use sso_transport::{
    Endpoints, HttpSettings, HttpTransport, ProxySettings, RetryPolicy, Service, Transport,
    TransportError, server_date,
};
use sso_types::{ProfileName, Region, Secret};
use sts_assume_role::StsClient;

use crate::accounts::{Pace, PacedTransport};
use crate::config_files::not_empty;
use crate::{AwsEnv, Clock, ConfigFiles, Error};

/// A clock that is this far off makes nonsense of expiry.
const TOLERABLE_SKEW: time::Duration = time::Duration::minutes(5);

/// What the arguments say of the way to the services.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Certificates to trust instead of the platform's, before those of the environment and the
    /// profile.
    pub ca_bundle: Option<PathBuf>,
    /// Time to wait for a connection.
    pub connect_timeout: Duration,
    /// Time to wait for an answer.
    pub read_timeout: Duration,
    /// The program's name and version, as the services see it.
    pub user_agent: String,
}

/// Makes clients for the services. Nothing is opened before the first request.
pub struct ServiceClients<'a> {
    endpoints: Endpoints,
    retry: RetryPolicy,
    /// The Region of STS, or the name of the setting that is none.
    sts_region: Result<Region, String>,
    transport: WatchedTransport<'a>,
}

impl<'a> ServiceClients<'a> {
    /// Reads the settings: of each, the arguments' before the environment's before the profile's.
    /// A profile that does not exist says nothing.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownServices`] and [`Error::InvalidSetting`].
    pub fn new(
        env: &AwsEnv,
        files: &ConfigFiles,
        profile: &ProfileName,
        connection: &Connection,
        clock: &'a dyn Clock,
    ) -> Result<Self, Error> {
        let settings = Settings {
            env,
            files,
            profile: files.profile(profile),
        };
        let http = HttpTransport::new(HttpSettings {
            ca_bundle: connection
                .ca_bundle
                .clone()
                .or_else(|| settings.ca_bundle()),
            connect_timeout: connection.connect_timeout,
            read_timeout: connection.read_timeout,
            proxies: settings.proxies(),
            user_agent: connection.user_agent.clone(),
        });
        Ok(Self {
            endpoints: settings.endpoints()?,
            sts_region: settings.sts_region(),
            retry: RetryPolicy::default().with_max_attempts(settings.max_attempts()?),
            transport: WatchedTransport {
                http,
                before_first: Box::new(|| {}),
                has_asked: Cell::default(),
                clock,
                skew: Cell::default(),
            },
        })
    }

    /// Sets what is done once, before anybody is asked for anything: a service, another program, a
    /// person.
    #[must_use]
    pub fn before_first_request(mut self, act: impl Fn() + 'a) -> Self {
        self.transport.before_first = Box::new(act);
        self
    }

    /// Has each request sent once, whatever the settings say.
    #[must_use]
    pub fn with_single_attempts(mut self) -> Self {
        self.retry = RetryPolicy::single_attempt();
        self
    }

    /// Returns a client for the OIDC service in `region`.
    ///
    /// # Errors
    ///
    /// [`Error::Endpoint`] where the configured endpoint cannot be used.
    pub fn oidc<'s>(
        &'s self,
        region: &Region,
    ) -> Result<OidcClient<impl Transport + use<'s, 'a>>, Error> {
        let endpoint = self.endpoints.resolve(Service::SsoOidc, region)?;
        Ok(OidcClient::new(
            &self.transport,
            endpoint,
            self.retry.clone(),
        ))
    }

    /// Returns a client for the access portal in `region`.
    ///
    /// # Errors
    ///
    /// [`Error::Endpoint`] where the configured endpoint cannot be used.
    pub fn portal<'s>(
        &'s self,
        region: &Region,
    ) -> Result<PortalClient<impl Transport + use<'s, 'a>>, Error> {
        let endpoint = self.endpoints.resolve(Service::SsoPortal, region)?;
        Ok(PortalClient::new(
            &self.transport,
            endpoint,
            self.retry.clone(),
        ))
    }

    /// Returns a client for the access portal in `region` that keeps pace with others, and whose
    /// requests never fail for being too many.
    ///
    /// # Errors
    ///
    /// As [`portal`](Self::portal).
    pub(crate) fn paced_portal<'s>(
        &'s self,
        region: &Region,
        pace: &'s Pace,
    ) -> Result<PortalClient<impl Transport + use<'s, 'a>>, Error> {
        let endpoint = self.endpoints.resolve(Service::SsoPortal, region)?;
        let transport = PacedTransport {
            transport: &self.transport,
            pace,
        };
        Ok(PortalClient::new(transport, endpoint, self.retry.clone()))
    }

    /// Returns a way to other hosts than the services', for requests that may take `time`.
    pub(crate) fn transport_within(&self, time: Duration) -> HttpTransport {
        HttpTransport::new(HttpSettings {
            connect_timeout: time,
            read_timeout: time,
            ..self.transport.http.settings().clone()
        })
    }

    /// Returns a client for STS in the Region of the environment, else of the profile, else in
    /// `us-east-1`.
    ///
    /// # Errors
    ///
    /// [`Error::Endpoint`] where the configured endpoint cannot be used, [`Error::InvalidSetting`]
    /// where the Region cannot.
    pub fn sts<'s>(&'s self) -> Result<StsClient<impl Transport + use<'s, 'a>>, Error> {
        let region = self.sts_region.clone();
        let region = region.map_err(|name| Error::InvalidSetting {
            name,
            wanted: "a Region, as us-east-1",
        })?;
        let endpoint = self.endpoints.resolve(Service::Sts, &region)?;
        let region = self.endpoints.signing_region(Service::Sts, &region);
        let retry = self.retry.clone();
        Ok(StsClient::new(&self.transport, endpoint, region, retry))
    }

    pub(crate) fn about_to_ask(&self) {
        self.transport.about_to_ask();
    }

    /// Returns `error` with the word that this machine's clock is off, where the last answer
    /// showed that: expiry makes no sense then.
    #[must_use]
    pub fn explain(&self, error: Error) -> Error {
        match self.clock_skew() {
            Some(skew) => Error::ClockOff {
                skew,
                source: Box::new(error),
            },
            None => error,
        }
    }

    /// Returns how far this machine's clock is ahead of the services', where that is more than
    /// five minutes either way.
    #[must_use]
    pub fn clock_skew(&self) -> Option<time::Duration> {
        self.transport
            .skew
            .get()
            .filter(|skew| skew.abs() > TOLERABLE_SKEW)
    }
}

/// Notes by how much the services' clocks differ from ours.
struct WatchedTransport<'a> {
    http: HttpTransport,
    before_first: Box<dyn Fn() + 'a>,
    has_asked: Cell<bool>,
    clock: &'a dyn Clock,
    skew: Cell<Option<time::Duration>>,
}

impl WatchedTransport<'_> {
    fn about_to_ask(&self) {
        if !self.has_asked.replace(true) {
            (self.before_first)();
        }
    }
}

impl Transport for WatchedTransport<'_> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        self.about_to_ask();
        let answer = self.http.send(request)?;
        if let Some(date) = server_date(&answer) {
            self.skew
                .set(Some(self.clock.now() - time::OffsetDateTime::from(date)));
        }
        Ok(answer)
    }
}

struct Settings<'a> {
    env: &'a AwsEnv,
    files: &'a ConfigFiles,
    profile: Option<MergedProfile<'a>>,
}

impl Settings<'_> {
    fn ca_bundle(&self) -> Option<PathBuf> {
        self.text("AWS_CA_BUNDLE", "ca_bundle").map(PathBuf::from)
    }

    fn max_attempts(&self) -> Result<u32, Error> {
        let Some(text) = self.text("AWS_MAX_ATTEMPTS", "max_attempts") else {
            return Ok(3);
        };
        match text.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(Error::InvalidSetting {
                name: self.source_of("AWS_MAX_ATTEMPTS", "max_attempts"),
                wanted: "a number from 1",
            }),
        }
    }

    /// Takes the lower-case names first, as curl and Python do.
    fn proxies(&self) -> ProxySettings {
        let first_of = |lower, upper| self.env.get(lower).or_else(|| self.env.get(upper));
        ProxySettings {
            http: first_of("http_proxy", "HTTP_PROXY").map(Secret::from),
            https: first_of("https_proxy", "HTTPS_PROXY").map(Secret::from),
            no_proxy: first_of("no_proxy", "NO_PROXY").map(str::to_owned),
        }
    }

    fn sts_region(&self) -> Result<Region, String> {
        let variable = match self.env.get("AWS_REGION") {
            Some(_) => "AWS_REGION",
            None => "AWS_DEFAULT_REGION",
        };
        let region = self.text(variable, "region");
        let region = region.as_deref().unwrap_or("us-east-1").parse();
        region.map_err(|_| self.source_of(variable, "region"))
    }

    fn endpoints(&self) -> Result<Endpoints, Error> {
        Ok(Endpoints {
            use_fips: self.is_true("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            use_dualstack: self.is_true("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
            sso_oidc: self.endpoint_url("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc")?,
            sso_portal: self.endpoint_url("AWS_ENDPOINT_URL_SSO", "sso")?,
            sts: self.endpoint_url("AWS_ENDPOINT_URL_STS", "sts")?,
        })
    }

    /// First match wins: the service's variable, the common variable, the service's key in the
    /// profile's `services` section, the profile's `endpoint_url`.
    fn endpoint_url(&self, variable: &str, service: &str) -> Result<Option<String>, Error> {
        if self.is_true(
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
            "ignore_configured_endpoint_urls",
        ) {
            return Ok(None);
        }
        let of_services = self.services_endpoint_url(service)?;
        let of_env = self
            .env
            .get(variable)
            .or_else(|| self.env.get("AWS_ENDPOINT_URL"));
        let found = of_env.map(str::to_owned).or(of_services);
        Ok(found.or_else(|| self.property_text("endpoint_url")))
    }

    fn services_endpoint_url(&self, service: &str) -> Result<Option<String>, Error> {
        let Some(name) = self.property("services") else {
            return Ok(None);
        };
        let section = self
            .files
            .services(&name.value())
            .ok_or_else(|| Error::UnknownServices {
                services: name.value().into_owned(),
                place: self.files.place_of(&name),
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
        of_env.or_else(|| self.property_text(key))
    }

    fn property_text(&self, key: &str) -> Option<String> {
        Some(self.property(key)?.value().into_owned())
    }

    /// Returns what to call the one of the two that counts.
    fn source_of(&self, variable: &str, key: &str) -> String {
        match self.property(key) {
            Some(property) if self.env.get(variable).is_none() => {
                format!("{key} at {}", self.files.place_of(&property))
            }
            _ => variable.to_owned(),
        }
    }

    fn property(&self, key: &str) -> Option<PropertyRef<'_>> {
        not_empty(self.profile.as_ref()?.get(key))
    }
}
