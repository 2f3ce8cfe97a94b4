//! Tokens that exist, but count as missing.

use identity_center_emulator::Emulator;
use sso_test_support::TestEnv;

use crate::{HOUR, home, json_of, signed_in_for};

/// Checks that all formats show the same state and exit status as without a token.
fn check_signed_out(center: &Emulator, env: &TestEnv) {
    center.forget_requests();
    let table = env.run("sso-status --profile dev").expect_code(253);
    assert!(table.stdout().contains("signed out"), "{table}");
    assert!(
        table.stderr().ends_with("hint: sso-login --profile dev\n"),
        "{table}"
    );
    let json = env
        .run("sso-status --profile dev --output json")
        .expect_code(253);
    let session = &json_of(&json)["sessions"][0];
    assert_eq!(session["state"], "signedOut");
    assert!(session["expiresAt"].is_null() && session["registrationExpiresAt"].is_null());
    let prompt = env
        .run("sso-status --profile dev --format prompt")
        .expect_code(253);
    assert_eq!((prompt.stdout(), prompt.stderr()), ("dev signed out\n", ""));
    env.run("sso-status --profile dev --verify")
        .expect_code(253);
    assert!(center.requests().is_empty());
}

#[test]
fn a_token_that_verify_found_rejected_counts_as_missing_afterwards() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&[]));
    center.revoke_access_tokens();
    env.run("sso-status --profile dev").expect_code(0);
    env.run("sso-status --profile dev --verify")
        .expect_code(253);
    check_signed_out(&center, &env);
    env.plant_my_sso(&center.sign_in(&[]));
    env.run("sso-status --profile dev").expect_code(0);
}

#[test]
fn a_rejected_token_that_can_be_refreshed_counts_as_expired() {
    let (center, env) = signed_in_for(HOUR);
    center.revoke_access_tokens();
    env.run("sso-status --profile dev --verify")
        .expect_code(253);
    let status = env
        .run("sso-status --profile dev --output json")
        .expect_code(0);
    assert_eq!(json_of(&status)["sessions"][0]["state"], "refreshable");
    // The hint of the first command works without a browser.
    env.run("sso-login --profile dev").expect_code(0);
    env.run("sso-status --profile dev --verify").expect_code(0);
}

#[test]
fn a_token_that_another_program_found_refused_counts_as_missing() {
    let (center, env) = signed_in_for(HOUR);
    center.end_session();
    env.run("export-credentials --profile dev").expect_code(253);
    check_signed_out(&center, &env);
}

#[test]
fn a_token_of_another_start_url_or_region_counts_as_missing() {
    let other = "https://other.awsapps.com/start";
    for (old, new) in [(TestEnv::START_URL, other), ("us-east-1", "eu-west-1")] {
        let (center, env) = signed_in_for(HOUR);
        env.write_config(&TestEnv::SAMPLE_CONFIG.replacen(old, new, 1));
        check_signed_out(&center, &env);
    }
}
