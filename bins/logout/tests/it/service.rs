//! Ending sessions at the access portal, and its failures.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::Duration;

use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::{Value, json};
use sso_test_support::{Behaviour, Relay, TestEnv, Transcript};

use crate::{cached, plant, signed_in};

fn signed_out_with(fault: Fault) -> Transcript {
    let (center, logout) = refused_with(fault);
    assert_eq!(
        center.count(Operation::Logout),
        1,
        "the request is not retried"
    );
    logout
}

fn refused_with(fault: Fault) -> (Emulator, Transcript) {
    let (center, env) = signed_in();
    center.fail_always(Operation::Logout, fault);
    let logout = env.run("sso-logout --profile dev").expect_code(0);
    assert!(
        !cached(&env).contains(&TestEnv::TOKEN_OF_MY_SSO.to_owned()),
        "{logout}"
    );
    assert!(
        !cached(&env).contains(&TestEnv::CREDENTIALS_OF_DEV.to_owned()),
        "{logout}"
    );
    (center, logout)
}

/// The refresh token may still be accepted, so that another request has the token of a refresh.
#[test]
fn a_rejected_token_is_removed() {
    let (center, logout) = refused_with(Fault::portal("UnauthorizedException"));
    assert_eq!(center.count_grants("refresh_token"), 1);
    assert_eq!(center.count(Operation::Logout), 2);
    assert_snapshot!(logout, @"
    $ sso-logout --profile dev
    --- stderr
    The service no longer accepts the token for SSO session my-sso. Its session had already ended, unless another program has refreshed the token.
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
}

#[test]
fn throttling_and_server_errors_are_warnings() {
    assert_snapshot!(signed_out_with(Fault::Throttle(None)), @"
    $ sso-logout --profile dev
    --- stderr
    sso-logout: warning: Logout failed: the access portal is throttling requests: slow down (TooManyRequestsException, status 429); the access portal session for SSO session my-sso continues until it expires
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
    assert_snapshot!(signed_out_with(Fault::Status(500, json!({}))), @"
    $ sso-logout --profile dev
    --- stderr
    sso-logout: warning: Logout failed: the access portal returned an error: status 500 without an error message from the endpoint URL in AWS_ENDPOINT_URL; the access portal session for SSO session my-sso continues until it expires
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
}

#[test]
fn a_captive_portal_redirect_is_a_warning() {
    let logout = signed_out_with(Fault::Redirect("https://hotel.example.com/".to_owned()));
    assert!(logout.stderr().contains("warning: "), "{logout}");
}

#[test]
fn a_page_of_a_captive_portal_is_a_warning() {
    let logout = signed_out_with(Fault::CaptivePortal);
    let warning = "warning: Logout failed: no valid response from the access portal: the response is \
                   a web page, such as the login page of a network";
    assert!(logout.stderr().contains(warning), "{logout}");
}

#[test]
fn files_are_removed_without_a_network() {
    let (center, env) = (Emulator::start(), TestEnv::offline());
    plant(&center, &env);
    assert_snapshot!(env.run("sso-logout"), @"
    $ sso-logout
    --- stderr
    sso-logout: warning: Logout failed: no valid response from the access portal: 127.0.0.1:[PORT] (the endpoint URL in AWS_ENDPOINT_URL) refused the connection; the access portal session for SSO session my-sso continues until it expires
    sso-logout: warning: Logout failed: no valid response from the access portal: 127.0.0.1:[PORT] (the endpoint URL in AWS_ENDPOINT_URL) refused the connection; the access portal session for start URL https://my-sso-portal.awsapps.com/start continues until it expires
    Successfully signed out of all SSO profiles.
    --- exit: 0
    ");
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
}

#[test]
fn a_service_without_a_response_is_a_warning_after_the_timeout() {
    let (center, env) = signed_in();
    center.set_latency(Operation::Logout, Duration::from_secs(3600));
    let logout = env.run("sso-logout --read-timeout 0.1").expect_code(0);
    assert!(
        logout.stderr().contains("continues until it expires"),
        "{logout}"
    );
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
}

/// The server responds only after it has received both requests.
#[test]
fn sessions_are_ended_in_parallel() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let mut connections: Vec<_> = (0..2).map(|_| listener.accept().unwrap().0).collect();
        for connection in &mut connections {
            let _ = connection.read(&mut [0; 4096]).unwrap();
        }
        for mut connection in connections {
            connection
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .unwrap();
        }
    });
    let (_center, mut env) = signed_in();
    env.set("AWS_ENDPOINT_URL", url);
    let logout = env
        .run("sso-logout --output json --read-timeout 30")
        .expect_code(0);
    let result: Value = serde_json::from_str(logout.stdout()).unwrap();
    for token in result["tokens"].as_array().unwrap() {
        assert_eq!(token["server"], "ended", "{logout}");
    }
    server.join().unwrap();
}

/// The server does not respond before the files are removed.
#[test]
fn files_of_tokens_are_removed_before_the_response() {
    let (center, mut env) = signed_in();
    let relay = Relay::plain(center.address());
    relay.behave(Behaviour::Hold);
    env.set("AWS_ENDPOINT_URL", relay.url());
    let logout = env.start("sso-logout --read-timeout 30");
    relay.wait_until_held();
    for name in [TestEnv::TOKEN_OF_MY_SSO, TestEnv::TOKEN_OF_LEGACY] {
        assert!(!env.sso_cache().join(name).exists());
    }
    relay.release();
    logout.finish().expect_code(0);
}

#[cfg(unix)]
#[test]
fn a_signal_waits_for_the_response() {
    let (center, mut env) = signed_in();
    let relay = Relay::plain(center.address());
    relay.behave(Behaviour::Hold);
    env.set("AWS_ENDPOINT_URL", relay.url());
    let mut logout = env.start("sso-logout --read-timeout 30");
    relay.wait_until_held();
    logout.send("TERM");
    logout.wait_for_line(|line| line.starts_with("Waiting for a token request"));
    relay.release();
    logout.finish().expect_code(143);
    assert_eq!(center.count(Operation::Logout), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn all_sessions_are_ended_without_threads() {
    let (center, mut env) = signed_in();
    let line = env.without_threads("sso-logout");
    let logout = env.run(&line).expect_code(0);
    assert_eq!(
        logout.stderr(),
        "Successfully signed out of all SSO profiles.\n"
    );
    assert_eq!(center.count(Operation::Logout), 2);
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
}

#[test]
fn the_logout_request_uses_the_endpoint_url_of_the_profile() {
    let (center, mut env) = signed_in();
    env.unset("AWS_ENDPOINT_URL");
    env.set("HTTPS_PROXY", "http://127.0.0.1:9");
    let config = TestEnv::SAMPLE_CONFIG.replace(
        "[profile dev]",
        &format!("[profile dev]\nendpoint_url = {}", center.url()),
    );
    env.write_config(&config);
    env.run("sso-logout --profile dev").expect_code(0);
    assert_eq!(center.count(Operation::Logout), 1);
}

#[test]
fn invalid_network_settings_do_not_prevent_the_removal() {
    let (_center, env) = signed_in();
    let config = TestEnv::SAMPLE_CONFIG.replace("[profile dev]", "[profile dev]\nservices = no");
    env.write_config(&config);
    let logout = env.run("sso-logout --profile dev").expect_code(0);
    assert!(logout.stderr().contains("warning: "), "{logout}");
    assert!(
        !cached(&env).contains(&TestEnv::TOKEN_OF_MY_SSO.to_owned()),
        "{logout}"
    );
}
