//! The authorization code grant's end, and refreshing.

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
    client.redeem(&server, &code, changes).refused(error);
}

#[test]
fn a_code_is_redeemed_only_with_its_verifier_and_its_redirect_uri() {
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
fn a_code_is_good_for_one_use() {
    let (server, client) = approving();
    let code = client.code(&server);
    assert_eq!(client.redeem(&server, &code, &json!({})).status, 200);
    client
        .redeem(&server, &code, &json!({}))
        .refused("invalid_grant");
    assert_eq!(server.count_grants(AUTHORIZATION_CODE), 2);
}

#[test]
fn a_code_expires() {
    let (server, client) = approving();
    let code = client.code(&server);
    server.advance(Duration::from_secs(301));
    client
        .redeem(&server, &code, &json!({}))
        .refused("invalid_grant");
}

#[test]
fn a_code_belongs_to_the_client_that_asked_for_it() {
    let (server, client) = approving();
    let code = client.code(&server);
    Client::for_pkce(&server)
        .redeem(&server, &code, &json!({}))
        .refused("invalid_grant");
}

fn signed_in(server: &Emulator, client: &Client) -> String {
    let token = client.redeem(server, &client.code(server), &json!({}));
    token.text_of("refreshToken").to_owned()
}

#[test]
fn a_refresh_token_is_good_for_one_use_and_brings_the_next() {
    let (server, client) = approving();
    let first = signed_in(&server, &client);
    let second = client.refresh(&server, &first);
    assert_eq!(second.status, 200, "{second:?}");
    client.refresh(&server, &first).refused("invalid_grant");
    let third = client.refresh(&server, second.text_of("refreshToken"));
    assert_eq!(third.status, 200, "{third:?}");
    assert_eq!(server.count_grants(REFRESH_TOKEN), 3);
}

#[test]
fn a_reusable_refresh_token_stays_and_brings_no_other() {
    let (server, client) = approving();
    server.configure(|settings| settings.refresh_tokens = RefreshTokens::Reusable);
    let token = signed_in(&server, &client);
    for _ in 0..2 {
        let answer = client.refresh(&server, &token);
        assert_eq!(
            (answer.status, answer.body.get("refreshToken")),
            (200, None)
        );
    }
}

#[test]
fn a_refresh_token_belongs_to_its_client() {
    let (server, client) = approving();
    let token = signed_in(&server, &client);
    Client::for_pkce(&server)
        .refresh(&server, &token)
        .refused("invalid_grant");
    assert_eq!(client.refresh(&server, &token).status, 200);
}

#[test]
fn nothing_is_refreshed_after_the_session_has_ended() {
    let (server, client) = approving();
    let token = signed_in(&server, &client);
    server.end_session();
    client.refresh(&server, &token).refused("invalid_grant");
    let token = signed_in(&server, &client);
    server.advance(Duration::from_secs(8 * 3600 + 1));
    client.refresh(&server, &token).refused("invalid_grant");
}

#[test]
fn a_sign_in_after_the_end_of_the_session_begins_another() {
    let (server, client) = approving();
    let _ = signed_in(&server, &client);
    server.end_session();
    let token = signed_in(&server, &client);
    assert_eq!(client.refresh(&server, &token).status, 200);
}

#[test]
fn no_token_outlives_the_session_and_a_later_sign_in_joins_it() {
    let (server, client) = approving();
    server.stop_clock();
    let token = signed_in(&server, &client);
    server.advance(Duration::from_secs(8 * 3600 - 600));
    let refreshed = client.refresh(&server, &token);
    let joined = client.redeem(&server, &client.code(&server), &json!({}));
    for answer in [refreshed, joined] {
        assert_eq!(answer.body["expiresIn"], 600, "{answer:?}");
    }
}

#[test]
fn no_refresh_token_is_issued_where_the_settings_say_so() {
    let (server, client) = approving();
    server.configure(|settings| settings.refresh_tokens = RefreshTokens::Never);
    let token = client.redeem(&server, &client.code(&server), &json!({}));
    assert_eq!((token.status, token.body.get("refreshToken")), (200, None));
}

#[test]
fn a_sign_in_without_requests_leaves_what_a_real_one_leaves() {
    let server = Emulator::start();
    let signed_in = server.sign_in(&[SCOPE]);
    let accounts = get(&server, "/assignment/accounts", &signed_in.access_token);
    assert_eq!(accounts.status, 200, "{accounts:?}");
    let client = Client {
        id: signed_in.client_id.clone(),
        secret: signed_in.client_secret.clone(),
    };
    let token = signed_in.refresh_token.as_deref().expect("it has scopes");
    assert_eq!(client.refresh(&server, token).status, 200);
    let file = signed_in.token_file("https://x.awsapps.com/start", "us-east-1");
    assert_eq!(file["refreshToken"], token);
    assert_eq!(
        file["expiresAt"].as_str().map(str::len),
        Some("2026-11-22T19:46:33Z".len())
    );
}

#[test]
fn a_request_without_credentials_is_refused() {
    let server = Emulator::start();
    let body = json!({ "grantType": REFRESH_TOKEN, "refreshToken": "x" });
    post(&server, "/token", &body).refused("invalid_request");
}
