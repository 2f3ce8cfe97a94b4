//! The wizard while it waits for the browser and the access portal.

use std::time::Duration;

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Fault, Operation};
use sso_test_support::{Browser, Key, Terminal};

use crate::wizard_terminal::{answer_profile, approve_code, home, select};
use crate::{SESSION, config, signed_in};

/// Makes `operation` wait until the faults are cleared.
fn hold(center: &Emulator, operation: Operation) {
    center.fail_always(operation, Fault::Throttle(Some(Duration::ZERO)));
}

#[test]
fn the_wizard_shows_what_it_waits_for() {
    let (center, env) = signed_in(SESSION);
    hold(&center, Operation::ListAccounts);
    hold(&center, Operation::ListAccountRoles);
    let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso");
    wizard.wait_for("Loading the AWS accounts (");
    center.clear_faults();
    hold(&center, Operation::ListAccountRoles);
    select(&mut wizard, "AWS accounts", "production");
    wizard.wait_for("Loading the roles in account 123456789011 (");
    center.clear_faults();
    select(&mut wizard, "roles", "");
    answer_profile(&mut wizard, "123456789011_FullAccess", "dev");
    let written = String::from_utf8_lossy(&wizard.written()).into_owned();
    assert!(!written.contains("(0s)"), "{written}");
    let wizard = wizard.finish().expect_code(0);
    assert!(!wizard.terminal().contains("Loading"), "{wizard}");
}

#[test]
fn keys_typed_while_lists_are_loaded_answer_no_question() {
    let (center, env) = signed_in(SESSION);
    hold(&center, Operation::ListAccounts);
    let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso");
    wizard.wait_for("Loading the AWS accounts (");
    wizard.type_text("prod\r\ry");
    wizard.press(Key::Down);
    center.clear_faults();
    hold(&center, Operation::ListAccountRoles);
    wizard.wait_for("> DeveloperAccount");
    wizard.wait_for("2; type to filter");
    wizard.press(Key::Enter);
    wizard.wait_for("Loading the roles in account 111122223333 (");
    wizard.type_text("\u{1b}[B\r\r\r");
    center.clear_faults();
    wizard.wait_for("> FullAccess");
    finish_with_defaults(wizard);
    assert!(config(&env).contains("sso_account_id = 111122223333\nsso_role_name = FullAccess\n"));
}

#[test]
fn keys_typed_while_lists_are_loaded_are_not_echoed() {
    let (center, env) = signed_in(SESSION);
    hold(&center, Operation::ListAccounts);
    let start = || {
        let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso");
        wizard.wait_for("Loading the AWS accounts (");
        wizard.wait_until_unechoed();
        wizard.type_text("typed early\r");
        wizard
    };
    for (key, signal, code) in [
        (Some('c'), "", 130),
        (None, "TERM", 143),
        (None, "HUP", 129),
    ] {
        let mut wizard = start();
        match key {
            Some(key) => wizard.press(Key::Ctrl(key)),
            None => wizard.send(signal),
        }
        // Fails if the modes are not restored.
        let wizard = wizard.finish().expect_code(code);
        assert!(!wizard.terminal().contains("early"), "{wizard}");
    }
    let mut wizard = start();
    center.clear_faults();
    let screen = wizard.wait_for("> DeveloperAccount");
    assert!(!screen.contains("early"), "{screen}");
    wizard.press(Key::Ctrl('c'));
    wizard.finish().expect_code(130);
}

#[test]
fn keys_typed_before_a_device_code_is_approved_are_not_echoed() {
    let (center, env) = home();
    env.write_config(SESSION);
    hold(&center, Operation::RegisterClient);
    let options = "--sso-session my-sso --no-browser --use-device-code";
    let mut wizard = env.start_on_terminal(&format!("sso-configure {options}"));
    while center.count(Operation::RegisterClient) == 0 {
        std::thread::yield_now();
    }
    wizard.wait_until_unechoed();
    wizard.type_text("typed early\r");
    center.clear_faults();
    wizard.wait_for("Waiting for approval (");
    wizard.wait_until_unechoed();
    wizard.type_text("typed early\r");
    approve_code(&mut wizard);
    let screen = wizard.wait_for("> DeveloperAccount");
    assert!(!screen.contains("early"), "{screen}");
    wizard.press(Key::Ctrl('c'));
    wizard.finish().expect_code(130);
}

