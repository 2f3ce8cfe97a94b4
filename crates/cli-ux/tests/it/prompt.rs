use std::process::Stdio;

use sso_test_support::{Key, Terminal, TestEnv};

use crate::run::example;

fn run_asks(env: &TestEnv) -> Terminal {
    let mut terminal = env.start_on_terminal(example("asks").to_str().unwrap());
    terminal.wait_for("SSO region [us-west-2]:");
    terminal
}

/// Starts the prompt, calls `type_it`, presses Enter, and returns the answer.
fn answer(type_it: impl FnOnce(&mut Terminal)) -> String {
    let env = TestEnv::offline();
    let mut terminal = run_asks(&env);
    type_it(&mut terminal);
    terminal.press(Key::Enter);
    let transcript = terminal.finish().expect_code(0);
    let (_, answer) = transcript.terminal().split_once("answer: ").unwrap();
    answer.trim_end().to_owned()
}

#[test]
fn enter_returns_the_default() {
    assert_eq!(answer(|_| ()), "us-west-2");
}

#[test]
fn answer_is_trimmed() {
    assert_eq!(answer(|it| it.type_text(" eu-west-1 ")), "eu-west-1");
}

#[test]
fn keys_edit_by_grapheme_clusters() {
    let check = |keys: &[Key], expected: &str| {
        let typed = |it: &mut Terminal| {
            it.type_text("größe-東京👩‍💻");
            for key in keys {
                it.press(*key);
            }
            it.type_text("x");
        };
        assert_eq!(answer(typed), expected, "{keys:?}");
    };
    check(&[], "größe-東京👩‍💻x");
    check(&[Key::Backspace], "größe-東京x");
    check(&[Key::Backspace, Key::Backspace], "größe-東x");
    check(&[Key::Left, Key::Left, Key::Delete], "größe-東x👩‍💻");
    check(&[Key::Home], "xgröße-東京👩‍💻");
    check(&[Key::Home, Key::Right, Key::Ctrl('k')], "gx");
    check(&[Key::Left, Key::Ctrl('u')], "x👩‍💻");
    check(&[Key::Left, Key::End], "größe-東京👩‍💻x");
}

#[test]
fn a_paste_of_several_lines_is_not_joined_silently() {
    let env = TestEnv::offline();
    let mut terminal = run_asks(&env);
    terminal.paste("eu-west-1\r\n");
    let screen = terminal.wait_for("eu-west-1");
    assert!(!screen.contains("several lines"), "{screen}");
    terminal.press(Key::Ctrl('u'));
    terminal.paste("eu-\nwest-\n2\n");
    terminal.wait_for("eu-west-2\nseveral lines were pasted; they are joined");
    terminal.press(Key::End);
    terminal.wait_until(|screen| !screen.contains("several lines"));
    terminal.press(Key::Enter);
    terminal.finish().expect_code(0);
}

#[test]
fn paste_is_joined_to_one_line() {
    let pasted = answer(|it| it.paste("\u{1b}[31meu-\nwest-1\r\n"));
    assert_eq!(pasted, "[31meu-west-1");
}

#[test]
fn tab_completes_the_common_prefix() {
    let env = TestEnv::offline();
    let mut terminal = run_asks(&env);
    terminal.type_text("e");
    terminal.press(Key::Tab);
    terminal.wait_for("SSO region [us-west-2]: eu-");
    terminal.press(Key::Tab);
    terminal.wait_for("eu-central-1 eu-west-1");
    terminal.type_text("w");
    terminal.press(Key::Tab);
    let screen = terminal.wait_for("SSO region [us-west-2]: eu-west-1");
    assert!(!screen.contains("eu-central-1"), "{screen}");
    terminal.press(Key::Enter);
    terminal.finish().expect_code(0);
}

