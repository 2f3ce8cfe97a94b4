//! A profile without a question.

use insta::assert_snapshot;
use sso_test_support::{Account, FakeIdentityCenter, Operation, TestEnv};

use crate::{SESSION, config, signed_in};

/// All that there is to say of a profile.
const EVERYTHING: &str = "--sso-session my-sso --start-url https://my-sso-portal.awsapps.com/start \
    --sso-region us-east-1 --scopes sso:account:access --account-id 123456789011 \
    --role-name ReadOnly --region eu-west-1 --output-format json --profile dev";

#[test]
fn with_all_options_nothing_is_asked_of_anybody() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run(&format!("sso-configure {EVERYTHING}")), @"");
    assert_snapshot!(config(&env), @"");
}

#[test]
fn the_aws_cli_and_boto3_read_what_was_written() {
    let Some(aws) = sso_test_support::tool("aws") else {
        return;
    };
    let env = TestEnv::offline();
}
