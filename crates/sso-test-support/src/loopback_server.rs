//! Listener with a thread for each connection, shared by the relay and the proxy.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Listener on a free loopback port. Dropping it closes all connections.
#[derive(Debug)]
pub(crate) struct LoopbackServer {
    address: SocketAddr,
    connections: Arc<Connections>,
}

#[derive(Debug, Default)]
struct Connections {
    accepted: AtomicUsize,
    closing: AtomicBool,
    open: Mutex<HashMap<usize, TcpStream>>,
}

impl LoopbackServer {
    /// Calls `serve` with each connection in a new thread, and closes the connection afterwards.
    pub(crate) fn start<F>(serve: F) -> Self
    where
        F: Fn(&TcpStream) -> io::Result<()> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.expect("the loopback interface has a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let connections = Arc::new(Connections::default());
        let accepting = Arc::clone(&connections);
        thread::spawn(move || accept(&listener, &accepting, &Arc::new(serve)));
        Self {
            address,
            connections,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn accepted(&self) -> usize {
        self.connections.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for LoopbackServer {
    fn drop(&mut self) {
        self.connections.closing.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then ends.
        drop(TcpStream::connect(self.address));
        for stream in self.connections.lock().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, HashMap<usize, TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `serve` and closes the connection when it returns or when the server is dropped. The
    /// caller ignores errors, because tests break connections on purpose.
    fn serve(
        &self,
        stream: &TcpStream,
        serve: &impl Fn(&TcpStream) -> io::Result<()>,
    ) -> io::Result<()> {
        let number = self.accepted.fetch_add(1, Ordering::SeqCst);
        self.lock().insert(number, stream.try_clone()?);
        let served = serve(stream);
        self.lock().remove(&number);
        served.and(stream.shutdown(Shutdown::Both))
    }
}

fn accept<F>(listener: &TcpListener, connections: &Arc<Connections>, serve: &Arc<F>)
where
    F: Fn(&TcpStream) -> io::Result<()> + Send + Sync + 'static,
{
    for stream in listener.incoming().flatten() {
        if connections.closing.load(Ordering::SeqCst) {
            return;
        }
        let (connections, serve) = (Arc::clone(connections), Arc::clone(serve));
        thread::spawn(move || connections.serve(&stream, &*serve));
    }
}

/// Calls `pass` with data from `from`, until `from` ends or `pass` returns `false`.
pub(crate) fn pump(
    mut from: &TcpStream,
    mut pass: impl FnMut(&[u8]) -> io::Result<bool>,
) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) if pass(&buffer[..length])? => {}
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Copies data in both directions until both sides have ended.
pub(crate) fn tunnel(one: &TcpStream, other: &TcpStream) -> io::Result<()> {
    thread::scope(|scope| {
        let backward = scope.spawn(|| copy(other, one));
        let forward = copy(one, other);
        let backward = backward.join().expect("copying does not panic");
        forward.and(backward)
    })
}

fn copy(from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let copied = pump(from, |bytes| to.write_all(bytes).map(|()| true));
    let _ = to.shutdown(Shutdown::Write);
    copied
}
