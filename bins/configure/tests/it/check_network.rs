//! Findings of `check` about network settings of profiles.

use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::{TestEnv, Transcript};

use crate::SESSION;

const CHECK: &str = "sso-configure check --offline";

/// Returns an environment without variables for endpoints, which take precedence over profiles.
fn env(config: &str) -> TestEnv {
    let mut env = TestEnv::offline();
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(config);
    env
}

/// Checks the findings of the rule without hints: their lines, and their messages with `LINE` for a location.
fn check(env: &TestEnv, expected: &[(usize, &str)]) {
    let run = env.run(CHECK);
    let expected = expected.iter().map(|(line, message)| {
        let location = format!("{}:{line}", env.config_path().display());
        let message = message.replace("LINE", &location);
        format!("{location}: error: network-setting: {message}")
    });
    let findings = findings(&run).filter(|line| line.contains(": network-setting: "));
    assert_eq!(
        findings.collect::<Vec<_>>(),
        expected.collect::<Vec<_>>(),
        "{run}"
    );
}

/// Returns the first line of each finding.
fn findings(run: &Transcript) -> impl Iterator<Item = &str> {
    run.stdout().lines().filter(|line| !line.starts_with("  "))
}

#[test]
fn a_network_setting_that_cannot_be_used_has_a_location_and_a_reason() {
    let config = format!(
        "{SESSION}[default]\nservices = nope\n[profile a]\nmax_attempts = none\nregion = US East\n"
    );
    assert_snapshot!(env(&config).run(CHECK), @"
    $ sso-configure check --offline
    --- stdout
    [HOME]/.aws/config:9: error: invalid-region: region must be a Region such as us-east-1
      profile: a
      hint: write the code of a Region, such as us-east-1
    [HOME]/.aws/config:6: error: network-setting: section [services nope] not found
      profile: default
      hint: set services in line 6 of [HOME]/.aws/config to an existing [services] section
    [HOME]/.aws/config:8: error: network-setting: max_attempts at [HOME]/.aws/config:8 must be a positive integer
      profile: a
    --- stderr
    sso-configure: error: 3 problems found
    --- exit: 1
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
fn a_wrong_ca_bundle_is_reported_for_each_profile() {
    let config = "[default]\nca_bundle = ~/ca.pem\n[profile a]\nca_bundle = ~/ca.pem\n";
    let mut env = env(config);
    let message = format!(
        "cannot send requests with the CA bundle from ca_bundle at LINE: cannot read certificates from {}",
        env.home().join("ca.pem").display()
    );
    let missing = format!("{message}: No such file or directory (os error 2)");
    check(&env, &[(2, &missing), (4, &missing)]);
    env.write("ca.pem", "no certificate");
    let invalid = format!("{message}: the file contains no valid certificates");
    check(&env, &[(2, &invalid), (4, &invalid)]);
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
fn an_http_url_is_a_finding_only_for_requests_of_these_programs() {
    let url = "endpoint_url = http://localstack:4566";
    let keys = "aws_access_key_id = A\naws_secret_access_key = S";
    for lines in ["region = us-east-1", keys] {
        check(&env(&format!("[profile local]\n{lines}\n{url}\n")), &[]);
    }
    let message = "cannot use the endpoint URL in endpoint_url at LINE: invalid endpoint URL: \
                   http:// is allowed only for loopback addresses; use https://";
    let role = "[profile r]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = k\n";
    let source = format!("[profile k]\n{keys}\n");
    check(&env(&format!("{role}{url}\n{source}")), &[(4, message)]);
    let config = format!("{SESSION}{}", profile("a", url));
    check(&env(&config), &[(9, message)]);
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
    let lines: Vec<_> = findings(&run).collect();
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
            "AWS_USE_FIPS_ENDPOINT",
            not_unicode,
            "AWS_USE_FIPS_ENDPOINT is not valid Unicode",
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
        let lines = run.stdout().lines().filter(|line| *line != "  profile: a");
        let lines: Vec<_> = lines.collect();
        let of_file = format!(
            "{}:2: error: network-setting: section [services nope] not found",
            env.config_path().display()
        );
        let of_variable = format!("error: network-setting: {message}");
        let hint = format!("  hint: set {name} to valid Unicode, or unset it");
        let hint = message.ends_with("Unicode").then_some(hint);
        let hint_of_file = format!(
            "  hint: set services in line 2 of {} to an existing [services] section",
            env.config_path().display()
        );
        let of_variable: Vec<_> = [of_variable].into_iter().chain(hint).collect();
        let of_file = [of_file, hint_of_file];
        let expected = [&of_file[..], &of_variable[..]].concat();
        assert!(
            lines
                .iter()
                .all(|line| expected.iter().any(|it| it == line)),
            "{run}"
        );
        assert_eq!(lines.len(), expected.len(), "{run}");

        env.write_config("");
        let run = env.run(CHECK);
        assert!(run.stdout().lines().eq(&of_variable), "{run}");
    }
}

#[test]
fn a_wrong_setting_is_not_repeated_for_each_session() {
    let center = Emulator::start();
    let mut env = TestEnv::new(&center);
    env.write_config(&format!("{SESSION}[default]\nmax_attempts = 0\n"));
    let run = env.run("sso-configure check");
    assert_eq!(findings(&run).count(), 1, "{run}");
    assert!(
        run.stdout().contains(":6: error: network-setting: "),
        "{run}"
    );
    env.set("AWS_MAX_ATTEMPTS", "0");
    let run = env.run("sso-configure check");
    assert_eq!(
        run.stdout(),
        "error: network-setting: AWS_MAX_ATTEMPTS must be a positive integer\n",
        "{run}"
    );
}

/// Returns a profile of the session `my-sso`.
fn profile(name: &str, setting: &str) -> String {
    format!(
        "[profile {name}]\nsso_session = my-sso\nsso_account_id = 111122223333\n\
         sso_role_name = ReadOnly\n{setting}\n"
    )
}

#[test]
fn settings_that_a_session_merges_from_its_profiles_are_checked() {
    let url = profile("a", "endpoint_url = https://example.com");
    for (key, variant) in [("fips", "FIPS"), ("dualstack", "dual-stack")] {
        let setting = format!("use_{key}_endpoint = true");
        for other in [format!("[default]\n{setting}\n"), profile("b", &setting)] {
            let env = env(&format!("{SESSION}{url}{other}"));
            let message = format!(
                "cannot use the endpoint URL in endpoint_url at LINE: an endpoint URL cannot be \
                 combined with {variant} endpoints"
            );
            check(&env, &[(9, &message)]);
            let run = env.run("sso-configure check").expect_code(1);
            assert_eq!(findings(&run).count(), 1, "{run}");
        }
    }
    // The check does not print warnings about ignored settings.
    let env = env(&format!("{SESSION}{}", profile("a", "max_attempts = 0")));
    check(
        &env,
        &[(9, "max_attempts at LINE must be a positive integer")],
    );
    let run = env.run(CHECK);
    assert!(!run.stderr().contains("warning"), "{run}");
}

/// The default profile uses none of the settings that contradict each other.
#[test]
fn a_contradiction_that_only_one_profile_has_with_its_session_is_found() {
    let center = Emulator::start();
    let message = "cannot use the endpoint URL in endpoint_url at LINE: an endpoint URL cannot be \
                   combined with FIPS endpoints";
    let url = profile("a", "endpoint_url = https://example.com");
    // A role chain uses the session of its source profile.
    let chain = "[profile b]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = a\n\
                 use_fips_endpoint = true\n";
    let own = profile("b", "use_fips_endpoint = true");
    for default in [
        "",
        "[default]\nignore_configured_endpoint_urls = true\n",
        "[default]\nuse_fips_endpoint = false\n",
    ] {
        for other in [chain, &own] {
            let env = env(&format!("{SESSION}{url}{other}{default}"));
            check(&env, &[(9, message)]);
            env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
            let run = env.run("export-credentials --profile b");
            assert!(run.stderr().contains("FIPS endpoints"), "{run}");
        }
    }
    // No request merges the settings of these profiles.
    let legacy = "[profile b]\nsso_start_url = https://b.awsapps.com/start\nsso_region = us-east-1\n\
                  sso_account_id = 111122223333\nsso_role_name = x\nuse_fips_endpoint = true\n";
    for other in ["[profile b]\nuse_fips_endpoint = true\n", legacy] {
        check(&env(&format!("{SESSION}{url}{other}")), &[]);
    }
}

#[test]
fn each_setting_with_a_wrong_ca_bundle_is_reported_once() {
    let bundles = ["~/ca.pem", "~/ca.pem", "~"];
    let profiles = ["a", "b", "c"].into_iter().zip(bundles);
    let profiles = profiles.map(|(name, path)| profile(name, &format!("ca_bundle = {path}")));
    let mut env = env(&format!("{SESSION}{}", profiles.collect::<String>()));
    let lines = [9, 14, 19].map(|line| {
        format!(
            "{}:{line}: error: network-setting: ",
            env.config_path().display()
        )
    });
    for command in [CHECK, "sso-configure check"] {
        let run = env.run(command).expect_code(1);
        assert_eq!(findings(&run).count(), lines.len(), "{run}");
        for (found, expected) in findings(&run).zip(&lines) {
            assert!(found.starts_with(expected), "{run}");
        }
    }
    // A request reads the bundle of a variable, which may be a pipe.
    env.set("AWS_CA_BUNDLE", "none");
    let run = env.run("sso-configure check").expect_code(1);
    assert!(run.stdout().starts_with("error: not-reached: "), "{run}");
    assert_eq!(findings(&run).count(), 1, "{run}");
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
            let run = env.run("sso-configure check").expect_code(1);
            let findings = run
                .stdout()
                .matches("error: not-reached: SSO session ")
                .count();
            assert_eq!(findings, 1, "{run}");
            assert!(run.stdout().contains(reason), "{run}");
            center.clear_faults();
        }
    }
}
