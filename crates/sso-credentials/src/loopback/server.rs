//! A port on 127.0.0.1, and a thread for each of the few connections that may be open.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

/// How long a connection may last.
pub(crate) const CONNECTION_TIME: Duration = Duration::from_secs(10);
/// As long as the system has no room for a connection, it says so at once.
const AFTER_A_FAILURE: Duration = Duration::from_millis(100);
const CONNECTIONS_AT_ONCE: usize = 64;

/// A listener on 127.0.0.1. Dropping it closes the port.
pub(crate) struct Server {
    address: SocketAddr,
    is_closed: Arc<AtomicBool>,
}

impl Server {
    /// Listens on a port that the system chooses, and has `serve` see to each connection on a
    /// thread of its own. The oldest connection ends where there would be too many.
    pub(crate) fn bind(serve: impl Fn(Arc<TcpStream>) + Send + Sync + 'static) -> io::Result<Self> {
        Self::start(0, serve)
    }

    /// Does the same on a port that somebody else has chosen.
    pub(crate) fn bind_to(
        port: NonZeroU16,
        serve: impl Fn(Arc<TcpStream>) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::start(port.get(), serve)
    }

    fn start(
        port: u16,
        serve: impl Fn(Arc<TcpStream>) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let is_closed = Arc::new(AtomicBool::new(false));
        let closed = is_closed.clone();
        thread::spawn(move || accept(&listener, &closed, &Arc::new(serve)));
        Ok(Self { address, is_closed })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts; where that fails, the port is closed with the process.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }
}

fn accept<F>(listener: &TcpListener, is_closed: &AtomicBool, serve: &Arc<F>)
where
    F: Fn(Arc<TcpStream>) + Send + Sync + 'static,
{
    let mut open = VecDeque::new();
    for client in listener.incoming() {
        if is_closed.load(Ordering::SeqCst) {
            return;
        }
        let Ok(client) = client else {
            thread::sleep(AFTER_A_FAILURE);
            continue;
        };
        let client = Arc::new(client);
        make_room(&mut open);
        open.push_back(Arc::downgrade(&client));
        let serve = serve.clone();
        thread::spawn(move || serve(client));
    }
}

/// Ends the oldest connection where no more may be open.
fn make_room(open: &mut VecDeque<Weak<TcpStream>>) {
    open.retain(|client| client.strong_count() > 0);
    if open.len() < CONNECTIONS_AT_ONCE {
        return;
    }
    if let Some(oldest) = open.pop_front().and_then(|client| client.upgrade()) {
        // Where that fails it has ended already.
        let _ = oldest.shutdown(Shutdown::Both);
    }
}

/// A whole answer, which nobody may keep.
pub(crate) struct Response<'a> {
    /// As in `200 OK`.
    pub(crate) status: &'a str,
    /// Headers of its own, each with a line end.
    pub(crate) headers: &'a str,
    pub(crate) body: &'a str,
}

impl Response<'_> {
    /// Sends it and lets the connection end. A client that has gone away needs no answer.
    pub(crate) fn send(&self, mut client: &TcpStream) {
        let response = format!(
            "HTTP/1.1 {}\r\n{}\
             Content-Length: {}\r\n\
             Cache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Connection: close\r\n\r\n{}",
            self.status,
            self.headers,
            self.body.len(),
            self.body,
        );
        let _ = client.set_write_timeout(Some(CONNECTION_TIME));
        let _ = client
            .write_all(response.as_bytes())
            .and_then(|()| client.flush());
    }
}