#[test]
fn invalid_answer_is_explained_and_can_be_edited() {
    let env = TestEnv::offline();
    let mut terminal = run_asks(&env);
    terminal.type_text("eu west-1");
    terminal.press(Key::Enter);
    terminal.wait_for("a Region contains no spaces");
    terminal.press(Key::Ctrl('w'));
    terminal.press(Key::Ctrl('u'));
    terminal.type_text("eu-west-1");
    terminal.press(Key::Enter);
    let transcript = terminal.finish().expect_code(0);
    assert!(transcript.terminal().contains("answer: eu-west-1"));
    assert!(!transcript.terminal().contains("spaces"), "{transcript}");
}

#[test]
fn long_answer_wraps_in_40_columns_after_a_resize() {
    let env = TestEnv::offline();
    let mut terminal = run_asks(&env);
    terminal.resize(24, 40);
    let text = "abcdefghij".repeat(6);
    terminal.type_text(&text);
    let shown = format!("[us-west-2]:{text}");
    terminal.wait_until(|screen| screen.replace(['\n', ' '], "").contains(&shown));
    for _ in 0..60 {
        terminal.press(Key::Backspace);
    }
    terminal.type_text("short");
    let screen = terminal.wait_for("SSO region [us-west-2]: short");
    assert!(!screen.contains("abc"), "{screen}");
    assert_eq!(screen.matches("SSO region").count(), 1, "{screen}");
    terminal.press(Key::Enter);
    terminal.finish().expect_code(0);
}

#[test]
fn ctrl_c_and_ctrl_d_end_the_prompt_and_restore_the_terminal() {
    for key in ['c', 'd'] {
        let env = TestEnv::offline();
        let mut terminal = run_asks(&env);
        terminal.press(Key::Ctrl(key));
        let transcript = terminal.finish().expect_code(130);
        assert!(transcript.terminal().contains("asks: error: interrupted"));
    }
}

#[test]
fn missing_terminal_is_an_error_that_names_the_flag() {
    let env = TestEnv::offline();
    let mut command = env.command(example("asks").to_str().unwrap());
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(252));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "asks: error: cannot prompt for \"SSO region\": no terminal\nhint: use --sso-region\n"
    );
}

/// Runs `asks` in a shell with job control, stops it, and continues it with `fg`.
fn stopped_and_continued(arguments: &str, prompt: &str, stop: impl Fn(&mut Terminal)) -> Terminal {
    let env = TestEnv::offline();
    let script = format!(
        "set -m; {}{arguments}; \
         echo \"modes: $(stty -a | tr -s \" ;\" \"\\n\" | grep -x -e echo -e -echo)\"; fg",
        example("asks").display()
    );
    let mut shell = env.start_on_terminal(&format!("sh -c '{script}'"));
    shell.wait_for(prompt);
    shell.wait_until_unechoed();
    stop(&mut shell);
    let stopped = shell.wait_for("modes: echo");
    let (_, after) = stopped.split_once("modes: echo").unwrap();
    if !after.contains(prompt) {
        shell.wait_until(|screen| screen.split("modes: echo").nth(1).unwrap().contains(prompt));
    }
    shell.wait_until_unechoed();
    shell
}

#[test]
fn a_stop_restores_the_terminal_and_fg_shows_the_prompt_again() {
    let stops: [fn(&mut Terminal); 2] = [
        |shell| shell.press(Key::Ctrl('z')),
        |shell| shell.send("TSTP"),
    ];
    for stop in stops {
        let mut shell = stopped_and_continued("", "SSO region [us-west-2]:", stop);
        shell.type_text("eu-west-1");
        shell.press(Key::Enter);
        let ended = shell.finish().expect_code(0);
        assert!(ended.terminal().contains("answer: eu-west-1"), "{ended}");

        let mut shell = stopped_and_continued(" --entries 3", "Filter:", stop);
        shell.type_text("team-2");
        shell.press(Key::Enter);
        let ended = shell.finish().expect_code(0);
        assert!(ended.terminal().contains("selected: Team0002"), "{ended}");
    }
}

#[test]
fn a_sequence_in_parts_is_no_text() {
    let typed = answer(|it| {
        it.type_text("eu-west-2\u{1b}[");
        it.wait_for("eu-west-2");
        it.type_text("D");
        it.press(Key::Delete);
        it.type_text("1");
    });
    assert_eq!(typed, "eu-west-1");
}
