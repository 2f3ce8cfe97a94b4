//! The pages, and the browser that presses their buttons.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use identity_center_emulator::Emulator;
use serde_json::json;
use sso_test_support::{Browser, Visit};

use crate::client::{Client, pkce_registration};

/// Waits for one callback on a free port; returns the redirect URI and what will have come.
fn callback_listener() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let callback = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the browser comes");
        let mut request = [0; 4096];
        let length = stream.read(&mut request).expect("it asks");
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";
        stream.write_all(answer).expect("it listens");
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    (format!("http://{address}/oauth/callback"), callback)
}

#[test]
fn a_person_who_allows_is_led_to_the_callback_with_a_code_that_brings_a_token() {
    let server = Emulator::start();
    let client = Client::for_pkce(&server);
    let (redirect_uri, callback) = callback_listener();
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
    assert_eq!(
        (&answer.body["expiresIn"], &answer.body["tokenType"]),
        (&json!(3600), &json!("Bearer"))
    );
    let issued = server.issued_secrets();
    for secret in [
        answer.text_of("accessToken"),
        answer.text_of("refreshToken"),
        &code,
    ] {
        assert!(issued.contains(&secret.to_owned()), "{secret}");
    }
}

#[test]
fn a_person_who_denies_is_led_to_the_callback_with_the_reason() {
    let server = Emulator::start();
    let client = Client::for_pkce(&server);
    let (redirect_uri, _callback) = callback_listener();
    let target = client.authorize_target(&[("redirect_uri", &redirect_uri)]);
    let page = Browser::new().deny(&format!("{}{target}", server.url()));
    assert_eq!(page.query("error").as_deref(), Some("access_denied"));
    assert_eq!(page.query("state").as_deref(), Some("our state"));
}

fn consent_page(server: &Emulator, client: &Client) -> Visit {
    Browser::new().visit(&format!("{}{}", server.url(), client.authorize_target(&[])))
}

#[test]
fn the_consent_page_names_the_client_and_says_in_words_what_it_may_do() {
    let server = Emulator::start();
    let name = "<script>alert(1)</script>";
    let registration = pkce_registration(&json!({ "clientName": name }));
    let client = Client::registered(&server, &registration);
    let page = consent_page(&server, &client);
    assert!(page.asks_for_consent(), "{page:?}");
    assert!(
        page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{page:?}"
    );
    assert!(!page.body.contains("<script"), "{page:?}");
    assert!(page.body.contains("see your AWS accounts"), "{page:?}");
    assert!(page.body.contains("Emulator"), "{page:?}");
}

#[test]
fn pages_load_nothing_and_are_not_stored() {
    let server = Emulator::start();
    let client = Client::for_pkce(&server);
    let pages = ["", "/device", "/device?user_code=X", "/authorize"];
    let mut pages: Vec<Visit> = pages
        .map(|path| Browser::new().visit(&format!("{}{path}", server.url())))
        .into();
    pages.push(consent_page(&server, &client));
    for page in pages {
        assert_eq!(page.header("cache-control"), Some("no-store"), "{page:?}");
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        for outside in ["src=", "href=", "url(", "@import", "http:", "https:"] {
            assert!(!page.body.contains(outside), "{outside} in {page:?}");
        }
    }
}

#[test]
fn a_consent_page_is_good_for_one_press() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    let started = client.start_device(&server);
    let page = started.text_of("verificationUriComplete");
    assert!(
        Browser::new()
            .approve(page)
            .body
            .contains("Request approved")
    );
    let again = Browser::new().approve(page);
    assert_eq!(again.status, 400, "{again:?}");
    assert!(
        again.body.contains("This code was used before"),
        "{again:?}"
    );
}
