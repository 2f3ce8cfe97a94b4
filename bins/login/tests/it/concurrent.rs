use identity_center_emulator::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE};
use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Emulator, Operation};
use sso_test_support::{Browser, RunningProgram, TestEnv};

use crate::home;

const LOGIN: &str = "sso-login --profile dev --no-browser";

fn start_waiting(env: &TestEnv) -> RunningProgram {
    let mut login = env.start(LOGIN);
    login.wait_for_line(|line| line.contains("waiting for sso-login (process"));
    login
}

fn assert_one_request(center: &Emulator, grant_type: &str) {
    assert_eq!(center.count_grants(grant_type), 1);
    assert_eq!(center.count(Operation::CreateToken), 1);
    assert_eq!(center.count(Operation::RegisterClient), 1);
}

#[test]
fn one_of_16_processes_opens_the_browser_and_all_are_signed_in() {
    let (center, env) = home();
    let mut first = env.start(LOGIN);
    let url = first.wait_for_url();
    let others: Vec<_> = (1..16).map(|_| start_waiting(&env)).collect();
    Browser::new().approve(&url);
    first.finish().expect_code(0);
    for login in others {
        let login = login.finish().expect_code(0);
        assert!(!login.stderr().contains("http://127.0.0.1"), "{login}");
    }
    assert_one_request(&center, AUTHORIZATION_CODE);
    assert_eq!(center.count(Operation::Authorize), 1);
}

#[test]
fn one_of_16_processes_requests_a_device_code_and_all_are_signed_in() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    let start = |_| env.start("sso-login --profile dev --no-browser --use-device-code");
    let running: Vec<_> = (0..16).map(start).collect();
    for login in running {
        login.finish().expect_code(0);
    }
    assert_one_request(&center, DEVICE_CODE);
    assert_eq!(center.count(Operation::StartDeviceAuthorization), 1);
}

#[cfg(unix)]
#[test]
fn an_interrupted_or_killed_sign_in_lets_the_next_process_sign_in() {
    let (center, env) = home();
    let mut first = env.start(LOGIN);
    first.wait_for_url();

    let mut second = start_waiting(&env);
    first.interrupt();
    first.finish().expect_code(130);
    second.wait_for_url();

    let waiting = start_waiting(&env);
    waiting.send("TERM");
    waiting.finish().expect_code(143);

    let mut third = start_waiting(&env);
    second.kill();
    let url = third.wait_for_url();
    Browser::new().approve(&url);
    third.finish().expect_code(0);
    assert_eq!(center.count_grants(AUTHORIZATION_CODE), 1);
    env.run(LOGIN).expect_code(0);
}
