use std::panic::AssertUnwindSafe;

use sso_test_support::{Key, Terminal, TestEnv};

fn start(env: &TestEnv, script: &str) -> Terminal {
    env.start_on_terminal(&format!("sh -c '{script}'"))
}

#[test]
fn program_reads_typed_text_and_writes_to_the_screen() {
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
fn ctrl_c_sends_a_signal_to_the_program() {
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
fn program_is_notified_of_the_window_size() {
    let env = TestEnv::offline();
    let mut shell = start(&env, "stty size; read x; stty size");
    shell.wait_for("24 80");
    shell.resize(10, 40);
    shell.press(Key::Enter);
    let end = shell.finish().expect_code(0);
    assert_eq!(end.terminal(), "24 80\n\n10 40");
}

#[test]
fn scrolled_lines_are_in_the_transcript_and_not_on_the_screen() {
    let env = TestEnv::offline();
    let mut shell = start(&env, "seq 1 100; read x");
    shell.wait_for("100");
    assert!(!shell.screen().contains("\n50\n"));
    shell.press(Key::Enter);
    assert!(shell.finish().terminal().contains("\n50\n"));
}

#[test]
fn terminal_reports_the_cursor_position() {
    let env = TestEnv::offline();
    let mut shell = start(
        &env,
        "found=$(stty -g); stty raw -echo; printf \"ab\\033[6n\"; head -c 6 | tr \"\\033\" E; stty $found",
    );
    shell.wait_for("E[1;3R");
    assert!(shell.finish().terminal().contains("E[1;3R"));
}

#[test]
fn terminal_that_is_not_restored_fails_the_test() {
    let check = |script: &str, word: &str| {
        let env = TestEnv::offline();
        let shell = AssertUnwindSafe(start(&env, script));
        let failed = std::panic::catch_unwind(|| {
            let shell = shell;
            shell.0.finish()
        });
        let message = failed.expect_err("a terminal that is not restored is an error");
        let message = message.downcast_ref::<String>().map_or("", String::as_str);
        assert!(message.contains(word), "{message}");
    };
    check("stty raw", "terminal modes");
    check("stty -echo", "terminal modes");
    check("printf \"\\033[?25l\"", "screen mode");
    check("printf \"\\033[?2004h\"", "screen mode");
}
