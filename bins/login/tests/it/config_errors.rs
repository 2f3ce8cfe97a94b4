//! Configuration errors, reported before any request.

use identity_center_emulator::Emulator;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

fn login(config: &str) -> String {
    let env = TestEnv::offline();
    env.write_config(config);
    env.run("sso-login --profile dev").to_string()
}

#[test]
fn a_missing_profile_is_reported() {
    assert_snapshot!(login("[profile other]\n"), @r#"
    $ sso-login --profile dev
    --- stderr
    sso-login: error: profile "dev" not found in [HOME]/.aws/config
    hint: to list the profiles: sso-configure list
    --- exit: 253
    "#);
}

#[test]
fn a_missing_sso_session_section_is_reported_with_its_reference() {
    assert_snapshot!(login("[profile dev]\nregion = x\nsso_session = gone\n"), @"
    $ sso-login --profile dev
    --- stderr
    sso-login: error: section [sso-session gone] not found in [HOME]/.aws/config, referenced by sso_session at [HOME]/.aws/config:3
    hint: sso-configure session --sso-session gone
    --- exit: 253
    ");
}

#[test]
fn missing_keys_are_reported_with_their_section() {
    assert_snapshot!(login("[sso-session s]\nsso_region = us-east-1\n[profile dev]\nsso_session = s\n"), @"
    $ sso-login --profile dev
    --- stderr
    sso-login: error: [sso-session s] at [HOME]/.aws/config:1 lacks sso_start_url
    hint: add sso_start_url to [sso-session s]
    --- exit: 253
    ");
    assert_snapshot!(login("[profile dev]\nsso_start_url = https://x.awsapps.com/start\n"), @"
    $ sso-login --profile dev
    --- stderr
    sso-login: error: [profile dev] at [HOME]/.aws/config:1 lacks sso_region
    hint: add sso_region to [profile dev]
    --- exit: 253
    ");
}

#[test]
fn a_profile_without_sso_keys_is_rejected() {
    assert_snapshot!(login("[profile dev]\nregion = us-east-1\n"), @r#"
    $ sso-login --profile dev
    --- stderr
    sso-login: error: profile "dev" at [HOME]/.aws/config:1 does not use IAM Identity Center: it has no credentials
    hint: to set up the profile: sso-configure --profile dev
    hint: to list the profiles: sso-configure list
    --- exit: 253
    "#);
}

#[test]
fn conflicting_profile_and_session_values_are_reported_with_both_locations() {
    assert_snapshot!(login(
        "[sso-session s]\nsso_start_url = https://a.awsapps.com/start\nsso_region = us-east-1\n\
         [profile dev]\nsso_session = s\nsso_region = eu-west-1\n"
    ), @"
    $ sso-login --profile dev
    --- stderr
    sso-login: error: sso_region at [HOME]/.aws/config:6 differs from the value at [HOME]/.aws/config:3
    hint: remove sso_region at [HOME]/.aws/config:6; the SSO session already sets it
    --- exit: 253
    ");
}

#[test]
fn a_region_that_would_change_the_host_is_rejected() {
    assert_snapshot!(login(
        "[sso-session s]\nsso_start_url = https://a.awsapps.com/start\nsso_region = evil.example.com/\n\
         [profile dev]\nsso_session = s\n"
    ), @"
    $ sso-login --profile dev
    --- stderr
    sso-login: error: [HOME]/.aws/config:3: sso_region is not valid: a Region consists of letters, digits and hyphens, for example us-east-1
    hint: set sso_region in line 3 of [HOME]/.aws/config to a Region such as us-east-1
    --- exit: 253
    ");
}

#[test]
fn a_file_that_the_aws_cli_rejects_is_reported_with_line_and_column() {
    assert_snapshot!(login("[profile dev]\nsso_session = s\n[profile dev]\n"), @"
    $ sso-login --profile dev
    --- stderr
    sso-login: error: [HOME]/.aws/config:3:1: duplicate section
    hint: fix line 3 of [HOME]/.aws/config
    --- exit: 253
    ");
}

#[test]
fn a_missing_services_section_is_reported() {
    let mut env = TestEnv::offline();
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(
        &TestEnv::SAMPLE_CONFIG.replace("[profile dev]\n", "[profile dev]\nservices = gone\n"),
    );
    assert_snapshot!(env.run("sso-login --profile dev"), @"
    $ sso-login --profile dev
    --- stderr
    sso-login: error: [HOME]/.aws/config:7: section [services gone] not found
    hint: set services in line 7 of [HOME]/.aws/config to an existing [services] section
    --- exit: 253
    ");
}

#[test]
fn an_endpoint_with_a_password_or_without_tls_is_rejected() {
    let check = |url: &str, reason: &str| {
        let mut env = TestEnv::offline();
        env.set("AWS_ENDPOINT_URL", url);
        env.write_config(TestEnv::SAMPLE_CONFIG);
        let login = env.run("sso-login --profile dev").expect_code(253);
        assert!(login.stderr().contains(reason), "{login}");
        assert!(!login.stderr().contains("hunter2"), "{login}");
    };
    check(
        "https://user:hunter2@example.com",
        "user name or a password",
    );
    check("http://example.com", "https://");
    check("https://example.com/?x=hunter2", "query");
}

#[test]
fn an_unusable_credentials_file_stops_no_program_that_does_not_need_it() {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    env.write(".aws/credentials/file", "");
    for command_line in [
        "sso-login --profile dev",
        "sso-login --sso-session my-sso",
        "sso-status --profile dev",
        "sso-status --sso-session my-sso",
        "sso-configure list",
        "sso-configure migrate --dry-run --sso-session my-sso",
    ] {
        let run = env.run(command_line);
        let warning = "credentials: Is a directory (os error 21); the file is ignored";
        let count = run.stderr().matches(warning).count();
        assert_eq!(count, 1, "{command_line}: {run}");
        assert!(!run.stderr().contains("error: "), "{command_line}: {run}");
    }
    let prompt = env.run("sso-status --profile dev --format prompt");
    assert_eq!(prompt.expect_code(0).stderr(), "");
    for command_line in [
        "sso-login --profile missing",
        "sso-status --profile missing",
    ] {
        let run = env.run(command_line).expect_code(253);
        assert!(run.stderr().contains("error: cannot read "), "{run}");
    }
}
