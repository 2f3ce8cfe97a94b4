//! HTTP client that acts as the user's browser on the emulator's pages.

use std::fmt;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ureq::Agent;
use ureq::http::{Response, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

const MAX_REDIRECTS: usize = 10;

/// Browser without scripts, which opens pages and submits their forms. It needs only a URL, so the
/// emulator may run in another process.
///
/// The methods panic if a page cannot be opened or is not the expected one.
#[derive(Clone, Debug)]
pub struct Browser {
    agent: Agent,
}

#[expect(
    clippy::must_use_candidate,
    reason = "tests often need only the effect of a visit on a waiting program"
)]
impl Browser {
    /// Creates a browser that trusts no certificate, for pages without TLS.
    #[must_use]
    pub fn new() -> Self {
        Self::with_roots(Vec::new())
    }

    /// Creates a browser that trusts the certificate authority `ca_pem`, for example that of a TLS
    /// relay.
    ///
    /// # Panics
    ///
    /// If `ca_pem` is not a certificate in PEM format.
    #[must_use]
    pub fn trusting(ca_pem: &str) -> Self {
        let certificate =
            Certificate::from_pem(ca_pem.as_bytes()).expect("a certificate in PEM format");
        Self::with_roots(vec![certificate])
    }

    fn with_roots(roots: Vec<Certificate<'static>>) -> Self {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::from(roots))
            .build();
        // Fails if the process already has a default provider, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self {
            agent: config.into(),
        }
    }

    /// Opens `url` and follows redirects, including the one to a program's callback.
    pub fn visit(&self, url: &str) -> Visit {
        let response = self.agent.get(url).call();
        self.follow(url, response)
    }

    /// Opens `url` and, on a consent page, allows access.
    pub fn approve(&self, url: &str) -> Visit {
        self.decide(self.visit(url), "allow")
    }

    /// Opens `url` and allows access, like a browser on another machine, which cannot load the
    /// redirect URL. Returns that URL, as the browser shows it in the address bar.
    ///
    /// # Panics
    ///
    /// If the page is not a consent page.
    pub fn approve_elsewhere(&self, url: &str) -> String {
        let consent_page = self.visit(url);
        let request = consent_page
            .hidden_field("request")
            .expect("a consent page");
        let url = consent_page.resolve("/consent");
        let form = [("request", request.as_str()), ("decision", "allow")];
        let decided = Visit::read(&url, self.agent.post(&url).send_form(form));
        decided
            .redirect_target()
            .expect("the decision redirects to the program")
    }

    /// Opens `url` and, on a consent page, denies access.
    pub fn deny(&self, url: &str) -> Visit {
        self.decide(self.visit(url), "deny")
    }

    /// Opens `url`, enters `user_code`, and allows access.
    pub fn approve_code(&self, url: &str, user_code: &str) -> Visit {
        let code = utf8_percent_encode(user_code, NON_ALPHANUMERIC);
        self.approve(&format!("{url}?user_code={code}"))
    }

    /// Submits the form of a consent page. Returns any other page unchanged.
    fn decide(&self, page: Visit, decision: &str) -> Visit {
        let Some(request) = page.hidden_field("request") else {
            return page;
        };
        let url = page.resolve("/consent");
        let form = [("request", request.as_str()), ("decision", decision)];
        let response = self.agent.post(&url).send_form(form);
        self.follow(&url, response)
    }

    fn follow(&self, url: &str, response: Result<Response<ureq::Body>, ureq::Error>) -> Visit {
        let mut visit = Visit::read(url, response);
        let mut redirects = Vec::new();
        while let Some(target) = visit.redirect_target() {
            redirects.push(target.clone());
            assert!(
                redirects.len() <= MAX_REDIRECTS,
                "too many redirects: {redirects:?}"
            );
            visit = Visit::read(&target, self.agent.get(&target).call());
        }
        Visit { redirects, ..visit }
    }
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

/// Final page of a visit.
#[derive(Clone)]
pub struct Visit {
    /// URL of the page.
    pub url: String,
    /// Redirect URLs, in order.
    pub redirects: Vec<String>,
    /// HTTP status.
    pub status: u16,
    /// Headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body of the page.
    pub body: String,
}

impl Visit {
    fn read(url: &str, response: Result<Response<ureq::Body>, ureq::Error>) -> Self {
        let mut response = response.unwrap_or_else(|error| panic!("cannot open {url}: {error}"));
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), text(value.as_bytes())));
        let headers = headers.collect();
        let body = response
            .body_mut()
            .with_config()
            .lossy_utf8(true)
            .read_to_string();
        Self {
            url: url.to_owned(),
            redirects: Vec::new(),
            status: response.status().as_u16(),
            headers,
            body: body.unwrap_or_else(|error| panic!("cannot read {url}: {error}")),
        }
    }

    /// Returns the value of a header. `name` is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the decoded value of `name` in the query of the page's URL.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.url.split_once('?')?;
        let fields = query.split('&').filter_map(|field| field.split_once('='));
        let value = fields
            .filter(|(known, _)| *known == name)
            .map(|(_, value)| value)
            .next()?;
        Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
    }

    /// Returns whether the page is a consent page.
    #[must_use]
    pub fn asks_for_consent(&self) -> bool {
        self.hidden_field("request").is_some()
    }

    fn hidden_field(&self, name: &str) -> Option<String> {
        let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&start)?;
        let (value, _) = rest.split_once('"')?;
        Some(value.to_owned())
    }

    fn redirect_target(&self) -> Option<String> {
        let redirected = (300..400).contains(&self.status);
        let location = self.header("location").filter(|_| redirected)?;
        Some(self.resolve(location))
    }

    /// Returns `reference` as a URL. A path is relative to this page's server.
    fn resolve(&self, reference: &str) -> String {
        if !reference.starts_with('/') {
            return reference.to_owned();
        }
        let url: Uri = self.url.parse().expect("an opened page has a valid URL");
        let scheme = url.scheme_str().unwrap_or("http");
        let authority = url.authority().map_or("", |authority| authority.as_str());
        format!("{scheme}://{authority}{reference}")
    }
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.status, self.url)?;
        f.write_str(&self.body)
    }
}
