//! Failures of the service, the network and the disk.

use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::{Behaviour, Proxy, Relay, TestEnv};

use crate::{signed_in, signed_in_with_expired_token};

#[test]
fn every_invalid_response_is_a_one_line_error() {
    let check = |fault: Fault, status, words| {
        let (center, mut env) = signed_in();
        env.set("AWS_MAX_ATTEMPTS", "1");
        center.fail_always(Operation::GetRoleCredentials, fault);
        env.run("export-credentials --profile dev")
            .expect_error(status, words);
    };
    check(Fault::CaptivePortal, 255, "is a web page");
    check(Fault::Huge(3 << 20), 255, "larger than 1048576 bytes");
    check(Fault::InvalidJson, 255, "is truncated");
    check(Fault::Empty, 255, "is truncated");
    check(
        Fault::Redirect("https://evil.example.com/".to_owned()),
        255,
        "redirected to evil.example.com",
    );
    check(Fault::Status(503, json!({})), 254, "status 503");
    check(Fault::Throttle(None), 254, "slow down");
    check(Fault::portal("ForbiddenException"), 254, "ReadOnly");
}

#[test]
fn transient_service_errors_are_retried() {
    let (center, env) = signed_in_with_expired_token();
    center.fail_next(
        Operation::CreateToken,
        Fault::Status(500, json!({"error": "server_error"})),
    );
    center.fail_next(Operation::GetRoleCredentials, Fault::Status(503, json!({})));
    center.fail_next(Operation::GetRoleCredentials, Fault::Throttle(None));
    env.run("export-credentials --profile dev").expect_code(0);
    assert_eq!(center.count(Operation::GetRoleCredentials), 3);
}

#[test]
fn the_error_code_of_the_access_portal_may_be_in_each_field() {
    let (center, env) = signed_in();
    let named = |status, field: &str, name: &str| Fault::Status(status, json!({ field: name }));
    for field in ["code", "Code", "__type", "error"] {
        center.clear_faults();
        center.fail_next(
            Operation::GetRoleCredentials,
            named(400, field, "ThrottlingException"),
        );
        let before = center.count(Operation::GetRoleCredentials);
        env.run("export-credentials --profile dev").expect_code(0);
        assert_eq!(center.count(Operation::GetRoleCredentials), before + 2);
        std::fs::remove_dir_all(env.aws_dir().join("cli/cache")).unwrap();
    }
    for field in ["code", "Code", "__type", "error"] {
        let (center, env) = signed_in();
        center.fail_always(
            Operation::GetRoleCredentials,
            named(401, field, "UnauthorizedException"),
        );
        let run = env.run("export-credentials --profile dev").expect_code(253);
        assert!(
            run.stderr().contains("hint: sso-login --profile dev"),
            "{run}"
        );
    }
}

#[test]
fn a_closed_connection_is_retried() {
    let (center, mut env) = signed_in();
    let relay = Relay::plain(center.address());
    env.set("AWS_ENDPOINT_URL", relay.url());
    relay.behave_once(Behaviour::CutAfter(40));
    env.run("export-credentials --profile dev").expect_code(0);
    assert_eq!(relay.connections(), 2);
}

/// Runs the program with a proxy that sends `response`, and with `user` in its URL.
fn export_through(response: &'static [u8], user: &str, env: &mut TestEnv) -> String {
    let proxy = Proxy::refusing_with(response);
    let address = proxy.url().replace("http://", "");
    env.set("AWS_ENDPOINT_URL", "https://sso.example.com");
    env.set("AWS_MAX_ATTEMPTS", "1");
    env.set("https_proxy", format!("http://{user}{address}"));
    let run = env.run("export-credentials --profile dev -vv");
    let run = run.expect_code(255);
    assert!(!run.to_string().contains("hunter"), "{run}");
    let (_, error) = run.stderr().rsplit_once("access portal: ").unwrap();
    error.trim().replace(&address, "PROXY")
}

