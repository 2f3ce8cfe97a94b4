use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::signed_in;

#[test]
fn sessions_are_listed_with_their_state_and_profiles_with_their_location() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    let before = env.files();
    assert_snapshot!(env.run("sso-configure list"), @"
    $ sso-configure list
    --- stdout
    SESSION  SIGNED IN  REGION     START URL
    my-sso   yes        us-east-1  https://my-sso-portal.awsapps.com/start
    –        no         us-east-1  https://my-sso-portal.awsapps.com/start

    PROFILE  SESSION  ACCOUNT       ROLE        REGION
    dev      my-sso   111122223333  ReadOnly    us-west-2
    prod     my-sso   123456789011  FullAccess  –
    legacy   –        111122223333  ReadOnly    –
    --- exit: 0
    ");
    assert_snapshot!(env.run("sso-configure list --output json"), @r#"
    $ sso-configure list --output json
    --- stdout
    {
      "schemaVersion": 1,
      "file": "[HOME]/.aws/config",
      "sessions": [
        {
          "name": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "region": "us-east-1",
          "registrationScopes": [
            "sso:account:access"
          ],
          "state": "valid"
        },
        {
          "name": null,
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "region": "us-east-1",
          "registrationScopes": null,
          "state": "signedOut"
        }
      ],
      "profiles": [
        {
          "name": "dev",
          "sessionName": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "accountId": "111122223333",
          "roleName": "ReadOnly",
          "region": "us-west-2",
          "location": "[HOME]/.aws/config:6"
        },
        {
          "name": "prod",
          "sessionName": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "accountId": "123456789011",
          "roleName": "FullAccess",
          "region": null,
          "location": "[HOME]/.aws/config:12"
        },
        {
          "name": "legacy",
          "sessionName": null,
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "accountId": "111122223333",
          "roleName": "ReadOnly",
          "region": null,
          "location": "[HOME]/.aws/config:17"
        }
      ]
    }
    --- exit: 0
    "#);
    assert_eq!(env.files(), before);
}

#[test]
fn invalid_profiles_are_warnings() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run("sso-configure list"), @"
    $ sso-configure list
    --- stdout
    No SSO sessions or profiles found. Run sso-configure to create one.
    --- exit: 0
    ");
    env.write_config("[profile a]\nsso_session = gone\n\n[profile b]\nregion = eu-west-1\n");
    assert_snapshot!(env.run("sso-configure list"), @"
    $ sso-configure list
    --- stdout
    No SSO sessions or profiles found. Run sso-configure check to find the sections that cannot be used.
    --- stderr
    sso-configure: warning: section [sso-session gone] not found in [HOME]/.aws/config, referenced by sso_session at [HOME]/.aws/config:2
    --- exit: 0
    ");
}

#[test]
fn populate_without_a_session_leads_to_one() {
    let env = TestEnv::offline();
    let check = |config: &str, hint: &str| {
        env.write_config(config);
        let populate = env.run("sso-configure populate").expect_code(253);
        assert!(populate.stderr().ends_with(hint), "{populate}");
    };
    check("", "\nhint: sso-configure session\n");
    check(
        "[sso_session a]\n",
        "\nhint: to find the sections that cannot be used: sso-configure check\n",
    );
    env.write_config("[sso-session my-sso]\nsso_start_url = https://a\nsso_region = us-east-1\n");
    let populate = env.run("sso-configure populate --sso-session mysso");
    let hint = "\nhint: did you mean my-sso?\n";
    assert!(populate.stderr().contains(hint), "{populate}");
}
