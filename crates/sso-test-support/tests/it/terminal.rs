//! A program on a terminal.

use std::panic::AssertUnwindSafe;

use sso_test_support::{Key, Terminal, TestEnv};

fn start(env: &TestEnv, script: &str) -> Terminal {
    env.start_on_terminal(&format!("sh -c '{script}'"))
}

#[test]
fn a_program_reads_what_is_typed_and_its_screen_is_read() {
    let env = TestEnv::offline();
    let mut shell = start(
        &env,
        "printf \"name: \"; read name; test -t 2 && echo \"hello $name\" >&2",
    );
    shell.wait_for("name: ");
    shell.type_text("you");
    shell.press(Key::Enter);
    let end = shell.finish().expect_code(0);
    assert_eq!(end.terminal(), "name: you\nhello you");
    assert!(end.to_string().contains("--- terminal\nname: you\n"));
}

#[test]
fn ctrl_c_reaches_the_program_as_a_signal() {
    let env = TestEnv::offline();
    let mut shell = start(
        &env,
        "trap \"echo caught; exit 130\" INT; echo ready; while :; do read x; done",
    );
    shell.wait_for("ready");
    shell.press(Key::Ctrl('c'));
    let end = shell.finish().expect_code(130);
    assert!(end.terminal().ends_with("caught"), "{end}");
}

#[test]
fn the_program_learns_the_size_of_its_window() {
    let env = TestEnv::offline();
    let mut shell = start(&env, "stty size; read x; stty size");
    shell.wait_for("24 80");
    shell.resize(10, 40);
    shell.press(Key::Enter);
    let end = shell.finish().expect_code(0);
    assert_eq!(end.terminal(), "24 80\n\n10 40");
}

#[test]
fn what_scrolls_away_is_in_the_transcript_and_not_on_the_screen() {
    let env = TestEnv::offline();
    let mut shell = start(&env, "seq 1 100; read x");
    shell.wait_for("100");
    assert!(!shell.screen().contains("\n50\n"));
    shell.press(Key::Enter);
    assert!(shell.finish().terminal().contains("\n50\n"));
}

#[test]
fn a_program_that_asks_where_the_cursor_is_gets_an_answer() {
    let env = TestEnv::offline();
    let mut shell = start(
        &env,
        "found=$(stty -g); stty raw -echo; printf \"ab\\033[6n\"; head -c 6 | tr \"\\033\" E; stty $found",
    );
    shell.wait_for("E[1;3R");
    assert!(shell.finish().terminal().contains("E[1;3R"));
}

#[test]
fn a_terminal_that_is_left_raw_fails_the_test() {
    let check = |script: &str, word: &str| {
        let env = TestEnv::offline();
        let shell = AssertUnwindSafe(start(&env, script));
        let failed = std::panic::catch_unwind(|| {
            let shell = shell;
            shell.0.finish()
        });
        let message = failed.expect_err("the terminal is not as it was");
        let message = message.downcast_ref::<String>().map_or("", String::as_str);
        assert!(message.contains(word), "{message}");
    };
    check("stty raw", "raw");
    check("stty -echo", "raw");
    check("printf \"\\033[?25l\"", "mode on");
    check("printf \"\\033[?2004h\"", "mode on");
}
