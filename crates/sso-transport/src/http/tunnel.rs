//! Connection through a proxy: `CONNECT` (RFC 9110 §9.3.6).
//!
//! ureq's own connector reports neither the headers of the proxy's response, nor whether an error
//! concerns the proxy or the host.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Uri;
use ureq::Proxy;
use ureq::unversioned::transport::{
    Buffers, ChainedConnector, ConnectionDetails, Connector, NextTimeout, RustlsConnector,
    TcpConnector, Transport, TransportAdapter,
};

use super::proxy_fault::ProxyFault;
use super::proxy_response::{read_response, refusal};
use crate::proxy_problem::ProxyProblem;

/// Connector through the proxy of an agent. Without a proxy, it leaves the connection to the next
/// connector.
#[derive(Debug)]
pub(super) struct TunnelConnector {
    to_proxy: ChainedConnector<(), TcpConnector, RustlsConnector>,
    user_agent: String,
}

impl TunnelConnector {
    pub(super) fn new(user_agent: String) -> Self {
        Self {
            to_proxy: TcpConnector::default().chain(RustlsConnector::default()),
            user_agent,
        }
    }

    fn open(
        &self,
        proxy: &Proxy,
        details: &ConnectionDetails<'_>,
    ) -> Result<Box<dyn Transport>, ProxyFault> {
        let transport = self.connect_to(proxy, details);
        let transport = transport.map_err(ProxyFault::Connection)?;
        let mut stream = TransportAdapter::new(transport, details.current_time.clone());
        stream.set_timeout(details.timeout);
        stream.write_all(self.request(proxy, details.uri).as_bytes())?;
        let response = read_response(&mut stream)?;
        if let Some(problem) = refusal(&response, has_credentials(proxy)) {
            return Err(ProxyFault::Tunnel(problem));
        }
        let mut transport = stream.into_inner();
        // The host is the second to send data, so these bytes are the proxy's own.
        if !transport.buffers().input().is_empty() {
            return Err(ProxyFault::Tunnel(ProxyProblem::OwnContent));
        }
        Ok(transport)
    }

    fn connect_to(
        &self,
        proxy: &Proxy,
        details: &ConnectionDetails<'_>,
    ) -> Result<Box<dyn Transport>, ureq::Error> {
        let (uri, config, timeout) = (proxy.uri(), details.config, details.timeout);
        let to_proxy = ConnectionDetails {
            uri,
            addrs: details.resolver.resolve(uri, config, timeout)?,
            config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        let transport = self.to_proxy.connect(&to_proxy, None)?;
        transport
            .map(|transport| Box::new(transport) as Box<dyn Transport>)
            .ok_or(ureq::Error::ConnectionFailed)
    }

    fn request(&self, proxy: &Proxy, target: &Uri) -> String {
        let target = authority_with_port(target);
        let mut lines = vec![
            format!("CONNECT {target} HTTP/1.1"),
            format!("Host: {target}"),
            format!("User-Agent: {}", self.user_agent),
            "Proxy-Connection: Keep-Alive".to_owned(),
        ];
        if has_credentials(proxy) {
            let user = proxy.username().unwrap_or_default();
            let password = proxy.password().unwrap_or_default();
            let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
            lines.push(format!("Proxy-Authorization: Basic {credentials}"));
        }
        lines.join("\r\n") + "\r\n\r\n"
    }
}

impl Connector for TunnelConnector {
    type Out = Tunnel;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Tunnel>, ureq::Error> {
        match details.config.proxy() {
            Some(proxy) => Ok(Some(Tunnel(self.open(proxy, details)?))),
            None => Ok(None),
        }
    }
}

fn has_credentials(proxy: &Proxy) -> bool {
    proxy.username().is_some() || proxy.password().is_some()
}

fn authority_with_port(target: &Uri) -> String {
    let default_port = match target.scheme_str() {
        Some("http") => 80,
        _ => 443,
    };
    let port = target.port_u16().unwrap_or(default_port);
    format!("{}:{port}", target.host().unwrap_or_default())
}

/// Connection to the host through the proxy. The connection to the proxy may use TLS, that to the host
/// does not yet.
#[derive(Debug)]
pub(super) struct Tunnel(Box<dyn Transport>);

impl Transport for Tunnel {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }
}
