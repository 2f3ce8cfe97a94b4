//! Cached credentials and tokens, and the requests that replace them.

use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::settings::RefreshTokens;
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_test_support::TestEnv;

use crate::{home, signed_in, signed_in_with_expired_token};

#[test]
fn the_second_call_uses_the_cache() {
    let (center, env) = signed_in();
    let first = env.run("export-credentials --profile dev").expect_code(0);
    let second = env.run("export-credentials --profile dev").expect_code(0);
    assert_eq!(first.stdout(), second.stdout());
    assert_eq!(center.requests().len(), 1);
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn the_cache_file_is_the_aws_clis_and_contains_the_token_key() {
    let (_center, env) = signed_in();
    env.run("export-credentials --profile dev").expect_code(0);
    let file = env.read_json(env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV));
    assert_eq!(file["ProviderType"], "sso");
    assert_eq!(file["Credentials"]["AccountId"], "111122223333");
    assert_eq!(
        format!("{}.json", file["SsoTokenKey"].as_str().unwrap()),
        TestEnv::TOKEN_OF_MY_SSO
    );
}

#[test]
fn a_token_about_to_expire_is_refreshed_first() {
    let (center, env) = signed_in_with_expired_token();
    env.run("export-credentials --profile dev").expect_code(0);
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn a_refresh_without_a_new_refresh_token_keeps_the_old_one() {
    let (center, env) = signed_in_with_expired_token();
    center.configure(|settings| settings.refresh_tokens = RefreshTokens::Reusable);
    let before = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    env.run("export-credentials --profile dev").expect_code(0);
    let after = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    assert_eq!(before["refreshToken"], after["refreshToken"]);
    assert_ne!(before["accessToken"], after["accessToken"]);
}

#[test]
fn credentials_below_min_validity_are_requested_again() {
    let (center, env) = signed_in();
    env.run("export-credentials --profile dev").expect_code(0);
    env.run("export-credentials --profile dev --min-validity 30m")
        .expect_code(0);
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
    let longer = env
        .run("export-credentials --profile dev --min-validity 11h")
        .expect_code(0);
    assert_eq!(center.count(Operation::GetRoleCredentials), 2);
    assert!(
        longer
            .stderr()
            .contains("warning: the newly issued credentials are valid for"),
        "{longer}"
    );
}

#[test]
fn credentials_about_to_expire_are_used_if_the_request_fails() {
    let (center, env) = signed_in();
    center.configure(|settings| settings.role_credentials_lifetime = Duration::from_secs(600));
    let issued = env
        .run("export-credentials --profile dev --min-validity 5m")
        .expect_code(0);
    center.fail_always(Operation::GetRoleCredentials, Fault::CaptivePortal);
    let again = env
        .run("export-credentials --profile dev --min-validity 5m")
        .expect_code(0);
    assert_eq!(issued.stdout(), again.stdout());
    assert!(
        again
            .stderr()
            .contains("using cached credentials that expire soon"),
        "{again}"
    );
    env.run("export-credentials --profile dev --min-validity 30m")
        .expect_code(255);
}

#[test]
fn a_rejected_token_is_refreshed_once() {
    let (center, env) = signed_in();
    center.revoke_access_tokens();
    env.run("export-credentials --profile dev").expect_code(0);
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    assert_eq!(center.count(Operation::GetRoleCredentials), 2);
}

#[test]
fn a_legacy_profile_and_an_ad_hoc_role_get_credentials() {
    let (center, env) = signed_in();
    let token = center
        .sign_in(&[])
        .token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &token);
    env.run("export-credentials --profile legacy")
        .expect_code(0);
    env.run(
        "export-credentials --sso-session my-sso --account-id 111122223333 --role-name ReadOnly",
    )
    .expect_code(0);
    assert_eq!(center.count(Operation::GetRoleCredentials), 2);
    env.run("export-credentials --profile dev").expect_code(0);
    assert_eq!(
        center.count(Operation::GetRoleCredentials),
        2,
        "dev uses the cached credentials of the ad hoc role"
    );
}

#[test]
fn profile_option_takes_precedence_over_the_environment_and_that_over_default() {
    let (_center, mut env) = signed_in();
    env.write_config(&format!(
        "{}[default]\nregion = us-east-1\n",
        TestEnv::SAMPLE_CONFIG
    ));
    assert!(
        env.run("export-credentials")
            .expect_code(253)
            .stderr()
            .contains("\"default\"")
    );
    env.set("AWS_DEFAULT_PROFILE", "dev");
    env.run("export-credentials").expect_code(0);
    env.set("AWS_PROFILE", "unknown");
    assert!(
        env.run("export-credentials")
            .expect_code(253)
            .stderr()
            .contains("\"unknown\"")
    );
    env.run("export-credentials --profile dev").expect_code(0);
}

#[test]
fn a_corrupt_cache_file_is_reported_and_replaced() {
    let (_center, env) = signed_in();
    env.plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &json!({"Credentials": 7}));
    let export = env.run("export-credentials --profile dev").expect_code(0);
    assert!(
        export.stderr().contains(TestEnv::CREDENTIALS_OF_DEV),
        "{export}"
    );
    let quiet = env.run("export-credentials --profile dev").expect_code(0);
    assert_eq!(quiet.stderr(), "", "{quiet}");
}

#[test]
fn a_failed_export_writes_no_files() {
    let (_center, env) = home();
    let before = env.files();
    env.run("export-credentials --profile dev").expect_code(253);
    assert_eq!(env.files(), before);
}
