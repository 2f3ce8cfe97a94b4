//! Where there can be no credentials.

use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use insta::assert_snapshot;
use sso_test_support::{CLOSED_PORT_URL, TestEnv};

use crate::{home, signed_in, signed_in_long_ago};

#[test]
fn not_signed_in_names_the_command_that_helps() {
    let (center, env) = home();
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: not signed in to the sso-session my-sso
    hint: sso-login --profile dev
    --- exit: 253
    ");
    assert_snapshot!(env.run("export-credentials --profile legacy"), @"
    $ export-credentials --profile legacy
    --- stderr
    export-credentials: error: not signed in to the start URL https://my-sso-portal.awsapps.com/start
    hint: sso-login --profile legacy
    --- exit: 253
    ");
    assert_snapshot!(env.run("export-credentials --sso-session my-sso --account-id 1 --role-name r"), @"
    $ export-credentials --sso-session my-sso --account-id 1 --role-name r
    --- stderr
    export-credentials: error: not signed in to the sso-session my-sso
    hint: sso-login --sso-session my-sso
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
}

#[test]
fn a_session_that_has_ended_names_the_command_that_helps() {
    let (center, env) = signed_in_long_ago();
    center.end_session();
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: the sign-in to the sso-session my-sso has ended
    hint: sso-login --profile dev
    --- exit: 253
    ");
}

#[test]
fn a_token_that_cannot_be_renewed_has_expired() {
    let (center, env) = home();
    center.configure(|settings| settings.legacy_token_lifetime = Duration::ZERO);
    let token = center
        .sign_in(&[])
        .token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &token);
    assert_snapshot!(env.run("export-credentials --profile legacy"), @"
    $ export-credentials --profile legacy
    --- stderr
    export-credentials: error: the token of the start URL https://my-sso-portal.awsapps.com/start has expired
    hint: sso-login --profile legacy
    --- exit: 253
    ");
}

#[test]
fn a_role_that_is_not_assigned_is_named() {
    let (_center, env) = signed_in();
    env.write_config(&TestEnv::SAMPLE_CONFIG.replace("ReadOnly", "Nobody"));
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: the role Nobody in account 111122223333 was refused: access is denied: No access (ForbiddenException, status 403)
    hint: compare sso_account_id and sso_role_name with what the access portal lists
    --- exit: 254
    ");
}

#[test]
fn a_profile_without_account_and_role_has_no_credentials() {
    let (_center, env) = signed_in();
    env.write_config(
        "[sso-session s]\nsso_start_url = https://a.awsapps.com/start\nsso_region = us-east-1\n\
         [profile dev]\nsso_session = s\n",
    );
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: [profile dev] at [HOME]/.aws/config:4 lacks sso_account_id and sso_role_name
    hint: add sso_account_id and sso_role_name below [profile dev]
    --- exit: 253
    ");
}

#[test]
fn a_service_that_refuses_exits_with_254() {
    let (center, env) = signed_in();
    center.fail_always(
        Operation::GetRoleCredentials,
        Fault::portal("ResourceNotFoundException"),
    );
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: asking for role credentials failed: the access portal does not know what was asked for: refused on demand (ResourceNotFoundException, status 404)
    --- exit: 254
    ");
}

/// Returns what is said of the profile `dev` of a config, where nothing is asked of anybody.
fn said_of(config: &str) -> String {
    let env = TestEnv::offline();
    env.write_config(config);
    let refused = env.run("export-credentials --profile dev");
    let refused = refused.expect_code(253);
    assert_eq!(refused.stdout(), "", "{refused}");
    let home = env.home().to_str().unwrap();
    refused.stderr().replace(home, "[HOME]")
}

#[test]
fn a_config_that_leads_nowhere_is_named_with_its_line_and_what_mends_it() {
    assert_snapshot!(said_of("[profile other]\n"), @r#"
    export-credentials: error: there is no profile "dev" in [HOME]/.aws/config
    hint: add [profile dev] to [HOME]/.aws/config, or choose another with --profile
    "#);
    assert_snapshot!(said_of("[profile dev]\nregion = us-east-1\n"), @r#"
    export-credentials: error: profile "dev" at [HOME]/.aws/config:1 has no credentials
    hint: add sso_session, sso_account_id and sso_role_name to [profile dev], or choose another with --profile
    "#);
    assert_snapshot!(said_of("[profile dev]\nsso_session = s\n"), @"
    export-credentials: error: there is no section [sso-session s] in [HOME]/.aws/config, which sso_session at [HOME]/.aws/config:2 asks for
    hint: add [sso-session s] with sso_start_url and sso_region to the config file
    ");
    assert_snapshot!(
        said_of("[profile dev]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = s\n"),
        @r#"
    export-credentials: error: [HOME]/.aws/config:3: there is no profile "s"
    hint: add [profile s], or let source_profile name another
    "#
    );
    assert_snapshot!(said_of("[profile dev]\nrole_arn = arn:aws:iam::1:role/x\n"), @"
    export-credentials: error: [profile dev] at [HOME]/.aws/config:1 lacks source_profile
    hint: add source_profile below [profile dev]
    ");
}

#[test]
fn a_config_that_makes_no_sense_is_named_with_its_line_and_what_mends_it() {
    assert_snapshot!(said_of("[profile dev\nsso_session = s\n"), @"
    export-credentials: error: [HOME]/.aws/config:1:1: text before the first section header
    hint: mend line 1 of [HOME]/.aws/config
    ");
    assert_snapshot!(
        said_of(&TestEnv::SAMPLE_CONFIG.replace(
            "sso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion",
            "sso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = r\nregion",
        )),
        @"
    export-credentials: error: sso_region at [HOME]/.aws/config:8 differs from the one at [HOME]/.aws/config:3
    hint: remove sso_region at [HOME]/.aws/config:8; the session's counts
    "
    );
    assert_snapshot!(said_of(&TestEnv::SAMPLE_CONFIG.replace("us-east-1", "us east 1")), @"
    export-credentials: error: [HOME]/.aws/config:3: sso_region is unusable: a Region consists of letters, digits and hyphens, as us-east-1 does
    hint: write a Region such as us-east-1 in line 3 of [HOME]/.aws/config
    ");
}

#[test]
fn what_other_tools_are_for_is_named_with_the_tool() {
    let check = |before: &str, key: &str| {
        let said = said_of(&format!("[profile dev]\n{before}\n{key} = x\n"));
        let expected = format!(
            "export-credentials: error: [HOME]/.aws/config:3: {key} of profile \"dev\" is not supported\n\
             hint: the AWS CLI can: aws configure export-credentials --profile dev\n"
        );
        assert_eq!(said, expected);
    };
    check(
        "role_arn = arn:aws:iam::1:role/x",
        "web_identity_token_file",
    );
    check("role_arn = arn:aws:iam::1:role/x", "credential_source");
    check("region = us-east-1", "login_session");
}

#[test]
fn a_service_that_is_not_reached_is_a_matter_of_the_network() {
    let (_center, mut env) = signed_in();
    env.set("AWS_ENDPOINT_URL", CLOSED_PORT_URL);
    env.set("AWS_MAX_ATTEMPTS", "1");
    assert_snapshot!(env.run("export-credentials --profile dev"), @"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: asking for role credentials failed: the access portal cannot be reached: 127.0.0.1:[PORT] refuses connections
    hint: check the network, sso_region, and whether a proxy is needed (HTTPS_PROXY)
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
    running.finish().expect_code(130);
    let left = env.files();
    assert!(
        left.iter().all(|file| !file.contains("cli/cache")),
        "{left:?}"
    );
}

#[test]
fn the_patience_with_a_service_is_the_callers() {
    let (center, mut env) = signed_in();
    env.set("AWS_MAX_ATTEMPTS", "1");
    center.set_latency(Operation::GetRoleCredentials, Duration::from_secs(30));
    assert_snapshot!(env.run("export-credentials --profile dev --read-timeout 0.1"), @"
    $ export-credentials --profile dev --read-timeout 0.1
    --- stderr
    export-credentials: error: asking for role credentials failed: the access portal cannot be reached: 127.0.0.1:[PORT] did not answer within 100ms
    hint: check the network, sso_region, and whether a proxy is needed (HTTPS_PROXY)
    --- exit: 255
    ");
}
