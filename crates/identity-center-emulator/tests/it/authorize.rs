//! The authorize request.

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;

use crate::client::{Client, get};

fn approving() -> (Emulator, Client) {
    let server = Emulator::start();
    server.set_consent(Consent::Approve);
    let client = Client::for_pkce(&server);
    (server, client)
}

/// Checks that the redirect tells the program about `error`.
#[track_caller]
fn check(changes: &[(&str, &str)], error: &str) {
    let (server, client) = approving();
    let answer = get(&server, &client.authorize_target(changes), "");
    let location = answer
        .headers
        .get("location")
        .unwrap_or_else(|| panic!("{answer:?}"));
    let start = format!("http://127.0.0.1:1/oauth/callback?error={error}&error_description=");
    assert!(
        location.replace("%5F", "_").starts_with(&start),
        "{location}"
    );
    assert!(!location.contains("code="), "{location}");
}

#[test]
fn a_right_request_brings_a_code_and_the_state_to_the_redirect_uri() {
    let (server, client) = approving();
    let answer = get(&server, &client.authorize_target(&[]), "");
    assert_eq!(answer.status, 302);
    let location = &answer.headers["location"];
    assert!(
        location.starts_with("http://127.0.0.1:1/oauth/callback?code="),
        "{location}"
    );
    assert!(location.ends_with("&state=our%20state"), "{location}");
}

#[test]
fn what_is_wrong_with_the_request_is_told_to_the_program() {
    check(&[("response_type", "token")], "unsupported_response_type");
    check(&[("response_type", "")], "unsupported_response_type");
    check(&[("code_challenge_method", "plain")], "invalid_request");
    check(&[("code_challenge_method", "")], "invalid_request");
    check(&[("code_challenge", "")], "invalid_request");
    check(&[("code_challenge", "too short")], "invalid_request");
    check(&[("state", "")], "invalid_request");
    check(&[("scopes", "")], "invalid_scope");
    check(
        &[("scopes", "sso:account:access more:than:registered")],
        "invalid_scope",
    );
}

#[test]
fn a_state_that_was_not_there_is_not_made_up() {
    let (server, client) = approving();
    let answer = get(&server, &client.authorize_target(&[("state", "")]), "");
    assert!(!answer.headers["location"].contains("state="), "{answer:?}");
}

#[test]
fn a_wrong_client_or_redirect_uri_leads_nowhere() {
    let (server, client) = approving();
    for changes in [
        ("client_id", "nobody"),
        ("redirect_uri", "http://127.0.0.1:1/elsewhere"),
        (
            "redirect_uri",
            "http://127.0.0.1:evil.example.com/oauth/callback",
        ),
        (
            "redirect_uri",
            "http://127.0.0.1:1@evil.example.com/oauth/callback",
        ),
        ("redirect_uri", "http://localhost:1/oauth/callback"),
        ("redirect_uri", "https://127.0.0.1:1/oauth/callback"),
        ("redirect_uri", "http://127.0.0.1:1/oauth/callback/"),
        ("redirect_uri", ""),
    ] {
        let answer = get(&server, &client.authorize_target(&[changes]), "");
        assert_eq!(
            (answer.status, answer.headers.get("location")),
            (400, None),
            "{changes:?}"
        );
    }
}

#[test]
fn a_client_for_devices_gets_no_code() {
    let (server, _) = approving();
    let client = Client::for_device(&server);
    let answer = get(&server, &client.authorize_target(&[]), "");
    assert_eq!(answer.status, 400);
}

#[test]
fn a_refusal_is_reported_with_the_description_that_was_set() {
    let (server, client) = approving();
    server.configure(|settings| {
        settings.consent = Consent::Deny;
        settings.denial = "<script>no</script>".to_owned();
    });
    let answer = get(&server, &client.authorize_target(&[]), "");
    let expected = "http://127.0.0.1:1/oauth/callback?error=access%5Fdenied\
        &error_description=%3Cscript%3Eno%3C%2Fscript%3E&state=our%20state";
    assert_eq!(answer.headers["location"], expected);
}
