use identity_center_emulator::grant_type::AUTHORIZATION_CODE;
use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Fault, Operation};
use insta::assert_snapshot;
use sso_test_support::Browser;

use crate::environments::free_port;
use crate::{TWO_SESSIONS, home};

#[test]
fn all_signs_in_once_to_each_session_and_legacy_start_url() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    assert_snapshot!(env.run("sso-login --all --use-device-code"), @"
    $ sso-login --all --use-device-code
    --- stderr
    Signing in to SSO session my-sso.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    Signing in to start URL https://my-sso-portal.awsapps.com/start.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (7h 59m); sign in again after that.
    --- exit: 0
    ");
    assert_snapshot!(env.run("sso-login --all --output json --quiet"), @r#"
    $ sso-login --all --output json --quiet
    --- stdout
    [
      {
        "expiresAt": "[TIME]",
        "refreshable": true,
        "region": "us-east-1",
        "schemaVersion": 1,
        "sessionName": "my-sso",
        "startUrl": "https://my-sso-portal.awsapps.com/start"
      },
      {
        "expiresAt": "[TIME]",
        "refreshable": false,
        "region": "us-east-1",
        "schemaVersion": 1,
        "sessionName": null,
        "startUrl": "https://my-sso-portal.awsapps.com/start"
      }
    ]
    --- exit: 0
    "#);
}

#[test]
fn a_failed_sign_in_does_not_stop_the_others_and_the_highest_exit_status_wins() {
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
        "refreshable": false,
        "region": "us-east-1",
        "schemaVersion": 1,
        "sessionName": "c",
        "startUrl": "https://c.awsapps.com/start"
      }
    ]
    --- stderr
    sso-login: error: [sso-session b] at [HOME]/.aws/config:4 lacks sso_start_url
    hint: add sso_start_url to [sso-session b]
    Signing in to SSO session a.
    sso-login: error: the sign-in service in us-east-1 does not know start URL https://a.awsapps.com/start: the sign-in service rejected the request: injected fault (InvalidRequestException, status 400)
    hint: compare sso_start_url and sso_region with the settings of IAM Identity Center
    Signing in to SSO session c.
    Successfully logged into Start URL: https://c.awsapps.com/start
    The token is valid until [TIME] (7h 59m); sign in again after that.
    sso-login: error: 2 of 3 sign-ins failed
    --- exit: 254
    "#);
}

#[test]
fn a_repeated_redirect_gets_its_result_page_during_the_next_sign_in() {
    let check = |options: &str| {
        let (center, env) = home();
        env.write_config(TWO_SESSIONS);
        let mut login = env.start(&format!("sso-login --all --no-browser {options}"));
        let is_url = |line: &str| line.starts_with("http");
        let first = Browser::new().approve(&login.wait_for_line(is_url));
        let second = login.wait_for_line(is_url);
        for url in [first.redirects.last().unwrap(), &first.url] {
            let again = Browser::new().visit(url);
            assert_eq!((again.status, &again.body), (200, &first.body));
        }
        assert!(first.body.contains("You are signed in"), "{first:?}");
        let denied = Browser::new().deny(&second);
        assert!(denied.body.contains("Sign-in failed"), "{denied:?}");
        login.finish().expect_code(254);
        assert_eq!(center.count_grants(AUTHORIZATION_CODE), 1);
    };
    check("");
    check(&format!("--redirect-port {}", free_port()));
}

#[test]
fn a_config_without_sessions_is_an_error() {
    let (_center, env) = home();
    env.write_config("[profile x]\nregion = us-east-1\n");
    env.run("sso-login --all")
        .expect_error(253, "no SSO sessions or legacy start URLs found in ");
}
