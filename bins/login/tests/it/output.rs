//! What programs that wrap this one read.

use identity_center_emulator::settings::Consent;
use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::{Browser, TestEnv};

use crate::home;

#[test]
fn json_is_one_document_at_the_end() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    assert_snapshot!(env.run("sso-login --profile dev --output json"), @r#"
    $ sso-login --profile dev --output json
    --- stdout
    {
      "expiresAt": "[TIME]",
      "region": "us-east-1",
      "renewable": true,
      "sessionName": "my-sso",
      "startUrl": "https://my-sso-portal.awsapps.com/start"
    }
    --- stderr
    Signed in to https://my-sso-portal.awsapps.com/start.
    The token is valid until [TIME] (59m) and renews itself.
    --- exit: 0
    "#);
    center.set_consent(Consent::Granted);
    assert_snapshot!(env.run("sso-login --profile legacy --output json --quiet"), @r#"
    $ sso-login --profile legacy --output json --quiet
    --- stdout
    {
      "expiresAt": "[TIME]",
      "region": "us-east-1",
      "renewable": false,
      "sessionName": null,
      "startUrl": "https://my-sso-portal.awsapps.com/start"
    }
    --- exit: 0
    "#);
}

#[test]
fn events_come_as_they_happen_a_line_each() {
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
        (&done["region"], &done["renewable"]),
        (&"us-east-1".into(), &false.into())
    );
    let login = login.finish().expect_code(0);
    assert_eq!(login.stdout().lines().count(), 4, "{login}");
}

#[test]
fn events_of_the_browsers_way_have_no_code() {
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
fn a_token_that_is_there_is_done_at_once() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    assert_snapshot!(env.run("sso-login --sso-session my-sso --events --quiet"), @r#"
    $ sso-login --sso-session my-sso --events --quiet
    --- stdout
    {"event":"done","expiresAt":"[TIME]","region":"us-east-1","renewable":true,"sessionName":"my-sso","startUrl":"https://my-sso-portal.awsapps.com/start"}
    --- exit: 0
    "#);
}
