//! Sign-out during work in other processes.

use std::thread;
use std::time::Duration;

use identity_center_emulator::{Emulator, Operation};
use sso_test_support::{Browser, TestEnv};

use crate::{cached, signed_in};

fn wait_for(center: &Emulator, operation: Operation) {
    while center.count(operation) == 0 {
        thread::yield_now();
    }
}

fn expire_token(center: &Emulator, env: &TestEnv) {
    center.configure(|settings| settings.access_token_lifetime = Duration::ZERO);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
    std::fs::remove_file(env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV)).unwrap();
}

#[test]
fn a_refresh_in_progress_does_not_restore_the_token() {
    let (center, env) = signed_in();
    expire_token(&center, &env);
    // The request for this token would end the session, and the sign-out then refresh the other token.
    std::fs::remove_file(env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY)).unwrap();
    center.set_latency(Operation::CreateToken, Duration::from_millis(500));
    let exports: Vec<_> = (0..4)
        .map(|_| env.start("export-credentials --profile dev"))
        .collect();
    wait_for(&center, Operation::CreateToken);
    let logout = env.run("sso-logout").expect_code(0);
    assert!(
        logout.stderr().contains("waiting for export-credentials"),
        "{logout}"
    );
    for export in exports {
        // The first process may get credentials; the others get none.
        let _ = export.finish();
    }
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
    assert_eq!(center.count(Operation::CreateToken), 1);
    env.run("export-credentials --profile dev").expect_code(253);
}

#[test]
fn role_credentials_requested_during_the_sign_out_are_not_cached() {
    let (center, env) = signed_in();
    std::fs::remove_file(env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV)).unwrap();
    center.set_latency(Operation::GetRoleCredentials, Duration::from_millis(500));
    let export = env.start("export-credentials --profile dev");
    wait_for(&center, Operation::GetRoleCredentials);
    env.run("sso-logout").expect_code(0);
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
    export.finish().expect_code(0);
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
}

#[test]
fn a_sign_in_in_progress_is_reported_and_not_cancelled() {
    let (_center, env) = signed_in();
    let mut login = env.start("sso-login --profile dev --force --no-browser");
    let url = login.wait_for_url();
    let logout = env.run("sso-logout").expect_code(0);
    let warning = "a sign-in to SSO session my-sso is in progress";
    assert!(logout.stderr().contains(warning), "{logout}");
    assert!(
        cached(&env)
            .iter()
            .all(|name| *name != TestEnv::TOKEN_OF_MY_SSO)
    );
    Browser::new().approve(&url);
    login.finish().expect_code(0);
    assert!(cached(&env).contains(&TestEnv::TOKEN_OF_MY_SSO.to_owned()));
}

#[test]
fn concurrent_sign_outs_succeed() {
    let (center, env) = signed_in();
    center.set_latency(Operation::Logout, Duration::from_millis(200));
    let selections = [
        "--profile dev",
        "--profile legacy",
        "",
        "--sso-session my-sso",
    ];
    let running: Vec<_> = selections
        .iter()
        .map(|selection| env.start(&format!("sso-logout {selection}")))
        .collect();
    for logout in running {
        logout.finish().expect_code(0);
    }
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
}
