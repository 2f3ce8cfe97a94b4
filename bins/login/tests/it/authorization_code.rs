use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use identity_center_emulator::Operation;
use identity_center_emulator::grant_type::AUTHORIZATION_CODE;
use identity_center_emulator::settings::Consent;
use insta::assert_snapshot;
use sso_test_support::{Browser, TestEnv};

use crate::home;

#[test]
fn approval_in_the_browser_saves_a_token() {
    let (center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser");
    let url = login.wait_for_url();
    let page = Browser::new().approve(&url);
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile dev --no-browser
    --- stderr
    Using a browser on this machine, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    Waiting for the browser (10m at most)
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
    assert!(page.body.contains("You are signed in"), "{}", page.body);
    assert_eq!(center.count_grants(AUTHORIZATION_CODE), 1);

    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    let mut keys: Vec<_> = token
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "accessToken",
            "clientId",
            "clientSecret",
            "expiresAt",
            "refreshToken",
            "region",
            "registrationExpiresAt",
            "startUrl"
        ]
    );
    assert_eq!(token["startUrl"], TestEnv::START_URL);
    let registration = env.read_json(env.sso_cache().join(TestEnv::REGISTRATION_OF_MY_SSO));
    assert_eq!(
        registration["grantTypes"],
        serde_json::json!(["authorization_code", "refresh_token"])
    );
}

#[test]
fn the_client_name_contains_the_program_family_and_the_session() {
    let (center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser");
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    let request = center
        .requests()
        .into_iter()
        .find(|it| it.operation == Operation::RegisterClient);
    let body = request.unwrap().json();
    assert_eq!(body["clientName"], "aws-sso-tools-my-sso");
    assert_eq!(
        body["redirectUris"],
        serde_json::json!(["http://127.0.0.1/oauth/callback"])
    );
    assert_eq!(body["issuerUrl"], TestEnv::START_URL);
}

#[test]
fn a_second_sign_in_reuses_the_registration() {
    let (center, env) = home();
    for _ in 0..2 {
        let mut login = env.start("sso-login --profile dev --no-browser --force");
        Browser::new().approve(&login.wait_for_url());
        login.finish().expect_code(0);
    }
    assert_eq!(center.count(Operation::RegisterClient), 1);
    assert_eq!(center.count_grants(AUTHORIZATION_CODE), 2);
}

#[test]
fn a_device_code_registration_is_replaced() {
    let (center, env) = home();
    let signed_in = center.sign_in(&["sso:account:access"]);
    let registration = signed_in.registration_file(&["sso:account:access"]);
    let mut for_device = registration.clone();
    for_device.as_object_mut().unwrap().remove("grantTypes");
    env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &for_device);
    let mut login = env.start("sso-login --profile dev --no-browser");
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    assert_eq!(center.count(Operation::RegisterClient), 1);
}

#[cfg(unix)]
#[test]
fn the_command_in_browser_variable_is_run_with_the_url() {
    let (center, mut env) = home();
    center.set_consent(Consent::Approve);
    let visited = env.home().join("visited");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&visited)
            .status()
            .unwrap()
            .success()
    );
    env.write(
        "browser",
        format!("#!/bin/sh\nprintf %s \"$1\" >'{}'\n", visited.display()),
    );
    env.set(
        "BROWSER",
        format!("sh '{}' %s", env.home().join("browser").display()),
    );
    let login = env.start("sso-login --profile dev");
    let url = std::fs::read_to_string(&visited).unwrap();
    Browser::new().visit(&url);
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile dev
    --- stderr
    If the browser does not open, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    Waiting for the browser (10m at most)
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_missing_browser_is_a_warning_and_the_url_is_printed() {
    let (_center, mut env) = home();
    env.unset("BROWSER");
    env.set("PATH", "/nonexistent");
    let mut login = env.start("sso-login --profile dev");
    Browser::new().approve(&login.wait_for_url());
    let login = login.finish().expect_code(0);
    assert!(
        login
            .stderr()
            .contains("warning: no default browser found\n"),
        "{login}"
    );
    assert!(
        login.stderr().contains("Using a browser on this machine"),
        "{login}"
    );
}

