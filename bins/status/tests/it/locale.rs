//! Commands in hints contain only characters that shells read in the locale of the user.

use sso_test_support::{Key, TestEnv, tool};

/// Their bytes are editing commands of tcsh in a locale without UTF-8.
const NAMES: [&str; 5] = [
    "\u{201d}; touch pwned; \u{201c}",
    "\u{2019}; touch pwned; \u{2018}",
    "größe",
    "日本",
    "🦀",
];

/// Returns a home with a session of this name, and the command that `sso-status` suggests.
fn suggested(name: &str, locale: &[(&str, &str)]) -> (TestEnv, String) {
    let mut env = TestEnv::offline();
    let quoted = format!("[sso-session \"{name}\"]");
    env.write_config(&TestEnv::SAMPLE_CONFIG.replace("[sso-session my-sso]", &quoted));
    for (variable, value) in locale {
        env.set(variable, *value);
    }
    let mut status = env.command("sso-status");
    let output = status.args(["--sso-session", name]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let (_, command) = stderr.split_once(": sso-login").expect(&stderr);
    (env, format!("sso-login{}", command.lines().next().unwrap()))
}

#[test]
fn names_can_be_pasted_only_in_a_locale_with_their_characters() {
    let check = |locale: &[(&str, &str)], is_utf8: bool| {
        for name in NAMES {
            let (_, command) = suggested(name, locale);
            let is_shown = command.contains(name) && !command.contains("VALUE");
            let is_placeholder = !command.contains(name) && command.contains("VALUE");
            let expected = if is_utf8 { is_shown } else { is_placeholder };
            assert!(expected, "{locale:?}: {command}");
        }
        assert_eq!(suggested("dev", locale).1, "sso-login --sso-session dev");
    };
    check(&[("LANG", "C.UTF-8")], true);
    check(&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8")], true);
    check(&[("LANG", "")], false);
    check(&[("LC_ALL", "C")], false);
    check(&[("LC_CTYPE", "de_DE.ISO-8859-1")], false);
}

#[test]
fn a_pasted_command_runs_no_part_of_a_name_in_the_c_locale() {
    for shell in ["tcsh -f", "zsh -f", "bash --norc --noprofile"] {
        if tool(shell.split(' ').next().unwrap()).is_none() {
            continue;
        }
        for name in NAMES {
            let (env, command) = suggested(name, &[("LC_ALL", "C")]);
            let mut terminal = env.start_on_terminal(shell);
            terminal.type_text(&command);
            terminal.press(Key::Enter);
            terminal.type_text("echo do''ne");
            terminal.press(Key::Enter);
            terminal.wait_for("done");
            terminal.type_text("exit");
            terminal.press(Key::Enter);
            drop(terminal.finish());
            assert!(!env.home().join("pwned").exists(), "{shell}: {command}");
        }
    }
}
