//! The list of profiles at the terminal.

use identity_center_emulator::{Emulator, Operation};
use sso_test_support::{Browser, Key, TestEnv};

use crate::{OTHER_PROFILES, home};

#[test]
fn a_profile_is_picked_at_the_terminal_if_there_is_no_default() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let mut console = env.start_on_terminal("sso-console --print");
    console.wait_for("prod");
    console.type_text("prod");
    console.press(Key::Enter);
    let run = console.finish().expect_code(0);
    assert!(run.terminal().contains("account_id=123456789011"), "{run}");
}

#[test]
fn the_default_profile_is_not_asked_for() {
    let env = TestEnv::offline();
    env.write_config(&TestEnv::SAMPLE_CONFIG.replace("profile dev", "default"));
    let console = env.start_on_terminal("sso-console --print");
    let run = console.finish().expect_code(0);
    assert!(run.terminal().contains("account_id=111122223333"), "{run}");
}

/// Creates a home without a token.
fn signed_out_home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(&format!("{}{OTHER_PROFILES}", TestEnv::SAMPLE_CONFIG));
    (center, env)
}

#[test]
fn a_role_chain_signs_in_first_if_needed() {
    let (center, env) = signed_out_home();
    let mut console = env.start_on_terminal("sso-console chain --print");
    Browser::new().approve(&console.wait_for_url());
    let run = console.finish().expect_code(0);
    assert!(run.terminal().contains("/federation?Action=login"), "{run}");
    assert_eq!(center.count(Operation::GetSigninToken), 1);
    // A link needs no sign-in.
    let _ = env.run("sso-logout").expect_code(0);
    let console = env.start_on_terminal("sso-console dev --print");
    let run = console.finish().expect_code(0);
    assert!(run.terminal().contains("account_id=111122223333"), "{run}");
}

#[test]
fn no_sign_in_is_started_with_no_login() {
    let (center, env) = signed_out_home();
    let console = env.start_on_terminal("sso-console chain --print --no-login");
    let run = console.finish().expect_code(253);
    assert!(
        run.terminal()
            .contains("not signed in to SSO session my-sso"),
        "{run}"
    );
    assert!(run.terminal().contains("hint: sso-login"), "{run}");
    assert!(center.requests().is_empty());
}

#[test]
fn an_interrupted_sign_in_opens_nothing() {
    let (center, env) = signed_out_home();
    let mut console = env.start_on_terminal("sso-console chain --print");
    console.wait_for_url();
    console.press(Key::Ctrl('c'));
    let _ = console.finish().expect_code(130);
    assert_eq!(center.count(Operation::GetSigninToken), 0);
}

#[test]
fn named_and_picked_profiles_are_listed_first() {
    let (_center, env) = home();
    let listed = || {
        let mut list = env.start_on_terminal("sso-console --print");
        let screen = list.wait_for("type to filter");
        list.press(Key::Escape);
        let _ = list.finish().expect_code(130);
        let rows = screen.lines().skip(1).take(2);
        let names = rows.map(|row| row.trim_start_matches("> ").split_whitespace().next());
        names
            .map(|name| name.unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(), ["dev", "prod"]);
    let _ = env.run("sso-console prod --print").expect_code(0);
    assert_eq!(listed(), ["prod", "dev"]);
    for _ in 0..2 {
        let mut list = env.start_on_terminal("sso-console --print");
        list.wait_for("type to filter");
        list.type_text("legacy");
        list.wait_for("1 of ");
        list.press(Key::Enter);
        let _ = list.finish().expect_code(0);
    }
    assert_eq!(listed(), ["legacy", "prod"]);
    // Neither a failure nor the profile of AWS_PROFILE is a selection.
    for _ in 0..5 {
        let _ = env.run("sso-console user --print").expect_code(253);
    }
    assert_eq!(listed(), ["legacy", "prod"]);
}
