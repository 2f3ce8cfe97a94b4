//! Browser commands, and environments without a browser.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

#[cfg(target_os = "linux")]
use sso_test_support::tool;
use sso_test_support::{Browser, TestEnv};

use crate::{home, opened, write_browser};

const LINK: &str = "https://my-sso-portal.awsapps.com/start/#/console?account_id=111122223333\
                    &role_name=ReadOnly";

#[test]
fn a_link_is_an_argument_of_the_browser_command_and_is_shown() {
    let (center, env) = home();
    write_browser(&env);
    center.forget_requests();
    let console = env.start("sso-console legacy --browser 'sh browser --new {url}'");
    assert_eq!(opened(&env), ["--new", LINK]);
    let console = console.finish().expect_code(0);
    let expected = format!("If the browser does not open, open the following URL:\n\n{LINK}\n\n");
    assert_eq!(console.stderr(), expected);
    assert_eq!(console.stdout(), "");
    assert!(center.requests().is_empty());
}

#[test]
fn placeholders_are_replaced_in_single_arguments() {
    let (_center, env) = home();
    write_browser(&env);
    let check = |name: &str, words: &str, expected: &[&str]| {
        let config = TestEnv::SAMPLE_CONFIG.replace("profile legacy", &format!("profile {name}"));
        env.write_config(&config);
        let name = format!("'--profile={}'", name.trim_matches('\''));
        let command = format!("sso-console {name} -q --browser \"sh browser {words}\"");
        let console = env.start(&command);
        let mut expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
        expected.push(LINK.to_owned());
        assert_eq!(opened(&env), expected);
        console.finish().expect_code(0);
    };
    check("a", "-P {profile}", &["-P", "a"]);
    check(
        "a",
        "--dir=/x/{account_id}/{role_name}",
        &["--dir=/x/111122223333/ReadOnly"],
    );
    check(
        "{url}%s{role_name}",
        "-P {profile}",
        &["-P", "{url}%s{role_name}"],
    );
    check("a;$(id)`*", "-P {profile}", &["-P", "a;$(id)`*"]);
    check("a", "{other} {profile}{profile}", &["{other}", "aa"]);
}

#[test]
fn the_url_is_encoded_for_the_query_of_another_url() {
    let (_center, env) = home();
    write_browser(&env);
    let command = "sh browser 'ext+container:name={account_id}&url={encoded_url}'";
    let console = env.start(&format!("sso-console legacy -q --browser \"{command}\""));
    let expected = "ext+container:name=111122223333&url=https%3A%2F%2Fmy-sso-portal.awsapps.com%2Fstart\
                    %2F%23%2Fconsole%3Faccount_id%3D111122223333%26role_name%3DReadOnly";
    assert_eq!(opened(&env), [expected]);
    console.finish().expect_code(0);
}

#[test]
fn a_login_url_needs_a_browser_that_reaches_this_machine() {
    let (_center, mut env) = home();
    write_browser(&env);
    env.set("BROWSER", "sh browser variable");
    env.set("SSH_TTY", "/dev/pts/0");
    let error =
        "SSH session detected; a URL with a sign-in token is shown only if --print requests it";
    env.run("sso-console chain").expect_error(253, error);
    // A link needs no page on this machine.
    let console = env.start("sso-console legacy -q");
    assert_eq!(opened(&env), ["variable", LINK]);
    console.finish().expect_code(0);
    // The option states that the browser runs on this machine.
    let mut console = env.start("sso-console chain --browser true");
    console.wait_for_line(|line| line.starts_with("Waiting for the browser"));
    console.interrupt();
    let _ = console.finish().expect_code(130);
    // The keys of a user never open the console, so that --print is no way out.
    let run = env.run("sso-console user");
    assert!(!run.stderr().contains("--print"), "{run}");
    let error =
        "the AWS console cannot be opened with the long-term access keys of profile \"user\"";
    run.expect_error(253, error);
    let run = env.run("sso-console chain --json --ca-bundle /x/y --connect-timeout 3");
    let hint =
        "hint: sso-console --profile chain --json --ca-bundle /x/y --connect-timeout 3 --print\n";
    assert!(run.stderr().contains(hint), "{run}");
}

#[test]
fn the_session_and_the_environment_select_the_browser() {
    let (_center, mut env) = home();
    write_browser(&env);
    env.set("BROWSER", "sh browser variable");
    let run = |env: &TestEnv, options: &str| {
        let console = env.start(&format!("sso-console dev -q {options}"));
        let first = opened(env).swap_remove(0);
        console.finish().expect_code(0);
        first
    };
    assert_eq!(run(&env, ""), "variable");
    let setting = "sso_region = us-east-1\nsso_browser = sh browser '{profile} of session' {url}\n";
    env.write_config(&TestEnv::SAMPLE_CONFIG.replacen("sso_region = us-east-1\n", setting, 1));
    assert_eq!(run(&env, ""), "dev of session");
    assert_eq!(run(&env, "--browser 'sh browser option'"), "option");
}

