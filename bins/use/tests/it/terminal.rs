//! The function on a terminal.

use identity_center_emulator::grant_type::AUTHORIZATION_CODE;
use sso_test_support::{Browser, Key, Terminal, TestEnv, tool};

use crate::{home, signed_in};

/// Interactive shells with the function.
const SHELLS: [(&str, &str); 5] = [
    ("bash --norc --noprofile", "eval \"$(sso-use init bash)\""),
    (
        "zsh -f",
        "autoload -Uz compinit; compinit -D; eval \"$(sso-use init zsh)\"",
    ),
    ("fish --no-config", "sso-use init fish | source"),
    ("tcsh -f", "eval \"`sso-use init tcsh`\""),
    (
        "xonsh --no-rc --shell-type readline",
        "execx(__import__('subprocess').getoutput('sso-use init xonsh'))",
    ),
];

/// Starts each installed shell with the function.
fn each_shell(env: &TestEnv, check: impl Fn(&str, &mut Terminal)) {
    for (shell, init) in SHELLS {
        let name = shell.split(' ').next().unwrap();
        if tool(name).is_none() {
            continue;
        }
        let mut terminal = env.start_on_terminal(shell);
        define_function(&mut terminal, init);
        check(name, &mut terminal);
    }
}

fn define_function(terminal: &mut Terminal, init: &str) {
    // The quotes keep the echoed command line from matching.
    terminal.type_text(&format!("{init}\rsh -c \"echo read''y\"\r"));
    terminal.wait_for("ready\n");
}

/// Waits for the error of the program, and for the shell, which discards keys that are typed before.
fn wait_until_interrupted(terminal: &mut Terminal) {
    terminal.wait_until(|screen| {
        let is_reported = screen.contains("sso-use: error: interrupted");
        is_reported && screen.trim_end().ends_with(['#', '$', '%', '>'])
    });
}

fn wait_for_profile(terminal: &mut Terminal, profile: &str) {
    terminal.type_text("sh -c 'echo cur\"\"rent=[$(printenv AWS_PROFILE)]'\r");
    terminal.wait_for(&format!("current=[{profile}]"));
}

#[test]
fn a_switch_signs_in_first_if_needed() {
    let (center, env) = home();
    each_shell(&env, |_, terminal| {
        let _ = env.run("sso-logout").expect_code(0);
        terminal.type_text("sso-use dev\r");
        Browser::new().approve(&terminal.wait_for_url());
        terminal.wait_for("Switched to profile dev.");
        wait_for_profile(terminal, "dev");
    });
    assert!(center.count_grants(AUTHORIZATION_CODE) > 0);
}

#[test]
fn an_interrupted_sign_in_leaves_the_shell_unchanged() {
    let (_center, env) = home();
    each_shell(&env, |_, terminal| {
        terminal.type_text("sso-use dev\r");
        terminal.wait_for_url();
        terminal.press(Key::Ctrl('c'));
        wait_until_interrupted(terminal);
        wait_for_profile(terminal, "");
    });
}

#[test]
fn a_profile_is_picked_from_the_list() {
    let (_center, env) = signed_in();
    each_shell(&env, |_, terminal| {
        terminal.type_text("sso-use\r");
        terminal.wait_for("legacy");
        terminal.type_text("keys");
        terminal.press(Key::Enter);
        terminal.wait_for("Switched to profile keys.");
        wait_for_profile(terminal, "keys");
    });
}

#[test]
fn a_cancelled_list_leaves_the_shell_unchanged() {
    let (_center, env) = signed_in();
    each_shell(&env, |_, terminal| {
        terminal.type_text("sso-use\r");
        terminal.wait_for("legacy");
        terminal.press(Key::Ctrl('c'));
        wait_until_interrupted(terminal);
        wait_for_profile(terminal, "");
    });
}

#[test]
fn the_function_of_nu_switches_back_and_forth_on_a_terminal() {
    if tool("nu").is_none() {
        return;
    }
    let (_center, env) = signed_in();
    let function = env.run("sso-use init nu").expect_code(0);
    env.write("init.nu", function.stdout());
    let mut terminal = env.start_on_terminal("nu --no-config-file");
    for (step, (command, profile)) in [
        ("$env.PROMPT_COMMAND_RIGHT = ''; source init.nu", ""),
        ("sso-use dev", "dev"),
        ("try { sso-use nope }", "dev"),
        ("sso-use keys", "keys"),
        ("sso-use -", "dev"),
        ("sso-use --clear", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let show = format!("sh -c 'echo ste\"\"p{step}=[$(printenv AWS_PROFILE)]'");
        terminal.type_text(&format!("{command}; {show}\r"));
        let expected = format!("step{step}=[{profile}]");
        terminal.wait_until(|screen| {
            // The shell may discard keys that are typed before its prompt.
            screen.contains(&expected) && screen.trim_end().ends_with('>')
        });
    }
    let screen = terminal.screen();
    assert!(screen.contains("profile \"nope\" not found"), "{screen}");
}

#[test]
fn a_stop_key_has_no_effect_in_the_list_and_the_sign_in() {
    let (_center, env) = home();
    each_shell(&env, |_, terminal| {
        let _ = env.run("sso-logout").expect_code(0);
        terminal.type_text("sso-use\r");
        terminal.wait_for("legacy");
        terminal.press(Key::Ctrl('z'));
        terminal.type_text("keys");
        terminal.press(Key::Enter);
        terminal.wait_for("Switched to profile keys.");
        terminal.type_text("sso-use dev\r");
        let url = terminal.wait_for_url();
        terminal.press(Key::Ctrl('z'));
        Browser::new().approve(&url);
        terminal.wait_for("Switched to profile dev.");
        wait_for_profile(terminal, "dev");
    });
}

#[test]
fn the_completion_of_tcsh_leaves_out_names_with_special_characters() {
    let (_center, env) = signed_in();
    if tool("tcsh").is_none() {
        return;
    }
    let keys = "aws_access_key_id = AKIA\naws_secret_access_key = secret\n";
    let names = ["zz(touch executed)", "zzy", "zz two", "zz;touch"];
    let sections = names.map(|name| format!("[{name}]\n{keys}"));
    env.write_credentials(&sections.concat());
    let (shell, init) = SHELLS[3];
    let mut terminal = env.start_on_terminal(shell);
    define_function(&mut terminal, init);
    terminal.type_text("sso-use zz\t");
    terminal.wait_for("sso-use zzy");
    terminal.press(Key::Enter);
    terminal.wait_for("Switched to profile zzy.");
    assert!(!env.home().join("executed").exists());
}

#[test]
fn statements_are_never_printed_to_a_terminal() {
    let (_center, env) = signed_in();
    let terminal = env.start_on_terminal("sso-use --shell bash dev");
    let run = terminal.finish().expect_code(253);
    assert!(!run.terminal().contains("AWS_PROFILE"), "{run}");
}

#[test]
fn a_name_is_completed_for_the_function() {
    let (_center, env) = signed_in();
    for (shell, init) in &SHELLS[..3] {
        let name = shell.split(' ').next().unwrap();
        if tool(name).is_none() {
            continue;
        }
        let mut terminal = env.start_on_terminal(shell);
        define_function(&mut terminal, init);
        terminal.type_text("sso-use ke\t");
        terminal.wait_for("sso-use keys");
        terminal.press(Key::Enter);
        terminal.wait_for("Switched to profile keys.");
        wait_for_profile(&mut terminal, "keys");
    }
}
