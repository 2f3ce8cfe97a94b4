//! Conversion of ureq's errors to [`TransportError`].

use std::cell::Cell;
use std::error::Error;
use std::io::{self, ErrorKind, Read};
use std::path::PathBuf;

use http::header::LOCATION;
use http::{HeaderMap, Uri};
use sso_types::Secret;
use ureq::Timeout;

use super::proxy::Proxy;
use super::proxy_fault::ProxyFault;
use super::tls_reason::{is_not_tls, is_outside_validity, tls_reason};
use super::{HttpSettings, MAX_RESPONSE_BYTES};
use crate::endpoint_setting::EndpointSetting;
use crate::error::TransportError;
use crate::proxy_problem::ProxyProblem;

/// Request in progress, with the context for its errors.
pub(super) struct Exchange<'a> {
    host: String,
    proxy: Option<&'a Proxy>,
    settings: &'a HttpSettings,
    body: Cell<BodyState>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum BodyState {
    /// The request has no body, so its progress is unknown.
    Empty,
    /// No part of the body was sent: the service cannot have processed the request.
    Unsent,
    /// A part of the body may have been sent.
    Sending,
}

/// Request body that records its first read, which happens after the connection is established.
pub(super) struct TrackedBody<'a> {
    bytes: &'a [u8],
    state: &'a Cell<BodyState>,
}

impl Read for TrackedBody<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.state.set(BodyState::Sending);
        self.bytes.read(buffer)
    }
}

impl<'a> Exchange<'a> {
    pub(super) fn new(
        target: &Uri,
        setting: Option<&EndpointSetting>,
        proxy: Option<&'a Proxy>,
        settings: &'a HttpSettings,
    ) -> Self {
        let host = target
            .authority()
            .map_or_else(String::new, ToString::to_string);
        Self {
            host: match setting {
                Some(setting) => setting.after(&host),
                None => host,
            },
            proxy,
            settings,
            body: Cell::new(BodyState::Empty),
        }
    }

    /// Returns `bytes` as a body whose progress is recorded in this request.
    pub(super) fn track<'b>(&'b self, bytes: &'b [u8]) -> TrackedBody<'b> {
        if !bytes.is_empty() {
            self.body.set(BodyState::Unsent);
        }
        TrackedBody {
            bytes,
            state: &self.body,
        }
    }

    /// Returns the error for a redirect. Its location is missing if there is none, or more than one.
    pub(super) fn redirect(&self, headers: &HeaderMap) -> TransportError {
        let location = only_location(headers);
        let target = location.and_then(|it| it.parse::<Uri>().ok());
        TransportError::Redirect {
            host: self.host.clone(),
            target: target.map(|target| target.host().unwrap_or(&self.host).to_owned()),
            location: location.map(Secret::from),
        }
    }

    pub(super) fn failure(&self, error: ureq::Error) -> TransportError {
        match (error, self.proxy) {
            (ureq::Error::Other(error), Some(proxy)) => match error.downcast() {
                Ok(fault) => self.proxy_failure(*fault, proxy),
                Err(error) => self.host_failure(ureq::Error::Other(error)),
            },
            (error, _) => self.host_failure(error),
        }
    }

    fn proxy_failure(&self, fault: ProxyFault, proxy: &Proxy) -> TransportError {
        match fault {
            ProxyFault::Tunnel(problem) => self.no_tunnel(problem, proxy),
            ProxyFault::Connection(error) if is_not_tls(&error) => {
                self.no_tunnel(ProxyProblem::NoTls, proxy)
            }
            ProxyFault::Connection(error) => {
                let to_proxy = Self {
                    host: proxy.to_string(),
                    proxy: None,
                    settings: self.settings,
                    body: Cell::new(BodyState::Unsent),
                };
                match to_proxy.host_failure(error) {
                    TransportError::Dns { source, .. } => TransportError::Dns {
                        host: format!("{} (the proxy in {})", proxy.name, proxy.variable),
                        source,
                    },
                    error => error,
                }
            }
        }
    }

