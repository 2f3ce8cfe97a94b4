use std::time::Duration;

use identity_center_emulator::{Fault, Operation};

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
fn an_expired_token_is_not_verified() {
    let (center, env) = signed_in_for(Duration::ZERO);
    env.run("sso-status --profile dev --verify").expect_code(0);
    assert!(center.requests().is_empty());
}
