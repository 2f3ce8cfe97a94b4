//! Tokens that the service has refused: no request is sent with them again, until a sign-in or
//! another tool replaces them.

use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Emulator, Fault, Operation};
use serde_json::json;
use sso_test_support::{Browser, TestEnv, Transcript};

use crate::{home, signed_in, signed_in_with_expired_token};

const EXPORT: &str = "export-credentials --profile dev";
const REFUSAL: &str =
    ".aws/sso/cache/aws-sso-tools/0ad374308c5a4e22f723adf10145eafad7c4031c.refused";

/// Returns homes whose token looks valid, but is refused: one without a refresh token, and one
/// whose refresh is refused too.
fn homes_with_refused_token() -> [(Emulator, TestEnv); 2] {
    let (revoked, env) = home();
    env.plant_my_sso(&revoked.sign_in(&[]));
    revoked.revoke_access_tokens();
    let (ended, ended_env) = signed_in();
    ended.end_session();
    [(revoked, env), (ended, ended_env)]
}

fn expect_sign_in_required(run: Transcript) -> Transcript {
    let hint = "\nhint: sso-login --profile dev\n";
    assert!(run.stderr().ends_with(hint), "{run}");
    run.expect_code(253)
}

/// Checks that all programs know without a request that a sign-in is required.
fn check_remembered(center: &Emulator, env: &TestEnv, first: &Transcript) {
    center.forget_requests();
    let again = expect_sign_in_required(env.run(EXPORT));
    assert_eq!(again.stderr(), first.stderr());
    expect_sign_in_required(env.run(&format!("{EXPORT} --bearer-token")));
    expect_sign_in_required(env.run("sso-status --profile dev"));
    assert!(center.requests().is_empty());
}

fn check_hint_works(center: &Emulator, env: &TestEnv) {
    let mut login = env.start("sso-login --profile dev --no-browser");
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    env.run(EXPORT).expect_code(0);
    center.forget_requests();
    env.run("sso-login --profile dev").expect_code(0);
    assert!(center.requests().is_empty());
}

#[test]
fn a_refused_token_fails_at_once_until_the_sign_in_of_the_hint() {
    for (center, env) in homes_with_refused_token() {
        let first = expect_sign_in_required(env.run(EXPORT));
        check_remembered(&center, &env, &first);
        check_hint_works(&center, &env);
    }
}

#[test]
fn a_refused_refresh_fails_at_once_until_the_sign_in_of_the_hint() {
    for error in [
        "invalid_grant",
        "invalid_client",
        "expired_token",
        "unauthorized_client",
        "invalid_request",
        "invalid_scope",
        "unsupported_grant_type",
    ] {
        let (center, env) = signed_in_with_expired_token();
        center.fail_next(Operation::CreateToken, Fault::oidc(error));
        let first = expect_sign_in_required(env.run(EXPORT));
        assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
        check_remembered(&center, &env, &first);
        check_hint_works(&center, &env);
    }
}

#[test]
fn a_refreshed_token_that_is_also_refused_requires_a_sign_in() {
    let (center, env) = signed_in();
    let refused = Fault::portal("UnauthorizedException");
    center.fail_next(Operation::GetRoleCredentials, refused.clone());
    center.fail_next(Operation::GetRoleCredentials, refused);
    expect_sign_in_required(env.run(EXPORT));
    center.forget_requests();
    expect_sign_in_required(env.run(EXPORT));
    assert!(center.requests().is_empty());
    check_hint_works(&center, &env);
}

/// A proxy or a firewall may have sent the response.
#[test]
fn a_status_403_without_an_error_code_is_named_and_not_remembered() {
    let unnamed = Fault::Status(403, json!({}));
    let (center, env) = signed_in_with_expired_token();
    center.fail_next(Operation::CreateToken, unnamed.clone());
    let refused = expect_sign_in_required(env.run(EXPORT));
    let reason = "has ended: the refresh was refused with HTTP 403 and no error code\n";
    assert!(refused.stderr().contains(reason), "{refused}");
    assert!(!env.home().join(REFUSAL).exists());
    env.run(EXPORT).expect_code(0);

    let (center, env) = signed_in();
    center.fail_next(Operation::GetRoleCredentials, unnamed);
    let refused = env.run(EXPORT).expect_code(254);
    let reason =
        "error: GetRoleCredentials failed: the access portal returned an error: status 403 ";
    assert!(refused.stderr().contains(reason), "{refused}");
    // It is neither about the token nor about the role.
    assert_eq!(center.requests().len(), 1);
    env.run(EXPORT).expect_code(0);
}

