//! The head of a request to a loopback server.

use std::io::{ErrorKind, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use sso_session::clock::ManualClock;
use sso_session::loopback_server::{Refusal, Request};
use time::OffsetDateTime;

use crate::world::MINUTE;

const MAX_BYTES: usize = 32 * 1024;

/// Returns both ends of a connection: that of the client and that of the server.
fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

fn read_within(server: &TcpStream, time_limit: Duration) -> Result<Request, Refusal> {
    let clock = ManualClock::at(OffsetDateTime::UNIX_EPOCH);
    Request::read(server, &clock, time_limit)
}

/// Returns the request that the server reads if the client sends `bytes` and no more.
fn read(bytes: impl Into<Vec<u8>>) -> Result<Request, Refusal> {
    let (mut client, server) = connection();
    let bytes = bytes.into();
    let sender = thread::spawn(move || {
        // The server closes the connection if the head is too large.
        if let Err(error) = client.write_all(&bytes) {
            let is_closed = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
            assert!(is_closed.contains(&error.kind()), "{error}");
        }
        let _ = client.shutdown(Shutdown::Write);
    });
    let request = read_within(&server, MINUTE);
    drop(server);
    sender.join().unwrap();
    request
}

#[test]
fn a_request_has_a_method_a_target_and_headers() {
    let request = read("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n").ok().unwrap();
    assert_eq!(request.method, "GET");
    assert_eq!(request.target, "/a?b=c");
    let check = |name: &str, expected: Option<&str>| {
        assert_eq!(request.header(name), expected.map(str::as_bytes), "{name}");
    };
    check("Host", Some("x"));
    check("hOST", Some("x"));
    check("Origin", None);
}

#[test]
fn a_header_counts_only_if_it_is_unique() {
    let check = |headers: &str, expected: Option<&str>| {
        let request = read(format!("GET / HTTP/1.1\r\n{headers}\r\n"));
        let request = request.ok().unwrap();
        let value = request.header("authorization");
        assert_eq!(value, expected.map(str::as_bytes), "{headers}");
    };
    check("", None);
    check("Authorization: a\r\n", Some("a"));
    check("Other: a\r\nAuthorization: b\r\nThird: c\r\n", Some("b"));
    check("Authorization: a\r\nAuthorization: a\r\n", None);
    check("Authorization: a\r\nauthorization: b\r\n", None);
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let check = |length: usize, expected: Option<Refusal>| {
        let head = "GET / HTTP/1.1\r\nCookie: ";
        let value = "x".repeat(length - head.len() - 4);
        let request = read(format!("{head}{value}\r\n\r\n"));
        assert_eq!(request.err(), expected, "{length}");
    };
    check(1024, None);
    check(MAX_BYTES, None);
    check(3 * MAX_BYTES, Some(Refusal::Malformed));
}

#[test]
fn bytes_that_are_not_a_complete_request_are_refused() {
    let check = |bytes: &[u8], expected: Refusal| {
        let refusal = read(bytes).err();
        assert_eq!(refusal, Some(expected), "{}", bytes.escape_ascii());
    };
    check(b"", Refusal::Timeout);
    check(b"GET / HTTP/1.1\r\n", Refusal::Timeout);
    check(b"\x16\x03\x01\x02", Refusal::Malformed);
    check(b"GET /\r\n\r\n", Refusal::Malformed);
}

#[test]
fn a_silent_client_is_refused_after_the_time_limit() {
    let (_client, server) = connection();
    // Without the time limit, the read never ends.
    let refusal = read_within(&server, Duration::from_millis(10)).err();
    assert_eq!(refusal, Some(Refusal::Timeout));
    let refusal = read_within(&server, Duration::ZERO).err();
    assert_eq!(refusal, Some(Refusal::Timeout));
}
