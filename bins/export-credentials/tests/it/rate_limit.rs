//! Many processes at once, and the rate limit of the access portal.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Fault, Operation};
use sso_test_support::{RunningProgram, TestEnv};

use crate::signed_in;

/// Rate limit of the real access portal: the maximum number of requests in any second.
const LIMIT: usize = 20;

/// Signs in, with profiles `p0`, `p1` and so on for roles in different accounts.
fn signed_in_with_profiles(count: usize) -> (Emulator, TestEnv) {
    let (center, env) = signed_in();
    let accounts = Account::generated(count);
    let mut config = TestEnv::SAMPLE_CONFIG.to_owned();
    for (number, account) in accounts.iter().enumerate() {
        let id = &account.id;
        write!(
            config,
            "[profile p{number}]\nsso_session = my-sso\nsso_account_id = {id}\n\
             sso_role_name = ReadOnly\n"
        )
        .unwrap();
    }
    env.write_config(&config);
    center.configure(|settings| {
        settings.accounts = accounts;
        settings.requests_per_second = Some(LIMIT);
    });
    (center, env)
}

fn export_all(env: &TestEnv, count: usize) {
    let running: Vec<_> = (0..count)
        .map(|number| env.start(&format!("export-credentials --profile p{number}")))
        .collect();
    for program in running {
        let export = program.finish().expect_code(0);
        assert!(export.stdout().contains("AWS_SESSION_TOKEN="), "{export}");
    }
}

fn refusals(center: &Emulator) -> usize {
    let requests = center.requests();
    let refused = requests.iter().filter(|request| request.status == 429);
    refused.count()
}

#[test]
fn many_processes_with_different_roles_succeed() {
    let (center, env) = signed_in_with_profiles(200);
    export_all(&env, 200);
    let refused = refusals(&center);
    assert!(refused <= 20, "{refused} of 200 requests are refused");
    let requests = center.count(Operation::GetRoleCredentials);
    assert_eq!(requests, 200 + refused);
}

#[test]
fn a_process_succeeds_after_others_were_killed() {
    let (_center, env) = signed_in_with_profiles(60);
    let mut running: Vec<_> = (0..59)
        .map(|number| env.start(&format!("export-credentials --profile p{number}")))
        .collect();
    running.iter_mut().for_each(RunningProgram::kill);
    env.run("export-credentials --profile p59").expect_code(0);
}

#[cfg(unix)]
#[test]
fn throttling_is_reported_and_can_be_interrupted() {
    let (center, env) = signed_in();
    center.fail_always(
        Operation::GetRoleCredentials,
        Fault::Throttle(Some(Duration::from_secs(50))),
    );
    let mut program = env.start("export-credentials --profile dev");
    program.wait_for_line(|line| line.contains("warning: the access portal is throttling"));
    program.interrupt();
    program.finish().expect_code(130);
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn requested_pause_of_an_hour_is_an_error() {
    let (center, env) = signed_in();
    center.fail_always(
        Operation::GetRoleCredentials,
        Fault::Throttle(Some(Duration::from_secs(3600))),
    );
    let failed = env.run("export-credentials --profile dev").expect_code(254);
    assert!(
        failed.stderr().contains(
            "GetRoleCredentials failed: the access portal is throttling requests: slow down \
             (TooManyRequestsException, status 429); the service requests a pause of 60m\n\
             hint: try again in 60m\n"
        ),
        "{failed}"
    );
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn cached_credentials_do_not_use_the_pace() {
    let (_center, env) = signed_in();
    let state = env.sso_cache().join("aws-sso-tools");
    env.run("export-credentials --profile dev").expect_code(0);
    fs::remove_dir_all(&state).unwrap();
    env.run("export-credentials --profile dev").expect_code(0);
    assert!(!state.exists());
}

#[test]
fn unusable_pace_is_not_an_error() {
    let check = |prepare: &dyn Fn(&TestEnv)| {
        let (center, env) = signed_in();
        prepare(&env);
        env.run("export-credentials --profile dev").expect_code(0);
        assert_eq!(center.count(Operation::GetRoleCredentials), 1);
    };
    check(&|env| env.write(".aws/sso/cache/aws-sso-tools", "a file"));
    check(&|env| env.write(PACE, "{\"updatedAt\":{\"secs\":99999999999,\"nanos\":0}}"));
    check(&|env| env.write(PACE, [0; 4096]));
}

const PACE: &str = ".aws/sso/cache/aws-sso-tools/\
                    c7aaaf71fcc8777ae2475525ed049d39fe16c484.us-east-1.pace";
