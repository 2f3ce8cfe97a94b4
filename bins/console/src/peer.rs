//! User of the process at the other end of a connection on this machine. Source: `proc_pid_net(5)`.

use std::fs;
use std::net::TcpStream;

/// Tables of the sockets in this network namespace.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// Returns whether the other end of `connection` belongs to the effective user of this process or to root.
/// Root can read the memory of this process anyway, and forwards connections under WSL. Returns `true` if
/// the tables cannot be read, or do not contain the other end, which then is outside of this namespace.
pub(crate) fn is_of_this_user_or_root(connection: &TcpStream) -> bool {
    let (Ok(peer), Ok(own)) = (connection.peer_addr(), connection.local_addr()) else {
        return false;
    };
    let own_user = rustix::process::geteuid().as_raw();
    let tables = TABLES
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok());
    tables.into_iter().all(|table| {
        let mut users = users(&table, peer.port(), own.port());
        users.all(|user| user == own_user || user == 0)
    })
}

/// Returns the users of the sockets with these local and remote ports.
fn users(table: &str, local_port: u16, remote_port: u16) -> impl Iterator<Item = u32> {
    table.lines().skip(1).filter_map(move |line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let is_match =
            port(columns.get(1)?)? == local_port && port(columns.get(2)?)? == remote_port;
        is_match.then(|| columns.get(7)?.parse().ok()).flatten()
    })
}

/// Returns the port of `ADDRESS:PORT`, in hexadecimal digits.
fn port(address: &str) -> Option<u16> {
    let (_, port) = address.rsplit_once(':')?;
    u16::from_str_radix(port, 16).ok()
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::{is_of_this_user_or_root, users};

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0100007F:C001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  4711        0 2
   2: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1000        0 3
   x
";

    #[test]
    fn users_are_those_of_the_other_end() {
        let found = |local, remote| users(TABLE, local, remote).collect::<Vec<_>>();
        assert_eq!(found(0xc001, 0x1f90), [4711]);
        assert_eq!(found(0x1f90, 0xc001), [1000]);
        assert!(found(0xc002, 0x1f90).is_empty());
        assert!(users("", 1, 2).next().is_none());
    }

    #[test]
    fn a_connection_of_this_process_is_trusted() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound listener");
        let _client = TcpStream::connect(address).expect("a listener");
        let (connection, _) = listener.accept().expect("a connection");
        assert!(is_of_this_user_or_root(&connection));
    }
}
