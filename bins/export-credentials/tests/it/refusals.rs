//! Where there can be no credentials.

use insta::assert_snapshot;
use sso_test_support::{Fault, Operation, TestEnv};

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
    center.configure(|settings| settings.legacy_token_lifetime = std::time::Duration::ZERO);
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
