use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{SESSION, config};

#[test]
fn a_new_session_is_written_with_usage_hints() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run(
        "sso-configure session --sso-session my-sso --start-url https://a.awsapps.com/start \
         --sso-region us-east-1 --scopes sso:account:access"
    ), @"
    $ sso-configure session --sso-session my-sso --start-url https://a.awsapps.com/start --sso-region us-east-1 --scopes sso:account:access
    --- stderr

    SSO session my-sso was written to [HOME]/.aws/config.

    To sign in to this session and set up a profile that uses it:

        sso-login --sso-session my-sso
        sso-configure --sso-session my-sso
    --- exit: 0
    ");
    assert_snapshot!(config(&env), @"
    [sso-session my-sso]
    sso_start_url = https://a.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access
    ");
}

#[test]
fn an_existing_session_is_changed_in_place() {
    let env = TestEnv::offline();
    let before = SESSION.replace("sso_region", "# the home\nmy_key = my secret\nsso_region");
    env.write_config(&before);
    assert_snapshot!(env.run(
        "sso-configure sso-session --no-input --sso-session my-sso --sso-region eu-west-1"
    ), @"
    $ sso-configure sso-session --no-input --sso-session my-sso --sso-region eu-west-1
    --- stderr

    --- [HOME]/.aws/config
    +++ [HOME]/.aws/config
    @@ -2,5 +2,5 @@
     sso_start_url = https://my-sso-portal.awsapps.com/start
     # the home
     my_key = ****
    -sso_region = us-east-1
    +sso_region = eu-west-1
     sso_registration_scopes = sso:account:access

    SSO session my-sso was written to [HOME]/.aws/config.

    To sign in to this session and set up a profile that uses it:

        sso-login --sso-session my-sso
        sso-configure --sso-session my-sso
    --- exit: 0
    ");
    assert_eq!(config(&env), before.replace("us-east-1", "eu-west-1"));
}

#[test]
fn only_an_existing_session_may_have_white_space_in_its_name() {
    let env = TestEnv::offline();
    let old = SESSION.replace("[sso-session my-sso]", "[sso-session \"my sso\"]");
    env.write_config(&old);
    env.run("sso-configure session --no-input --sso-session 'my sso' --sso-region eu-west-1")
        .expect_code(0);
    assert_eq!(config(&env), old.replace("us-east-1", "eu-west-1"));
    env.run("sso-configure session --no-input --sso-session 'your sso' --sso-region eu-west-1")
        .expect_error(252, "other SDKs cannot read it");
}

#[test]
fn the_name_of_a_session_needs_no_option() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    env.run("sso-configure session my-sso --no-input --sso-region eu-west-1")
        .expect_code(0);
    assert_eq!(config(&env), SESSION.replace("us-east-1", "eu-west-1"));
    let both = env.run("sso-configure session my-sso --sso-session my-sso");
    both.expect_error(252, "cannot be used with");
    assert_eq!(env.completions("sso-configure", "session my"), ["my-sso"]);
    assert_eq!(env.completions("sso-configure", "accounts my"), ["my-sso"]);
}
