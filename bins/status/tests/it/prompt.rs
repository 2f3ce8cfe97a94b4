//! The line for a prompt.

use std::time::Duration;

use sso_test_support::{TestEnv, tool};

use crate::{HOUR, home, plant_credentials, signed_in_for};

fn check(env: &TestEnv, arguments: &str, code: i32, line: &str) {
    let prompt = env
        .run(&format!("sso-status --format prompt {arguments}"))
        .expect_code(code);
    assert_eq!((prompt.stdout(), prompt.stderr()), (line, ""), "{prompt}");
}

#[test]
fn it_is_one_line_and_the_exit_status() {
    let (_center, env) = signed_in_for(HOUR);
    check(&env, "--profile dev", 0, "dev 59m\n");
    check(
        &env,
        "--profile dev --min-validity 2h",
        0,
        "dev renewable\n",
    );
    check(&env, "--profile legacy", 253, "legacy signed out\n");
    let (_center, env) = signed_in_for(Duration::ZERO);
    check(&env, "--profile dev", 0, "dev renewable\n");
    let (_center, env) = home();
    env.write(format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO), "{");
    check(&env, "--profile dev", 253, "dev unreadable\n");
}

#[test]
fn the_profile_is_that_of_the_environment() {
    let (_center, mut env) = signed_in_for(HOUR);
    env.set("AWS_PROFILE", "prod");
    check(&env, "", 0, "prod 59m\n");
}

#[test]
fn credentials_that_are_still_good_count() {
    let (_center, env) = home();
    plant_credentials(&env, "2020-12-31T23:59:59Z");
    check(&env, "--profile dev", 253, "dev signed out\n");
    plant_credentials(&env, "2099-12-31T23:59:59Z");
    let prompt = env
        .run("sso-status --format prompt --profile dev")
        .expect_code(0);
    assert!(
        prompt.stdout().starts_with("dev 2") && prompt.stdout().ends_with("d\n"),
        "{prompt}"
    );
}

#[test]
fn of_a_profile_without_a_sign_in_there_is_nothing_to_say() {
    let (_center, env) = home();
    env.write_config("[profile static]\nregion = us-east-1\n");
    check(&env, "--profile static", 0, "");
    check(&env, "", 0, "");
}

#[test]
fn a_hostile_name_is_shown_harmless() {
    let (_center, env) = home();
    let name = "e\u{1b}[31mvil";
    env.write_config(&format!(
        "[profile {name}]\nsso_start_url = https://x\nsso_region = us-east-1\n"
    ));
    check(
        &env,
        &format!("--profile '{name}'"),
        253,
        "e[31mvil signed out\n",
    );
}

#[cfg(target_os = "linux")]
#[test]
fn it_asks_nobody_locks_nothing_and_writes_nothing() {
    if tool("strace").is_none() {
        return;
    }
    let (_center, env) = signed_in_for(HOUR);
    let calls = "trace=%network,%file,%desc,flock";
    let command = format!("strace -f -o calls -e {calls} sso-status --format prompt --profile dev");
    env.run(&command).expect_code(0);
    let calls = String::from_utf8(env.read("calls")).unwrap();
    assert!(calls.contains(TestEnv::TOKEN_OF_MY_SSO), "{calls}");
    for forbidden in [
        "socket(", "connect(", "flock(", "O_WRONLY", "O_RDWR", "O_CREAT", "chmod", "mkdir",
        "rename", "unlink", "F_SETLK",
    ] {
        assert!(!calls.contains(forbidden), "{forbidden}: {calls}");
    }
}
