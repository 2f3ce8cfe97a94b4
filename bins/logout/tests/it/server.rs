//! Whatever the server says.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::Duration;

use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::{Value, json};
use sso_test_support::{TestEnv, Transcript};

use crate::{cached, plant, signed_in};

/// Signs out of one session at a server that answers with `fault`.
fn signed_out_with(fault: Fault) -> Transcript {
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
    assert_eq!(center.count(Operation::Logout), 1, "one attempt");
    logout
}

#[test]
fn a_token_that_is_not_accepted_goes_all_the_same() {
    assert_snapshot!(signed_out_with(Fault::portal("UnauthorizedException")), @"
    $ sso-logout --profile dev
    --- stderr
    The server did not accept the token of the sso-session my-sso: it had expired, or its session had ended.
    Successfully signed out of the sso-session my-sso.
    --- exit: 0
    ");
}

#[test]
fn a_server_that_is_busy_or_in_trouble_is_told_of() {
    assert_snapshot!(signed_out_with(Fault::Throttle(None)), @"
    $ sso-logout --profile dev
    --- stderr
    sso-logout: warning: ending the session failed: the access portal asks to slow down: slow down (TooManyRequestsException, status 429); at the server, the session of the sso-session my-sso goes on until its time is over
    Successfully signed out of the sso-session my-sso.
    --- exit: 0
    ");
    assert_snapshot!(signed_out_with(Fault::Status(500, json!({}))), @"
    $ sso-logout --profile dev
    --- stderr
    sso-logout: warning: ending the session failed: the access portal refuses: status 500 without an explanation; at the server, the session of the sso-session my-sso goes on until its time is over
    Successfully signed out of the sso-session my-sso.
    --- exit: 0
    ");
}

#[test]
fn a_network_that_wants_a_log_in_of_its_own_is_told_of() {
    let logout = signed_out_with(Fault::Redirect("https://hotel.example.com/".to_owned()));
    assert!(logout.stderr().contains("warning: "), "{logout}");
}

#[test]
fn without_a_network_the_files_go() {
    let (center, env) = (Emulator::start(), TestEnv::offline());
    plant(&center, &env);
    assert_snapshot!(env.run("sso-logout"), @"
    $ sso-logout
    --- stderr
    sso-logout: warning: ending the session failed: the access portal cannot be reached: 127.0.0.1:[PORT] refuses connections; at the server, the session of the sso-session my-sso goes on until its time is over
    sso-logout: warning: ending the session failed: the access portal cannot be reached: 127.0.0.1:[PORT] refuses connections; at the server, the session of the start URL https://my-sso-portal.awsapps.com/start goes on until its time is over
    Successfully signed out of all SSO profiles.
    --- exit: 0
    ");
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
}

#[test]
fn a_server_that_does_not_answer_is_not_waited_for() {
    let (center, env) = signed_in();
    center.set_latency(Operation::Logout, Duration::from_secs(3600));
    let logout = env.run("sso-logout --read-timeout 0.1").expect_code(0);
    assert!(
        logout.stderr().contains("goes on until its time is over"),
        "{logout}"
    );
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
}

/// The server answers nobody before everybody has asked.
#[test]
fn all_sessions_are_ended_at_once() {
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

#[test]
fn each_session_is_ended_where_its_profile_says_and_in_its_region() {
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
fn settings_that_make_no_sense_keep_no_file() {
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
