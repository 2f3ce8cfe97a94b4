//! `RegisterClient`.

use std::time::Duration;

use identity_center_emulator::grant_type::DEVICE_CODE;
use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};

use crate::client::{Client, agent, pkce_registration, post, read};

#[track_caller]
fn check(changes: &Value, error: &str) {
    let server = Emulator::start();
    let answer = post(&server, "/client/register", &pkce_registration(changes));
    answer.refused(error);
}

#[test]
fn a_client_has_to_be_public() {
    check(
        &json!({ "clientType": "confidential" }),
        "invalid_client_metadata",
    );
    check(&json!({ "clientType": null }), "invalid_request");
}

#[test]
fn a_client_name_is_ascii_of_at_most_64_characters() {
    check(&json!({ "clientName": null }), "invalid_request");
    check(&json!({ "clientName": "" }), "invalid_request");
    check(
        &json!({ "clientName": "aws-sso-tools-\u{e9}" }),
        "invalid_client_metadata",
    );
    check(&json!({ "clientName": "a\nb" }), "invalid_client_metadata");
    check(
        &json!({ "clientName": "x".repeat(65) }),
        "invalid_client_metadata",
    );
}

#[test]
fn the_redirect_uri_is_on_the_loopback_interface_and_has_no_port() {
    for uri in [
        "http://127.0.0.1:8080/oauth/callback",
        "http://localhost/oauth/callback",
        "https://127.0.0.1/oauth/callback",
        "https://example.com/oauth/callback",
        "http://127.0.0.1",
    ] {
        check(&json!({ "redirectUris": [uri] }), "invalid_redirect_uri");
    }
    check(&json!({ "redirectUris": [] }), "invalid_redirect_uri");
    check(&json!({ "redirectUris": null }), "invalid_redirect_uri");
    check(
        &json!({ "redirectUris": "http://127.0.0.1/x" }),
        "invalid_request",
    );
}

#[test]
fn the_authorization_code_grant_needs_an_issuer() {
    check(&json!({ "issuerUrl": null }), "invalid_request");
    check(
        &json!({ "issuerUrl": "ftp://example.com" }),
        "invalid_request",
    );
}

#[test]
fn grant_types_are_known_ones() {
    check(
        &json!({ "grantTypes": ["implicit"] }),
        "unsupported_grant_type",
    );
    check(&json!({ "grantTypes": [] }), "invalid_client_metadata");
}

#[test]
fn scopes_are_well_formed() {
    check(&json!({ "scopes": ["sso account"] }), "invalid_scope");
    check(
        &json!({ "scopes": ["sso:account:access,x:y"] }),
        "invalid_scope",
    );
    check(
        &json!({ "scopes": "sso:account:access" }),
        "invalid_request",
    );
}

#[test]
fn a_body_that_is_no_object_is_refused() {
    let server = Emulator::start();
    for body in ["", "[]", "clientName=x", "{"] {
        let request = agent().post(format!("{}/client/register", server.url()));
        read(request.send(body)).refused("invalid_request");
    }
}

#[test]
fn a_registration_says_how_long_it_is_good_for() {
    let server = Emulator::start();
    server.configure(|settings| settings.registration_lifetime = Duration::from_secs(600));
    let answer = post(&server, "/client/register", &pkce_registration(&json!({})));
    let seconds = |field: &str| answer.body[field].as_u64().expect("epoch seconds");
    assert_eq!(
        seconds("clientSecretExpiresAt") - seconds("clientIdIssuedAt"),
        600
    );
    assert_eq!(server.count(Operation::RegisterClient), 1);
    assert!(
        server
            .issued_secrets()
            .contains(&answer.text_of("clientSecret").to_owned())
    );
}

#[test]
fn a_client_is_known_by_id_and_secret_until_it_expires() {
    let server = Emulator::start();
    let client = Client::for_device(&server);
    let stranger = Client {
        id: "nobody".to_owned(),
        ..Client::for_device(&server)
    };
    stranger.start_device(&server).refused("invalid_client");
    let impostor = Client {
        id: client.id.clone(),
        secret: "guessed".to_owned(),
    };
    impostor.start_device(&server).refused("invalid_client");
    assert_eq!(client.start_device(&server).status, 200);
    server.advance(Duration::from_secs(91 * 24 * 3600));
    client.start_device(&server).refused("invalid_client");
}

#[test]
fn a_client_uses_no_grant_that_it_did_not_register() {
    let server = Emulator::start();
    let pkce = Client::for_pkce(&server);
    pkce.start_device(&server).refused("unauthorized_client");
    pkce.poll(&server, "any").refused("unauthorized_client");
    let device = Client::for_device(&server);
    device
        .redeem(&server, "any", &json!({}))
        .refused("unauthorized_client");
    let registration = pkce_registration(&json!({ "grantTypes": [DEVICE_CODE] }));
    let no_refresh = Client::registered(&server, &registration);
    no_refresh
        .refresh(&server, "any")
        .refused("unauthorized_client");
}
