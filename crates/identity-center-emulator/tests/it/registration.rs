use std::time::Duration;

use identity_center_emulator::grant_type::DEVICE_CODE;
use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};

use crate::client::{Client, agent, pkce_registration, post, read};

#[track_caller]
fn check_rejected(changes: &Value, error: &str) {
    let server = Emulator::start();
    let response = post(&server, "/client/register", &pkce_registration(changes));
    response.assert_oidc_error(error);
}

#[test]
fn client_must_be_public() {
    check_rejected(
        &json!({ "clientType": "confidential" }),
        "invalid_client_metadata",
    );
    check_rejected(&json!({ "clientType": null }), "invalid_request");
}

#[test]
fn client_name_has_at_most_64_ascii_characters() {
    check_rejected(&json!({ "clientName": null }), "invalid_request");
    check_rejected(&json!({ "clientName": "" }), "invalid_request");
    check_rejected(
        &json!({ "clientName": "aws-sso-tools-\u{e9}" }),
        "invalid_client_metadata",
    );
    check_rejected(&json!({ "clientName": "a\nb" }), "invalid_client_metadata");
    check_rejected(
        &json!({ "clientName": "x".repeat(65) }),
        "invalid_client_metadata",
    );
}

#[test]
fn redirect_uri_is_a_loopback_uri_without_a_port() {
    for uri in [
        "http://127.0.0.1:8080/oauth/callback",
        "http://localhost/oauth/callback",
        "https://127.0.0.1/oauth/callback",
        "https://example.com/oauth/callback",
        "http://127.0.0.1",
    ] {
        check_rejected(&json!({ "redirectUris": [uri] }), "invalid_redirect_uri");
    }
    check_rejected(&json!({ "redirectUris": [] }), "invalid_redirect_uri");
    check_rejected(&json!({ "redirectUris": null }), "invalid_redirect_uri");
    check_rejected(
        &json!({ "redirectUris": "http://127.0.0.1/x" }),
        "invalid_request",
    );
}

#[test]
fn authorization_code_grant_requires_an_issuer() {
    check_rejected(&json!({ "issuerUrl": null }), "invalid_request");
    check_rejected(
        &json!({ "issuerUrl": "ftp://example.com" }),
        "invalid_request",
    );
}

#[test]
fn unknown_grant_types_are_rejected() {
    check_rejected(
        &json!({ "grantTypes": ["implicit"] }),
        "unsupported_grant_type",
    );
    check_rejected(&json!({ "grantTypes": [] }), "invalid_client_metadata");
}

#[test]
fn invalid_scopes_are_rejected() {
    check_rejected(&json!({ "scopes": ["sso account"] }), "invalid_scope");
    check_rejected(
        &json!({ "scopes": ["sso:account:access,x:y"] }),
        "invalid_scope",
    );
    check_rejected(
        &json!({ "scopes": "sso:account:access" }),
        "invalid_request",
    );
}

#[test]
fn body_that_is_not_an_object_is_rejected() {
    let server = Emulator::start();
    for body in ["", "[]", "clientName=x", "{"] {
        let request = agent().post(format!("{}/client/register", server.url()));
        read(request.send(body)).assert_oidc_error("invalid_request");
    }
}

#[test]
fn registration_has_the_configured_lifetime() {
    let server = Emulator::start();
    server.configure(|settings| settings.registration_lifetime = Duration::from_secs(600));
    let response = post(&server, "/client/register", &pkce_registration(&json!({})));
    let seconds = |field: &str| response.body[field].as_u64().expect("epoch seconds");
    assert_eq!(
        seconds("clientSecretExpiresAt") - seconds("clientIdIssuedAt"),
        600
    );
    assert_eq!(server.count(Operation::RegisterClient), 1);
    assert!(
        server
            .issued_secrets()
            .contains(&response.text_of("clientSecret").to_owned())
    );
}

#[test]
fn client_authenticates_with_id_and_secret_until_it_expires() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    let unknown_client = Client {
        id: "unknown".to_owned(),
        ..Client::for_device(&server)
    };
    unknown_client
        .start_device(&server)
        .assert_oidc_error("invalid_client");
    let wrong_secret = Client {
        id: client.id.clone(),
        secret: "guessed".to_owned(),
    };
    wrong_secret
        .start_device(&server)
        .assert_oidc_error("invalid_client");
    assert_eq!(client.start_device(&server).status, 200);
    server.advance(Duration::from_secs(91 * 24 * 3600));
    client
        .start_device(&server)
        .assert_oidc_error("invalid_client");
}

#[test]
fn client_cannot_use_a_grant_without_registration() {
    let server = Emulator::start();
    let pkce = Client::for_pkce(&server);
    pkce.start_device(&server)
        .assert_oidc_error("unauthorized_client");
    pkce.poll(&server, "any")
        .assert_oidc_error("unauthorized_client");
    let device = Client::for_device(&server);
    device
        .redeem(&server, "any", &json!({}))
        .assert_oidc_error("unauthorized_client");
    let registration = pkce_registration(&json!({ "grantTypes": [DEVICE_CODE] }));
    let no_refresh = Client::registered(&server, &registration);
    no_refresh
        .refresh(&server, "any")
        .assert_oidc_error("unauthorized_client");
}
