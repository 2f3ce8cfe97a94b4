//! HTTP transport based on ureq and rustls.

mod ca_bundle;
mod failure;
mod pem;
mod proxy;
mod proxy_fault;
mod proxy_response;
mod resolver;
mod slow_notice;
mod tls_reason;
mod tunnel;

use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH};
use http::{Extensions, HeaderValue, Method, Request, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::{Connector as _, RustlsConnector, TcpConnector};
use ureq::{Agent, AsSendBody, Body, SendBody};

pub use self::ca_bundle::CaBundle;
pub use self::proxy::ProxySettings;

use self::failure::Exchange;
use self::proxy::Proxy;
use self::resolver::HostResolver;
use self::slow_notice::SlowNotice;
use self::tunnel::TunnelConnector;
use crate::endpoint::{authority_problem, is_loopback};
use crate::endpoint_setting::EndpointSetting;
use crate::error::TransportError;
use crate::header::request_id;
use crate::retry::RequestKind;
use crate::transport::Transport;

const MAX_RESPONSE_BYTES: u64 = 1 << 20;

/// Network settings of a transport. The environment is not read.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// CA certificates that replace the platform's.
    pub ca_bundle: Option<CaBundle>,
    /// Timeout of each step: resolving the host name, and connecting, including proxy and TLS.
    pub connect_timeout: Duration,
    /// Timeout of each step: sending the request, waiting for the response, and reading its body.
    /// All steps together, including the connection, take at most the sum of both timeouts.
    pub read_timeout: Duration,
    /// Proxies.
    pub proxies: ProxySettings,
    /// `User-Agent` header. Characters other than printable ASCII are removed.
    pub user_agent: String,
}

impl HttpSettings {
    /// Returns the time limit of one attempt of a request: the sum of both timeouts.
    #[must_use]
    pub fn attempt_timeout(&self) -> Duration {
        self.connect_timeout.saturating_add(self.read_timeout)
    }
}

