//! The device grant.

use std::time::Duration;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use serde_json::json;
use sso_test_support::Browser;

use crate::client::{Client, post};

#[test]
fn a_poll_says_pending_until_the_person_approves_and_then_brings_tokens_once() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    let started = client.start_device(&server);
    assert_eq!(started.body["interval"], 1);
    assert_eq!(started.body["expiresIn"], 600);
    let device_code = started.text_of("deviceCode");
    client
        .poll(&server, device_code)
        .refused("authorization_pending");

    let page = Browser::new().approve(started.text_of("verificationUriComplete"));
    assert!(page.body.contains("Request approved"), "{page:?}");
    let token = client.poll(&server, device_code);
    assert_eq!(token.status, 200, "{token:?}");
    assert!(token.text_of("refreshToken").starts_with("aor"));
    client.poll(&server, device_code).refused("invalid_grant");
}

#[test]
fn a_code_that_a_person_types_counts_in_any_case_and_without_its_hyphen() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    let started = client.start_device(&server);
    let typed = started.text_of("userCode").to_lowercase().replace('-', " ");
    let page = Browser::new().approve_code(started.text_of("verificationUri"), &typed);
    assert!(page.body.contains("Request approved"), "{page:?}");
    assert_eq!(
        client.poll(&server, started.text_of("deviceCode")).status,
        200
    );
}

#[test]
fn a_code_that_nobody_knows_is_asked_for_again() {
    let server = Emulator::start();
    let page = Browser::new().visit(&format!(
        "{}/device?user_code=%3Cb%3EX%3C/b%3E",
        server.url()
    ));
    assert_eq!(page.status, 404);
    assert!(page.body.contains("&lt;b&gt;X&lt;/b&gt;"), "{page:?}");
}

#[test]
fn a_poll_before_the_interval_is_over_is_told_to_slow_down_for_good() {
    let server = Emulator::start();
    server.stop_clock();
    let client = Client::for_device(&server);
    let started = client.start_device(&server);
    let poll = || client.poll(&server, started.text_of("deviceCode"));
    poll().refused("authorization_pending");
    poll().refused("slow_down");
    server.advance(Duration::from_secs(5));
    poll().refused("slow_down");
    server.advance(Duration::from_secs(11));
    poll().refused("authorization_pending");
}

#[test]
fn a_refusal_and_the_end_of_the_code_are_told_apart() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    let denied = client.start_device(&server);
    let page = Browser::new().deny(denied.text_of("verificationUriComplete"));
    assert!(page.body.contains("Request denied"), "{page:?}");
    client
        .poll(&server, denied.text_of("deviceCode"))
        .refused("access_denied");

    let forgotten = client.start_device(&server);
    server.advance(Duration::from_secs(601));
    client
        .poll(&server, forgotten.text_of("deviceCode"))
        .refused("expired_token");
    let page = Browser::new().visit(forgotten.text_of("verificationUriComplete"));
    assert!(page.body.contains("This code has expired"), "{page:?}");
}

#[test]
fn a_device_code_belongs_to_the_client_that_started_it() {
    let server = Emulator::start();
    server.set_consent(Consent::Granted);
    let started = Client::for_device(&server).start_device(&server);
    let other = Client::for_device(&server);
    other
        .poll(&server, started.text_of("deviceCode"))
        .refused("invalid_grant");
}

#[test]
fn a_consent_given_before_needs_no_page() {
    let server = Emulator::start();
    server.set_consent(Consent::Granted);
    let client = Client::for_device(&server);
    let started = client.start_device(&server);
    assert_eq!(
        client.poll(&server, started.text_of("deviceCode")).status,
        200
    );
}

#[test]
fn opening_the_page_decides_where_nobody_is_asked() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    for (consent, status) in [(Consent::Approve, 200), (Consent::Deny, 400)] {
        server.set_consent(consent);
        let started = client.start_device(&server);
        let page = Browser::new().visit(started.text_of("verificationUriComplete"));
        assert_eq!(page.status, 200, "{page:?}");
        let answer = client.poll(&server, started.text_of("deviceCode"));
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

#[test]
fn a_token_without_scopes_lives_eight_hours_and_cannot_be_refreshed() {
    let server = Emulator::start();
    server.set_consent(Consent::Granted);
    let registration = json!({ "clientName": "legacy", "clientType": "public" });
    let client = Client::registered(&server, &registration);
    let started = client.start_device(&server);
    let token = client.poll(&server, started.text_of("deviceCode"));
    assert_eq!(token.body["expiresIn"], 8 * 3600);
    assert_eq!(token.body.get("refreshToken"), None);
}

#[test]
fn a_start_url_is_needed_and_is_a_url() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    for start_url in [json!(null), json!(""), json!("file:///etc")] {
        let body = json!({
            "clientId": client.id, "clientSecret": client.secret, "startUrl": start_url,
        });
        post(&server, "/device_authorization", &body).refused("invalid_request");
    }
}
