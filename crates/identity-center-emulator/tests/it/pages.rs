use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use identity_center_emulator::Emulator;
use serde_json::json;
use sso_test_support::{Browser, Visit};

use crate::client::{Client, pkce_registration};

/// Listens for one redirect on a free port. Returns the redirect URI and the thread, whose result
/// is the request.
fn callback_listener() -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener
        .local_addr()
        .expect("a bound listener has an address");
    let callback = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the browser connects");
        let mut request = [0; 4096];
        let length = stream
            .read(&mut request)
            .expect("the browser sends a request");
        let response = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone";
        stream
            .write_all(response)
            .expect("the browser reads the response");
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    (format!("http://{address}/oauth/callback"), callback)
}

#[test]
fn approval_redirects_with_a_code_for_a_token() {
    let server = Emulator::start();
    let client = Client::for_pkce(&server);
    let (redirect_uri, callback) = callback_listener();
    let target = client.authorize_target(&[("redirect_uri", &redirect_uri)]);
    let page = Browser::new().approve(&format!("{}{target}", server.url()));
    assert_eq!((page.status, page.body.as_str()), (200, "done"));
    assert_eq!(page.query("state").as_deref(), Some("test state"));
    let request = callback.join().expect("the listener does not panic");
    assert!(
        request.starts_with("GET /oauth/callback?code="),
        "{request}"
    );

    let code = page.query("code").expect("a code");
    let response = client.redeem(&server, &code, &json!({ "redirectUri": redirect_uri }));
    assert_eq!(response.status, 200, "{response:?}");
    assert_eq!(
        (&response.body["expiresIn"], &response.body["tokenType"]),
        (&json!(3600), &json!("Bearer"))
    );
    let issued = server.issued_secrets();
    for secret in [
        response.text_of("accessToken"),
        response.text_of("refreshToken"),
        &code,
    ] {
        assert!(issued.contains(&secret.to_owned()), "{secret}");
    }
}

#[test]
fn denial_redirects_with_an_error() {
    let server = Emulator::start();
    let client = Client::for_pkce(&server);
    let (redirect_uri, _callback) = callback_listener();
    let target = client.authorize_target(&[("redirect_uri", &redirect_uri)]);
    let page = Browser::new().deny(&format!("{}{target}", server.url()));
    assert_eq!(page.query("error").as_deref(), Some("access_denied"));
    assert_eq!(page.query("state").as_deref(), Some("test state"));
}

fn consent_page(server: &Emulator, client: &Client) -> Visit {
    Browser::new().visit(&format!("{}{}", server.url(), client.authorize_target(&[])))
}

#[test]
fn consent_page_shows_the_client_and_the_permissions() {
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
    assert!(page.body.contains("view your AWS accounts"), "{page:?}");
    assert!(page.body.contains("Emulator"), "{page:?}");
}

#[test]
fn pages_load_no_resources_and_are_not_stored() {
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
        for resource in ["src=", "href=", "url(", "@import", "http:", "https:"] {
            assert!(!page.body.contains(resource), "{resource} in {page:?}");
        }
    }
}

#[test]
fn user_code_can_be_used_once() {
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
        again.body.contains("This code has already been used"),
        "{again:?}"
    );
}
