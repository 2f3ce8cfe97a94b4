//! Clients for the services, connected according to [`NetworkSettings`].

pub mod background;
mod ca_bundle;
mod custom_urls;
mod limited;
mod setting_errors;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http::{Request, Response};
use sso_config::network::NetworkSettings;
use sso_config::{AwsEnv, ConfigFiles, SsoSession};
use sso_oidc::OidcClient;
use sso_portal::PortalClient;
use sso_transport::{
    CaBundle, Endpoint, Endpoints, HttpSettings, HttpTransport, ProxySettings, ReceivedAt,
    RetryPolicy, Service, Transport, TransportError, server_date,
};
use sso_types::{ProfileName, Region};

use crate::clock::SharedClock;
use crate::clock_skew::ClockSkew;
use crate::error::Error;
use custom_urls::CustomUrls;

const MAX_CLOCK_SKEW: time::Duration = time::Duration::minutes(5);

/// Default of the connect and read timeouts, as in the AWS CLI.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// Network options of a program. They take precedence over the environment and the profiles.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConnectionOptions {
    /// CA certificates instead of the platform's.
    pub ca_bundle: Option<CaBundle>,
    /// Time limit for a connection, including TLS. 60 seconds by default.
    pub connect_timeout: Duration,
    /// Time limit for a response. 60 seconds by default.
    pub read_timeout: Duration,
    /// Time limit for the response to a refresh during a sign-out or before the token expires; `None` for
    /// `read_timeout`. A response that is not read may contain the only valid refresh token.
    pub refresh_read_timeout: Option<Duration>,
    /// `User-Agent` header: name and version of the program.
    pub user_agent: String,
}

impl ConnectionOptions {
    /// Returns the default options.
    #[must_use]
    pub fn new(user_agent: impl Into<String>) -> Self {
        Self {
            ca_bundle: None,
            connect_timeout: DEFAULT_TIMEOUT,
            read_timeout: DEFAULT_TIMEOUT,
            refresh_read_timeout: None,
            user_agent: user_agent.into(),
        }
    }

    /// Returns the maximum wait for a lock that another process holds during a request: the longest
    /// request that such a process sends with these or with the default timeouts, and with the
    /// default number of attempts. With the defaults, 400 seconds.
    #[must_use]
    pub fn lock_timeout(&self) -> Duration {
        let own = self.connect_timeout.saturating_add(self.read_timeout);
        let attempt = own.max(2 * DEFAULT_TIMEOUT);
        RetryPolicy::default().max_duration(attempt)
    }
}

/// Factory of clients for any session, connected according to [`NetworkSettings`].
#[derive(Clone)]
pub struct Network<'a> {
    /// Environment variables.
    pub env: &'a AwsEnv,
    /// Config and credentials files.
    pub files: &'a ConfigFiles,
    /// Profile in effect, which need not exist.
    pub profile: ProfileName,
    /// Options of the program.
    pub options: &'a ConnectionOptions,
    /// Clock for retries and for the clock skew.
    pub clock: &'a SharedClock,
}

impl<'a> Network<'a> {
    /// Returns clients for `session`, or for the profile in effect if `None`. The clients read no
    /// file and open no connection before the first request.
    #[must_use]
    pub fn clients(&self, session: Option<&SsoSession>) -> ServiceClients<'a> {
        ServiceClients {
            network: self.clone(),
            session: session.cloned(),
            is_single_attempt: false,
            before_first: Box::new(|| {}),
            background: None,
            has_notified: AtomicBool::new(false),
            connected: OnceLock::new(),
            skew: Mutex::new(None),
        }
    }
}

/// Clients for the services of one session.
pub struct ServiceClients<'a> {
    network: Network<'a>,
    session: Option<SsoSession>,
    is_single_attempt: bool,
    before_first: Box<dyn Fn() + Send + Sync + 'a>,
    background: Option<background::Start<'a>>,
    has_notified: AtomicBool,
    connected: OnceLock<Connected>,
    skew: Mutex<Option<time::Duration>>,
}

struct Connected {
    endpoints: Endpoints,
    custom_urls: CustomUrls,
    /// Setting that turns the FIPS endpoints on.
    fips_setting: Option<String>,
    retry: RetryPolicy,
    http: HttpTransport,
    ca_bundle_setting: String,
}