#[test]
fn an_unusable_proxy_is_named_with_its_variable_and_without_its_password() {
    let (_center, mut env) = signed_in();
    let ntlm =
        b"HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n";
    assert_snapshot!(export_through(ntlm, "ada:hunter%402@", &mut env), @"
    the proxy PROXY in https_proxy did not connect to sso.example.com (the endpoint URL in AWS_ENDPOINT_URL): it requires Negotiate or NTLM authentication, which is not supported (status 407)
    hint: run a local proxy that signs in to this one, such as cntlm or px, and set https_proxy to its URL
    ");
    let basic = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
    assert_snapshot!(export_through(basic, "ada:hunter%402@", &mut env), @"
    the proxy PROXY in https_proxy did not connect to sso.example.com (the endpoint URL in AWS_ENDPOINT_URL): it does not accept the user name or the password (status 407)
    hint: correct the user name and the password in https_proxy: http://USER:PASSWORD@HOST:PORT
    ");
    assert_snapshot!(export_through(basic, "", &mut env), @"
    the proxy PROXY in https_proxy did not connect to sso.example.com (the endpoint URL in AWS_ENDPOINT_URL): it requires a user name and a password (status 407)
    hint: add the user name and the password to https_proxy: http://USER:PASSWORD@HOST:PORT
    ");
    assert_snapshot!(export_through(b"garbage\r\n\r\n", "", &mut env), @"
    the proxy PROXY in https_proxy did not connect to sso.example.com (the endpoint URL in AWS_ENDPOINT_URL): its response is not HTTP
    hint: check https_proxy and NO_PROXY
    ");
}

#[test]
fn ca_bundle_sets_the_trusted_certificates() {
    let (center, mut env) = signed_in();
    let relay = Relay::tls(center.address(), &[]);
    env.set("AWS_ENDPOINT_URL", relay.url());
    env.set("AWS_MAX_ATTEMPTS", "1");
    let distrusted = env.run("export-credentials --profile dev").expect_code(255);
    assert!(
        distrusted
            .stderr()
            .contains("hint: if a proxy inspects TLS traffic"),
        "{distrusted}"
    );
    env.run(&format!(
        "export-credentials --profile dev --ca-bundle '{}'",
        relay.ca_path().display()
    ))
    .expect_code(0);
    let missing = env
        .run("export-credentials --profile prod --ca-bundle /nonexistent.pem")
        .expect_code(253);
    assert!(missing.stderr().contains("/nonexistent.pem"), "{missing}");
}

#[cfg(unix)]
#[test]
fn a_slow_response_is_reported_once_with_the_proxy() {
    let (center, mut env) = signed_in();
    center.set_latency(Operation::GetRoleCredentials, Duration::from_secs(60));
    let check = |env: &TestEnv, peer: &str| {
        let mut program = env.start("export-credentials --profile dev");
        let notice = format!("{peer} has not responded for 3s; still waiting");
        program.wait_for_line(|line| line.contains(&notice));
        program.interrupt();
        let export = program.finish().expect_code(130);
        assert_eq!(export.stderr().matches("still waiting").count(), 1);
    };
    let host = center.address().to_string();
    check(&env, &format!("warning: {host}"));
    let proxy = Proxy::start();
    env.set("HTTP_PROXY", proxy.url().replace("//", "//ada:hunter2@"));
    env.set("NO_PROXY", "<-loopback>");
    let address = proxy.url().replace("http://", "");
    check(
        &env,
        &format!("{host} through the proxy {address} in HTTP_PROXY"),
    );
}

#[test]
fn a_failed_refresh_falls_back_to_the_valid_token() {
    let (center, env) = signed_in();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(600));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.fail_always(Operation::CreateToken, Fault::CaptivePortal);
    let export = env.run("export-credentials --profile dev").expect_code(0);
    assert!(
        export.stderr().contains("using the token until it expires"),
        "{export}"
    );
    let again = env.run("export-credentials --profile prod").expect_code(0);
    assert_eq!(again.stderr(), "", "{again}");
    assert_eq!(center.count(Operation::CreateToken), 1);
    env.run("sso-logout").expect_code(0);
    let is_left = |file: &String| file.ends_with(".failed-refresh");
    assert!(!env.files().iter().any(is_left), "{:?}", env.files());
}

#[cfg(unix)]
#[test]
fn no_refresh_is_requested_if_it_cannot_be_saved() {
    let (center, env) = signed_in_with_expired_token();
    env.write(
        ".aws/sso/cache/aws-sso-tools",
        "a file instead of the state directory",
    );
    env.run("export-credentials --profile dev").expect_code(253);
    assert!(center.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn no_refresh_is_requested_on_a_full_disk() {
    let (center, env) = signed_in_with_expired_token();
    let export = env
        .command("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 0; exec export-credentials --profile dev",
        ])
        .output()
        .unwrap();
    assert_eq!(export.status.code(), Some(253), "{export:?}");
    assert!(center.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn credentials_that_cannot_be_cached_are_printed() {
    let (center, env) = signed_in();
    env.write(".aws/cli", "a file instead of the directory");
    let export = env.run("export-credentials --profile dev").expect_code(0);
    assert!(export.stderr().contains("not cached"), "{export}");
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn clock_skew_is_reported_for_short_lived_credentials() {
    let (center, env) = signed_in();
    center.configure(|settings| settings.role_credentials_lifetime = Duration::from_secs(60));
    center.fail_always(Operation::GetRoleCredentials, Fault::DateSkew(-7200));
    let export = env.run("export-credentials --profile dev").expect_code(0);
    assert!(
        export.stderr().contains("the local clock is wrong"),
        "{export}"
    );
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_not_an_error() {
    let (_center, env) = signed_in();
    let output = env
        .command("sh")
        .args([
            "-c",
            "{ export-credentials --profile dev; echo $? >status; } | true; cat status",
        ])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n", "{output:?}");
}

#[cfg(unix)]
#[test]
fn a_failed_write_to_stdout_is_an_error() {
    let (_center, env) = signed_in();
    let output = env
        .command("sh")
        .args(["-c", "export-credentials --profile dev >/dev/full"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(255), "{output:?}");
}
