//! Shells read pasted commands back.

use cli_ux::{Arguments, CommandLine};
use sso_test_support::{Key, TestEnv, tool};

const NAMES: [&str; 22] = [
    "dev",
    "-x",
    "--force",
    "-",
    "",
    "two  words",
    "it's",
    "say \"hi\"",
    "wow!",
    "!!",
    "!-1 !$",
    "it's !x's",
    "$HOME",
    "$(touch pwned)",
    "`touch pwned`",
    "a;touch pwned",
    "a&|<>()b",
    r"back\slash\",
    "~",
    "*",
    "{a,b} [x] ? # % ^ =",
    "größe 日本 🦀",
];

/// Home with a program that writes its arguments to the file `out`.
fn home() -> TestEnv {
    let env = TestEnv::offline();
    let show =
        "#!/bin/sh\nfor word in \"$@\"; do printf '<%s>' \"$word\"; done >>out; echo >>out\n";
    env.write("show", show);
    env.run("chmod +x show").expect_code(0);
    env
}

fn command(name: &str) -> CommandLine {
    CommandLine::new(
        "./show",
        Arguments::new().option("--profile", name).operand(name),
    )
}

fn expected(name: &str) -> String {
    if name.starts_with('-') {
        format!("<--profile={name}><--><{name}>\n")
    } else {
        format!("<--profile><{name}><{name}>\n")
    }
}

fn expected_of_all() -> String {
    NAMES.iter().map(|name| expected(name)).collect()
}

fn check_output(env: &TestEnv, shell: &str, expected: &str) {
    let out = String::from_utf8(env.read("out")).unwrap();
    assert_eq!(out, expected, "{shell}");
    assert!(!env.home().join("pwned").exists(), "{shell}");
}

#[test]
fn every_shell_passes_the_arguments_of_a_script_on() {
    for shell in [
        "sh",
        "bash",
        "dash",
        "ksh",
        "zsh -f",
        "fish --no-config",
        "tcsh -f",
    ] {
        if tool(shell.split(' ').next().unwrap()).is_none() {
            continue;
        }
        let env = home();
        let lines: Vec<_> = NAMES.iter().map(|name| command(name).to_string()).collect();
        env.write("script", lines.join("\n") + "\n");
        env.run(&format!("{shell} script")).expect_code(0);
        check_output(&env, shell, &expected_of_all());
    }
}

#[test]
fn interactive_shells_with_history_expansion_pass_the_arguments_on() {
    for shell in [
        "bash --norc --noprofile -i",
        "zsh -f -i",
        "tcsh -f",
        "fish --no-config",
    ] {
        if tool(shell.split(' ').next().unwrap()).is_none() {
            continue;
        }
        let mut env = home();
        env.set("PS1", "> ");
        let mut terminal = env.start_on_terminal(shell);
        for (index, name) in NAMES.iter().enumerate() {
            terminal.type_text(&format!(" {}", command(name)));
            terminal.press(Key::Enter);
            let status = if shell.starts_with("fish") {
                "$status"
            } else {
                "$?"
            };
            terminal.type_text(&format!("echo done-{status}-{index}"));
            terminal.press(Key::Enter);
            terminal.wait_for(&format!("done-0-{index}"));
        }
        terminal.type_text("exit");
        terminal.press(Key::Enter);
        drop(terminal.finish());
        check_output(&env, shell, &expected_of_all());
    }
}

#[test]
fn a_command_in_eval_passes_the_arguments_on() {
    for shell in ["bash --norc --noprofile -i", "zsh -f -i"] {
        if tool(shell.split(' ').next().unwrap()).is_none() {
            continue;
        }
        let env = home();
        let mut terminal = env.start_on_terminal(shell);
        for (index, name) in NAMES.iter().enumerate() {
            terminal.type_text(&command(name).in_eval().to_string());
            terminal.press(Key::Enter);
            terminal.type_text(&format!("echo done-$?-{index}"));
            terminal.press(Key::Enter);
            terminal.wait_for(&format!("done-0-{index}"));
        }
        terminal.type_text("exit");
        terminal.press(Key::Enter);
        drop(terminal.finish());
        check_output(&env, shell, &expected_of_all());
    }
}

#[test]
fn a_value_that_cannot_be_pasted_is_a_placeholder() {
    for name in ["a\nb", "a\tb", "\u{1b}[31m", "\u{202e}x", "a\u{7f}"] {
        assert_eq!(
            command(name).to_string(),
            "./show --profile VALUE VALUE, where VALUE contains characters that cannot be pasted"
        );
    }
}