/// Transport, endpoint and retry policy of one service, for its client.
pub struct ServiceConnection<'a> {
    /// Transport for the requests.
    pub transport: &'a dyn Transport,
    /// Endpoint of the service.
    pub endpoint: Endpoint,
    /// Region that requests are signed for.
    pub signing_region: Region,
    /// Policy for retries.
    pub retry: RetryPolicy,
}

impl<'a> ServiceClients<'a> {
    /// Sets an action that runs once: before the first request, or earlier if
    /// [`notify_first_request`](Self::notify_first_request) is called.
    #[must_use]
    pub fn before_first_request(mut self, act: impl Fn() + Send + Sync + 'a) -> Self {
        self.before_first = Box::new(act);
        self
    }

    /// Disables retries.
    #[must_use]
    pub fn with_single_attempts(mut self) -> Self {
        self.is_single_attempt = true;
        self
    }

    /// Returns a client for the OIDC service in `region`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a network setting is invalid, [`Error::Endpoint`] if the configured
    /// endpoint cannot be used, [`Error::CaBundle`] and [`Error::Proxy`].
    pub fn oidc(&self, region: &Region) -> Result<OidcClient<&dyn Transport>, Error> {
        let connection = self.connect(Service::SsoOidc, region)?;
        Ok(OidcClient::new(
            connection.transport,
            connection.endpoint,
            connection.retry,
        ))
    }

    /// Returns a client for the access portal in `region`.
    ///
    /// # Errors
    ///
    /// Those of [`oidc`](Self::oidc).
    pub fn portal(&self, region: &Region) -> Result<PortalClient<&dyn Transport>, Error> {
        let connection = self.connect(Service::SsoPortal, region)?;
        Ok(PortalClient::new(
            connection.transport,
            connection.endpoint,
            connection.retry,
        ))
    }

    /// Returns the connection to `service` in `region`, for a client that the caller creates.
    ///
    /// # Errors
    ///
    /// Those of [`oidc`](Self::oidc).
    pub fn connect(
        &self,
        service: Service,
        region: &Region,
    ) -> Result<ServiceConnection<'_>, Error> {
        let connected = self.connected()?;
        let endpoint = connected.endpoint(service, region)?;
        self.check_ca_bundle()?;
        connected.check_proxy(&endpoint)?;
        Ok(ServiceConnection {
            transport: self,
            endpoint,
            signing_region: connected.endpoints.signing_region(service, region),
            retry: if self.is_single_attempt {
                RetryPolicy::single_attempt()
            } else {
                connected.retry.clone()
            },
        })
    }

    /// Checks that the CA bundle can be used, if there is one. Reads its file the first time.
    ///
    /// # Errors
    ///
    /// [`Error::CaBundle`]; [`Error::Config`] if a network setting is invalid.
    pub fn check_ca_bundle(&self) -> Result<(), Error> {
        self.connected()?.check_ca_bundle()
    }

    /// Returns the file of the CA bundle, if one is configured. Does not read it.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a network setting is invalid.
    pub fn ca_bundle(&self) -> Result<Option<&Path>, Error> {
        let settings = self.connected()?.http.settings();
        Ok(settings.ca_bundle.as_ref().map(CaBundle::path))
    }

    /// Returns the Region of the profile in effect: see [`sso_config::network::region`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the setting is not a valid Region.
    pub fn region(&self) -> Result<Region, Error> {
        let network = &self.network;
        let region = sso_config::network::region(network.env, network.files, &network.profile);
        Ok(region?)
    }

    /// Runs the action of [`before_first_request`](Self::before_first_request), unless it has
    /// already run. Call this before another interaction, such as a process or a prompt.
    pub fn notify_first_request(&self) {
        if !self.has_notified.swap(true, Ordering::SeqCst) {
            (self.before_first)();
        }
    }

    /// Returns the difference between the local clock and the `Date` header of the last response,
    /// if it is more than five minutes. Positive if the local clock is ahead.
    #[must_use]
    pub fn clock_skew(&self) -> Option<ClockSkew> {
        let skew = *self.skew.lock().unwrap_or_else(PoisonError::into_inner);
        skew.filter(|skew| skew.abs() > MAX_CLOCK_SKEW)
            .map(ClockSkew)
    }

    /// Wraps `error` in [`Error::ClockOff`] if there is a [`clock_skew`](Self::clock_skew).
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

    /// Records the clock skew from the `Date` header of the response, or adds the local time.
    fn send_by(
        &self,
        http: &HttpTransport,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        self.notify_first_request();
        let mut response = http.send(request)?;
        let now = self.network.clock.now();
        if let Some(date) = server_date(&response) {
            let skew = now - time::OffsetDateTime::from(date);
            *self.skew.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
        } else {
            response.extensions_mut().insert(ReceivedAt(now.into()));
        }
        Ok(response)
    }

    fn connected(&self) -> Result<&Connected, Error> {
        if let Some(connected) = self.connected.get() {
            return Ok(connected);
        }
        let Network {
            env,
            files,
            profile,
            options,
            clock,
        } = &self.network;
        let env = ca_bundle::without_overridden(env, options);
        let settings = NetworkSettings::find(&env, files, profile, self.session.as_ref())?;
        let connected = Connected::new(settings, options, clock);
        Ok(self.connected.get_or_init(|| connected))
    }
}

