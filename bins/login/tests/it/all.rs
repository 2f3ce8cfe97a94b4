//! Every session of the config, one after the other.

use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Fault, Operation};
use insta::assert_snapshot;

use crate::home;

#[test]
fn every_session_and_every_legacy_start_url_is_signed_in_to_once() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    assert_snapshot!(env.run("sso-login --all --use-device-code"), @"
    $ sso-login --all --use-device-code
    --- stderr
    Signing in to the sso-session my-sso.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and renews itself.
    Signing in to the start URL https://my-sso-portal.awsapps.com/start.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (7h 59m); after that, sign in again.
    --- exit: 0
    ");
    assert_snapshot!(env.run("sso-login --all --output json --quiet"), @r#"
    $ sso-login --all --output json --quiet
    --- stdout
    [
      {
        "expiresAt": "[TIME]",
        "region": "us-east-1",
        "renewable": true,
        "sessionName": "my-sso",
        "startUrl": "https://my-sso-portal.awsapps.com/start"
      },
      {
        "expiresAt": "[TIME]",
        "region": "us-east-1",
        "renewable": false,
        "sessionName": null,
        "startUrl": "https://my-sso-portal.awsapps.com/start"
      }
    ]
    --- exit: 0
    "#);
}

#[test]
fn one_that_fails_does_not_stop_the_others_and_the_worst_decides() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    env.write_config(
        "[sso-session a]\nsso_start_url = https://a.awsapps.com/start\nsso_region = us-east-1\n\
         [sso-session b]\nsso_region = us-east-1\n\
         [sso-session c]\nsso_start_url = https://c.awsapps.com/start\nsso_region = us-east-1\n",
    );
    center.fail_next(
        Operation::StartDeviceAuthorization,
        Fault::oidc("invalid_request"),
    );
    assert_snapshot!(env.run("sso-login --all --use-device-code --output json"), @r#"
    $ sso-login --all --use-device-code --output json
    --- stdout
    [
      {
        "expiresAt": "[TIME]",
        "region": "us-east-1",
        "renewable": false,
        "sessionName": "c",
        "startUrl": "https://c.awsapps.com/start"
      }
    ]
    --- stderr
    sso-login: error: [sso-session b] at [HOME]/.aws/config:4 lacks sso_start_url
    hint: add sso_start_url below [sso-session b]
    Signing in to the sso-session a.
    sso-login: error: the sign-in service in us-east-1 does not know the start URL https://a.awsapps.com/start: the sign-in service does not accept the request: refused on demand (InvalidRequestException, status 400)
    hint: check sso_start_url and sso_region: the settings of IAM Identity Center show both
    Signing in to the sso-session c.
    Successfully logged into Start URL: https://c.awsapps.com/start
    The token is valid until [TIME] (7h 59m); after that, sign in again.
    sso-login: error: 2 of 3 sign-ins failed
    --- exit: 254
    "#);
}

#[test]
fn a_config_without_any_is_nothing_to_do() {
    let (_center, env) = home();
    env.write_config("[profile x]\nregion = us-east-1\n");
    env.run("sso-login --all")
        .expect_error(253, "there is nothing to sign in to in ");
}
