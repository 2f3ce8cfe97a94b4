//! The wizard on terminals without escape sequences, and on narrow ones.

use identity_center_emulator::settings::Account;
use sso_test_support::{Browser, Key, Terminal, TestEnv};

use crate::wizard_terminal::home;
use crate::{SESSION, config};

const COMMAND: &str = "sh -c 'TERM=dumb exec sso-configure --no-browser'";
const NUMBER: &str = "Enter a number or text to filter";

/// Waits for the question at the end of the screen, and answers it.
fn enter(wizard: &mut Terminal, question: &str, text: &str) {
    wizard.wait_until(|screen| screen.trim_end().ends_with(question));
    wizard.type_text(&format!("{text}\n"));
}

fn expect_no_escapes(wizard: &mut Terminal) {
    let written = wizard.written();
    assert!(
        !written.contains(&0x1b),
        "{}",
        String::from_utf8_lossy(&written).escape_debug()
    );
}

fn answer_session(wizard: &mut Terminal) {
    enter(wizard, "SSO session name (Recommended):", "my-sso");
    enter(wizard, "SSO start URL [None]:", "my-portal");
    wizard.wait_until(|screen| screen.replace('\n', " ").contains("expected a start URL"));
    enter(
        wizard,
        "SSO start URL [None]:",
        "https://my-sso-portal.awsapps.com/start",
    );
    enter(wizard, "SSO region [None]:", "<");
    enter(
        wizard,
        "SSO start URL [https://my-sso-portal.awsapps.com/start]:",
        "",
    );
    enter(wizard, "SSO region [None]:", "us-east-1");
    enter(wizard, "SSO registration scopes [sso:account:access]:", "");
}

#[test]
fn a_dumb_terminal_gets_line_prompts_without_escape_sequences() {
    let (center, env) = home();
    center.configure(|settings| {
        let account =
            |n: usize| Account::new(&format!("{n:012}"), &format!("Team{n:04}"), "", &["R", "S"]);
        settings.accounts = (1..=1000).map(account).collect();
    });
    let mut wizard = env.start_on_terminal(COMMAND);
    answer_session(&mut wizard);
    let screen = wizard.wait_for("Waiting for the browser (10m at most)");
    let is_url = |line: &&str| line.starts_with("http");
    Browser::new().approve(screen.lines().rfind(is_url).unwrap());
    wizard.wait_for("  20  Team0020 (000000000020)\n20 of 1000 are shown.");
    enter(&mut wizard, &format!("{NUMBER} [1]:"), "nothing like it");
    wizard.wait_for("No entry matches.");
    enter(&mut wizard, &format!("{NUMBER} [1]:"), "team0777");
    wizard.wait_for(" 777  Team0777 (000000000777)\nEnter < to go back.");
    enter(&mut wizard, &format!("{NUMBER} [777]:"), "");
    enter(&mut wizard, &format!("{NUMBER} [1]:"), "2");
    enter(&mut wizard, "Default client Region [None]:", "");
    enter(
        &mut wizard,
        "CLI default output format (json if not specified) [None]:",
        "",
    );
    wizard.wait_until(|screen| {
        screen
            .trim_end()
            .ends_with("Profile name [000000000777_S]:")
    });
    expect_no_escapes(&mut wizard);
    wizard.type_text("dev\n");
    wizard.finish().expect_code(0);
    let written = config(&env);
    assert!(
        written.contains("sso_account_id = 000000000777\nsso_role_name = S\n"),
        "{written}"
    );
}

#[test]
fn a_terminal_without_a_type_is_dumb() {
    let env = TestEnv::offline();
    for command in ["TERM= exec sso-configure", "unset TERM; exec sso-configure"] {
        let mut wizard = env.start_on_terminal(&format!("sh -c '{command}'"));
        answer_session(&mut wizard);
        expect_no_escapes(&mut wizard);
        drop(wizard);
    }
}

#[test]
fn ctrl_c_and_ctrl_d_end_the_wizard_on_a_dumb_terminal() {
    for key in ['c', 'd'] {
        let env = TestEnv::offline();
        let mut wizard = env.start_on_terminal(COMMAND);
        enter(&mut wizard, "SSO session name (Recommended):", "my-sso");
        wizard.wait_until(|screen| screen.trim_end().ends_with("SSO start URL [None]:"));
        wizard.press(Key::Ctrl(key));
        let wizard = wizard.finish().expect_code(130);
        let unwritten = "interrupted; nothing was written to the config file";
        assert!(wizard.terminal().contains(unwritten), "{wizard}");
        assert!(env.files().is_empty(), "{:?}", env.files());
    }
}

/// Returns the rows that a word crosses: those in which a space is missing at the end of a full row.
fn broken_words(screen: &str, columns: usize) -> Vec<String> {
    let is_url = |line: &&str| line.starts_with("http");
    let lines = screen
        .lines()
        .filter(|line| !is_url(line) && !line.starts_with(' '));
    let too_long = lines.filter(|line| line.chars().count() > columns);
    too_long.map(str::to_owned).collect()
}

#[test]
fn messages_of_the_sign_in_break_at_words() {
    for columns in [80, 60, 40] {
        let (_center, env) = home();
        env.write_config(SESSION);
        for options in [
            "--no-browser",
            "--remote",
            "--browser true",
            "--no-browser --use-device-code",
        ] {
            let mut wizard = env.start_on_terminal(&format!(
                "sh -c 'read -r _; exec sso-configure --sso-session my-sso {options}'"
            ));
            wizard.resize(24, columns);
            wizard.type_text("\n");
            wizard.wait_for("Waiting for ");
            let screen = wizard.screen();
            let broken = broken_words(&screen, columns.into());
            assert!(
                broken.is_empty(),
                "{columns} {options}: {broken:?}\n{screen}"
            );
            wizard.press(Key::Ctrl('c'));
            wizard.finish().expect_code(130);
        }
    }
}
