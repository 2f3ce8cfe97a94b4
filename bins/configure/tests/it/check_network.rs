//! Findings of `check` about network settings of profiles.

use insta::assert_snapshot;
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