impl Connected {
    fn check_ca_bundle(&self) -> Result<(), Error> {
        let checked = self.http.check_ca_bundle();
        checked.map_err(|source| Error::CaBundle {
            setting: self.ca_bundle_setting.clone(),
            source,
        })
    }

    fn check_proxy(&self, endpoint: &Endpoint) -> Result<(), Error> {
        let target = endpoint.uri("/", &[]);
        let checked = target.and_then(|target| self.http.check_proxy(&target));
        checked.map_err(Error::Proxy)
    }

    fn endpoint(&self, service: Service, region: &Region) -> Result<Endpoint, Error> {
        let found = self.custom_urls.of(service);
        let found = found.map_err(|error| Error::Config(error.clone().into()))?;
        let setting = found.map(|found| found.setting.clone());
        let endpoint = self.endpoints.resolve(service, region);
        let endpoint = endpoint.map_err(|source| match &setting {
            Some(setting) => Error::Endpoint {
                setting: setting.clone(),
                source,
            },
            // Without an endpoint URL, only the FIPS endpoint can be missing.
            None => Error::Fips {
                setting: self.fips_setting.clone().unwrap_or_default(),
                source,
            },
        })?;
        Ok(match setting {
            Some(setting) => endpoint.with_setting(setting),
            None => endpoint,
        })
    }

    fn new(settings: NetworkSettings, options: &ConnectionOptions, clock: &SharedClock) -> Self {
        let clock = clock.clone();
        let (ca_bundle, ca_bundle_setting) = ca_bundle::of(options, settings.ca_bundle);
        let custom_urls = CustomUrls {
            sso_oidc: settings.sso_oidc_url,
            sso_portal: settings.sso_portal_url,
            sts: settings.sts_url,
            federation: settings.federation_url,
        };
        Self {
            endpoints: Endpoints {
                use_fips: settings.use_fips,
                use_dualstack: settings.use_dualstack,
                sso_oidc: custom_urls.url_of(Service::SsoOidc),
                sso_portal: custom_urls.url_of(Service::SsoPortal),
                sts: custom_urls.url_of(Service::Sts),
                federation: custom_urls.url_of(Service::Federation),
            },
            custom_urls,
            fips_setting: settings.fips_setting,
            retry: RetryPolicy::default()
                .with_max_attempts(settings.max_attempts)
                .with_pause(move |pause| clock.sleep(pause)),
            http: HttpTransport::new(HttpSettings {
                ca_bundle,
                connect_timeout: options.connect_timeout,
                read_timeout: options.read_timeout,
                proxies: ProxySettings {
                    http: settings.http_proxy,
                    https: settings.https_proxy,
                    no_proxy: settings.no_proxy,
                },
                user_agent: options.user_agent.clone(),
            }),
            ca_bundle_setting,
        }
    }
}

impl Transport for ServiceClients<'_> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let connected = self.connected.get();
        let connected = connected.expect("clients are created after the connection");
        self.send_by(&connected.http, request)
    }
}