impl Default for HttpSettings {
    /// Returns settings with the platform's certificates, a connect timeout of 10 s, a read timeout
    /// of 30 s and no proxies.
    fn default() -> Self {
        Self {
            ca_bundle: None,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            proxies: ProxySettings::default(),
            user_agent: concat!("sso-transport/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Transport over HTTP/1.1 that requires TLS, except for loopback addresses.
///
/// Connections are reused, except by requests with the extension [`RequestKind::SingleUse`]. A response body of more than 1 MiB is an error. Before the first
/// request, no file is read and no connection is opened. The first request also installs ring as
/// the rustls provider of the process if none is installed.
pub struct HttpTransport {
    settings: HttpSettings,
    direct: OnceLock<Agent>,
    http_proxied: OnceLock<Agent>,
    https_proxied: OnceLock<Agent>,
    slow_notice: SlowNotice,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl HttpTransport {
    /// Creates a transport. The settings are validated when the first request is sent.
    #[must_use]
    pub fn new(settings: HttpSettings) -> Self {
        Self {
            settings,
            direct: OnceLock::new(),
            http_proxied: OnceLock::new(),
            https_proxied: OnceLock::new(),
            slow_notice: SlowNotice::default(),
        }
    }

    /// Returns the settings.
    #[must_use]
    pub fn settings(&self) -> &HttpSettings {
        &self.settings
    }

    /// Reads the CA bundle, if there is one, before the first request.
    ///
    /// # Errors
    ///
    /// [`TransportError::CaBundle`].
    pub fn check_ca_bundle(&self) -> Result<(), TransportError> {
        let bundle = self.settings.ca_bundle.as_ref();
        bundle.map_or(Ok(()), |bundle| bundle.roots().map(|_| ()))
    }

    /// Checks the proxy settings for a request to `target`.
    ///
    /// # Errors
    ///
    /// [`TransportError::BadProxy`].
    pub fn check_proxy(&self, target: &Uri) -> Result<(), TransportError> {
        self.settings.proxies.choose(target).map(|_| ())
    }

    fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let proxy = self.settings.proxies.choose(request.uri())?;
        let agent = self.agent(request.uri(), proxy.as_ref())?;
        let setting = request.extensions().get().cloned();
        let exchange = Exchange::new(
            request.uri(),
            setting.as_ref(),
            proxy.as_ref(),
            &self.settings,
        );
        let response = run(agent, request, &exchange)?;
        if response.status().is_redirection() {
            return Err(exchange.redirect(response.headers()));
        }
        let (mut head, mut body) = response.into_parts();
        head.extensions.extend(in_extensions(setting));
        let body = body.with_config().limit(MAX_RESPONSE_BYTES).read_to_vec();
        let body = body.map_err(|error| exchange.failure(error))?;
        Ok(Response::from_parts(head, body))
    }

    /// Returns `host`, and the proxy on the way to it.
    fn route(&self, host: &str, target: &Uri) -> String {
        match self.settings.proxies.choose(target) {
            Ok(Some(proxy)) => format!("{host} through {proxy}"),
            Ok(None) | Err(_) => host.to_owned(),
        }
    }

    fn agent(&self, target: &Uri, proxy: Option<&Proxy>) -> Result<&Agent, TransportError> {
        let agent = match (proxy, target.scheme_str()) {
            (None, _) => &self.direct,
            (Some(_), Some("http")) => &self.http_proxied,
            (Some(_), _) => &self.https_proxied,
        };
        if let Some(agent) = agent.get() {
            return Ok(agent);
        }
        let new_agent = self.new_agent(proxy)?;
        Ok(agent.get_or_init(|| new_agent))
    }

    fn new_agent(&self, proxy: Option<&Proxy>) -> Result<Agent, TransportError> {
        let roots = match &self.settings.ca_bundle {
            Some(bundle) => bundle.roots()?,
            None => RootCerts::PlatformVerifier,
        };
        // This fails if the program has already installed a provider, which is kept.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let user_agent = header_text(&self.settings.user_agent);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(proxy.map(|proxy| proxy.setting.clone()))
            .user_agent(&user_agent)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .timeout_per_call(Some(self.settings.attempt_timeout()))
            .timeout_resolve(Some(self.settings.connect_timeout))
            .timeout_connect(Some(self.settings.connect_timeout))
            .timeout_send_request(Some(self.settings.read_timeout))
            .timeout_send_body(Some(self.settings.read_timeout))
            .timeout_recv_response(Some(self.settings.read_timeout))
            .timeout_recv_body(Some(self.settings.read_timeout))
            .build();
        let connector = TunnelConnector::new(user_agent)
            .chain(TcpConnector::default())
            .chain(RustlsConnector::default());
        Ok(Agent::with_parts(config, connector, HostResolver))
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let host = check_target(request.uri())?;
        log::debug!("{} {}", request.method(), request.uri());
        let started = Instant::now();
        let waiting = self.slow_notice.watch(&self.route(&host, request.uri()));
        let outcome = self.exchange(request);
        drop(waiting);
        let took = started.elapsed();
        match &outcome {
            Ok(response) => log::debug!(
                "{host} responded {} after {took:.1?}: {} bytes, request ID {}",
                response.status().as_u16(),
                response.body().len(),
                request_id(response).as_deref().unwrap_or("unknown"),
            ),
            Err(error) => log::debug!("no response after {took:.1?}: {error}"),
        }
        outcome
    }
}

fn in_extensions(setting: Option<EndpointSetting>) -> Extensions {
    let mut extensions = Extensions::new();
    if let Some(setting) = setting {
        extensions.insert(setting);
    }
    extensions
}

/// Returns the host of `target` if secrets may be sent to it.
fn check_target(target: &Uri) -> Result<String, TransportError> {
    let bad_url = |reason| TransportError::BadUrl { reason };
    let authority = target
        .authority()
        .ok_or_else(|| bad_url("it has no host"))?;
    if let Some(reason) = authority_problem(authority) {
        return Err(bad_url(reason));
    }
    let host = authority.to_string();
    match target.scheme_str() {
        Some("https") => Ok(host),
        Some("http") if is_loopback(authority.host()) => Ok(host),
        Some("http") => Err(TransportError::PlainHttp { host }),
        _ => Err(bad_url("it does not start with https://")),
    }
}

/// Returns the printable ASCII characters of `text`, which are allowed in a header.
fn header_text(text: &str) -> String {
    text.chars()
        .filter(|character| (' '..='~').contains(character))
        .collect()
}

fn run(
    agent: &Agent,
    request: Request<Vec<u8>>,
    exchange: &Exchange<'_>,
) -> Result<Response<Body>, TransportError> {
    let (mut head, body) = request.into_parts();
    let identity = HeaderValue::from_static("identity");
    head.headers.insert(ACCEPT_ENCODING, identity);
    let response = if matches!(head.method, Method::GET | Method::HEAD) {
        agent.run(with_connection(agent, Request::from_parts(head, ())))
    } else {
        head.headers.insert(CONTENT_LENGTH, body.len().into());
        let mut body = exchange.track(&body);
        let body = SendBody::from_reader(&mut body);
        agent.run(with_connection(agent, Request::from_parts(head, body)))
    };
    response.map_err(|error| exchange.failure(error))
}

/// Excludes idle connections for a single-use request: a server may close one of them without a
/// response, and then it is unknown whether the request has arrived.
fn with_connection<B: AsSendBody>(agent: &Agent, request: Request<B>) -> Request<B> {
    if request.extensions().get() != Some(&RequestKind::SingleUse) {
        return request;
    }
    let fresh = agent
        .configure_request(request)
        .max_idle_age(Duration::ZERO);
    fresh.build()
}