/// An SDK takes no lock. It has used the refresh token, and saves its response while the first of two
/// processes waits for that. Meanwhile, no process may take the refusal for the end of the session.
#[cfg(unix)]
#[test]
fn a_refusal_is_not_remembered_before_the_wait_for_another_tool_is_over() {
    let (center, env) = signed_in_with_expired_token();
    center.fail_next(Operation::CreateToken, Fault::oidc("invalid_grant"));
    let mut first = env.start(&format!("{EXPORT} -v"));
    first.wait_for_line(|line| line.contains("the refresh was refused"));
    first.send("STOP");
    let mut second = env.start(EXPORT);
    second.wait_for_line(|line| line.contains("warning: waiting for export-credentials (process"));
    assert!(!env.home().join(REFUSAL).exists());
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    first.send("CONT");
    first.finish().expect_code(0);
    second.finish().expect_code(0);
    assert!(!env.home().join(REFUSAL).exists());
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
}

#[test]
fn a_failed_refresh_after_a_rejection_is_tried_again() {
    let (center, env) = signed_in();
    center.revoke_access_tokens();
    center.fail_next(Operation::CreateToken, Fault::kms("KMS_DisabledException"));
    let failed = env.run(EXPORT);
    assert_ne!(failed.code(), Some(0), "{failed}");
    assert!(!env.home().join(REFUSAL).exists());
    env.run(EXPORT).expect_code(0);
}

// The refresh token is refused, but the access portal still accepts the access token. Another tool
// may have used the refresh token, so the session may not have ended.
#[test]
fn a_refused_refresh_of_a_valid_token_is_not_repeated_within_a_minute() {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(600));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.fail_always(Operation::CreateToken, Fault::oidc("invalid_grant"));
    for profile in ["dev", "prod"] {
        let run = env.run(&format!("export-credentials --profile {profile}"));
        assert_eq!(run.stderr(), "", "{run}");
        run.expect_code(0);
    }
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    center.clear_faults();
    center.fail_next(Operation::CreateToken, Fault::oidc("invalid_grant"));
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
    check_hint_works(&center, &env);
}

#[test]
fn a_token_that_another_tool_writes_is_used_at_once() {
    for (center, env) in homes_with_refused_token() {
        env.run(EXPORT).expect_code(253);
        env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
        env.run("sso-status --profile dev").expect_code(0);
        env.run("sso-login --profile dev").expect_code(0);
        env.run(EXPORT).expect_code(0);
    }
}

#[test]
fn a_refusal_contains_no_secret_and_is_private() {
    for (center, env) in homes_with_refused_token() {
        env.run(EXPORT).expect_code(253);
        let refusal = String::from_utf8(env.read(REFUSAL)).unwrap();
        for secret in center.issued_secrets() {
            assert!(!refusal.contains(&secret), "{refusal}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = env.home().join(REFUSAL).metadata().unwrap().permissions();
            assert_eq!(mode.mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn a_refusal_that_cannot_be_saved_or_read_changes_no_result() {
    for (center, env) in homes_with_refused_token() {
        env.write(format!("{REFUSAL}/in-the-way"), "");
        let first = expect_sign_in_required(env.run(EXPORT));
        assert!(!first.stderr().contains("warning"), "{first}");
        let again = expect_sign_in_required(env.run(EXPORT));
        assert_eq!(again.stderr(), first.stderr());
        drop(center);
    }
    let (_center, env) = signed_in();
    for corrupt in ["", "{", "[]", "{\"accessTokenSha1\": 1}"] {
        env.write(REFUSAL, corrupt);
        env.run(EXPORT).expect_code(0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn valid_role_credentials_are_exported_without_reading_the_refusal() {
    if sso_test_support::tool("strace").is_none() {
        return;
    }
    let (center, env) = signed_in();
    env.run(EXPORT).expect_code(0);
    center.end_session();
    env.run("export-credentials --profile prod")
        .expect_code(253);
    assert!(env.home().join(REFUSAL).exists());
    env.run(&format!("strace -f -o calls -e trace=%file {EXPORT}"))
        .expect_code(0);
    let calls = String::from_utf8(env.read("calls")).unwrap();
    assert!(calls.contains(TestEnv::CREDENTIALS_OF_DEV), "{calls}");
    assert!(!calls.contains("sso/cache"), "{calls}");
}
