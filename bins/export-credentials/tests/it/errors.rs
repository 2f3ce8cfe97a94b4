use std::time::Duration;

use identity_center_emulator::settings::Settings;
use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use sso_test_support::{CLOSED_PORT_URL, TestEnv};

use crate::{home, signed_in, signed_in_with_expired_token};

#[test]
fn a_missing_token_has_the_sign_in_command_as_its_hint() {
    let (center, env) = home();
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: not signed in to SSO session my-sso
    hint: sso-login --profile dev
    --- exit: 253
    ");
    assert_snapshot!(env.run("export-credentials --profile legacy"), @"
    $ export-credentials --profile legacy
    --- stderr
    export-credentials: error: not signed in to start URL https://my-sso-portal.awsapps.com/start
    hint: sso-login --profile legacy
    --- exit: 253
    ");
    assert_snapshot!(env.run("export-credentials --sso-session my-sso --account-id 1 --role-name r"), @"
    $ export-credentials --sso-session my-sso --account-id 1 --role-name r
    --- stderr
    export-credentials: error: not signed in to SSO session my-sso
    hint: sso-login --sso-session my-sso
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
}

#[test]
fn a_wrong_clock_hides_no_other_hint() {
    let (center, env) = signed_in_with_expired_token();
    center.end_session();
    center.fail_always(Operation::CreateToken, Fault::DateSkew(-7200));
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: the local clock is 2h ahead of the service's clock: the access portal session for SSO session my-sso has ended
    hint: correct the system clock
    hint: sso-login --profile dev
    --- exit: 253
    ");
}

#[test]
fn an_ended_session_has_the_sign_in_command_as_its_hint() {
    let (center, env) = signed_in_with_expired_token();
    center.end_session();
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: the access portal session for SSO session my-sso has ended
    hint: sso-login --profile dev
    --- exit: 253
    ");
}

#[test]
fn an_expired_token_without_a_refresh_token_is_an_error() {
    let (center, env) = home();
    center.configure(|settings| settings.legacy_token_lifetime = Duration::ZERO);
    let token = center
        .sign_in(&[])
        .token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &token);
    assert_snapshot!(env.run("export-credentials --profile legacy"), @"
    $ export-credentials --profile legacy
    --- stderr
    export-credentials: error: the token for start URL https://my-sso-portal.awsapps.com/start has expired
    hint: sso-login --profile legacy
    --- exit: 253
    ");
}

#[test]
fn an_unassigned_role_is_reported() {
    let (_center, env) = signed_in();
    env.write_config(&TestEnv::SAMPLE_CONFIG.replace("ReadOnly", "Unassigned"));
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: no access to role Unassigned in account 111122223333: access is denied: No access (ForbiddenException, status 403)
    hint: the roles of SSO session my-sso in account 111122223333 are ReadOnly, FullAccess
    hint: after a new assignment, start a new access portal session: sso-login --profile dev --force --new-session
    hint: to list all roles: sso-configure accounts --sso-session my-sso --refresh
    --- exit: 254
    ");
}

/// Returns the first hint for the role of `dev`, which is refused.
fn first_hint(center: &Emulator, env: &TestEnv) -> String {
    center.fail_always(
        Operation::GetRoleCredentials,
        Fault::portal("ForbiddenException"),
    );
    let run = env.run("export-credentials --profile dev").expect_code(254);
    let mut hints = run
        .stderr()
        .lines()
        .filter_map(|line| line.strip_prefix("hint: "));
    hints.next().unwrap().to_owned()
}

#[test]
fn the_access_instead_of_a_refused_role_is_shown() {
    let check = |change: fn(&mut Settings), expected: &str| {
        let (center, env) = signed_in();
        center.configure(change);
        assert_eq!(first_hint(&center, &env), expected);
    };
    check(
        |settings| {
            let roles = (1..=25).map(|number| format!("R{number}"));
            settings.accounts[0].roles = roles.collect();
            settings.page_size = 10;
            settings.empty_pages = true;
        },
        "the roles of SSO session my-sso in account 111122223333 are R1, R2, R3, R4, R5, R6, R7, R8, \
         R9, R10 and 15 more",
    );
    check(
        |settings| drop(settings.accounts.remove(0)),
        "SSO session my-sso has no role in account 111122223333; its accounts are 123456789011 \
         (ProductionAccount)",
    );
    check(
        |settings| settings.accounts.clear(),
        "SSO session my-sso has access to no account; ask your administrator to assign you to one",
    );
}

#[test]
fn a_refused_role_is_reported_without_a_list_of_roles() {
    let (center, env) = signed_in();
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
        center.fail_always(operation, Fault::Throttle(None));
    }
    assert_eq!(
        first_hint(&center, &env),
        "compare sso_account_id and sso_role_name with the access portal"
    );
    assert_eq!(center.count(Operation::ListAccountRoles), 1);
    assert_eq!(center.count(Operation::ListAccounts), 0);
}

#[test]
fn a_profile_without_account_and_role_is_an_error() {
    let (_center, env) = signed_in();
    env.write_config(
        "[sso-session s]\nsso_start_url = https://a.awsapps.com/start\nsso_region = us-east-1\n\
         [profile dev]\nsso_session = s\n",
    );
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: [profile dev] at [HOME]/.aws/config:4 lacks sso_account_id and sso_role_name
    hint: add sso_account_id and sso_role_name to [profile dev]
    --- exit: 253
    ");
}

#[test]
fn a_refusal_by_the_service_exits_with_254() {
    let (center, env) = signed_in();
    center.fail_always(
        Operation::GetRoleCredentials,
        Fault::portal("ResourceNotFoundException"),
    );
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: GetRoleCredentials failed: the requested resource does not exist: injected fault (ResourceNotFoundException, status 404)
    --- exit: 254
    ");
}

fn error_for(config: &str) -> String {
    let env = TestEnv::offline();
    env.write_config(config);
    let refused = env.run("export-credentials --profile dev");
    let refused = refused.expect_code(253);
    assert_eq!(refused.stdout(), "", "{refused}");
    let home = env.home().to_str().unwrap();
    refused.stderr().replace(home, "[HOME]")
}

#[test]
fn missing_sections_and_keys_are_reported_with_location_and_fix() {
    assert_snapshot!(error_for("[profile other]\n"), @r#"
    export-credentials: error: profile "dev" not found in [HOME]/.aws/config
    hint: to list the profiles: sso-configure list
    "#);
    assert_snapshot!(error_for("[profile dev]\nregion = us-east-1\n"), @r#"
    export-credentials: error: profile "dev" at [HOME]/.aws/config:1 has no credentials
    hint: add sso_session, sso_account_id and sso_role_name to [profile dev], or select another profile with --profile
    "#);
    assert_snapshot!(error_for("[profile dev]\nsso_session = s\n"), @"
    export-credentials: error: section [sso-session s] not found in [HOME]/.aws/config, referenced by sso_session at [HOME]/.aws/config:2
    hint: sso-configure session --sso-session s
    ");
    assert_snapshot!(
        error_for("[profile dev]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = s\n"),
        @r#"
    export-credentials: error: [HOME]/.aws/config:3: profile "s" not found
    hint: set source_profile in line 3 of [HOME]/.aws/config to an existing profile
    hint: to list the profiles: sso-configure list
    "#
    );
    assert_snapshot!(error_for("[profile dev]\nrole_arn = arn:aws:iam::1:role/x\n"), @"
    export-credentials: error: [profile dev] at [HOME]/.aws/config:1 lacks source_profile
    hint: add source_profile to [profile dev]
    ");
}

#[test]
fn invalid_values_are_reported_with_location_and_fix() {
    assert_snapshot!(error_for("[profile dev\nsso_session = s\n"), @"
    export-credentials: error: [HOME]/.aws/config:1:1: text before the first section header
    hint: fix line 1 of [HOME]/.aws/config
    ");
    assert_snapshot!(
        error_for(&TestEnv::SAMPLE_CONFIG.replace(
            "sso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion",
            "sso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = r\nregion",
        )),
        @"
    export-credentials: error: sso_region at [HOME]/.aws/config:8 differs from the value at [HOME]/.aws/config:3
    hint: remove sso_region at [HOME]/.aws/config:8; the SSO session already sets it
    "
    );
    assert_snapshot!(error_for(&TestEnv::SAMPLE_CONFIG.replace("us-east-1", "us east 1")), @"
    export-credentials: error: [HOME]/.aws/config:3: sso_region is not valid: a Region consists of letters, digits and hyphens, for example us-east-1
    hint: set sso_region in line 3 of [HOME]/.aws/config to a Region such as us-east-1
    ");
}

#[test]
fn unsupported_keys_have_the_aws_cli_command_as_their_hint() {
    let check = |before: &str, key: &str| {
        let error = error_for(&format!("[profile dev]\n{before}\n{key} = x\n"));
        let expected = format!(
            "export-credentials: error: [HOME]/.aws/config:3: {key} of profile \"dev\" is not supported\n\
             hint: aws configure export-credentials --profile dev\n"
        );
        assert_eq!(error, expected);
    };
    check(
        "role_arn = arn:aws:iam::1:role/x",
        "web_identity_token_file",
    );
    check("role_arn = arn:aws:iam::1:role/x", "credential_source");
    check("region = us-east-1", "login_session");
}

#[test]
fn an_unreachable_service_has_a_network_hint() {
    let (_center, mut env) = signed_in();
    env.set("AWS_ENDPOINT_URL", CLOSED_PORT_URL);
    env.set("AWS_MAX_ATTEMPTS", "1");
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: GetRoleCredentials failed: no valid response from the access portal: 127.0.0.1:[PORT] (the endpoint URL in AWS_ENDPOINT_URL) refused the connection
    hint: check AWS_ENDPOINT_URL, the network connection and the proxy settings (HTTPS_PROXY)
    --- exit: 255
    ");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_wait_for_a_service() {
    let (center, env) = signed_in();
    center.set_latency(Operation::GetRoleCredentials, Duration::from_secs(30));
    let running = env.start("export-credentials --profile dev");
    while center.requests().is_empty() {
        std::thread::yield_now();
    }
    running.interrupt();
    let interrupted = running.finish().expect_code(130);
    assert!(interrupted.statements_after_failure().ends_with("false;\n"));
    let left = env.files();
    assert!(
        left.iter().all(|file| !file.contains("cli/cache")),
        "{left:?}"
    );
}

#[test]
fn read_timeout_limits_the_wait_for_a_service() {
    let (center, mut env) = signed_in();
    env.set("AWS_MAX_ATTEMPTS", "1");
    center.set_latency(Operation::GetRoleCredentials, Duration::from_secs(30));
    assert_snapshot!(env.run("export-credentials --profile dev --read-timeout 0.1"), @"
    $ export-credentials --profile dev --read-timeout 0.1
    --- stderr
    export-credentials: error: GetRoleCredentials failed: no valid response from the access portal: 127.0.0.1:[PORT] (the endpoint URL in AWS_ENDPOINT_URL) did not respond within 100ms
    hint: check AWS_ENDPOINT_URL, the network connection and the proxy settings (HTTPS_PROXY)
    --- exit: 255
    ");
}

/// Creates an unusable credentials file.
type Break = fn(&TestEnv);

const UNUSABLE: [(Break, &str); 3] = [
    (
        |env| env.write(".aws/credentials/file", ""),
        "/.aws/credentials: Is a directory (os error 21)",
    ),
    (
        |env| env.write(".aws/credentials", b"[a]\nregion = \xff\n"),
        "/.aws/credentials:2:10: the file is not UTF-8",
    ),
    (
        |env| env.write_credentials("[a]\n[a]\n"),
        "/.aws/credentials:2:1: duplicate section",
    ),
];

#[test]
fn an_unusable_credentials_file_is_a_warning_for_a_profile_that_does_not_need_it() {
    for (break_credentials, problem) in UNUSABLE {
        let (_center, env) = signed_in();
        env.write_config(&format!(
            "{}[profile x]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = dev\n\
             [profile p]\ncredential_process = export-credentials --profile dev --format process\n",
            TestEnv::SAMPLE_CONFIG
        ));
        break_credentials(&env);
        for arguments in [
            "--profile dev",
            "--profile x",
            "--profile p",
            "--sso-session my-sso --account-id 111122223333 --role-name ReadOnly",
            "--bearer-token --profile dev",
        ] {
            let export = env.run(&format!("export-credentials {arguments}"));
            let export = export.expect_code(0);
            let warning = format!("{problem}; the file is ignored");
            let count = export.stderr().matches(&warning).count();
            assert_eq!(count, 1, "{arguments}: {export}");
        }
    }
}

#[test]
fn an_unusable_credentials_file_is_the_error_if_a_profile_is_missing_or_needs_keys() {
    for (break_credentials, problem) in UNUSABLE {
        let (center, env) = signed_in();
        env.write_config(&format!(
            "{}[profile empty]\nregion = x\n\
             [profile keys]\naws_access_key_id = k\naws_secret_access_key = s\n\
             [profile x]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = base\n",
            TestEnv::SAMPLE_CONFIG
        ));
        break_credentials(&env);
        for profile in ["missing", "empty", "keys", "x"] {
            let export = env.run(&format!("export-credentials --profile {profile}"));
            let export = export.expect_code(253);
            assert!(export.stderr().contains(problem), "{profile}: {export}");
            assert!(!export.stderr().contains("warning"), "{profile}: {export}");
        }
        assert!(center.requests().is_empty());
    }
}
