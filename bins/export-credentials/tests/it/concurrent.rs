use std::fs::File;
use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Emulator, Operation};
use sso_test_support::{RunningProgram, TestEnv};

use crate::{signed_in, signed_in_with_expired_token};

#[test]
fn processes_share_one_refresh_and_one_request_per_role() {
    let check = |profiles: &[&str]| {
        let (center, env) = signed_in_with_expired_token();
        center.set_latency(Operation::CreateToken, Duration::from_secs(1));
        export_concurrently(&env, 64, profiles);
        assert_requests(&center, profiles.len());
    };
    check(&["dev"]);
    check(&["dev", "prod"]);
}

/// The process that waits for the response holds the lock of its role.
#[test]
fn processes_without_cached_credentials_share_one_request_per_role() {
    let (center, env) = signed_in();
    center.set_latency(Operation::GetRoleCredentials, Duration::from_secs(3));
    export_concurrently(&env, 200, &["dev", "prod"]);
    assert_eq!(center.count(Operation::GetRoleCredentials), 2);
    assert_eq!(center.requests().len(), 2);
}

fn export_concurrently(env: &TestEnv, count: usize, profiles: &[&str]) {
    let profiles_in_turn = profiles.iter().cycle().take(count);
    let running: Vec<_> = profiles_in_turn
        .map(|profile| env.start(&format!("export-credentials --profile {profile}")))
        .collect();
    for program in running {
        let export = program.finish().expect_code(0);
        assert!(export.stdout().contains("AWS_SESSION_TOKEN="), "{export}");
    }
}

#[test]
fn a_min_validity_beyond_all_lifetimes_does_not_repeat_requests_in_waiting_processes() {
    let (center, env) = signed_in_with_expired_token();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(600));
    let lock = lock_of_my_sso(&env);
    let mut running: Vec<_> = (0..16)
        .map(|_| env.start("export-credentials --profile dev --min-validity 11h"))
        .collect();
    running.iter_mut().for_each(wait_until_waiting);
    drop(lock);
    for program in running {
        let export = program.finish().expect_code(0);
        let warning = "warning: the newly issued credentials are valid for";
        assert!(export.stderr().contains(warning), "{export}");
    }
    assert_requests(&center, 1);
}

fn assert_requests(center: &Emulator, roles: usize) {
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    assert_eq!(center.count(Operation::GetRoleCredentials), roles);
}

/// Locks the token of `my-sso` like a process that refreshes it.
fn lock_of_my_sso(env: &TestEnv) -> File {
    let name = TestEnv::TOKEN_OF_MY_SSO.replace(".json", ".lock");
    let path = format!(".aws/sso/cache/aws-sso-tools/{name}");
    env.write(&path, "");
    let file = File::options().write(true).open(env.home().join(path));
    let file = file.unwrap();
    file.lock().unwrap();
    file
}

fn wait_until_waiting(program: &mut RunningProgram) {
    program.wait_for_line(|line| line.contains("waiting for"));
}
