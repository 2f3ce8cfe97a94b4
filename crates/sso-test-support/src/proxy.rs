//! An HTTP proxy that remembers what it was asked for.
//!
//! Where everything that a program sends goes through it, its list proves which hosts were
//! called, and that none was.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};

use crate::loopback_server::{LoopbackServer, join};

/// Maximum size of a request line with its headers.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// A proxy on a free loopback port, for `CONNECT` and for requests with a whole URL. Dropped, it
/// closes every connection.
#[derive(Debug)]
pub struct Proxy {
    server: LoopbackServer,
    targets: Arc<Mutex<Vec<String>>>,
}

/// Where a proxy leads to.
#[derive(Clone, Copy, Debug)]
enum Route {
    Requested,
    Always(SocketAddr),
    Nowhere,
}

impl Proxy {
    /// Starts a proxy that leads where it is asked to.
    #[must_use = "the proxy ends when this is dropped"]
    pub fn start() -> Self {
        Self::routing(Route::Requested)
    }

    /// Starts a proxy that leads to `address`, whatever it is asked for: real host names then
    /// end at a TLS relay that goes by them.
    #[must_use = "the proxy ends when this is dropped"]
    pub fn leading_to(address: SocketAddr) -> Self {
        Self::routing(Route::Always(address))
    }

    /// Starts a proxy that answers 403 to everything.
    #[must_use = "the proxy ends when this is dropped"]
    pub fn refusing() -> Self {
        Self::routing(Route::Nowhere)
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

    /// Returns what was asked for so far, oldest first: `HOST:PORT` of each.
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
    let asked = Requested::parse(&head).ok_or(ErrorKind::InvalidData)?;
    let target = asked.target.clone();
    targets
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(target);
    let Some(address) = route.resolve(&asked.target) else {
        return client.write_all(REFUSED);
    };
    let mut upstream = TcpStream::connect(address)?;
    if asked.is_tunnel {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    } else {
        upstream.write_all(&head)?;
    }
    join(client, &upstream)
}

const REFUSED: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

impl Route {
    fn resolve(self, target: &str) -> Option<SocketAddr> {
        match self {
            Self::Requested => target.to_socket_addrs().ok()?.next(),
            Self::Always(address) => Some(address),
            Self::Nowhere => None,
        }
    }
}

/// What a request line asks a proxy for.
struct Requested {
    target: String,
    is_tunnel: bool,
}

impl Requested {
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

/// Reads up to the empty line and no further: what comes after it is the tunnel's.
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
