//! Behaviour on a terminal: pasting, redrawing, interrupting, resizing.

use identity_center_emulator::settings::Consent;
use insta::assert_snapshot;
use sso_test_support::{Browser, Key, Terminal, TestEnv, tool};

use crate::home;

const WAITING: &str = "Waiting for the browser (";

/// Approves the sign-in with a browser on another machine. Returns the URL of the redirect, which
/// does not load there.
fn approved_elsewhere(login: &mut Terminal) -> String {
    let url = login.wait_for_url();
    login.wait_for(WAITING);
    Browser::new().approve_elsewhere(&url)
}

#[test]
fn remote_accepts_the_pasted_redirect_url() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let redirect_url = approved_elsewhere(&mut login);
    login.paste(&redirect_url);
    login.press(Key::Enter);
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile dev --remote
    --- terminal
    Using a browser, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    After the sign-in, the browser shows a page that does not load. Copy its URL,
    which begins with http://127.0.0.1, paste it here and press Enter.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    assert!(token["refreshToken"].is_string());
}

#[test]
fn remote_opens_no_browser_and_overrides_the_ssh_detection() {
    let (_center, mut env) = home();
    env.set("SSH_TTY", "/dev/pts/0");
    env.set("BROWSER", "touch opened");
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let redirect_url = approved_elsewhere(&mut login);
    let (_, query) = redirect_url.split_once('?').unwrap();
    login.paste(query);
    login.press(Key::Enter);
    login.finish().expect_code(0);
    assert!(!env.home().join("opened").exists());
}

#[test]
fn invalid_and_foreign_redirect_urls_are_rejected_with_a_new_prompt() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let redirect_url = approved_elsewhere(&mut login);
    login.paste("what?\n");
    login.wait_for("This is not the final URL of the sign-in.");
    login.paste("http://127.0.0.1:1/oauth/callback?code=x&state=y\n");
    login.wait_for("This URL belongs to another sign-in.");
    login.type_text("typed by mistake");
    login.press(Key::Ctrl('u'));
    login.press(Key::Enter);
    login.paste(&format!("{redirect_url}x"));
    login.press(Key::Backspace);
    login.press(Key::Enter);
    let login = login.finish().expect_code(0);
    assert_eq!(
        login.terminal().matches("paste it again").count(),
        1,
        "{login}"
    );
}

/// Breaks a URL into lines of 76 characters.
fn wrapped(url: &str, line_break: &str) -> String {
    let lines: Vec<_> = url.as_bytes().chunks(76).collect();
    assert!(lines.len() > 1, "{url}");
    let lines: Vec<_> = lines.iter().map(|it| str::from_utf8(it).unwrap()).collect();
    lines.join(line_break)
}

#[test]
fn a_redirect_url_is_accepted_in_all_forms_of_a_paste() {
    let check = |paste: fn(&str) -> String| {
        let (_center, env) = home();
        let mut login = env.start_on_terminal("sso-login --profile dev --remote");
        let redirect_url = approved_elsewhere(&mut login);
        login.type_text(&paste(&redirect_url));
        let login = login.finish().expect_code(0);
        for message in ["/oauth/callback?", "paste it again", "Paste the complete"] {
            assert!(!login.terminal().contains(message), "{login}");
        }
    };
    check(|url| format!("{}\r", wrapped(url, "\r")));
    check(|url| format!("{}\n", wrapped(url, "\n")));
    check(|url| format!("  '{}' \r", wrapped(url, "\r\n    ")));
    check(|url| format!("> <{}>\r", wrapped(url, "\r> ")));
    check(|url| format!("\u{1b}[200~{url}\u{1b}[201~\r"));
    check(|url| format!("\u{1b}[200~{}\u{1b}[201~\r", wrapped(url, "\r")));
    check(|url| format!("\u{1b}[200~{}\r\u{1b}[201~", wrapped(url, "\r")));
    check(|url| format!("what?\r{}\rwhat?\r", wrapped(url, "\r")));
    check(|url| {
        let padding = "x".repeat(16 * 1024);
        let padded = url.replace('?', &format!("?padding={padding}&"));
        format!("{}\r", wrapped(&padded, "\r"))
    });
}

#[test]
fn a_redirect_url_may_be_pasted_in_parts() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let redirect_url = approved_elsewhere(&mut login);
    let (first, second) = redirect_url.split_at(redirect_url.len() - 10);
    login.type_text("what?\r");
    login.wait_for("This is not the final URL of the sign-in.");
    login.type_text(&format!("{first}\r"));
    login.wait_for("This URL belongs to another sign-in.");
    login.type_text(&format!("{second}\r"));
    login.finish().expect_code(0);
}