fn finish_with_defaults(mut wizard: Terminal) {
    wizard.press(Key::Enter);
    answer_profile(&mut wizard, "111122223333_FullAccess", "dev");
    wizard.finish().expect_code(0);
}

#[test]
fn keys_typed_during_the_sign_in_answer_no_question() {
    let (center, env) = home();
    env.write_config(SESSION);
    hold(&center, Operation::ListAccounts);
    let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso");
    let url = wizard.wait_for_url();
    wizard.wait_for("Waiting for the browser (");
    wizard.wait_until_unechoed();
    wizard.type_text("\r\r\rproduction");
    Browser::new().approve(&url);
    wizard.wait_for("Loading the AWS accounts (");
    wizard.type_text("\r\r");
    center.clear_faults();
    wizard.wait_for("> DeveloperAccount");
    wizard.press(Key::Enter);
    wizard.wait_for("> FullAccess");
    finish_with_defaults(wizard);
    assert!(config(&env).contains("sso_account_id = 111122223333\n"));
}

/// The shell leaves the second line to the program.
#[test]
fn keys_typed_before_the_url_is_shown_are_not_a_pasted_url() {
    let (_center, env) = home();
    env.write_config(SESSION);
    let command = "sh -c 'read -r _; exec sso-configure --sso-session my-sso'";
    let mut wizard = env.start_on_terminal(command);
    wizard.type_text("go\rprod\rpr");
    let url = wizard.wait_for_url();
    wizard.wait_until_unechoed();
    wizard.type_text("typed later\r");
    wizard.wait_for("This is not the final URL of the sign-in.");
    Browser::new().approve(&url);
    let screen = wizard.wait_for("> DeveloperAccount");
    assert_eq!(screen.matches("not the final URL").count(), 1, "{screen}");
    wizard.press(Key::Enter);
    wizard.wait_for("> FullAccess");
    finish_with_defaults(wizard);
}

/// In one input, so that the program reads them at once.
#[test]
fn keys_after_an_answer_do_not_answer_the_next_question() {
    let (_center, env) = signed_in(SESSION);
    let mut wizard = env.start_on_terminal(
        "sso-configure --sso-session my-sso --account-id 111122223333 --role-name ReadOnly",
    );
    wizard.wait_for("Default client Region [None]:");
    wizard.type_text("eu-west-1\rjson\rdev\r");
    wizard.wait_for("CLI default output format (json if not specified) [None]:");
    wizard.press(Key::Enter);
    wizard.wait_for("Profile name [111122223333_ReadOnly]:");
    wizard.press(Key::Enter);
    wizard.finish().expect_code(0);
    let written = config(&env);
    assert!(
        written.contains("[profile 111122223333_ReadOnly]"),
        "{written}"
    );
    assert!(written.contains("region = eu-west-1\n"), "{written}");
    assert!(!written.contains("output"), "{written}");
}

#[test]
fn ctrl_c_after_an_answer_ends_the_wizard() {
    let (_center, env) = signed_in(SESSION);
    let mut wizard = env.start_on_terminal(
        "sso-configure --sso-session my-sso --account-id 111122223333 --role-name ReadOnly",
    );
    wizard.wait_for("Default client Region [None]:");
    wizard.type_text("\r\r\u{3}");
    wizard.finish().expect_code(130);
    assert_eq!(config(&env), SESSION);
}

#[test]
fn roles_and_accounts_are_sorted() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = vec![
            Account::new(
                "333333333333",
                "beta",
                "",
                &["ReadOnly", "admin", "Billing"],
            ),
            Account::new("222222222222", "Gamma", "", &["R"]),
            Account::new("111111111111", "Alpha", "", &["R"]),
        ];
    });
    let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso");
    let screen = wizard.wait_for("3; type to filter");
    let order = |screen: &str, names: [&str; 3]| {
        let positions = names.map(|name| screen.find(name).unwrap());
        assert!(positions.is_sorted(), "{screen}");
    };
    order(&screen, ["Alpha", "beta", "Gamma"]);
    wizard.type_text("beta\r");
    wizard.wait_for("Using the account ID 333333333333");
    let screen = wizard.wait_for("3; type to filter");
    order(&screen, ["  Billing", "  ReadOnly", "3; type"]);
    assert!(screen.contains("> admin"), "{screen}");
}
