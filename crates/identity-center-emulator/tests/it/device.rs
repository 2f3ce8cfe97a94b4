use std::time::Duration;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use serde_json::json;
use sso_test_support::Browser;

use crate::client::{Client, post};

#[test]
fn poll_is_pending_until_approval_then_returns_tokens_once() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    let started = client.start_device(&server);
    assert_eq!(started.body["interval"], 1);
    assert_eq!(started.body["expiresIn"], 600);
    let device_code = started.text_of("deviceCode");
    client
        .poll(&server, device_code)
        .assert_oidc_error("authorization_pending");

    let page = Browser::new().approve(started.text_of("verificationUriComplete"));
    assert!(page.body.contains("Request approved"), "{page:?}");
    let token = client.poll(&server, device_code);
    assert_eq!(token.status, 200, "{token:?}");
    assert!(token.text_of("refreshToken").starts_with("aor"));
    client
        .poll(&server, device_code)
        .assert_oidc_error("invalid_grant");
}

#[test]
fn typed_user_code_ignores_case_and_hyphen() {
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
fn unknown_user_code_is_rejected_and_escaped() {
    let server = Emulator::start();
    let page = Browser::new().visit(&format!(
        "{}/device?user_code=%3Cb%3EX%3C/b%3E",
        server.url()
    ));
    assert_eq!(page.status, 404);
    assert!(page.body.contains("&lt;b&gt;X&lt;/b&gt;"), "{page:?}");
}

#[test]
fn early_poll_increases_the_interval_permanently() {
    let server = Emulator::start();
    server.stop_clock();
    let client = Client::for_device(&server);
    let started = client.start_device(&server);
    let poll = || client.poll(&server, started.text_of("deviceCode"));
    poll().assert_oidc_error("authorization_pending");
    poll().assert_oidc_error("slow_down");
    server.advance(Duration::from_secs(5));
    poll().assert_oidc_error("slow_down");
    server.advance(Duration::from_secs(11));
    poll().assert_oidc_error("authorization_pending");
}

#[test]
fn denial_and_expiry_are_different_errors() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    let denied = client.start_device(&server);
    let page = Browser::new().deny(denied.text_of("verificationUriComplete"));
    assert!(page.body.contains("Request denied"), "{page:?}");
    client
        .poll(&server, denied.text_of("deviceCode"))
        .assert_oidc_error("access_denied");

    let expired = client.start_device(&server);
    server.advance(Duration::from_secs(601));
    client
        .poll(&server, expired.text_of("deviceCode"))
        .assert_oidc_error("expired_token");
    let page = Browser::new().visit(expired.text_of("verificationUriComplete"));
    assert!(page.body.contains("This code has expired"), "{page:?}");
}

#[test]
fn device_code_is_valid_only_for_its_client() {
    let server = Emulator::start();
    server.set_consent(Consent::Granted);
    let started = Client::for_device(&server).start_device(&server);
    let other = Client::for_device(&server);
    other
        .poll(&server, started.text_of("deviceCode"))
        .assert_oidc_error("invalid_grant");
}

#[test]
fn granted_consent_needs_no_page() {
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
fn opening_the_page_approves_or_denies_as_configured() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    for (consent, status) in [(Consent::Approve, 200), (Consent::Deny, 400)] {
        server.set_consent(consent);
        let started = client.start_device(&server);
        let page = Browser::new().visit(started.text_of("verificationUriComplete"));
        assert_eq!(page.status, 200, "{page:?}");
        let response = client.poll(&server, started.text_of("deviceCode"));
        assert_eq!(response.status, status, "{response:?}");
    }
}

#[test]
fn token_without_scopes_is_valid_for_eight_hours_and_not_refreshable() {
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
fn start_url_is_required_and_must_be_a_url() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    for start_url in [json!(null), json!(""), json!("file:///etc")] {
        let body = json!({
            "clientId": client.id, "clientSecret": client.secret, "startUrl": start_url,
        });
        post(&server, "/device_authorization", &body).assert_oidc_error("invalid_request");
    }
}
