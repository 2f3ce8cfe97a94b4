//! HTTP proxy that records the requested hosts.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};

use crate::loopback_server::{LoopbackServer, tunnel};

const MAX_HEAD_BYTES: usize = 64 * 1024;

/// HTTP proxy on a free loopback port, for `CONNECT` and for requests with an absolute URL.
/// Dropping it closes all connections.
#[derive(Debug)]
pub struct Proxy {
    server: LoopbackServer,
    targets: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Copy, Debug)]
enum Route {
    Requested,
    Always(SocketAddr),
    Refused(&'static [u8]),
}

impl Proxy {
    /// Starts a proxy that connects to the requested host.
    #[must_use = "dropping this stops the proxy"]
    pub fn start() -> Self {
        Self::routing(Route::Requested)
    }

    /// Starts a proxy that always connects to `address`, for example to a TLS relay with a
    /// certificate for real host names.
    #[must_use = "dropping this stops the proxy"]
    pub fn leading_to(address: SocketAddr) -> Self {
        Self::routing(Route::Always(address))
    }

    /// Starts a proxy that responds to every request with status 403.
    #[must_use = "dropping this stops the proxy"]
    pub fn refusing() -> Self {
        Self::refusing_with(FORBIDDEN)
    }

    /// Starts a proxy that sends `response` to every request.
    #[must_use = "dropping this stops the proxy"]
    pub fn refusing_with(response: &'static [u8]) -> Self {
        Self::routing(Route::Refused(response))
    }

    fn routing(route: Route) -> Self {
        let targets = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&targets);
        let server = LoopbackServer::start(move |client| serve(client, route, &recorded));
        Self { server, targets }
    }

    /// Returns the proxy's URL, for `HTTPS_PROXY` and `HTTP_PROXY`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Returns the requested targets as `HOST:PORT`, oldest first. If a program can connect only
    /// through the proxy, an empty list proves that it requested no host.
    #[must_use]
    pub fn targets(&self) -> Vec<String> {
        self.targets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn serve(mut client: &TcpStream, route: Route, targets: &Mutex<Vec<String>>) -> io::Result<()> {
    let head = read_head(client)?;
    let requested = ProxyRequest::parse(&head).ok_or(ErrorKind::InvalidData)?;
    let target = requested.target.clone();
    targets
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(target);
    let address = match route {
        Route::Refused(response) => return client.write_all(response),
        Route::Always(address) => Some(address),
        Route::Requested => {
            let addresses = requested.target.to_socket_addrs().ok();
            addresses.and_then(|mut addresses| addresses.next())
        }
    };
    let Some(address) = address else {
        return client.write_all(FORBIDDEN);
    };
    let mut upstream = TcpStream::connect(address)?;
    if requested.is_tunnel {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    } else {
        upstream.write_all(&head)?;
    }
    tunnel(client, &upstream)
}

const FORBIDDEN: &[u8] =
    b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

struct ProxyRequest {
    target: String,
    is_tunnel: bool,
}

impl ProxyRequest {
    fn parse(head: &[u8]) -> Option<Self> {
        let head = str::from_utf8(head).ok()?;
        let mut words = head.lines().next()?.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        if method == "CONNECT" {
            return Some(Self {
                target: target.to_owned(),
                is_tunnel: true,
            });
        }
        let authority = target.strip_prefix("http://")?.split('/').next()?;
        let port = if authority.contains(':') { "" } else { ":80" };
        Some(Self {
            target: format!("{authority}{port}"),
            is_tunnel: false,
        })
    }
}

/// Reads up to the empty line and no further, because subsequent bytes belong to the tunnel.
fn read_head(mut client: &TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
        if head.len() > MAX_HEAD_BYTES {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    Ok(head)
}
