//! A small HTTP server on 127.0.0.1, with one thread for each connection.
//!
//! The server receives the sign-in redirect and runs the credentials endpoint. Each connection
//! serves one request.

mod request;

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::clock::SharedClock;
use crate::threads;
pub use request::{Refusal, Request};

/// Time limit of a connection.
pub const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after a failed `accept`, which fails repeatedly if the process has too many open files.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);
const MAX_CONNECTIONS: usize = 64;

/// Listener on 127.0.0.1. Dropping it closes the port.
pub struct Server {
    address: SocketAddr,
    is_closed: Arc<AtomicBool>,
}

impl Server {
    /// Listens on `port`, or on a port that the operating system chooses, and calls `serve` for
    /// each connection on its own thread. Closes the oldest connection if more than 64 are open.
    ///
    /// # Errors
    ///
    /// The error of the operating system if the port is not available or no thread can be started.
    pub fn bind(
        port: Option<NonZeroU16>,
        clock: SharedClock,
        serve: impl Fn(Arc<TcpStream>) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let port = port.map_or(0, NonZeroU16::get);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let is_closed = Arc::new(AtomicBool::new(false));
        let closed = is_closed.clone();
        threads::spawn(move || accept(&listener, &closed, &clock, &Arc::new(serve)))?;
        Ok(Self { address, is_closed })
    }

    /// Returns the address and port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        // Wakes the accepting thread. If that fails, the port stays open until the process exits.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }
}

fn accept<F>(listener: &TcpListener, is_closed: &AtomicBool, clock: &SharedClock, serve: &Arc<F>)
where
    F: Fn(Arc<TcpStream>) + Send + Sync + 'static,
{
    let mut open = VecDeque::new();
    for client in listener.incoming() {
        if is_closed.load(Ordering::SeqCst) {
            return;
        }
        let Ok(client) = client else {
            clock.sleep(ACCEPT_RETRY_DELAY);
            continue;
        };
        let client = Arc::new(client);
        close_oldest_if_full(&mut open);
        open.push_back(Arc::downgrade(&client));
        let (client_of_thread, serve_in_thread) = (client.clone(), serve.clone());
        if threads::spawn(move || serve_in_thread(client_of_thread)).is_err() {
            serve(client);
        }
    }
}

fn close_oldest_if_full(open: &mut VecDeque<Weak<TcpStream>>) {
    open.retain(|client| client.strong_count() > 0);
    if open.len() < MAX_CONNECTIONS {
        return;
    }
    if let Some(oldest) = open.pop_front().and_then(|client| client.upgrade()) {
        // An error means that the connection is already closed.
        let _ = oldest.shutdown(Shutdown::Both);
    }
}

/// Complete response, sent with `Cache-Control: no-store`.
pub struct Response<'a> {
    /// Status code and reason phrase, such as `200 OK`.
    pub status: &'a str,
    /// Additional headers, each with its `\r\n`.
    pub headers: &'a str,
    /// Body.
    pub body: &'a str,
}

impl Response<'_> {
    /// Sends the response. Ignores a client that has closed the connection.
    pub fn send(&self, client: &TcpStream) {
        let length = format!("Content-Length: {}\r\n", self.body.len());
        write(client, &(self.head(&length) + self.body));
    }

    /// Sends the response to a HEAD request, without the body and its length (RFC 9110 §8.6).
    pub fn send_head(&self, client: &TcpStream) {
        write(client, &self.head(""));
    }

    fn head(&self, length: &str) -> String {
        format!(
            "HTTP/1.1 {}\r\n{}{length}\
             Cache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Connection: close\r\n\r\n",
            self.status, self.headers,
        )
    }
}

fn write(mut client: &TcpStream, response: &str) {
    let _ = client.set_write_timeout(Some(CONNECTION_TIMEOUT));
    let _ = client
        .write_all(response.as_bytes())
        .and_then(|()| client.flush());
}
