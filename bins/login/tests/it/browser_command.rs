//! Browser commands from `--browser`, `sso_browser` and `BROWSER`.

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use sso_test_support::{Browser, TestEnv};

use crate::home;

/// Creates a home with a browser command that prints text and writes its arguments to a pipe.
fn home_with_browser() -> (Emulator, TestEnv) {
    let (center, env) = home();
    center.set_consent(Consent::Approve);
    let pipe = std::process::Command::new("mkfifo")
        .arg(env.home().join("opened"))
        .status();
    assert!(pipe.unwrap().success());
    let script = "echo chatter; echo chatter >&2; printf '%s\\n' \"$@\" >\"$HOME/opened\"\n";
    env.write("browser", script);
    (center, env)
}

/// Signs in with the URL from the browser command's arguments. Returns the arguments, with `URL` in
/// place of the URL.
fn opened_by(env: &TestEnv, command_line: &str) -> Vec<String> {
    let login = env.start(command_line);
    let opened = String::from_utf8(env.read("opened")).unwrap();
    let is_url = |word: &&str| word.contains("http://");
    let word = opened.lines().find(is_url).unwrap();
    let url = &word[word.find("http://").unwrap()..];
    Browser::new().visit(url);
    let login = login.finish().expect_code(0);
    assert!(!login.to_string().contains("chatter"), "{login}");
    opened
        .lines()
        .map(|line| line.replace(url, "URL"))
        .collect()
}

#[test]
fn the_browser_command_is_split_into_words_and_the_url_is_inserted() {
    let check = |command: &str, arguments: &[&str]| {
        let (_center, env) = home_with_browser();
        let command = format!("sso-login --profile dev --browser \"{command}\"");
        assert_eq!(opened_by(&env, &command), arguments, "{command}");
    };
    check("sh browser", &["URL"]);
    check(
        "sh browser --profile 'My work' {url}",
        &["--profile", "My work", "URL"],
    );
    check("sh browser --url=%s --new", &["--url=URL", "--new"]);
    check(
        "sh browser 'ext+container:name=Work&url={url}'",
        &["ext+container:name=Work&url=URL"],
    );
    check("sh browser a:b", &["a:b", "URL"]);
    check(
        "sh browser -P {profile} '{account_id}.{role_name}' {url}",
        &["-P", "my-sso", ".", "URL"],
    );
}

#[test]
fn browser_option_takes_precedence_over_sso_browser_and_that_over_the_variable() {
    let (_center, mut env) = home_with_browser();
    env.set("BROWSER", "sh browser variable");
    assert_eq!(
        opened_by(&env, "sso-login --profile dev"),
        ["variable", "URL"]
    );

    let setting = "sso_region = us-east-1\nsso_browser = sh browser session {url}\n";
    env.write_config(&TestEnv::SAMPLE_CONFIG.replacen("sso_region = us-east-1\n", setting, 1));
    let command = "sso-login --profile dev --force";
    assert_eq!(opened_by(&env, command), ["session", "URL"]);

    let command = "sso-login --profile dev --force --browser 'sh browser argument'";
    assert_eq!(opened_by(&env, command), ["argument", "URL"]);
}

#[test]
fn the_first_command_in_browser_variable_that_starts_is_used() {
    let (_center, mut env) = home_with_browser();
    env.set("BROWSER", "/nonexistent/x:sh browser &:sh never");
    assert_eq!(opened_by(&env, "sso-login --profile dev"), ["URL"]);
}

#[test]
fn a_browser_that_does_not_start_is_a_warning_and_the_url_is_printed() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --browser /nonexistent/browser");
    Browser::new().approve(&login.wait_for_url());
    let login = login.finish().expect_code(0);
    let expected = "sso-login: warning: cannot start a browser: No such file or directory (os error 2)\n\
                Using a browser on this machine, open the following URL:\n";
    assert!(login.stderr().starts_with(expected), "{login}");
}

#[test]
fn a_missing_browser_is_a_warning_before_the_device_code() {
    let (_center, mut env) = home();
    env.unset("DISPLAY");
    env.set("BROWSER", "/nonexistent/browser");
    let mut login = env.start("sso-login --profile dev");
    crate::approve_code(&mut login);
    let login = login.finish().expect_code(0);
    let expected = "sso-login: warning: cannot start a browser: No such file or directory (os error 2)\n\
                    Using a browser, open the following URL:\n";
    assert!(login.stderr().contains(expected), "{login}");
}

#[test]
fn a_browser_that_fails_is_a_warning_and_the_wait_continues() {
    for options in ["", "--use-device-code"] {
        let (_center, mut env) = home();
        env.set("BROWSER", "sh -c 'echo chatter; exit 3':/nonexistent/x");
        let mut login = env.start(&format!("sso-login --profile dev {options}"));
        let url = login.wait_for_url();
        let warning = "sso-login: warning: the browser command failed: exit status: 3";
        if options.is_empty() {
            login.wait_for_line(|line| line == warning);
            Browser::new().approve(&url);
        } else {
            let code = crate::shown_code(&mut login);
            login.wait_for_line(|line| line == warning);
            Browser::new().approve_code(&url, &code);
        }
        let login = login.finish().expect_code(0);
        assert!(!login.to_string().contains("chatter\n"), "{login}");
        assert_eq!(login.stdout(), "", "{login}");
    }
}

#[test]
fn the_next_browser_is_used_after_one_that_fails() {
    let (_center, mut env) = home_with_browser();
    env.set("BROWSER", "sh -c 'exit 3':sh browser %s --new");
    assert_eq!(opened_by(&env, "sso-login --profile dev"), ["URL", "--new"]);
}

#[test]
fn a_browser_that_hangs_delays_neither_the_sign_in_nor_the_exit() {
    let (_center, env) = home_with_browser();
    env.write("browser", "read line <\"$HOME/opened\"\n");
    let mut login = env.start("sso-login --profile dev --browser 'sh browser'");
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    // Ends the browser, which waits for a writer.
    let writer = std::fs::File::options()
        .write(true)
        .open(env.home().join("opened"));
    drop(writer.unwrap());
}

#[test]
fn no_browser_and_remote_ignore_a_browser_command_that_cannot_be_parsed() {
    let (_center, mut env) = home();
    env.set("BROWSER", "'x");
    let mut login = env.start("sso-login --profile dev --no-browser");
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    env.run("sso-login --profile dev --force")
        .expect_error(253, "the browser command in BROWSER has an unclosed quote");
    env.run("sso-login --profile dev --force --browser \"'x\"")
        .expect_error(
            252,
            "the browser command in --browser has an unclosed quote",
        );
}

#[test]
fn browser_option_overrides_the_ssh_detection() {
    let (_center, mut env) = home_with_browser();
    env.set("SSH_TTY", "/dev/pts/0");
    let command = "sso-login --profile dev --browser 'sh browser'";
    assert_eq!(opened_by(&env, command), ["URL"]);
}
