//! Findings of `check` about network settings of profiles.

use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::TestEnv;

use crate::SESSION;

const CHECK: &str = "sso-configure check --offline";

/// Returns an environment without variables for endpoints, which take precedence over profiles.
fn env(config: &str) -> TestEnv {
    let mut env = TestEnv::offline();
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(config);
    env
}

/// Checks the findings: their lines, and their messages with `LINE` for a location.
fn check(env: &TestEnv, expected: &[(usize, &str)]) {
    let run = env.run(CHECK);
    let expected = expected.iter().map(|(line, message)| {
        let location = format!("{}:{line}", env.config_path().display());
        let message = message.replace("LINE", &location);
        format!("{location}: network-setting: {message}\n")
    });
    assert_eq!(run.stdout(), expected.collect::<String>(), "{run}");
}

#[test]
fn a_network_setting_that_cannot_be_used_has_a_location_and_a_reason() {
    let config = format!(
        "{SESSION}[default]\nservices = nope\n[profile a]\nmax_attempts = none\nregion = US East\n"
    );
    assert_snapshot!(env(&config).run(CHECK), @"
    $ sso-configure check --offline
    --- stdout
    [HOME]/.aws/config:6: network-setting: section [services nope] not found
    [HOME]/.aws/config:8: network-setting: max_attempts at [HOME]/.aws/config:8 must be a positive integer
    [HOME]/.aws/config:9: network-setting: region at [HOME]/.aws/config:9 must be a Region such as us-east-1
    --- stderr
    sso-configure: error: 3 problems found
    --- exit: 253
    ");
}

#[test]
fn each_network_setting_of_a_profile_is_checked() {
    let check = |config: &str, expected: &[(usize, &str)]| check(&env(config), expected);
    check(
        "[profile a]\nservices = nope\n",
        &[(2, "section [services nope] not found")],
    );
    check(
        "[default]\nmax_attempts = 0\n",
        &[(2, "max_attempts at LINE must be a positive integer")],
    );
    check(
        "[default]\nca_bundle = ~other/ca.pem\n",
        &[(
            2,
            "ca_bundle at LINE must be a path that does not begin with ~USER",
        )],
    );
    let url = "cannot use the endpoint URL in endpoint_url at LINE: ";
    let not_https = format!("{url}invalid endpoint URL: it does not start with https://");
    check("[default]\nendpoint_url = nowhere\n", &[(2, &not_https)]);
    for (key, variant) in [("fips", "FIPS"), ("dualstack", "dual-stack")] {
        check(
            &format!("[default]\nuse_{key}_endpoint = true\nendpoint_url = https://example.com\n"),
            &[(
                3,
                &format!("{url}an endpoint URL cannot be combined with {variant} endpoints"),
            )],
        );
    }
    let services = "[services s]\nsso_oidc =\n  endpoint_url = ftp://example.com\n";
    check(
        &format!("{services}[default]\nservices = s\n[profile a]\nservices = s\n"),
        &[(3, &not_https)],
    );
}

#[test]
fn a_ca_bundle_in_a_profile_is_read_once() {
    let config = "[default]\nca_bundle = ~/ca.pem\n[profile a]\nca_bundle = ~/ca.pem\n";
    let mut env = env(config);
    let message = format!(
        "cannot send requests with the CA bundle from ca_bundle at LINE: cannot read certificates from {}",
        env.home().join("ca.pem").display()
    );
    check(
        &env,
        &[(
            2,
            &format!("{message}: No such file or directory (os error 2)"),
        )],
    );
    env.write("ca.pem", "no certificate");
    check(
        &env,
        &[(
            2,
            &format!("{message}: the file contains no valid certificates"),
        )],
    );
    // A variable may name a pipe, which can be read only once.
    env.set("AWS_CA_BUNDLE", env.home().join("ca.pem"));
    check(&env, &[]);
}

#[test]
fn settings_in_effect_are_no_findings() {
    let check = |config: &str| check(&env(config), &[]);
    let services = "[services s]\nsso =\n  endpoint_url = https://portal.example.com\n";
    check(&format!(
        "[default]\nservices = s\nmax_attempts = 5\nregion = eu-west-1\n{services}"
    ));
    check("[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\n");
    check("[default]\nendpoint_url = nowhere\nignore_configured_endpoint_urls = true\n");
    check("[default]\nendpoint_url =\nservices =\nmax_attempts =\nca_bundle =\n");
}

#[test]
fn each_wrong_setting_of_a_profile_is_a_finding() {
    let url = "cannot use the endpoint URL in endpoint_url at LINE: \
               invalid endpoint URL: it does not start with https://";
    check(
        &env(
            "[default]\nservices = nope\nmax_attempts = none\nca_bundle = ~other/ca.pem\n\
              region = US East\nendpoint_url = nowhere\n",
        ),
        &[
            (2, "section [services nope] not found"),
            (
                4,
                "ca_bundle at LINE must be a path that does not begin with ~USER",
            ),
            (3, "max_attempts at LINE must be a positive integer"),
            (6, url),
            (5, "region at LINE must be a Region such as us-east-1"),
        ],
    );
    let services = "[services s]\nsso_oidc =\n  endpoint_url = a\nsso =\n  endpoint_url = b\n\
                    sts =\n  endpoint_url = c\n";
    let profiles = "[default]\nservices = s\nmax_attempts = 0\n[profile a]\nservices = s\n\
                    max_attempts = 0\n";
    check(
        &env(&format!("{services}{profiles}")),
        &[
            (10, "max_attempts at LINE must be a positive integer"),
            (3, url),
            (5, url),
            (7, url),
            (13, "max_attempts at LINE must be a positive integer"),
        ],
    );
    let missing = "no such file";
    let mut env = env("[default]\nmax_attempts = 0\nca_bundle = ~/ca.pem\n");
    check_count(&env, 2, missing);
    env.write("ca.pem", "no certificate");
    check_count(&env, 2, "the file contains no valid certificates");
    env.set("AWS_CA_BUNDLE", "none");
    check_count(&env, 1, "max_attempts");
}

fn check_count(env: &TestEnv, count: usize, last: &str) {
    let run = env.run(CHECK);
    let lines: Vec<_> = run.stdout().lines().collect();
    assert_eq!(lines.len(), count, "{run}");
    let text = lines[count - 1].to_lowercase();
    assert!(text.contains(last), "{run}");
}

#[cfg(unix)]
#[test]
fn a_wrong_variable_is_a_finding_and_does_not_hide_those_of_the_files() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let not_unicode = OsStr::from_bytes(b"\xff");
    for (name, value, message) in [
        (
            "AWS_MAX_ATTEMPTS",
            "none".as_ref(),
            "AWS_MAX_ATTEMPTS must be a positive integer",
        ),
        (
            "AWS_MAX_ATTEMPTS",
            not_unicode,
            "AWS_MAX_ATTEMPTS is not valid Unicode",
        ),
        (
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
            not_unicode,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is not valid Unicode",
        ),
        (
            "AWS_ENDPOINT_URL_SSO",
            "nowhere".as_ref(),
            "cannot use the endpoint URL in AWS_ENDPOINT_URL_SSO: invalid endpoint URL: it does not \
             start with https://",
        ),
        (
            "AWS_REGION",
            "US East".as_ref(),
            "AWS_REGION must be a Region such as us-east-1",
        ),
    ] {
        let mut env = env("[profile a]\nservices = nope\n[profile b]\n");
        env.set(name, value);
        let run = env.run(CHECK);
        let lines: std::collections::BTreeSet<_> = run.stdout().lines().collect();
        let of_file = format!(
            "{}:2: network-setting: section [services nope] not found",
            env.config_path().display()
        );
        let of_variable = format!("network-setting: {message}");
        assert_eq!(lines, [&*of_file, &of_variable].into(), "{run}");
        assert_eq!(run.stdout().lines().count(), 2, "{run}");

        env.write_config("");
        let run = env.run(CHECK);
        assert_eq!(run.stdout(), format!("{of_variable}\n"), "{run}");
    }
}

