use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use sso_session::clock::{SharedClock, SystemClock};
use sso_session::loopback_server::Server;

const MAX_CONNECTIONS: usize = 64;

/// Sends a byte, and then keeps the connection open until the client closes it.
fn greet_and_wait(mut client: &TcpStream) {
    client.write_all(b"!").unwrap();
    let _ = client.read(&mut [0]);
}

fn server() -> Server {
    let clock: SharedClock = SystemClock::shared();
    Server::bind(None, clock, |client: Arc<TcpStream>| {
        greet_and_wait(&client);
    })
    .unwrap()
}

/// Connects, and waits until the connection is served.
fn connect(server: &Server) -> TcpStream {
    let mut client = TcpStream::connect(server.address()).unwrap();
    client.read_exact(&mut [0]).unwrap();
    client
}

fn is_open(mut client: &TcpStream) -> bool {
    client.set_nonblocking(true).unwrap();
    let read = client.read(&mut [0]);
    read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

#[test]
fn the_oldest_connection_is_closed_if_too_many_are_open() {
    let server = server();
    let mut clients: Vec<_> = (0..MAX_CONNECTIONS).map(|_| connect(&server)).collect();
    assert!(clients.iter().all(is_open));
    clients.push(connect(&server));
    let oldest = clients.remove(0);
    oldest.set_nonblocking(false).unwrap();
    assert_eq!((&oldest).read(&mut [0]).unwrap(), 0);
    assert!(clients.iter().all(is_open));
}

#[test]
fn closed_connections_do_not_count() {
    let server = server();
    let first = connect(&server);
    for _ in 0..2 * MAX_CONNECTIONS {
        let mut other = connect(&server);
        other.shutdown(std::net::Shutdown::Write).unwrap();
        // The server has closed the connection.
        assert_eq!(other.read(&mut [0]).unwrap(), 0);
    }
    assert!(is_open(&first));
}

#[test]
fn a_dropped_server_closes_its_port() {
    let server = server();
    let address = server.address();
    drop(server);
    // The thread of the server closes the port. If it does not, this loop never ends.
    while TcpStream::connect(address).is_ok() {
        std::thread::yield_now();
    }
}
