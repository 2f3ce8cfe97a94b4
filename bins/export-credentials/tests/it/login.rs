use identity_center_emulator::Operation;
use identity_center_emulator::grant_type::AUTHORIZATION_CODE;
use sso_test_support::{Browser, TestEnv};

use crate::{home, signed_in};

#[test]
fn login_signs_in_on_a_terminal_and_prints_the_credentials_to_stdout() {
    let (center, env) = home();
    let line = "sh -c 'export-credentials --profile dev --login --format process > out'";
    let mut terminal = env.start_on_terminal(line);
    Browser::new().approve(&terminal.wait_for_url());
    terminal.finish().expect_code(0);
    assert_eq!(center.count_grants(AUTHORIZATION_CODE), 1);
    assert!(env.read_json("out")["AccessKeyId"].is_string());
}

#[test]
fn login_signs_in_before_a_bearer_token_or_a_command() {
    let check = |rest: &str| {
        let (center, env) = home();
        let mut terminal =
            env.start_on_terminal(&format!("export-credentials --profile dev --login {rest}"));
        Browser::new().approve(&terminal.wait_for_url());
        terminal.finish().expect_code(0);
        assert_eq!(center.count_grants(AUTHORIZATION_CODE), 1);
    };
    check("--bearer-token");
    check("-- true");
    check("--serve -- true");
}

#[test]
fn login_does_not_sign_in_with_a_valid_token_or_without_a_terminal() {
    let (center, env) = signed_in();
    let line = "sh -c 'export-credentials --profile dev --login > out'";
    env.start_on_terminal(line).finish().expect_code(0);
    assert_eq!(center.count(Operation::RegisterClient), 0);
    let (center, env) = home();
    let run = env.run("export-credentials --profile dev --login");
    assert!(
        run.stderr().ends_with("hint: sso-login --profile dev\n"),
        "{run}"
    );
    run.expect_code(253);
    assert!(center.requests().is_empty());
}

#[test]
fn without_login_no_sign_in_starts_on_a_terminal() {
    let (center, env): (_, TestEnv) = home();
    env.start_on_terminal("export-credentials --profile dev")
        .finish()
        .expect_code(253);
    assert!(center.requests().is_empty());
}
