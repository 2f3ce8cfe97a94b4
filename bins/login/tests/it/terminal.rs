//! The program on a terminal: pasting, redrawing, interrupting, resizing.

use insta::assert_snapshot;
use sso_test_support::{Browser, Key, Terminal, TestEnv};

use crate::home;

/// What the line says that goes on until the browser comes back.
const WAITING: &str = "Waiting for the browser (";

/// Waits for the whole address, and has a browser on another machine approve. Returns the address
/// that the browser ends on.
fn approved_elsewhere(login: &mut Terminal) -> String {
    let url = login.wait_for_url();
    login.wait_for(WAITING);
    Browser::new().approve_elsewhere(&url)
}

#[test]
fn the_address_that_the_browser_ends_on_is_pasted_back() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let address = approved_elsewhere(&mut login);
    login.paste(&address);
    login.press(Key::Enter);
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile dev --remote
    --- terminal
    Using a browser, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    After the sign-in the browser ends on a page that does not load. Copy its address, which begins with http://127.0.0.1, paste it here and press Enter.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and renews itself.
    --- exit: 0
    ");
    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    assert!(token["refreshToken"].is_string());
}

#[test]
fn remote_opens_no_browser_and_counts_over_ssh() {
    let (_center, mut env) = home();
    env.set("SSH_TTY", "/dev/pts/0");
    env.set("BROWSER", "touch opened");
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let address = approved_elsewhere(&mut login);
    let (_, query) = address.split_once('?').unwrap();
    login.paste(query);
    login.press(Key::Enter);
    login.finish().expect_code(0);
    assert!(!env.home().join("opened").exists());
}

#[test]
fn rubbish_and_the_end_of_another_sign_in_are_named_and_asked_for_again() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let address = approved_elsewhere(&mut login);
    login.paste("what?\n");
    login.wait_for("That is not the address that the browser ended on.");
    login.paste("http://127.0.0.1:1/oauth/callback?code=x&state=y\n");
    login.wait_for("That is the address of another sign-in.");
    login.type_text("typed by mistake");
    login.press(Key::Ctrl('u'));
    login.press(Key::Enter);
    login.paste(&format!("{address}x"));
    login.press(Key::Backspace);
    login.press(Key::Enter);
    let login = login.finish().expect_code(0);
    assert_eq!(
        login.terminal().matches("paste it again").count(),
        1,
        "{login}"
    );
}

#[test]
fn a_paste_of_16_kb_is_taken_whole() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote");
    let address = approved_elsewhere(&mut login);
    let (start, query) = address.split_once('?').unwrap();
    login.paste(&format!(
        "{start}?padding={}&{query}\n",
        "x".repeat(16 * 1024)
    ));
    login.finish().expect_code(0);
}

#[test]
fn a_paste_works_at_any_time_though_the_browser_was_expected_here() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev");
    let address = approved_elsewhere(&mut login);
    login.paste(&address);
    login.press(Key::Enter);
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile dev
    --- terminal
    If the browser does not open, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    Should the browser end on a page that does not load: paste its address here and press Enter.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and renews itself.
    --- exit: 0
    ");
}

#[test]
fn what_is_pasted_is_never_shown() {
    let (center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --remote -vv");
    let address = approved_elsewhere(&mut login);
    login.paste(&address);
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
fn the_browser_may_come_back_by_itself_meanwhile() {
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
fn ctrl_c_gives_the_terminal_back_and_exits_with_130() {
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
fn ctrl_c_takes_the_waiting_line_away_where_the_terminal_shows_it_too() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --use-device-code");
    login.wait_for("Waiting for the approval (");
    assert!(login.is_echoing());
    login.press(Key::Ctrl('c'));
    let login = login.finish().expect_code(130);
    assert!(!login.terminal().contains("Waiting"), "{login}");
}

#[test]
fn in_the_background_it_reads_nothing_and_goes_on() {
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
fn ctrl_z_gives_the_shell_the_terminal_as_it_was_and_a_paste_works_afterwards() {
    let (_center, env) = home();
    let script = "set -m; sso-login --profile dev; \
                  echo \"modes: $(stty -a | tr -s \" ;\" \"\\n\" | grep -x -e echo -e -echo)\"; fg";
    let mut shell = env.start_on_terminal(&format!("sh -c '{script}'"));
    let address = approved_elsewhere(&mut shell);
    shell.press(Key::Ctrl('z'));
    shell.wait_for("modes: echo");
    shell.wait_until_unechoed();
    shell.paste(&address);
    shell.press(Key::Enter);
    shell.wait_for("Successfully logged into");
    shell.finish().expect_code(0);
}

/// Waits until the line says so, and sees that it stands there once.
fn wait_for_time(login: &mut Terminal, time: &str) {
    let screen = login.wait_for(&format!("{WAITING}{time}"));
    assert_eq!(screen.matches("Waiting").count(), 1, "{screen}");
}

#[test]
fn the_waiting_line_is_redrawn_in_place_and_goes_away() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --no-browser");
    let url = login.wait_for_url();
    wait_for_time(&mut login, "9m 59s left)");
    wait_for_time(&mut login, "9m 58s left)");
    Browser::new().approve(&url);
    let login = login.finish().expect_code(0);
    assert!(!login.terminal().contains("Waiting"), "{login}");
}

#[test]
fn the_waiting_line_stands_there_once_after_a_resize_too() {
    let (_center, env) = home();
    let mut login = env.start_on_terminal("sso-login --profile dev --no-browser");
    wait_for_time(&mut login, "9m 59s left)");
    login.resize(24, 40);
    wait_for_time(&mut login, "9m 57s left)");
    login.press(Key::Ctrl('c'));
    login.finish().expect_code(130);
}

#[test]
fn the_address_is_a_link_where_the_terminal_takes_one() {
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
fn without_colours_nothing_but_the_waiting_line_has_control_sequences() {
    let (_center, mut env) = home();
    env.set("NO_COLOR", "1");
    let mut login = env.start_on_terminal("sso-login --profile legacy --no-browser");
    let screen = login.wait_for("Waiting for the approval");
    assert!(screen.contains("and enter the following code:"), "{screen}");
    let written = String::from_utf8_lossy(&login.written()).into_owned();
    let (before, _) = written.split_once("Waiting").unwrap();
    let before = before.trim_end_matches("\u{1b}[2K").trim_end_matches('\r');
    assert!(!before.contains('\u{1b}'), "{before:?}");
}
