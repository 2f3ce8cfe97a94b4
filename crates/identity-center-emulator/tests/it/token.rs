//! `CreateToken` with the authorization code grant and the refresh grant.

use std::time::Duration;

use identity_center_emulator::Emulator;
use identity_center_emulator::grant_type::{AUTHORIZATION_CODE, REFRESH_TOKEN};
use identity_center_emulator::settings::{Consent, RefreshTokens};
use serde_json::{Value, json};

use crate::client::{Client, SCOPE, get, post};

fn approving() -> (Emulator, Client) {
    let server = Emulator::start();
    server.set_consent(Consent::Approve);
    let client = Client::for_pkce(&server);
    (server, client)
}

#[track_caller]
fn check_code(changes: &Value, error: &str) {
    let (server, client) = approving();
    let code = client.code(&server);
    client
        .redeem(&server, &code, changes)
        .assert_oidc_error(error);
}

#[test]
fn code_requires_its_verifier_and_redirect_uri() {
    let other = "another-verifier-of-at-least-forty-three-characters";
    check_code(&json!({ "codeVerifier": other }), "invalid_grant");
    check_code(&json!({ "codeVerifier": "short" }), "invalid_request");
    check_code(
        &json!({ "codeVerifier": "x".repeat(129) }),
        "invalid_request",
    );
    check_code(
        &json!({ "codeVerifier": "+".repeat(43) }),
        "invalid_request",
    );
    check_code(&json!({ "codeVerifier": null }), "invalid_request");
    let other_port = "http://127.0.0.1:2/oauth/callback";
    check_code(&json!({ "redirectUri": other_port }), "invalid_grant");
    let registered = "http://127.0.0.1/oauth/callback";
    check_code(&json!({ "redirectUri": registered }), "invalid_grant");
    check_code(&json!({ "redirectUri": null }), "invalid_request");
    check_code(&json!({ "code": "guessed" }), "invalid_grant");
    check_code(&json!({ "code": null }), "invalid_request");
    check_code(
        &json!({ "grantType": "password" }),
        "unsupported_grant_type",
    );
    check_code(&json!({ "grantType": null }), "invalid_request");
}

#[test]
fn code_can_be_used_once() {
    let (server, client) = approving();
    let code = client.code(&server);
    assert_eq!(client.redeem(&server, &code, &json!({})).status, 200);
    client
        .redeem(&server, &code, &json!({}))
        .assert_oidc_error("invalid_grant");
    assert_eq!(server.count_grants(AUTHORIZATION_CODE), 2);
}

#[test]
fn code_expires() {
    let (server, client) = approving();
    let code = client.code(&server);
    server.advance(Duration::from_secs(301));
    client
        .redeem(&server, &code, &json!({}))
        .assert_oidc_error("invalid_grant");
}

#[test]
fn code_is_valid_only_for_its_client() {
    let (server, client) = approving();
    let code = client.code(&server);
    Client::for_pkce(&server)
        .redeem(&server, &code, &json!({}))
        .assert_oidc_error("invalid_grant");
}

fn signed_in(server: &Emulator, client: &Client) -> String {
    let token = client.redeem(server, &client.code(server), &json!({}));
    token.text_of("refreshToken").to_owned()
}

#[test]
fn single_use_refresh_token_is_replaced_on_refresh() {
    let (server, client) = approving();
    let first = signed_in(&server, &client);
    let second = client.refresh(&server, &first);
    assert_eq!(second.status, 200, "{second:?}");
    client
        .refresh(&server, &first)
        .assert_oidc_error("invalid_grant");
    let third = client.refresh(&server, second.text_of("refreshToken"));
    assert_eq!(third.status, 200, "{third:?}");
    assert_eq!(server.count_grants(REFRESH_TOKEN), 3);
}

#[test]
fn reusable_refresh_token_is_not_replaced_on_refresh() {
    let (server, client) = approving();
    server.configure(|settings| settings.refresh_tokens = RefreshTokens::Reusable);
    let token = signed_in(&server, &client);
    for _ in 0..2 {
        let response = client.refresh(&server, &token);
        assert_eq!(
            (response.status, response.body.get("refreshToken")),
            (200, None)
        );
    }
}

#[test]
fn refresh_token_is_valid_only_for_its_client() {
    let (server, client) = approving();
    let token = signed_in(&server, &client);
    Client::for_pkce(&server)
        .refresh(&server, &token)
        .assert_oidc_error("invalid_grant");
    assert_eq!(client.refresh(&server, &token).status, 200);
}

#[test]
fn refresh_fails_after_the_session_has_ended() {
    let (server, client) = approving();
    let token = signed_in(&server, &client);
    server.end_session();
    client
        .refresh(&server, &token)
        .assert_oidc_error("invalid_grant");
    let token = signed_in(&server, &client);
    server.advance(Duration::from_secs(8 * 3600 + 1));
    client
        .refresh(&server, &token)
        .assert_oidc_error("invalid_grant");
}

#[test]
fn sign_in_after_the_end_of_the_session_starts_a_new_session() {
    let (server, client) = approving();
    let _ = signed_in(&server, &client);
    server.end_session();
    let token = signed_in(&server, &client);
    assert_eq!(client.refresh(&server, &token).status, 200);
}

#[test]
fn refresh_and_later_sign_in_do_not_extend_the_session() {
    let (server, client) = approving();
    server.stop_clock();
    let token = signed_in(&server, &client);
    server.advance(Duration::from_secs(8 * 3600 - 600));
    let refreshed = client.refresh(&server, &token);
    let joined = client.redeem(&server, &client.code(&server), &json!({}));
    for response in [refreshed, joined] {
        assert_eq!(response.body["expiresIn"], 600, "{response:?}");
    }
}

#[test]
fn refresh_tokens_can_be_disabled() {
    let (server, client) = approving();
    server.configure(|settings| settings.refresh_tokens = RefreshTokens::Never);
    let token = client.redeem(&server, &client.code(&server), &json!({}));
    assert_eq!((token.status, token.body.get("refreshToken")), (200, None));
}

#[test]
fn sign_in_without_requests_issues_valid_tokens() {
    let server = Emulator::start();
    let signed_in = server.sign_in(&[SCOPE]);
    let accounts = get(&server, "/assignment/accounts", &signed_in.access_token);
    assert_eq!(accounts.status, 200, "{accounts:?}");
    let client = Client {
        id: signed_in.client_id.clone(),
        secret: signed_in.client_secret.clone(),
    };
    let token = signed_in
        .refresh_token
        .as_deref()
        .expect("a sign-in with scopes has a refresh token");
    assert_eq!(client.refresh(&server, token).status, 200);
    let file = signed_in.token_file("https://x.awsapps.com/start", "us-east-1");
    assert_eq!(file["refreshToken"], token);
    assert_eq!(
        file["expiresAt"].as_str().map(str::len),
        Some("2026-11-22T19:46:33Z".len())
    );
}

#[test]
fn request_without_client_credentials_is_rejected() {
    let server = Emulator::start();
    let body = json!({ "grantType": REFRESH_TOKEN, "refreshToken": "x" });
    post(&server, "/token", &body).assert_oidc_error("invalid_request");
}
