//! Environments without a usable browser, and the options that override the device code there.

use identity_center_emulator::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE};
use insta::assert_snapshot;
use sso_test_support::{Browser, TestEnv};

use crate::{approve_code, home};

#[test]
fn an_ssh_session_uses_a_device_code_and_names_the_overrides() {
    let (_center, mut env) = home();
    env.unset("BROWSER");
    env.set("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
    let mut login = env.start("sso-login --profile dev");
    approve_code(&mut login);
    assert_snapshot!(login.finish(), @"
    $ sso-login --profile dev
    --- stderr
    SSH session detected; signing in with a device code. Use --remote or --redirect-port to use a browser.
    Using a browser, open the following URL:

    http://127.0.0.1:[PORT]/device

    and enter the following code:

        [USER_CODE]

    Approve the request only if you started it and the browser shows the same code.
    Waiting for approval (10m at most)
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
}

#[test]
fn environments_without_a_browser_use_a_device_code_and_are_named() {
    let check = |variables: &[(&str, &str)], reason: &str| {
        let (center, mut env) = home();
        env.unset("BROWSER");
        for (name, value) in variables {
            env.set(name, *value);
        }
        let mut login = env.start("sso-login --profile dev");
        let line = login.wait_for_line(|line| line.contains("; signing in with a device code."));
        assert!(line.contains(reason), "{line}");
        approve_code(&mut login);
        login.finish().expect_code(0);
        assert_eq!(center.count_grants(AUTHORIZATION_CODE), 0);
    };
    check(&[("SSH_CLIENT", "192.0.2.1 50000 22")], "SSH session");
    check(&[("SSH_TTY", "/dev/pts/0")], "SSH session");
    check(
        &[("CODESPACES", "true"), ("SSH_TTY", "x")],
        "GitHub Codespaces",
    );
    check(&[("AWS_EXECUTION_ENV", "CloudShell")], "AWS CloudShell");
    check(&[("C9_PROJECT", "x")], "AWS Cloud9");
    check(&[("REMOTE_CONTAINERS", "true")], "Dev container");
    check(&[("KUBERNETES_SERVICE_HOST", "10.0.0.1")], "Kubernetes pod");
    check(&[("CI", "true")], "CI job");
}

#[cfg(target_os = "linux")]
#[test]
fn a_missing_display_leads_to_a_device_code() {
    let (_center, mut env) = home();
    env.unset("BROWSER");
    env.unset("DISPLAY");
    let mut login = env.start("sso-login --profile dev");
    let line = login.wait_for_line(|line| line.contains("; signing in with a device code."));
    let is_container = std::path::Path::new("/.dockerenv").exists()
        || std::path::Path::new("/run/.containerenv").exists();
    let reason = if is_container {
        "Container"
    } else {
        "No display"
    };
    assert!(line.contains(reason), "{line}");
    approve_code(&mut login);
    login.finish().expect_code(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_container_is_detected_by_its_containerenv_file() {
    let (_center, mut env) = home();
    env.unset("BROWSER");
    env.unset("DISPLAY");
    let in_namespace = "unshare --map-root-user --mount";
    let is_allowed = sso_test_support::tool("unshare").is_some()
        && env.run(&format!("{in_namespace} true")).code() == Some(0);
    if !is_allowed {
        // Container runtimes may forbid it.
        return;
    }
    let script =
        "mount -t tmpfs run /run && touch /run/.containerenv && exec sso-login --profile dev";
    let mut login = env.start(&format!("{in_namespace} sh -c '{script}'"));
    let line = login.wait_for_line(|line| line.contains("; signing in with a device code."));
    assert!(line.contains("Container"), "{line}");
    approve_code(&mut login);
    login.finish().expect_code(0);
}

/// Creates a program that records its arguments instead of opening a browser, and returns its
/// directory for `PATH`.
#[cfg(unix)]
fn opener(env: &TestEnv, name: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let script =
        "#!/bin/sh\necho chatter; echo chatter >&2\nprintf '%s\\n' \"$@\" >\"$HOME/opened\"\n";
    env.write(format!("bin/{name}"), script);
    let path = env.home().join("bin").join(name);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).unwrap();
    env.home().join("bin")
}

#[cfg(target_os = "linux")]
#[test]
fn wsl_opens_the_windows_browser() {
    let check = |opener_name: &str, arguments: &str| {
        let (_center, mut env) = home();
        let bin = opener(&env, opener_name);
        env.unset("BROWSER");
        env.set("WSL_DISTRO_NAME", "Debian");
        env.set("PATH", bin);
        let mut login = env.start("sso-login --profile dev");
        let url = login.wait_for_url();
        Browser::new().approve(&url);
        let login = login.finish().expect_code(0);
        assert!(
            login.stderr().starts_with("If the browser does not open"),
            "{login}"
        );
        assert!(!login.stderr().contains("chatter"), "{login}");
        let opened = String::from_utf8(env.read("opened")).unwrap();
        assert_eq!(opened, format!("{arguments}{url}\n"));
    };
    check("wslview", "");
    check("rundll32.exe", "url.dll,FileProtocolHandler\n");
}

#[cfg(target_os = "linux")]
#[test]
fn wsl_without_a_browser_uses_a_device_code() {
    let (_center, mut env) = home();
    env.unset("BROWSER");
    env.set("WSL_DISTRO_NAME", "Debian");
    env.set("PATH", "/nonexistent");
    let mut login = env.start("sso-login --profile dev");
    let line = login.wait_for_line(|line| line.contains("; signing in with a device code."));
    assert!(line.contains("WSL without a browser"), "{line}");
    approve_code(&mut login);
    login.finish().expect_code(0);
}

#[test]
fn sso_use_device_code_overrides_the_detection() {
    let check = |setting: &str, variable: Option<&str>, grant: &str| {
        let (center, mut env) = home();
        if let Some(name) = variable {
            env.set(name, "x");
        }
        let setting = format!("sso_region = us-east-1\nsso_use_device_code = {setting}\n");
        env.write_config(&TestEnv::SAMPLE_CONFIG.replacen("sso_region = us-east-1\n", &setting, 1));
        let mut login = env.start("sso-login --profile dev --no-browser");
        if grant == DEVICE_CODE {
            approve_code(&mut login);
        } else {
            Browser::new().approve(&login.wait_for_url());
        }
        let login = login.finish().expect_code(0);
        assert!(
            !login.stderr().contains("signing in with a device code"),
            "{login}"
        );
        assert!(center.count_grants(grant) > 0, "{login}");
    };
    check("true", None, DEVICE_CODE);
    check("True", Some("SSH_TTY"), DEVICE_CODE);
    check("false", Some("SSH_TTY"), AUTHORIZATION_CODE);
}

#[test]
fn an_invalid_setting_is_reported_with_its_location() {
    let check = |setting: &str, words: &str| {
        let (_center, env) = home();
        let setting = format!("sso_region = us-east-1\n{setting}\n");
        env.write_config(&TestEnv::SAMPLE_CONFIG.replacen("sso_region = us-east-1\n", &setting, 1));
        env.run("sso-login --profile dev").expect_error(253, words);
    };
    check(
        "sso_use_device_code = maybe",
        "config:4 must be true or false",
    );
    check(
        "sso_redirect_port = 0",
        "config:4 must be a port from 1 to 65535",
    );
    check(
        "sso_redirect_port = 65536",
        "config:4 must be a port from 1 to 65535",
    );
    check("sso_browser = 'x", "config:4 has an unclosed quote");
}

pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn redirect_port_is_used_by_the_listener_and_the_ssh_command() {
    let (_center, mut env) = home();
    env.set("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 2222");
    let port = free_port();
    let mut login = env.start(&format!(
        "sso-login --profile dev --no-browser --redirect-port {port}"
    ));
    let url = login.wait_for_url();
    assert!(
        url.contains(&format!("127.0.0.1%3A{port}%2Foauth")),
        "{url}"
    );
    Browser::new().approve(&url);
    let login = login
        .finish()
        .expect_code(0)
        .redact(&port.to_string(), "PORT");
    assert_snapshot!(login, @"
    $ sso-login --profile dev --no-browser --redirect-port [PORT]
    --- stderr
    If the browser is on another machine, run this command there first:

        ssh -p 2222 -L [PORT]:127.0.0.1:[PORT] 192.0.2.2

    Using a browser, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    Waiting for the browser (10m at most)
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
}

#[test]
fn sso_redirect_port_sets_the_port() {
    let (_center, env) = home();
    let port = free_port();
    let setting = format!("sso_region = us-east-1\nsso_redirect_port = {port}\n");
    env.write_config(&TestEnv::SAMPLE_CONFIG.replacen("sso_region = us-east-1\n", &setting, 1));
    let mut login = env.start("sso-login --profile dev --no-browser");
    login.wait_for_line(|line| line == format!("    ssh -L {port}:127.0.0.1:{port} HOST"));
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
}

#[test]
fn a_port_in_use_is_reported() {
    let (_center, env) = home();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let login = env.run(&format!("sso-login --profile dev --redirect-port {port}"));
    let hint =
        "hint: stop the process that uses the port, or select another port with --redirect-port";
    assert!(login.stderr().contains(hint), "{login}");
    login.expect_error(
        255,
        &format!("error: cannot listen on 127.0.0.1:{port} for"),
    );
}

#[test]
fn remote_requires_a_terminal() {
    let (center, env) = home();
    assert_snapshot!(env.run("sso-login --profile dev --remote"), @"
    $ sso-login --profile dev --remote
    --- stderr
    sso-login: error: --remote requires a terminal to paste the URL into
    hint: use --use-device-code instead
    --- exit: 252
    ");
    assert!(center.requests().is_empty());
}
