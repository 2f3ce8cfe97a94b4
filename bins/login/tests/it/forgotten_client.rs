//! Sign-in with a cached client that the service has forgotten.

use identity_center_emulator::{Emulator, Operation};
use sso_test_support::{Browser, RunningProgram, TestEnv};

use crate::home;

/// Returns a home with a cached client that the service no longer knows.
fn home_with_forgotten_client() -> (Emulator, TestEnv) {
    let (center, env) = home();
    let mut login = env.start("sso-login --profile dev --no-browser");
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    center.forget_clients();
    center.forget_requests();
    (center, env)
}

/// Ends the sign-in with `end` after the browser has shown the error page, and signs in again.
fn check(command_line: &str, end: impl Fn(&mut RunningProgram)) {
    let (center, env) = home_with_forgotten_client();
    let mut login = env.start(command_line);
    let page = Browser::new().visit(&login.wait_for_url());
    assert!(page.body.contains("Unknown client"), "{}", page.body);
    end(&mut login);
    let _ = login.finish();
    assert_eq!(center.count(Operation::RegisterClient), 0);

    let mut login = env.start(command_line);
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    assert_eq!(center.count(Operation::RegisterClient), 1);
}

const LOGIN: &str = "sso-login --profile dev --no-browser --force";

#[test]
fn a_sign_in_after_a_killed_one_registers_a_client() {
    check(LOGIN, RunningProgram::kill);
}

#[test]
fn a_sign_in_after_ctrl_c_registers_a_client() {
    check(LOGIN, |login| login.interrupt());
}

#[test]
fn a_device_code_registers_a_client_in_the_same_run() {
    let (center, env) = home_with_forgotten_client();
    let mut login = env.start("sso-login --profile dev --no-browser --force --use-device-code");
    crate::approve_code(&mut login);
    login.finish().expect_code(0);
    assert_eq!(center.count(Operation::RegisterClient), 1);
}

#[test]
fn sign_out_keeps_the_unconfirmed_client_unless_it_removes_the_registrations() {
    let check = |sign_out: &str, remains: bool| {
        let (_center, env) = home_with_forgotten_client();
        let mut login = env.start(LOGIN);
        login.wait_for_url();
        login.kill();
        let _ = login.finish();
        let is_remembered = || env.files().iter().any(|path| path.ends_with(".client"));
        assert!(is_remembered());
        env.run(sign_out).expect_code(0);
        assert_eq!(is_remembered(), remains, "{sign_out}");
    };
    check("sso-logout --profile dev", true);
    check("sso-logout --profile dev --forget-clients", false);
    check("sso-logout --forget-clients", false);
}
