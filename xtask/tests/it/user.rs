//! User on a terminal who accepts the defaults, and confirms writes.

use sso_test_support::{Key, TestEnv};

const CONFIRMATION: &str = "[y/N]:";
const PROMPTS_WITHOUT_DEFAULT: [&str; 2] = ["SSO session name (Recommended):", "SSO session name:"];

pub(crate) fn answer_all(env: &TestEnv, command_line: &str, location: &str) {
    let mut terminal = env.start_on_terminal(command_line);
    let mut answered = String::new();
    loop {
        let is_next = |screen: &str| is_done(screen) || is_prompting(screen) && screen != answered;
        let screen = terminal.wait_until(is_next);
        if is_done(&screen) {
            break;
        }
        if has_no_default(&screen) {
            terminal.type_text("my-sso");
        }
        if question(&screen).ends_with(CONFIRMATION) {
            terminal.type_text("y");
        }
        terminal.press(Key::Enter);
        answered = screen;
    }
    let ended = terminal.finish();
    assert_eq!(ended.code(), Some(0), "{location}: {ended}");
}

/// Returns the screen without the help below a question.
fn question(screen: &str) -> &str {
    let end = screen.trim_end();
    end.strip_suffix("Esc to go back").unwrap_or(end).trim_end()
}

fn has_no_default(screen: &str) -> bool {
    let end = question(screen);
    let mut prompts = PROMPTS_WITHOUT_DEFAULT.iter();
    prompts.any(|prompt| end.ends_with(prompt))
}

/// Returns whether the screen shows a prompt or a list.
fn is_prompting(screen: &str) -> bool {
    let end = question(screen);
    let is_prompt = end.ends_with("]:") || has_no_default(screen);
    is_prompt || screen.lines().any(|line| line.starts_with("Filter:"))
}

fn is_done(screen: &str) -> bool {
    screen.contains("\nTo use this profile") || screen.contains("\nTo sign in to this session")
}
