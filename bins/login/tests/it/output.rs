//! Output for other programs: JSON and events.

use identity_center_emulator::settings::Consent;
use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::{Browser, TestEnv};

use crate::home;

#[test]
fn json_output_is_one_document() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    assert_snapshot!(env.run("sso-login --profile dev --output json"), @r#"
    $ sso-login --profile dev --output json
    --- stdout
    {
      "expiresAt": "[TIME]",
      "refreshable": true,
      "region": "us-east-1",
      "schemaVersion": 1,
      "sessionName": "my-sso",
      "startUrl": "https://my-sso-portal.awsapps.com/start"
    }
    --- stderr
    Already signed in to SSO session my-sso.
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    "#);
    center.set_consent(Consent::Granted);
    assert_snapshot!(env.run("sso-login --profile legacy --output json --quiet"), @r#"
    $ sso-login --profile legacy --output json --quiet
    --- stdout
    {
      "expiresAt": "[TIME]",
      "refreshable": false,
      "region": "us-east-1",
      "schemaVersion": 1,
      "sessionName": null,
      "startUrl": "https://my-sso-portal.awsapps.com/start"
    }
    --- exit: 0
    "#);
}

#[test]
fn events_are_printed_as_json_lines_when_they_happen() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile legacy --events --quiet --no-browser");
    let mut next = |name: &str| -> Value {
        let line = login.wait_for_line(|line| line.starts_with('{'));
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event["event"], name, "{line}");
        assert_eq!(event["startUrl"], TestEnv::START_URL);
        assert_eq!(event["sessionName"], Value::Null);
        event
    };
    let url = next("url");
    let code = next("userCode");
    let waiting = next("waiting");
    assert_eq!(waiting["expiresIn"], 600);
    let url = url["url"].as_str().unwrap();
    assert!(url.ends_with(code["userCode"].as_str().unwrap()), "{url}");
    Browser::new().approve(url);
    let done = next("done");
    assert_eq!(
        (&done["region"], &done["refreshable"]),
        (&"us-east-1".into(), &false.into())
    );
    let login = login.finish().expect_code(0);
    assert_eq!(login.stdout().lines().count(), 4, "{login}");
}

#[test]
fn authorization_code_events_contain_no_user_code() {
    let (_center, env) = home();
    let mut login = env.start("sso-login --profile dev --events --output json --no-browser");
    let line = login.wait_for_line(|line| line.starts_with('{'));
    let event: Value = serde_json::from_str(&line).unwrap();
    Browser::new().approve(event["url"].as_str().unwrap());
    let login = login.finish().expect_code(0);
    let names: Vec<_> = login
        .stdout()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].clone())
        .collect();
    assert_eq!(names, ["url", "waiting", "done"]);
}

#[test]
fn a_valid_token_prints_only_a_done_event() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    assert_snapshot!(env.run("sso-login --sso-session my-sso --events --quiet"), @r#"
    $ sso-login --sso-session my-sso --events --quiet
    --- stdout
    {"event":"done","expiresAt":"[TIME]","refreshable":true,"region":"us-east-1","schemaVersion":1,"sessionName":"my-sso","startUrl":"https://my-sso-portal.awsapps.com/start"}
    --- exit: 0
    "#);
}
