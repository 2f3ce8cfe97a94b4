//! TCP relay in front of the emulator, for tests with TLS and with cut and stalled connections.

mod gate;
mod wire;

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rustls::ServerConfig;
use tempfile::TempPath;

use crate::certificate::Certificate;
use crate::loopback_server::{LoopbackServer, pump};
use gate::Gate;
use wire::Wire;

/// URL of a port that refuses connections, since no process listens there.
pub const CLOSED_PORT_URL: &str = "http://127.0.0.1:1";

/// TCP relay on a free loopback port. Dropping it closes all connections.
pub struct Relay {
    server: LoopbackServer,
    plan: Arc<Mutex<Plan>>,
    gate: Arc<Gate>,
    authority: Option<Authority>,
}

/// Behaviour of a relay for a connection. Numbers count bytes of responses before encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Forwards everything.
    Faithful,
    /// Closes the connection after this number of bytes.
    CutAfter(usize),
    /// Sends nothing after this number of bytes, but keeps the connection open.
    StallAfter(usize),
    /// Sends nothing until [`Relay::release`], and then forwards everything.
    Hold,
    /// Closes the connection immediately.
    Refuse,
}

struct Authority {
    pem: String,
    path: TempPath,
}

#[derive(Debug)]
struct Plan {
    next: VecDeque<Behaviour>,
    default: Behaviour,
}

impl Relay {
    /// Starts a relay to `target`, without TLS.
    #[must_use = "dropping this stops the relay"]
    pub fn plain(target: SocketAddr) -> Self {
        Self::start(target, None, None)
    }

    /// Starts a relay to `target`, with TLS for the client. The certificate is for `localhost`,
    /// `127.0.0.1` and `more_names`, from a new certificate authority.
    ///
    /// # Panics
    ///
    /// If one of the names is not a valid host name.
    #[must_use = "dropping this stops the relay"]
    pub fn tls(target: SocketAddr, more_names: &[&str]) -> Self {
        let names = [&["localhost", "127.0.0.1"], more_names].concat();
        let certificate = Certificate::for_names(&names).expect("the host names are valid");
        let authority = Authority::save(certificate.authority_pem.clone());
        let config = certificate.into_server_config();
        let config = config.expect("the key matches the certificate");
        Self::start(target, Some(config), Some(authority))
    }

    fn start(
        target: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        authority: Option<Authority>,
    ) -> Self {
        let plan = Arc::new(Mutex::new(Plan {
            next: VecDeque::new(),
            default: Behaviour::Faithful,
        }));
        let gate = Arc::new(Gate::default());
        let (planned, gate_of_server) = (Arc::clone(&plan), Arc::clone(&gate));
        let server = LoopbackServer::start(move |client| {
            let behaviour = lock(&planned).next_behaviour();
            relay(client, target, tls.as_ref(), behaviour, &gate_of_server)
        });
        Self {
            server,
            plan,
            gate,
            authority,
        }
    }

    /// Returns the relay's URL: `https://localhost:PORT` or `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        let port = self.address().port();
        match self.authority {
            Some(_) => format!("https://localhost:{port}"),
            None => format!("http://127.0.0.1:{port}"),
        }
    }

    /// Returns the socket address of the relay.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns the path of the certificate authority in PEM format, for `AWS_CA_BUNDLE`. Dropping
    /// the relay removes the file.
    ///
    /// # Panics
    ///
    /// If the relay has no TLS.
    #[must_use]
    pub fn ca_path(&self) -> &Path {
        &self.authority.as_ref().expect("the relay has TLS").path
    }

    /// Returns the certificate authority in PEM format, for
    /// [`Browser::trusting`](crate::Browser::trusting).
    ///
    /// # Panics
    ///
    /// If the relay has no TLS.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.authority.as_ref().expect("the relay has TLS").pem
    }

    /// Sets the behaviour for subsequent connections.
    pub fn behave(&self, behaviour: Behaviour) {
        lock(&self.plan).default = behaviour;
    }

    /// Sets the behaviour for the next connection. Several calls queue one behaviour per
    /// connection.
    pub fn behave_once(&self, behaviour: Behaviour) {
        lock(&self.plan).next.push_back(behaviour);
    }

    /// Waits until a connection with [`Behaviour::Hold`] has received a response from the target.
    ///
    /// # Panics
    ///
    /// If a minute passes without a response.
    pub fn wait_until_held(&self) {
        self.gate.wait_for_response();
    }

    /// Sends all held responses.
    pub fn release(&self) {
        self.gate.open();
    }

    /// Returns the number of accepted connections.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.accepted()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.release();
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("url", &self.url())
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}

impl Authority {
    fn save(pem: String) -> Self {
        let file = tempfile::Builder::new()
            .prefix("ca-")
            .suffix(".pem")
            .tempfile();
        let mut file = file.expect("the directory for temporary files exists");
        file.write_all(pem.as_bytes()).expect("the file is new");
        Self {
            pem,
            path: file.into_temp_path(),
        }
    }
}

impl Plan {
    fn next_behaviour(&mut self) -> Behaviour {
        self.next.pop_front().unwrap_or(self.default)
    }
}

fn lock(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

fn relay(
    client: &TcpStream,
    target: SocketAddr,
    tls: Option<&Arc<ServerConfig>>,
    behaviour: Behaviour,
    gate: &Gate,
) -> io::Result<()> {
    if behaviour == Behaviour::Refuse {
        return Ok(());
    }
    let target = TcpStream::connect(target)?;
    let wire = Wire::new(tls)?;
    thread::scope(|scope| {
        scope.spawn(|| forward_requests(client, &target, &wire));
        forward_responses(client, &target, &wire, behaviour, gate)
    })
}

fn forward_requests(client: &TcpStream, mut target: &TcpStream, wire: &Wire) -> io::Result<()> {
    let forwarded = pump(client, |bytes| {
        target.write_all(&wire.receive(bytes, client)?)?;
        Ok(true)
    });
    let _ = target.shutdown(Shutdown::Write);
    forwarded
}

fn forward_responses(
    client: &TcpStream,
    target: &TcpStream,
    wire: &Wire,
    behaviour: Behaviour,
    gate: &Gate,
) -> io::Result<()> {
    let mut allowed = match behaviour {
        Behaviour::CutAfter(bytes) | Behaviour::StallAfter(bytes) => bytes,
        Behaviour::Faithful | Behaviour::Hold | Behaviour::Refuse => usize::MAX,
    };
    pump(target, |bytes| {
        if behaviour == Behaviour::Hold {
            gate.pass();
        }
        let forwarded = &bytes[..bytes.len().min(allowed)];
        wire.send(forwarded, client)?;
        allowed -= forwarded.len();
        Ok(forwarded.len() == bytes.len())
    })?;
    match behaviour {
        Behaviour::StallAfter(_) => Ok(()),
        Behaviour::CutAfter(_) => client.shutdown(Shutdown::Both),
        Behaviour::Faithful | Behaviour::Hold | Behaviour::Refuse => wire.close(client),
    }
}
