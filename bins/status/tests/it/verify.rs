use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_test_support::TestEnv;

use crate::{HOUR, json_of, signed_in_for};

#[test]
fn an_accepted_token_is_usable() {
    let (center, env) = signed_in_for(HOUR);
    let status = env
        .run("sso-status --profile dev --verify --output json")
        .expect_code(0);
    assert_eq!(json_of(&status)["sessions"][0]["accepted"], true);
    let requests = center.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].operation, Operation::ListAccounts);
}

#[test]
fn a_rejected_token_needs_a_sign_in() {
    let (center, env) = signed_in_for(HOUR);
    center.end_session();
    let status = env
        .run("sso-status --profile dev --verify")
        .expect_code(253);
    assert!(status.stdout().contains("not accepted"), "{status}");
    assert!(
        status.stderr().contains("no longer accepts the token"),
        "{status}"
    );
}

#[test]
fn a_failed_verification_is_only_a_warning() {
    let (center, env) = signed_in_for(HOUR);
    center.fail_always(Operation::ListAccounts, Fault::Throttle(None));
    let status = env.run("sso-status --profile dev --verify").expect_code(0);
    assert!(status.stderr().contains("ListAccounts failed"), "{status}");
    assert_eq!(center.count(Operation::ListAccounts), 1);
}

#[test]
fn a_response_of_another_server_does_not_verify_a_token() {
    let blocked = json!({"message": "blocked by the proxy"});
    for fault in [
        Fault::CaptivePortal,
        Fault::Empty,
        Fault::Redirect("https://hotel.example.com/".to_owned()),
        Fault::Status(403, blocked),
    ] {
        let (center, env) = signed_in_for(HOUR);
        center.fail_always(Operation::ListAccounts, fault.clone());
        let status = env
            .run("sso-status --profile dev --verify --output json")
            .expect_code(0);
        assert_ne!(
            json_of(&status)["sessions"][0]["accepted"],
            true,
            "{fault:?} {status}"
        );
        assert!(
            status.stderr().contains("ListAccounts failed"),
            "{fault:?} {status}"
        );
    }
}

#[test]
fn an_expired_token_is_not_verified() {
    let (center, env) = signed_in_for(Duration::ZERO);
    env.run("sso-status --profile dev --verify").expect_code(0);
    assert!(center.requests().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn all_tokens_are_verified_without_threads() {
    let (center, mut env) = signed_in_for(HOUR);
    let legacy = center.sign_in(&[]);
    let legacy = legacy.token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &legacy);
    let line = env.without_threads("sso-status --verify --output json");
    let status = env.run(&line).expect_code(0);
    for session in json_of(&status)["sessions"].as_array().unwrap() {
        assert_eq!(session["accepted"], true, "{status}");
    }
    assert_eq!(center.count(Operation::ListAccounts), 2);
}
