//! The list of accounts with 1,000 entries, in terminals of several widths.

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Account;
use sso_test_support::{Key, Terminal, TestEnv};

use crate::wizard_terminal::answer;
use crate::{SESSION, config, signed_in};

fn id(number: usize) -> String {
    format!("{:012}", 100_000_000_000 + number * 7)
}

fn many_accounts() -> (Emulator, TestEnv) {
    let (center, env) = signed_in(SESSION);
    let account = |number: usize| {
        let name = format!("Team {number:04} Production Workloads");
        let email = format!("aws+team-{number:04}@engineering.example.com");
        Account::new(&id(number), &name, &email, &["Admin", "ReadOnly"])
    };
    center.configure(|settings| settings.accounts = (0..1_000).rev().map(account).collect());
    (center, env)
}

fn start(env: &TestEnv, columns: u16) -> Terminal {
    let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso --profile dev");
    wizard.resize(24, columns);
    wizard.wait_for("1000; type to filter");
    wizard
}

#[test]
fn account_ids_are_complete_and_rows_fit_in_each_width() {
    for columns in [80, 60, 40] {
        let (_center, env) = many_accounts();
        let mut wizard = start(&env, columns);
        wizard.press(Key::Down);
        let screen = wizard.wait_until(|screen| {
            screen.contains("> Team 0001")
                && screen
                    .replace('\n', " ")
                    .trim_end()
                    .ends_with("Enter to select")
        });
        let entries: Vec<_> = screen
            .lines()
            .filter(|line| line.contains("Team "))
            .collect();
        assert_eq!(entries.len(), 12, "{screen}");
        for (number, entry) in entries.iter().enumerate() {
            assert!(
                entry.ends_with(&format!("({})", id(number))),
                "{columns}: {screen}"
            );
            assert!(
                entry.chars().count() <= columns.into(),
                "{columns}: {screen}"
            );
        }
        wizard.type_text("team-0777");
        wizard.wait_for("> Team 0777");
        wizard.press(Key::Enter);
        wizard.wait_for("Using the account ID 100000005439");
        wizard.wait_for("> Admin");
        wizard.press(Key::Enter);
        answer(&mut wizard, "Default client Region [None]:", "");
        answer(&mut wizard, "(json if not specified) [None]:", "");
        wizard.finish().expect_code(0);
        assert!(config(&env).contains("sso_account_id = 100000005439\n"));
    }
}

#[test]
fn characters_in_order_find_an_account_and_are_highlighted() {
    let (_center, env) = many_accounts();
    let mut wizard = start(&env, 80);
    wizard.type_text("tm777prdwk");
    wizard.wait_until(|screen| {
        screen.contains("tm777prdwk\n> Team 0777 Production") && screen.contains(" of 1000")
    });
    let written = String::from_utf8(wizard.written()).unwrap();
    assert!(
        written.contains("[36mT\u{1b}[0m"),
        "the matching characters have a colour: {written:?}"
    );
    wizard.press(Key::Enter);
    wizard.wait_for("Using the account ID 100000005439");
}

#[test]
fn a_list_has_no_colour_with_no_color() {
    let (_center, mut env) = many_accounts();
    env.set("NO_COLOR", "1");
    let mut wizard = start(&env, 80);
    wizard.type_text("tm777prdwk");
    wizard.wait_until(|screen| {
        screen.contains("tm777prdwk\n> Team 0777 Production") && screen.contains(" of 1000")
    });
    let written = String::from_utf8(wizard.written()).unwrap();
    assert!(
        !written.contains("[36m") && !written.contains("[1m"),
        "{written:?}"
    );
}

#[test]
fn a_pasted_id_finds_one_of_many_accounts() {
    let (_center, env) = many_accounts();
    let mut wizard = start(&env, 80);
    wizard.paste("100000006993");
    wizard.wait_for("1 of 1000");
    wizard.press(Key::Enter);
    wizard.wait_for("Using the account ID 100000006993");
}
