//! The pages, and the browser that presses their buttons.

use sso_test_support::{Browser, Consent, FakeIdentityCenter, TestEnv};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::client::{Client, SCOPE, VERIFIER};
use serde_json::json;

/// Waits for one callback on a free port; returns the port and what will have come.
fn callback_listener() -> (u16, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let answered = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the browser comes");
        let mut buffer = [0; 4096];
        let length = stream.read(&mut buffer).expect("it asks");
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";
        stream.write_all(answer).expect("it listens");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    });
    (port, answered)
}

#[test]
fn a_person_who_allows_is_led_to_the_callback_with_a_code_that_brings_a_token() {
    let server = FakeIdentityCenter::start();
    let client = Client::for_pkce(&server);
    let (port, callback) = callback_listener();
    let redirect_uri = format!("http://127.0.0.1:{port}/oauth/callback");
    let target = client.authorize_target(&[("redirect_uri", &redirect_uri)]);
    let page = Browser::new().approve(&format!("{}{target}", server.url()));
    assert_eq!((page.status, page.body.as_str()), (200, "done"));
    assert_eq!(page.query("state").as_deref(), Some("our state"));
    let request = callback.join().expect("it came");
    assert!(
        request.starts_with("GET /oauth/callback?code="),
        "{request}"
    );

    let code = page.query("code").expect("a code");
    let answer = client.redeem(&server, &code, &json!({ "redirectUri": redirect_uri }));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        server
            .issued_secrets()
            .contains(&answer.text_of("accessToken").to_owned())
    );
    assert!(answer.text_of("refreshToken").starts_with("aor"));
    assert_eq!(answer.body["expiresIn"], 3600);
    assert_eq!(answer.body["tokenType"], "Bearer");
    let _ = (SCOPE, VERIFIER, Consent::Ask, TestEnv::offline());
}