#[test]
fn a_token_reaches_the_browser_without_a_command_line() {
    let (center, env) = home();
    write_browser(&env);
    let console = env.start("sso-console chain --browser 'sh browser {account_id}.{role_name}'");
    let arguments = opened(&env);
    assert_eq!(arguments[0], "222222222222.x");
    let page = &arguments[1];
    assert!(page.starts_with("http://127.0.0.1:"), "{page}");
    let own = fs::read(format!("/proc/{}/cmdline", console.id())).unwrap_or_default();
    for secret in center.issued_secrets() {
        assert!(!page.contains(&secret), "{page}");
        assert!(!String::from_utf8_lossy(&own).contains(&secret));
    }
    for (target, status) in [("/", 404), ("/favicon.ico", 404), ("/0", 404)] {
        let origin = page.rsplit_once('/').unwrap().0;
        assert_eq!(
            Browser::new().visit(&format!("{origin}{target}")).status,
            status
        );
    }
    let visit = Browser::new().visit(page);
    assert!(visit.body.contains("Signed in to the console"), "{visit:?}");
    assert_eq!(visit.redirects.len(), 1, "{visit:?}");
    let console = console.finish().expect_code(0);
    assert_eq!(console.stdout(), "");
    assert_eq!(console.stderr(), "Waiting for the browser (2m at most)\n");
}

#[test]
fn a_browser_that_fails_is_an_error() {
    let (_center, env) = home();
    for (profile, command, error) in [
        (
            "dev",
            "sh -c 'exit 3'",
            "the browser command failed: exit status: 3",
        ),
        (
            "chain",
            "sh -c 'exit 3'",
            "the browser command failed: exit status: 3",
        ),
        ("dev", "/nonexistent/x", "cannot start a browser"),
        ("chain", "/nonexistent/x", "cannot start a browser"),
    ] {
        let run = env.run(&format!("sso-console {profile} --browser \"{command}\""));
        let url = "https://my-sso-portal.awsapps.com/start/#/console";
        assert_eq!(run.stderr().contains(url), profile == "dev", "{run}");
        let hint = "print it: sso-console --profile chain --print\n";
        assert_eq!(run.stderr().contains(hint), profile == "chain", "{run}");
        run.expect_error(255, error);
    }
}

#[test]
fn an_environment_without_a_browser_shows_a_link_but_no_token() {
    let (center, mut env) = home();
    env.unset("BROWSER");
    env.set("SSH_TTY", "/dev/pts/0");
    let run = env.run("sso-console legacy").expect_code(0);
    let expected = format!(
        "SSH session detected; no browser is opened.\n\
         Using a browser, open the following URL:\n\n{LINK}\n\n"
    );
    assert_eq!(run.stderr(), expected);
    assert_eq!(run.stdout(), "");
    center.forget_requests();
    let run = env.run("sso-console chain --service s3");
    let hint = "hint: sso-console --profile chain --service s3 --print\n";
    assert!(run.stderr().contains(hint), "{run}");
    run.expect_error(
        253,
        "SSH session detected; a URL with a sign-in token is shown only if --print requests it",
    );
    assert!(center.requests().is_empty());
}

#[test]
fn ctrl_c_ends_the_wait_for_the_browser() {
    let (_center, env) = home();
    let mut console = env.start("sso-console chain --browser true");
    console.wait_for_line(|line| line.starts_with("Waiting for the browser"));
    console.interrupt();
    let _ = console.finish().expect_code(130);
}

/// Sends a request to the page, and returns the status line.
fn status_of(page: &str, method: &str, headers: &str) -> String {
    let (authority, path) = page
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut connection = TcpStream::connect(authority).unwrap();
    let request = format!("{method} /{path} HTTP/1.1\r\nHost: {authority}\r\n{headers}\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    response.lines().next().unwrap().to_owned()
}

#[test]
fn a_request_that_is_not_a_visit_does_not_use_up_the_page() {
    let (_center, env) = home();
    write_browser(&env);
    let console = env.start("sso-console chain --browser 'sh browser'");
    let page = opened(&env).swap_remove(0);
    for (method, headers) in [
        ("HEAD", ""),
        ("POST", ""),
        ("GET", "Sec-Purpose: prefetch;prerender\r\n"),
        ("GET", "Purpose: prefetch\r\n"),
    ] {
        let status = status_of(&page, method, headers);
        assert_eq!(
            status, "HTTP/1.1 405 Method Not Allowed",
            "{method} {headers}"
        );
    }
    assert_eq!(status_of(&page, "GET", ""), "HTTP/1.1 303 See Other");
    let _ = console.finish().expect_code(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_of_another_user_does_not_get_the_token() {
    use std::os::unix::fs::MetadataExt as _;

    let (_center, env) = home();
    let is_root = fs::metadata(env.home()).unwrap().uid() == 0;
    let (Some(setpriv), Some(_)) = (tool("setpriv"), tool("curl")) else {
        return;
    };
    if !is_root {
        return;
    }
    write_browser(&env);
    let console = env.start("sso-console user-role --browser 'sh browser'");
    let page = opened(&env).swap_remove(0);
    let other = env
        .command(setpriv.to_str().unwrap())
        .args([
            "--reuid=4711",
            "--clear-groups",
            "curl",
            "--silent",
            "--include",
            &page,
        ])
        .output();
    let response = String::from_utf8(other.unwrap().stdout).unwrap();
    // Root owns this process, so that only the other user is refused.
    assert!(response.starts_with("HTTP/1.1 403 Forbidden"), "{response}");
    assert!(!response.contains("SigninToken"), "{response}");
    assert_eq!(Browser::new().visit(&page).status, 200);
    let console = console.finish().expect_code(0);
    let warning = "sso-console: warning: a process of another user requested the sign-in page and was \
                   refused\n";
    assert!(console.stderr().contains(warning), "{console}");
}
