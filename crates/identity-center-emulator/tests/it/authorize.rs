use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;

use crate::client::{Client, get};

fn approving() -> (Emulator, Client) {
    let server = Emulator::start();
    server.set_consent(Consent::Approve);
    let client = Client::for_pkce(&server);
    (server, client)
}

#[track_caller]
fn check_error_redirect(changes: &[(&str, &str)], error: &str) {
    let (server, client) = approving();
    let response = get(&server, &client.authorize_target(changes), "");
    let location = response
        .headers
        .get("location")
        .unwrap_or_else(|| panic!("{response:?}"));
    let start = format!("http://127.0.0.1:1/oauth/callback?error={error}&error_description=");
    assert!(
        location.replace("%5F", "_").starts_with(&start),
        "{location}"
    );
    assert!(!location.contains("code="), "{location}");
}

#[test]
fn valid_request_redirects_with_a_code_and_the_state() {
    let (server, client) = approving();
    let response = get(&server, &client.authorize_target(&[]), "");
    assert_eq!(response.status, 302);
    let location = &response.headers["location"];
    assert!(
        location.starts_with("http://127.0.0.1:1/oauth/callback?code="),
        "{location}"
    );
    assert!(location.ends_with("&state=test%20state"), "{location}");
}

#[test]
fn invalid_request_redirects_with_an_error() {
    check_error_redirect(&[("response_type", "token")], "unsupported_response_type");
    check_error_redirect(&[("response_type", "")], "unsupported_response_type");
    check_error_redirect(&[("code_challenge_method", "plain")], "invalid_request");
    check_error_redirect(&[("code_challenge_method", "")], "invalid_request");
    check_error_redirect(&[("code_challenge", "")], "invalid_request");
    check_error_redirect(&[("code_challenge", "too short")], "invalid_request");
    check_error_redirect(&[("state", "")], "invalid_request");
    check_error_redirect(&[("scopes", "")], "invalid_scope");
    check_error_redirect(
        &[("scopes", "sso:account:access more:than:registered")],
        "invalid_scope",
    );
}

#[test]
fn a_forgotten_client_gets_an_error_page_without_a_redirect() {
    let (server, client) = approving();
    server.forget_clients();
    let response = get(&server, &client.authorize_target(&[]), "");
    assert_eq!(response.status, 400);
    assert!(!response.headers.contains_key("location"));
}

#[test]
fn missing_state_is_not_returned() {
    let (server, client) = approving();
    let response = get(&server, &client.authorize_target(&[("state", "")]), "");
    assert!(
        !response.headers["location"].contains("state="),
        "{response:?}"
    );
}

#[test]
fn unknown_client_or_redirect_uri_does_not_redirect() {
    let (server, client) = approving();
    for changes in [
        ("client_id", "unknown"),
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
        let response = get(&server, &client.authorize_target(&[changes]), "");
        assert_eq!(
            (response.status, response.headers.get("location")),
            (400, None),
            "{changes:?}"
        );
    }
}

#[test]
fn client_for_the_device_grant_gets_no_code() {
    let (server, _) = approving();
    let client = Client::for_device(&server);
    let response = get(&server, &client.authorize_target(&[]), "");
    assert_eq!(response.status, 400);
}

#[test]
fn denial_redirects_with_the_configured_description() {
    let (server, client) = approving();
    server.configure(|settings| {
        settings.consent = Consent::Deny;
        settings.denial = "<script>no</script>".to_owned();
    });
    let response = get(&server, &client.authorize_target(&[]), "");
    let expected = "http://127.0.0.1:1/oauth/callback?error=access%5Fdenied\
        &error_description=%3Cscript%3Eno%3C%2Fscript%3E&state=test%20state";
    assert_eq!(response.headers["location"], expected);
}
