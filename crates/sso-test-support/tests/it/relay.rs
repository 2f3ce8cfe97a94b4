//! The relay: TLS, cuts, stalls.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use identity_center_emulator::Emulator;
use sso_test_support::{Behaviour, Browser, Relay};

#[test]
fn a_plain_relay_changes_nothing() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    let page = Browser::new().visit(&relay.url());
    assert_eq!(page.body, Browser::new().visit(&server.url()).body);
    assert_eq!(relay.connections(), 1);
}

#[test]
fn a_tls_relay_convinces_those_who_trust_its_authority_under_each_of_its_names() {
    let server = Emulator::start();
    let relay = Relay::tls(server.address(), &["oidc.us-east-1.amazonaws.com"]);
    let pem = std::fs::read_to_string(relay.ca_path()).expect("the file is there");
    assert_eq!(pem, relay.ca_pem());
    let browser = Browser::trusting(&pem);
    let by_number = relay.url().replace("localhost", "127.0.0.1");
    for url in [relay.url(), by_number] {
        let page = browser.visit(&url);
        assert!(
            page.body.contains("A local IAM Identity Center"),
            "{page:?}"
        );
    }
}

#[test]
#[should_panic(expected = "cannot open https://localhost")]
fn a_tls_relay_convinces_nobody_else() {
    let server = Emulator::start();
    let relay = Relay::tls(server.address(), &[]);
    let stranger = Relay::tls(server.address(), &[]);
    let _ = Browser::trusting(stranger.ca_pem()).visit(&relay.url());
}

/// Asks for the device page and returns the bytes that came, and how the connection ended.
fn ask(relay: &Relay, timeout: Option<Duration>) -> (usize, Option<ErrorKind>) {
    ask_with(relay, "Connection: close\r\n", timeout)
}

fn ask_with(relay: &Relay, header: &str, timeout: Option<Duration>) -> (usize, Option<ErrorKind>) {
    let mut stream = TcpStream::connect(relay.address()).expect("it listens");
    stream.set_read_timeout(timeout).expect("it is no zero");
    let request = format!("GET /device HTTP/1.1\r\nHost: x\r\n{header}\r\n");
    // A refused connection may be closed before the request is written.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let end = stream
        .read_to_end(&mut answer)
        .err()
        .map(|error| error.kind());
    (answer.len(), end)
}

#[test]
fn an_answer_can_be_cut() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    relay.behave_once(Behaviour::CutAfter(100));
    assert_eq!(ask(&relay, None), (100, None));
    let (length, _) = ask(&relay, None);
    assert!(
        length > 1000,
        "only the next connection was to be cut: {length}"
    );
    relay.behave(Behaviour::CutAfter(0));
    assert_eq!(ask(&relay, None).0, 0);
    assert_eq!(ask(&relay, None).0, 0);
}

#[test]
fn a_cut_does_not_wait_for_the_server_to_close() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    relay.behave(Behaviour::CutAfter(100));
    let patience = Some(Duration::from_secs(10));
    assert_eq!(ask_with(&relay, "", patience), (100, None));
}

#[test]
fn an_answer_can_stall() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    relay.behave(Behaviour::StallAfter(10));
    let (length, end) = ask(&relay, Some(Duration::from_millis(200)));
    assert_eq!(length, 10);
    assert!(
        matches!(end, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut)),
        "{end:?}"
    );
}

#[test]
fn a_connection_can_be_refused_after_it_was_made() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    relay.behave(Behaviour::Refuse);
    assert_eq!(ask(&relay, None).0, 0);
    assert_eq!(relay.connections(), 1);
    assert_eq!(server.requests().len(), 0);
}

#[test]
#[should_panic(expected = "cannot read https://localhost")]
fn a_cut_under_tls_is_no_orderly_end() {
    let server = Emulator::start();
    let relay = Relay::tls(server.address(), &[]);
    relay.behave(Behaviour::CutAfter(1000));
    let _ = Browser::trusting(relay.ca_pem()).visit(&relay.url());
}

#[test]
fn a_dropped_relay_closes_its_connections() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    let mut stream = TcpStream::connect(relay.address()).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("it is no zero");
    stream
        .write_all(b"GET /device HTTP/1.1\r\nHost: x\r\n\r\n")
        .expect("it is open");
    stream.read_exact(&mut [0; 10]).expect("it answers");
    drop(relay);
    let mut rest = Vec::new();
    let end = stream.read_to_end(&mut rest);
    assert!(end.is_ok() || end.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset));
}
