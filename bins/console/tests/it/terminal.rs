//! The list of profiles at the terminal.

use sso_test_support::{Key, TestEnv};

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
