//! Somebody at a terminal who takes what is offered.

use sso_test_support::{Key, TestEnv};

/// The question that Enter alone does not answer.
const NOTHING_OFFERED: &str = "SSO session name (Recommended):";

/// Runs the command and answers all that it asks.
pub(crate) fn answer_all(env: &TestEnv, command_line: &str, location: &str) {
    let mut terminal = env.start_on_terminal(command_line);
    let mut answered = String::new();
    loop {
        let is_next = |screen: &str| is_done(screen) || asks(screen) && screen != answered;
        let screen = terminal.wait_until(is_next);
        if is_done(&screen) {
            break;
        }
        if screen.trim_end().ends_with(NOTHING_OFFERED) {
            terminal.type_text("my-sso");
        }
        terminal.press(Key::Enter);
        answered = screen;
    }
    let ended = terminal.finish();
    assert_eq!(ended.code(), Some(0), "{location}: {ended}");
}

/// A question, or a list to choose from.
fn asks(screen: &str) -> bool {
    let end = screen.trim_end();
    let is_question = end.ends_with("]:") || end.ends_with(NOTHING_OFFERED);
    is_question || screen.lines().any(|line| line.starts_with("Filter:"))
}

/// What comes next is said after the last answer.
fn is_done(screen: &str) -> bool {
    screen.contains("\nTo use this profile") || screen.contains("\nTo sign in to this session")
}