#[test]
fn a_wrong_setting_is_not_repeated_for_each_session() {
    let center = Emulator::start();
    let mut env = TestEnv::new(&center);
    env.write_config(&format!("{SESSION}[default]\nmax_attempts = 0\n"));
    let run = env.run("sso-configure check");
    assert_eq!(run.stdout().lines().count(), 1, "{run}");
    assert!(run.stdout().contains(":6: network-setting: "), "{run}");
    env.set("AWS_MAX_ATTEMPTS", "0");
    let run = env.run("sso-configure check");
    assert_eq!(
        run.stdout(),
        "network-setting: AWS_MAX_ATTEMPTS must be a positive integer\n",
        "{run}"
    );
}

#[test]
fn a_response_of_another_server_is_a_finding() {
    let blocked = Fault::Status(403, json!({"message": "blocked by the proxy"}));
    for (fault, reason) in [
        (Fault::CaptivePortal, "the response is a web page"),
        (
            Fault::Redirect("https://hotel.example.com/".to_owned()),
            "redirected to hotel.example.com",
        ),
        (blocked, "access is denied: blocked by the proxy"),
        (Fault::Empty, "the response is truncated"),
    ] {
        let center = Emulator::start();
        let env = TestEnv::new(&center);
        env.write_config(SESSION);
        let run = env.run("sso-configure check");
        assert_eq!(run.stdout(), "", "{run}");
        for is_signed_in in [false, true] {
            if is_signed_in {
                env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
            }
            center.fail_always(Operation::ListAccounts, fault.clone());
            let run = env.run("sso-configure check").expect_code(253);
            let findings = run.stdout().matches("not-reached: SSO session ").count();
            assert_eq!(findings, 1, "{run}");
            assert!(run.stdout().contains(reason), "{run}");
            center.clear_faults();
        }
    }
}
