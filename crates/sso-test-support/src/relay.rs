//! A relay in front of the emulator, for what happens below HTTP: TLS, cuts and stalls.
//!
//! It knows no protocol: it passes bytes on, or stops passing them on.

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
use wire::Wire;

/// URL of a port that refuses connections, since no process listens there.
pub const CLOSED_PORT_URL: &str = "http://127.0.0.1:1";

/// A relay on a free loopback port. Dropped, it closes every connection.
pub struct Relay {
    server: LoopbackServer,
    plan: Arc<Mutex<Plan>>,
    authority: Option<Authority>,
}

/// What a relay does with a connection. Bytes are those of the answers, before encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Passes everything on.
    Faithful,
    /// Closes the connection after so many bytes.
    CutAfter(usize),
    /// Stays silent after so many bytes, and keeps the connection open.
    StallAfter(usize),
    /// Closes the connection at once.
    Refuse,
}

struct Authority {
    pem: String,
    path: TempPath,
}

#[derive(Debug)]
struct Plan {
    next: VecDeque<Behaviour>,
    then: Behaviour,
}

impl Relay {
    /// Relays to `target` without encryption.
    #[must_use = "the relay ends when this is dropped"]
    pub fn plain(target: SocketAddr) -> Self {
        Self::start(target, None, None)
    }

    /// Relays to `target`, with TLS towards the client: for `localhost`, `127.0.0.1` and
    /// `more_names`, under a certificate authority of its own.
    ///
    /// # Panics
    ///
    /// Where a name is no host name.
    #[must_use = "the relay ends when this is dropped"]
    pub fn tls(target: SocketAddr, more_names: &[&str]) -> Self {
        let names = [&["localhost", "127.0.0.1"], more_names].concat();
        let certificate = Certificate::for_names(&names).expect("the names are host names");
        let authority = Authority::kept(certificate.authority_pem.clone());
        let config = certificate.into_server_config();
        let config = config.expect("the key belongs to the certificate");
        Self::start(target, Some(config), Some(authority))
    }

    fn start(
        target: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        authority: Option<Authority>,
    ) -> Self {
        let plan = Arc::new(Mutex::new(Plan {
            next: VecDeque::new(),
            then: Behaviour::Faithful,
        }));
        let planned = Arc::clone(&plan);
        let server = LoopbackServer::start(move |client| {
            let behaviour = lock(&planned).next_behaviour();
            relay(client, target, tls.as_ref(), behaviour)
        });
        Self {
            server,
            plan,
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

    /// Returns the address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns the file with the certificate authority, for `AWS_CA_BUNDLE`. It is there as
    /// long as the relay.
    ///
    /// # Panics
    ///
    /// For a relay without TLS.
    #[must_use]
    pub fn ca_path(&self) -> &Path {
        &self.authority.as_ref().expect("the relay speaks TLS").path
    }

    /// Returns the certificate authority in PEM, for [`Browser::trusting`](crate::Browser::trusting).
    ///
    /// # Panics
    ///
    /// For a relay without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.authority.as_ref().expect("the relay speaks TLS").pem
    }

    /// Changes what becomes of connections from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        lock(&self.plan).then = behaviour;
    }

    /// Changes what becomes of the next connection; after several calls, the next ones in turn.
    pub fn behave_once(&self, behaviour: Behaviour) {
        lock(&self.plan).next.push_back(behaviour);
    }

    /// Returns how many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.accepted()
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
    fn kept(pem: String) -> Self {
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
        self.next.pop_front().unwrap_or(self.then)
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
) -> io::Result<()> {
    if behaviour == Behaviour::Refuse {
        return Ok(());
    }
    let target = TcpStream::connect(target)?;
    let wire = Wire::new(tls)?;
    thread::scope(|scope| {
        scope.spawn(|| pass_requests(client, &target, &wire));
        pass_answers(client, &target, &wire, behaviour)
    })
}

fn pass_requests(client: &TcpStream, mut target: &TcpStream, wire: &Wire) -> io::Result<()> {
    let passed = pump(client, |bytes| {
        target.write_all(&wire.receive(bytes, client)?)?;
        Ok(true)
    });
    let _ = target.shutdown(Shutdown::Write);
    passed
}

fn pass_answers(
    client: &TcpStream,
    target: &TcpStream,
    wire: &Wire,
    behaviour: Behaviour,
) -> io::Result<()> {
    let mut allowed = match behaviour {
        Behaviour::CutAfter(bytes) | Behaviour::StallAfter(bytes) => bytes,
        Behaviour::Faithful | Behaviour::Refuse => usize::MAX,
    };
    pump(target, |bytes| {
        let passed = &bytes[..bytes.len().min(allowed)];
        wire.send(passed, client)?;
        allowed -= passed.len();
        Ok(passed.len() == bytes.len())
    })?;
    match behaviour {
        Behaviour::StallAfter(_) => Ok(()),
        Behaviour::CutAfter(_) => client.shutdown(Shutdown::Both),
        Behaviour::Faithful | Behaviour::Refuse => wire.close(client),
    }
}
