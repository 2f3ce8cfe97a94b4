use identity_center_emulator::settings::{ACCESS_KEY, AssumableRole};
use identity_center_emulator::{Emulator, Operation};
use insta::assert_snapshot;
use sso_test_support::{Key, TestEnv, tool};

use crate::home;

const DEVICE: &str = "arn:aws:iam::111122223333:mfa/otter";
const PROMPT: &str = "Enter MFA code for arn:aws:iam::111122223333:mfa/otter: ";

fn with_device() -> (Emulator, TestEnv) {
    let (center, env) = home();
    let arn = "arn:aws:iam::222222222222:role/mfa";
    center.configure(|settings| {
        let role = AssumableRole::new(arn).with_mfa_serial(DEVICE);
        settings.assumable_roles.push(role);
    });
    let [id, secret] = ACCESS_KEY;
    env.write_config(&format!(
        "[profile dev]\nrole_arn = {arn}\nsource_profile = dev\nmfa_serial = {DEVICE}\n\
         aws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
    ));
    (center, env)
}

#[test]
fn the_mfa_code_is_prompted_for_once_and_not_echoed() {
    let (center, env) = with_device();
    let mut terminal = env.start_on_terminal("sh -c 'export-credentials --profile dev >out'");
    terminal.wait_for(PROMPT.trim_end());
    terminal.type_text("123456");
    terminal.press(Key::Enter);
    let transcript = terminal.finish().expect_code(0);
    assert!(!transcript.to_string().contains("123456"), "{transcript}");
    let out = String::from_utf8(env.read("out")).unwrap();
    assert!(out.starts_with("export AWS_ACCESS_KEY_ID=ASIA"), "{out}");
    let form = center.requests()[0].form();
    assert_eq!(
        (form["SerialNumber"].as_str(), form["TokenCode"].as_str()),
        (DEVICE, "123456")
    );

    env.run("export-credentials --profile dev").expect_code(0);
    assert_eq!(
        center.count(Operation::AssumeRole),
        1,
        "the second call uses the cache"
    );
}

#[test]
fn an_invalid_mfa_code_is_prompted_for_again() {
    let (_center, env) = with_device();
    let mut terminal = env.start_on_terminal("sh -c 'export-credentials --profile dev >out'");
    terminal.wait_for(PROMPT.trim_end());
    terminal.type_text("12345");
    terminal.press(Key::Enter);
    terminal.wait_until(|screen| screen.matches("Enter MFA code for").count() == 2);
    assert!(terminal.screen().contains("An MFA code has six digits."));
    terminal.type_text("123456");
    terminal.press(Key::Enter);
    terminal.finish().expect_code(0);
}

#[test]
fn ctrl_c_at_the_mfa_prompt_exits_with_130() {
    let (center, env) = with_device();
    let mut terminal = env.start_on_terminal("export-credentials --profile dev");
    terminal.wait_for(PROMPT.trim_end());
    terminal.press(Key::Ctrl('c'));
    terminal.finish().expect_code(130);
    assert!(center.requests().is_empty());
}

#[test]
fn a_signal_at_the_mfa_prompt_restores_the_terminal() {
    for (signal, status) in [("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let (center, env) = with_device();
        let mut terminal = env.start_on_terminal("export-credentials --profile dev");
        terminal.wait_for(PROMPT.trim_end());
        terminal.send(signal);
        let ended = terminal.finish().expect_code(status);
        let error = format!("export-credentials: error: interrupted by SIG{signal}");
        assert!(ended.terminal().ends_with(&error), "{ended}");
        assert!(center.requests().is_empty());
    }
}

#[test]
fn a_wrong_mfa_code_is_an_error_and_nothing_is_cached() {
    let (_center, env) = with_device();
    let mut terminal = env.start_on_terminal("export-credentials --profile dev");
    terminal.wait_for(PROMPT.trim_end());
    terminal.type_text("000000");
    terminal.press(Key::Enter);
    let refused = terminal.finish().expect_code(254);
    // The terminal breaks the row.
    let shown = refused.to_string().replace('\n', " ");
    assert!(
        shown.contains("MultiFactorAuthentication failed"),
        "{refused}"
    );
    assert!(
        env.files()
            .iter()
            .all(|file| !file.starts_with(".aws/cli/")),
        "{:?}",
        env.files()
    );
}

#[test]
fn one_process_prompts_and_the_others_wait_for_its_credentials() {
    let (center, env) = with_device();
    let mut terminal = env.start_on_terminal("export-credentials --profile dev");
    terminal.wait_for(PROMPT.trim_end());
    let mut waiting = env.start("export-credentials --profile dev");
    waiting.wait_for_line(|line| line.contains("waiting for"));
    terminal.type_text("123456");
    terminal.press(Key::Enter);
    terminal.finish().expect_code(0);
    waiting.finish().expect_code(0);
    assert_eq!(center.count(Operation::AssumeRole), 1);
}

#[test]
fn without_a_terminal_the_error_names_the_mfa_device() {
    let (center, env) = with_device();
    assert_snapshot!(env.run("export-credentials --profile dev"), @r#"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: the role of profile "dev" requires an MFA code for arn:aws:iam::111122223333:mfa/otter, but there is no terminal to prompt for it
    hint: export-credentials --profile dev
    --- exit: 253
    "#);
    assert!(center.requests().is_empty());
}

#[test]
fn ctrl_z_at_the_mfa_prompt_restores_the_terminal_and_fg_prompts_again() {
    for by_key in [true, false] {
        let (_center, env) = with_device();
        let script = "set -m; export-credentials --profile dev >out; \
                      echo \"modes: $(stty -a | tr -s \" ;\" \"\\n\" | grep -x -e echo -e -echo)\"; fg";
        let mut shell = env.start_on_terminal(&format!("sh -c '{script}'"));
        shell.wait_for(PROMPT.trim_end());
        if by_key {
            shell.press(Key::Ctrl('z'));
        } else {
            shell.send("TSTP");
        }
        shell.wait_for("modes: echo");
        shell.wait_until(|screen| screen.matches("Enter MFA code for").count() == 2);
        shell.type_text("123456");
        shell.press(Key::Enter);
        let ended = shell.finish().expect_code(0);
        assert!(!ended.to_string().contains("123456"), "{ended}");
    }
}

/// bash continues a stopped job to which it has sent one of these signals.
#[test]
fn a_signal_ends_a_stopped_program_at_the_mfa_prompt() {
    if tool("bash").is_none() {
        return;
    }
    for (signal, status) in [("TERM", 143), ("HUP", 129)] {
        let (_center, env) = with_device();
        let mut shell = env.start_on_terminal("bash --norc --noprofile -i");
        shell.type_text("export-credentials --profile dev");
        shell.press(Key::Enter);
        shell.wait_for(PROMPT.trim_end());
        shell.press(Key::Ctrl('z'));
        shell.wait_for("Stopped");
        // Bash may still think that the job is stopped, so that `wait` alone would not wait.
        shell.type_text(&format!(
            "p=$(jobs -p); kill -{signal} %1; while kill -0 $p; do :; done; wait $p; echo status=$?."
        ));
        shell.press(Key::Enter);
        shell.wait_for(&format!("status={status}."));
    }
}