#[test]
fn a_paste_of_16_kb_is_accepted() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let redirect_url = approved_elsewhere(&mut login);
    let (start, query) = redirect_url.split_once('?').unwrap();
    login.paste(&format!(
        "{start}?padding={}&{query}\n",
        "x".repeat(16 * 1024)
    ));
    login.finish().expect_code(0);
}

#[test]
fn a_paste_is_accepted_without_remote() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev");
    let redirect_url = approved_elsewhere(&mut login);
    login.paste(&redirect_url);
    login.press(Key::Enter);
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile dev
    --- terminal
    If the browser does not open, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    If the browser ends on a page that does not load, paste its URL here and press
    Enter.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
}

#[test]
fn pasted_text_is_not_echoed() {
    let (center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote -vv");
    let redirect_url = approved_elsewhere(&mut login);
    login.paste(&redirect_url);
    login.press(Key::Enter);
    let mut login = login;
    login.wait_for("Successfully logged into");
    let written = String::from_utf8_lossy(&login.written()).into_owned();
    login.finish().expect_code(0);
    for secret in center.issued_secrets() {
        assert!(!written.contains(&secret), "{secret} in {written}");
    }
}

#[test]
fn a_redirect_during_a_paste_completes_the_sign_in() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let url = login.wait_for_url();
    login.wait_for(WAITING);
    login.type_text("half a li");
    let page = Browser::new().approve(&url);
    assert!(page.body.contains("You are signed in"));
    login.finish().expect_code(0);
}

#[test]
fn ctrl_c_restores_the_terminal_and_exits_with_130() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    login.wait_for(WAITING);
    login.wait_until_unechoed();
    login.press(Key::Ctrl('c'));
    let login = login.finish().expect_code(130);
    assert!(
        login.terminal().ends_with("sso-login: error: interrupted"),
        "{login}"
    );
    assert!(!login.terminal().contains(WAITING), "{login}");
}

