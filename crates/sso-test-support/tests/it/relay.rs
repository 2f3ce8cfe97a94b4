use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use identity_center_emulator::Emulator;
use sso_test_support::{Behaviour, Browser, Relay};

#[test]
fn plain_relay_forwards_everything() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    let page = Browser::new().visit(&relay.url());
    assert_eq!(page.body, Browser::new().visit(&server.url()).body);
    assert_eq!(relay.connections(), 1);
}

#[test]
fn tls_relay_has_a_valid_certificate_for_each_name() {
    let server = Emulator::start();
    let relay = Relay::tls(server.address(), &["oidc.us-east-1.amazonaws.com"]);
    let pem = std::fs::read_to_string(relay.ca_path()).expect("the file exists");
    assert_eq!(pem, relay.ca_pem());
    let browser = Browser::trusting(&pem);
    let by_address = relay.url().replace("localhost", "127.0.0.1");
    for url in [relay.url(), by_address] {
        let page = browser.visit(&url);
        assert!(
            page.body.contains("A local IAM Identity Center"),
            "{page:?}"
        );
    }
}

#[test]
#[should_panic(expected = "cannot open https://localhost")]
fn tls_relay_is_not_trusted_without_its_authority() {
    let server = Emulator::start();
    let relay = Relay::tls(server.address(), &[]);
    let other = Relay::tls(server.address(), &[]);
    let _ = Browser::trusting(other.ca_pem()).visit(&relay.url());
}

/// Requests the device page. Returns the length of the response, and the error that ended it.
fn request_page(relay: &Relay, timeout: Option<Duration>) -> (usize, Option<ErrorKind>) {
    request_page_with(relay, "Connection: close\r\n", timeout)
}

fn request_page_with(
    relay: &Relay,
    header: &str,
    timeout: Option<Duration>,
) -> (usize, Option<ErrorKind>) {
    let mut stream = TcpStream::connect(relay.address()).expect("the relay accepts connections");
    stream
        .set_read_timeout(timeout)
        .expect("the timeout is not zero");
    let request = format!("GET /device HTTP/1.1\r\nHost: x\r\n{header}\r\n");
    // A refused connection may be closed before the request is written.
    let _ = stream.write_all(request.as_bytes());
    let mut response = Vec::new();
    let end = stream
        .read_to_end(&mut response)
        .err()
        .map(|error| error.kind());
    (response.len(), end)
}

#[test]
fn response_is_cut() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    relay.behave_once(Behaviour::CutAfter(100));
    assert_eq!(request_page(&relay, None), (100, None));
    let (length, _) = request_page(&relay, None);
    assert!(
        length > 1000,
        "only the next connection should be cut: {length}"
    );
    relay.behave(Behaviour::CutAfter(0));
    assert_eq!(request_page(&relay, None).0, 0);
    assert_eq!(request_page(&relay, None).0, 0);
}

#[test]
fn cut_does_not_wait_for_the_server_to_close() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    relay.behave(Behaviour::CutAfter(100));
    let timeout = Some(Duration::from_secs(10));
    assert_eq!(request_page_with(&relay, "", timeout), (100, None));
}

#[test]
fn response_stalls() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    relay.behave(Behaviour::StallAfter(10));
    let (length, end) = request_page(&relay, Some(Duration::from_millis(200)));
    assert_eq!(length, 10);
    assert!(
        matches!(end, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut)),
        "{end:?}"
    );
}

#[test]
fn connection_is_closed_before_a_request_is_forwarded() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    relay.behave(Behaviour::Refuse);
    assert_eq!(request_page(&relay, None).0, 0);
    assert_eq!(relay.connections(), 1);
    assert_eq!(server.requests().len(), 0);
}

#[test]
#[should_panic(expected = "cannot read https://localhost")]
fn cut_below_tls_is_an_error() {
    let server = Emulator::start();
    let relay = Relay::tls(server.address(), &[]);
    relay.behave(Behaviour::CutAfter(1000));
    let _ = Browser::trusting(relay.ca_pem()).visit(&relay.url());
}

#[test]
fn dropped_relay_closes_its_connections() {
    let server = Emulator::start();
    let relay = Relay::plain(server.address());
    let mut stream = TcpStream::connect(relay.address()).expect("the relay accepts connections");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("the timeout is not zero");
    stream
        .write_all(b"GET /device HTTP/1.1\r\nHost: x\r\n\r\n")
        .expect("the connection is open");
    stream.read_exact(&mut [0; 10]).expect("the relay responds");
    drop(relay);
    let mut rest = Vec::new();
    let end = stream.read_to_end(&mut rest);
    assert!(end.is_ok() || end.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset));
}
