//! Asking the access portal.

use std::time::Duration;

use identity_center_emulator::{Fault, Operation};

use crate::{HOUR, json_of, signed_in_for};

#[test]
fn a_token_that_is_accepted_is_good() {
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
fn a_token_that_is_refused_needs_a_sign_in() {
    let (center, env) = signed_in_for(HOUR);
    center.end_session();
    let status = env
        .run("sso-status --profile dev --verify")
        .expect_code(253);
    assert!(status.stdout().contains("not accepted"), "{status}");
    assert!(
        status.stderr().contains("is no longer accepted"),
        "{status}"
    );
}

#[test]
fn without_an_answer_the_files_count_and_a_warning_is_said() {
    let (center, env) = signed_in_for(HOUR);
    center.fail_always(Operation::ListAccounts, Fault::Throttle(None));
    let status = env.run("sso-status --profile dev --verify").expect_code(0);
    assert!(
        status
            .stderr()
            .contains("asking whether the token is accepted failed"),
        "{status}"
    );
    assert_eq!(center.count(Operation::ListAccounts), 1);
}

#[test]
fn a_token_that_has_expired_is_not_asked_about() {
    let (center, env) = signed_in_for(Duration::ZERO);
    env.run("sso-status --profile dev --verify").expect_code(0);
    assert!(center.requests().is_empty());
}
