//! Sign-in to the console with temporary credentials, and shortcut links.

use std::time::Duration;

use identity_center_emulator::{Emulator, Operation};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sso_test_support::{Browser, Chromium};

use crate::client::{TestResponse, agent, get, read};

const DESTINATION: &str = "https://console.aws.amazon.com/s3?a=<b>";

/// Returns the session parameter for role credentials.
fn session(server: &Emulator) -> Value {
    let tokens = server.sign_in(&["sso:account:access"]);
    let target = "/federation/credentials?role_name=ReadOnly&account_id=111122223333";
    let response = get(server, target, &tokens.access_token);
    let credentials = &response.body["roleCredentials"];
    json!({
        "sessionId": credentials["accessKeyId"],
        "sessionKey": credentials["secretAccessKey"],
        "sessionToken": credentials["sessionToken"],
    })
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn form(session: &Value, more: &str) -> String {
    format!(
        "Action=getSigninToken&Session={}{more}",
        encoded(&session.to_string())
    )
}

fn post(server: &Emulator, target: &str, form: &str) -> TestResponse {
    let request = agent().post(format!("{}{target}", server.url()));
    let request = request.content_type("application/x-www-form-urlencoded");
    read(request.send(form))
}

fn login_url(server: &Emulator, token: &str) -> String {
    format!(
        "{}/federation?Action=login&Issuer=x&Destination={}&SigninToken={token}",
        server.url(),
        encoded(DESTINATION)
    )
}

#[test]
fn a_sign_in_token_signs_in_once() {
    let server = Emulator::start();
    let response = post(&server, "/federation", &form(&session(&server), ""));
    let token = response.text_of("SigninToken");
    assert!(server.issued_secrets().contains(&token.to_owned()));
    let page = Browser::new().visit(&login_url(&server, token));
    assert_eq!(page.status, 200);
    assert!(
        page.body
            .contains("https://console.aws.amazon.com/s3?a=&lt;b&gt;"),
        "{page:?}"
    );
    assert_eq!(Browser::new().visit(&login_url(&server, token)).status, 400);
}

#[test]
fn a_sign_in_token_and_credentials_expire() {
    let server = Emulator::start();
    let session = session(&server);
    let response = post(&server, "/federation", &form(&session, ""));
    server.advance(Duration::from_secs(15 * 60));
    let url = login_url(&server, response.text_of("SigninToken"));
    assert_eq!(Browser::new().visit(&url).status, 400);
    server.advance(Duration::from_secs(3600));
    assert_eq!(
        post(&server, "/federation", &form(&session, "")).status,
        400
    );
}

#[test]
fn requests_that_the_service_may_refuse_are_refused() {
    let server = Emulator::start();
    let valid = session(&server);
    let check = |target: &str, form: &str| {
        let response = post(&server, target, form);
        assert_eq!(response.status, 400, "{target} {form}");
    };
    let query = format!("/federation?{}", form(&valid, ""));
    assert_eq!(get(&server, &query, "").status, 400);
    check(&query, "");
    check("/federation?x=1", &form(&valid, ""));
    check("/federation", &form(&valid, "&SessionType=json"));
    check("/federation", &form(&valid, "&Action=getSigninToken"));
    check("/federation", &form(&valid, "&SessionDuration=3600"));
    check("/federation", &form(&valid, "&SessionDuration=899"));
    check("/federation", "Action=login");
    check("/federation", "Action=getSigninToken&Session=x");
    for field in ["sessionId", "sessionKey", "sessionToken", "more"] {
        let mut changed = valid.clone();
        changed[field] = json!("x");
        check("/federation", &form(&changed, ""));
    }
    assert_eq!(server.count(Operation::GetSigninToken), 13);
}

#[test]
fn the_sign_out_redirects_to_the_next_page() {
    let server = Emulator::start();
    let target = format!("/oauth?Action=logout&redirect_uri={}", encoded(DESTINATION));
    let response = get(&server, &target, "");
    assert_eq!(response.status, 302);
    assert_eq!(response.headers["location"], DESTINATION);
    assert_eq!(get(&server, "/oauth", "").status, 400);
}

#[test]
fn the_start_page_shows_a_shortcut_link_as_text() {
    let Some(mut browser) = Chromium::start() else {
        return;
    };
    let server = Emulator::start();
    let role = "<img src=x onerror=alert(1)>+";
    browser.open(&format!(
        "{}/start/#/console?account_id=111122223333&role_name={}&destination={}",
        server.url(),
        encoded(role),
        encoded(DESTINATION)
    ));
    browser.wait_until("document.getElementById('destination') !== null");
    for (id, expected) in [
        ("account_id", "111122223333"),
        ("role_name", role),
        ("destination", DESTINATION),
    ] {
        let script = format!("document.getElementById('{id}').textContent");
        assert_eq!(browser.evaluate(&script), expected);
    }
    assert_eq!(browser.evaluate("document.images.length"), 0);
}