#[test]
fn a_denied_sign_in_shows_the_reason_in_the_terminal_and_the_browser() {
    let (center, env) = home();
    center.configure(|settings| settings.denial = "<b>not</b> \u{202e}today\u{1b}[31m".to_owned());
    let mut login = env.start("sso-login --profile dev --no-browser");
    let page = Browser::new().deny(&login.wait_for_url());
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile dev --no-browser
    --- stderr
    Using a browser on this machine, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    Waiting for the browser (10m at most)
    sso-login: error: the sign-in failed: <b>not</b> today[31m
    hint: sign in again, and allow the request in the browser; if you did, ask your administrator for access
    --- exit: 254
    ");
    assert!(
        page.body.contains("&lt;b&gt;not&lt;/b&gt;"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains(
            "return to the terminal: sign in again, and allow the request in the browser"
        ),
        "{}",
        page.body
    );
    assert!(
        !page.body.contains("<b>not") && !page.body.contains('\u{202e}'),
        "{}",
        page.body
    );
}

#[test]
fn a_denied_sign_in_without_a_description_shows_the_error_code() {
    let check = |denial: &str| {
        let (center, env) = home();
        center.configure(|settings| settings.denial = denial.to_owned());
        let mut login = env.start("sso-login --profile dev --no-browser");
        let page = Browser::new().deny(&login.wait_for_url());
        login
            .finish()
            .expect_error(254, "the sign-in failed: access_denied");
        assert!(page.body.contains("access_denied"), "{}", page.body);
    };
    check("");
    check(" \t\u{1b}");
}

#[test]
fn invalid_requests_to_the_redirect_listener_do_not_end_the_sign_in() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser");
    let url = login.wait_for_url();
    let port = callback_port(&url);
    let send = |request: &[u8]| {
        let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).unwrap();
        stream.write_all(request).unwrap();
        stream
    };
    let _too_long = send(format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(40 * 1024)).as_bytes());
    let _idle = send(b"");
    let _half = send(b"GET /oauth/callback?code=x");
    let response_to = |request: &str| {
        let mut response = String::new();
        send(request.as_bytes())
            .read_to_string(&mut response)
            .unwrap();
        response
    };
    let check = |request: &str, status: &str| {
        let response = response_to(request);
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status} ")),
            "{request:?}: {response}"
        );
    };
    check(
        "GET /favicon.ico?error=x HTTP/1.1\r\nHost: a\r\n\r\n",
        "404",
    );
    check(
        "GET /oauth/callback?code=x&state=wrong HTTP/1.1\r\nHost: a\r\n\r\n",
        "404",
    );
    check(
        "GET /oauth/callback?error=access_denied HTTP/1.1\r\nHost: a\r\n\r\n",
        "404",
    );
    check(
        "POST /oauth/callback?code=x HTTP/1.1\r\nHost: a\r\n\r\n",
        "404",
    );
    check("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\r\n\r\n", "400");
    for request in [
        "GET /oauth/callback?code=x&state=wrong HTTP/1.1\r\nHost: a\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\r\n\r\n",
    ] {
        let page = response_to(request);
        assert!(
            page.contains("Open the URL that the terminal shows"),
            "{page}"
        );
    }

    let page = Browser::new().approve(&url);
    assert!(page.body.contains("You are signed in"), "{}", page.body);
    login.finish().expect_code(0);
}

#[test]
fn the_redirect_listener_starts_before_the_browser_and_only_on_loopback() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser");
    let port = callback_port(&login.wait_for_url());
    TcpStream::connect(("127.0.0.1", port)).unwrap();
    for other in ["127.0.0.2", "::1"] {
        assert!(
            TcpStream::connect((other, port)).is_err(),
            "{other} accepts connections"
        );
    }
    login.kill();
}

#[test]
fn the_result_page_loads_no_resources_and_is_not_cached() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser");
    let page = Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    for reference in ["http:", "https:", "src=", "href=", "url(", "<script"] {
        assert!(
            !page.body.contains(reference),
            "{reference} in {}",
            page.body
        );
    }
}

fn callback_port(url: &str) -> u16 {
    let (_, rest) = url
        .split_once("127.0.0.1%3A")
        .or_else(|| url.split_once("redirect_uri=http://127.0.0.1:"))
        .unwrap();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}
