//! Transport between the relay and its client: plain TCP or TLS.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::{ServerConfig, ServerConnection};

/// Client side of a connection. Both directions use it concurrently.
pub(crate) enum Wire {
    Plain,
    Tls(Box<Mutex<ServerConnection>>),
}

impl Wire {
    pub(crate) fn new(tls: Option<&Arc<ServerConfig>>) -> io::Result<Self> {
        let Some(config) = tls else {
            return Ok(Self::Plain);
        };
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(Mutex::new(connection))))
    }

    /// Decrypts `bytes` from the client, and sends TLS protocol messages if needed.
    pub(crate) fn receive(&self, mut bytes: &[u8], client: &TcpStream) -> io::Result<Vec<u8>> {
        let Self::Tls(connection) = self else {
            return Ok(bytes.to_vec());
        };
        let mut connection = lock(connection);
        let mut plain = Vec::new();
        while !bytes.is_empty() {
            connection.read_tls(&mut bytes)?;
            let processed = connection.process_new_packets();
            flush(&mut connection, client)?;
            processed.map_err(io::Error::other)?;
            read_available(&mut connection, &mut plain)?;
        }
        Ok(plain)
    }

    pub(crate) fn send(&self, bytes: &[u8], mut client: &TcpStream) -> io::Result<()> {
        let Self::Tls(connection) = self else {
            return client.write_all(bytes);
        };
        let mut connection = lock(connection);
        connection.writer().write_all(bytes)?;
        flush(&mut connection, client)
    }

    /// Closes the sending side of the connection, with a TLS `close_notify`.
    pub(crate) fn close(&self, client: &TcpStream) -> io::Result<()> {
        if let Self::Tls(connection) = self {
            let mut connection = lock(connection);
            connection.send_close_notify();
            flush(&mut connection, client)?;
        }
        client.shutdown(Shutdown::Write)
    }
}

fn lock(connection: &Mutex<ServerConnection>) -> MutexGuard<'_, ServerConnection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn flush(connection: &mut ServerConnection, mut client: &TcpStream) -> io::Result<()> {
    while connection.wants_write() {
        connection.write_tls(&mut client)?;
    }
    Ok(())
}

fn read_available(connection: &mut ServerConnection, plain: &mut Vec<u8>) -> io::Result<()> {
    match connection.reader().read_to_end(plain) {
        Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
        _ => Ok(()),
    }
}