#[test]
fn signals_restore_the_terminal_during_each_wait() {
    let check = |options: &str, wait: &str| {
        for (signal, status) in [("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
            let (_center, env) = home();
            let line = format!("sso-login --profile dev {options}");
            let mut login = env.start_on_terminal(&line);
            login.wait_for(wait);
            login.send(signal);
            let login = login.finish().expect_code(status);
            let error = format!("sso-login: error: interrupted by SIG{signal}");
            assert!(login.terminal().ends_with(&error), "{login}");
            assert!(!login.terminal().contains(wait), "{login}");
        }
    };
    check("", WAITING);
    check("--remote", WAITING);
    check("--use-device-code", "Waiting for approval (");
}

/// The thread that reads the pasted URL sets the modes repeatedly.
#[cfg(target_os = "linux")]
#[test]
fn the_modes_stay_restored_until_the_process_ends() {
    let Some(strace) = tool("strace") else { return };
    let (_center, env) = home();
    let delay = "-f -o trace -e trace=exit_group -e inject=exit_group:delay_enter=1s";
    let line = format!("{} {delay} sso-login --profile dev", strace.display());
    let mut login = env.start_on_terminal(&line);
    login.wait_for(WAITING);
    login.press(Key::Ctrl('c'));
    login.finish().expect_code(130);
    let trace = String::from_utf8(env.read("trace")).unwrap();
    assert!(trace.contains("exit_group(130"), "{trace}");
}

#[cfg(target_os = "linux")]
#[test]
fn without_threads_a_device_code_signs_in_and_a_redirect_is_an_error() {
    let (center, mut env) = home();
    let line = env.without_threads("sso-login --profile dev --use-device-code");
    center.set_consent(Consent::Granted);
    env.start_on_terminal(&line).finish().expect_code(0);
    let line = env.without_threads("sso-login --profile dev --force");
    let failed = env.start_on_terminal(&line).finish().expect_code(255);
    // The terminal breaks the row.
    let shown = failed.to_string().replace('\n', " ");
    let problem = "cannot listen on 127.0.0.1 for the sign-in redirect: cannot start a thread: ";
    assert!(shown.contains(problem), "{failed}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_code_is_approved_without_threads() {
    let (_center, mut env) = home();
    let line = env.without_threads("sso-login --profile dev --use-device-code");
    let mut login = env.start_on_terminal(&line);
    let url = login.wait_for_url();
    let screen = login.wait_for("Waiting for approval (");
    let is_code = |line: &&str| line.trim().len() == 9 && line.contains('-');
    let code = screen.lines().find(is_code).unwrap().trim();
    Browser::new().approve_code(&url, code);
    login.finish().expect_code(0);
}

#[test]
fn ctrl_c_removes_the_progress_line_of_a_device_code() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --use-device-code");
    login.wait_for("Waiting for approval (");
    login.wait_until_unechoed();
    login.press(Key::Ctrl('c'));
    let login = login.finish().expect_code(130);
    assert!(!login.terminal().contains("Waiting"), "{login}");
}

#[test]
fn a_background_sign_in_reads_no_input_and_continues() {
    let (_center, env) = home();
    let script = "set -m; sso-login --profile dev & read line; echo \"the shell got $line\"; wait";
    let mut shell = env.start_on_terminal(&format!("sh -c '{script}'"));
    let url = shell.wait_for_url();
    shell.wait_for(WAITING);
    shell.type_text("this");
    shell.press(Key::Enter);
    shell.wait_for("the shell got this");
    Browser::new().approve(&url);
    shell.wait_for("Successfully logged into");
    shell.finish().expect_code(0);
}

#[test]
fn ctrl_z_restores_the_terminal_and_pasting_works_after_fg() {
    let (_center, env) = home();
    let script = "set -m; sso-login --profile dev; \
                  echo \"modes: $(stty -a | tr -s \" ;\" \"\\n\" | grep -x -e echo -e -echo)\"; fg";
    let mut shell = env.start_on_terminal(&format!("sh -c '{script}'"));
    let redirect_url = approved_elsewhere(&mut shell);
    shell.press(Key::Ctrl('z'));
    shell.wait_for("modes: echo");
    shell.wait_until_unechoed();
    shell.paste(&redirect_url);
    shell.press(Key::Enter);
    shell.wait_for("Successfully logged into");
    shell.finish().expect_code(0);
}

/// Waits for the remaining time in the progress line, and asserts that the line is shown once.
fn wait_for_remaining(login: &mut Terminal, time: &str) {
    let screen = login.wait_for(&format!("{WAITING}{time}"));
    assert_eq!(screen.matches("Waiting").count(), 1, "{screen}");
}

#[test]
fn the_progress_line_is_redrawn_in_place_and_removed() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --no-browser");
    let url = login.wait_for_url();
    wait_for_remaining(&mut login, "9m 59s left)");
    wait_for_remaining(&mut login, "9m 58s left)");
    Browser::new().approve(&url);
    let login = login.finish().expect_code(0);
    assert!(!login.terminal().contains("Waiting"), "{login}");
}

#[test]
fn the_progress_line_is_shown_once_after_a_resize() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --no-browser");
    wait_for_remaining(&mut login, "9m 59s left)");
    login.resize(24, 40);
    wait_for_remaining(&mut login, "9m 57s left)");
    login.press(Key::Ctrl('c'));
    login.finish().expect_code(130);
}

#[test]
fn the_url_is_a_hyperlink_if_the_terminal_supports_it() {
    let check = |variables: &[(&str, &str)], is_link: bool| {
        let (_center, mut env) = home();
        for (name, value) in variables {
            env.set(name, *value);
        }
        let mut login = env.start_on_terminal("sso-login --profile dev --no-browser");
        let url = login.wait_for_url();
        login.wait_for(WAITING);
        let written = String::from_utf8_lossy(&login.written()).into_owned();
        let link = format!("\u{1b}]8;;{url}\u{1b}\\{url}\u{1b}]8;;\u{1b}\\");
        assert_eq!(written.contains(&link), is_link, "{written}");
        Browser::new().approve(&url);
        login.finish().expect_code(0);
    };
    check(&[("VTE_VERSION", "7600")], true);
    check(&[("VTE_VERSION", "7600"), ("NO_COLOR", "1")], false);
    check(&[], false);
}

#[test]
fn with_no_color_only_the_progress_line_has_control_sequences() {
    let (_center, mut env) = home();
    env.set("NO_COLOR", "1");
    let mut login = env.start_on_terminal("sso-login --profile legacy --no-browser");
    let screen = login.wait_for("Waiting for approval");
    assert!(screen.contains("and enter the following code:"), "{screen}");
    let written = String::from_utf8_lossy(&login.written()).into_owned();
    let (before, _) = written.split_once("Waiting").unwrap();
    let before = before.trim_end_matches("\u{1b}[2K").trim_end_matches('\r');
    assert!(!before.contains('\u{1b}'), "{before:?}");
}