    fn no_tunnel(&self, problem: ProxyProblem, proxy: &Proxy) -> TransportError {
        TransportError::Proxy {
            proxy: proxy.name.clone(),
            setting: proxy.variable.clone(),
            host: self.host.clone(),
            problem: Box::new(problem),
        }
    }

    fn host_failure(&self, error: ureq::Error) -> TransportError {
        let host = self.peer();
        match error {
            ureq::Error::Io(error) => self.io_failure(error),
            ureq::Error::HostNotFound => TransportError::Dns {
                host,
                source: io::Error::other(error),
            },
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                TransportError::ConnectTimeout {
                    host,
                    limit: self.settings.connect_timeout,
                }
            }
            ureq::Error::Timeout(Timeout::PerCall) => self.attempt_timeout(),
            ureq::Error::Timeout(_) => TransportError::ReadTimeout {
                host,
                limit: self.settings.read_timeout,
            },
            ureq::Error::BodyExceedsLimit(_) => TransportError::TooLarge {
                host: self.host.clone(),
                limit: MAX_RESPONSE_BYTES,
            },
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) => self.tls_failure(error),
            error => TransportError::NotHttp {
                host,
                source: Box::new(error),
            },
        }
    }

    fn attempt_timeout(&self) -> TransportError {
        let (host, limit) = (self.peer(), self.settings.attempt_timeout());
        match self.body.get() {
            BodyState::Unsent => TransportError::ConnectTimeout { host, limit },
            BodyState::Empty | BodyState::Sending => TransportError::ReadTimeout { host, limit },
        }
    }

    /// Returns the host, and the proxy that has connected to it.
    fn peer(&self) -> String {
        match self.proxy {
            Some(proxy) => format!("{} through {proxy}", self.host),
            None => self.host.clone(),
        }
    }

    fn io_failure(&self, error: io::Error) -> TransportError {
        match error.kind() {
            ErrorKind::ConnectionRefused => TransportError::Refused { host: self.peer() },
            _ if self.body.get() == BodyState::Sending => self.cut(error),
            // rustls reports its errors as I/O errors of this kind.
            ErrorKind::InvalidData => self.tls_failure(error),
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
                if self.body.get() == BodyState::Empty =>
            {
                self.cut(error)
            }
            _ if is_from_resolver(&error) => TransportError::Dns {
                host: self.peer(),
                source: error,
            },
            _ => TransportError::Connect {
                host: self.peer(),
                source: error,
            },
        }
    }

    fn cut(&self, source: io::Error) -> TransportError {
        TransportError::Cut {
            host: self.peer(),
            source,
        }
    }

    fn tls_failure(&self, error: impl Into<Box<dyn Error + Send + Sync>>) -> TransportError {
        let error = error.into();
        TransportError::Tls {
            host: self.peer(),
            ca_bundle: self.ca_bundle_path(),
            is_outside_validity: is_outside_validity(&*error),
            source: tls_reason(error),
        }
    }

    fn ca_bundle_path(&self) -> Option<PathBuf> {
        let bundle = self.settings.ca_bundle.as_ref();
        bundle.map(|bundle| bundle.path().to_owned())
    }
}

/// Returns the `Location` header, unless it is empty or there are different ones.
fn only_location(headers: &HeaderMap) -> Option<&str> {
    let mut locations = headers.get_all(LOCATION).iter();
    let location = locations.next()?;
    let is_only = locations.all(|other| other == location);
    let location = location.to_str().ok().filter(|_| is_only)?;
    Some(location).filter(|location| !location.is_empty())
}

/// Returns whether the name resolution failed, for which the standard library has no error kind. On
/// Unix, a connection error has an OS error code and a resolver error has none. On Windows, the
/// resolver's codes are `WSAHOST_NOT_FOUND` to `WSANO_DATA`.
fn is_from_resolver(error: &io::Error) -> bool {
    match error.raw_os_error() {
        Some(code) => cfg!(windows) && (11001..=11004).contains(&code),
        None => error.kind() != ErrorKind::UnexpectedEof,
    }
}
