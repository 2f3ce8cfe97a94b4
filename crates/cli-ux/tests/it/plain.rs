//! Prompts on a terminal without escape sequences.

use sso_test_support::{Key, Terminal, TestEnv};

use crate::run::example;

const REGION: &str = "SSO region [us-west-2]:";
const NUMBER: &str = "Enter a number or text to filter [1]:";

fn start(env: &TestEnv, arguments: &str) -> Terminal {
    let program = example("asks").display().to_string();
    env.start_on_terminal(&format!("sh -c 'TERM=dumb exec {program} {arguments}'"))
}

fn finish(mut terminal: Terminal, expected: &str) {
    terminal.wait_for(expected);
    let transcript = terminal.finish().expect_code(0);
    assert!(
        transcript.terminal().trim_end().ends_with(expected),
        "{transcript}"
    );
}

#[test]
fn a_line_is_read_until_it_is_valid() {
    let env = TestEnv::offline();
    let mut terminal = start(&env, "");
    terminal.wait_for(REGION);
    assert!(!terminal.written().contains(&0x1b));
    assert!(terminal.is_echoing());
    terminal.type_text("eu west-1\r");
    terminal.wait_for("a Region contains no spaces\nSSO region");
    // The terminal edits the line.
    terminal.type_text(" eu-west-11");
    terminal.press(Key::Backspace);
    terminal.press(Key::Enter);
    finish(terminal, "answer: eu-west-1");
    let mut terminal = start(&env, "");
    terminal.wait_for(REGION);
    terminal.press(Key::Enter);
    finish(terminal, "answer: us-west-2");
}

#[test]
fn an_entry_is_selected_by_its_number_or_a_filter() {
    let check = |lines: &[&str], expected: &str| {
        let env = TestEnv::offline();
        let mut terminal = start(&env, "--entries 1000");
        terminal.wait_for(&format!("20 of 1000 are shown.\n{NUMBER}"));
        for (count, line) in lines.iter().enumerate() {
            terminal.wait_until(|screen| screen.matches("Enter a number").count() > count);
            terminal.type_text(&format!("{line}\r"));
        }
        finish(terminal, &format!("selected: {expected}"));
    };
    let first = "Größe 東京, groesse@example.com (123456789011)";
    check(&[""], first);
    check(&["1"], first);
    check(&["1000"], "Team0999, team-999@example.com (000000006993)");
    check(
        &["team0042", ""],
        "Team0042, team-42@example.com (000000000294)",
    );
    // A number that is too large is a filter, like part of an ID.
    check(
        &["000000006993", ""],
        "Team0999, team-999@example.com (000000006993)",
    );
    check(&["?", "2"], "Team0001, team-1@example.com (000000000007)");
}

#[test]
fn only_the_number_of_a_matching_entry_selects_it() {
    let env = TestEnv::offline();
    let mut terminal = start(&env, "--entries 1000");
    terminal.wait_for(NUMBER);
    terminal.type_text("team0042\r");
    terminal.wait_for("43]:");
    // Entry 7 is not shown, so the number is a filter.
    terminal.type_text("7\r");
    terminal.wait_for("20 of 489 are shown.");
    assert!(!terminal.written().windows(9).any(|it| it == b"selected:"));
    terminal.press(Key::Ctrl('c'));
    terminal.finish().expect_code(130);
}

#[test]
fn a_stopped_prompt_is_shown_again() {
    let env = TestEnv::offline();
    let script = format!(
        "set -m; TERM=dumb {}; echo shell-reads; fg",
        example("asks").display()
    );
    let mut shell = env.start_on_terminal(&format!("sh -c '{script}'"));
    shell.wait_for(REGION);
    shell.press(Key::Ctrl('z'));
    shell.wait_until(|screen| {
        let after = screen.split_once("shell-reads");
        after.is_some_and(|(_, after)| after.contains(REGION))
    });
    shell.type_text("eu-west-1\r");
    finish(shell, "answer: eu-west-1");
}
