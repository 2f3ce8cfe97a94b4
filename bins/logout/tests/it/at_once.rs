//! While others are at work.

use std::thread;
use std::time::Duration;

use identity_center_emulator::{Emulator, Operation};
use sso_test_support::{Browser, TestEnv};

use crate::{cached, signed_in};

/// Returns once the server has been asked for `operation`.
fn wait_for(center: &Emulator, operation: Operation) {
    while center.count(operation) == 0 {
        thread::yield_now();
    }
}

/// Plants a token that has to be renewed first.
fn let_it_expire(center: &Emulator, env: &TestEnv) {
    center.configure(|settings| settings.access_token_lifetime = Duration::ZERO);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(3600));
    std::fs::remove_file(env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV)).unwrap();
}

#[test]
fn a_renewal_under_way_brings_no_token_back() {
    let (center, env) = signed_in();
    let_it_expire(&center, &env);
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
        // Who was first may have its credentials; nobody else has any.
        let _ = export.finish();
    }
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
    assert_eq!(center.count(Operation::CreateToken), 1);
    env.run("export-credentials --profile dev").expect_code(253);
}

#[test]
fn role_credentials_on_their_way_are_not_cached() {
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
fn a_sign_in_under_way_is_told_of_and_not_ended() {
    let (_center, env) = signed_in();
    let mut login = env.start("sso-login --profile dev --force --no-browser");
    let url = login.wait_for_url();
    let logout = env.run("sso-logout").expect_code(0);
    let words = "somebody is signing in to the sso-session my-sso at this moment";
    assert!(logout.stderr().contains(words), "{logout}");
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
fn two_sign_outs_at_once_do_not_wait_for_each_other_for_long() {
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
