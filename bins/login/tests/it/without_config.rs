use identity_center_emulator::Emulator;
use identity_center_emulator::grant_type::DEVICE_CODE;
use identity_center_emulator::settings::Consent;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::approve_code;

fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    (center, env)
}

#[test]
fn start_url_and_region_are_sufficient() {
    let (_center, env) = home();
    let start_url = TestEnv::START_URL;
    let command = format!("sso-login --start-url {start_url} --sso-region us-east-1 --no-browser");
    let mut login = env.start(&command);
    approve_code(&mut login);
    assert_snapshot!(login.finish(), @"
    $ sso-login --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1 --no-browser
    --- stderr
    Using a browser, open the following URL:

    http://127.0.0.1:[PORT]/device

    and enter the following code:

        [USER_CODE]

    Approve the request only if you started it and the browser shows the same code.
    Waiting for approval (10m at most)
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    The token is valid until [TIME] (7h 59m); sign in again after that.
    --- exit: 0
    ");
    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY));
    assert_eq!(token["startUrl"], start_url);
    assert_eq!(token["region"], "us-east-1");
    assert!(!env.config_path().exists());
}

#[test]
fn a_start_url_copied_from_the_browser_is_normalized() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    let start_url = TestEnv::START_URL;
    env.run(&format!(
        "sso-login --start-url {start_url}/#/ --sso-region us-east-1"
    ))
    .expect_code(0);
    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY));
    assert_eq!(token["startUrl"], start_url);
    env.run(&format!(
        "sso-login --start-url {start_url} --sso-region us-east-1"
    ))
    .expect_code(0);
    assert_eq!(center.count_grants(DEVICE_CODE), 1);
}

#[test]
fn a_start_url_that_contains_its_region_is_sufficient() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    let login =
        env.run("sso-login --start-url https://ssoins-12.portal.eu-west-1.app.aws --output json");
    assert_snapshot!(login, @r#"
    $ sso-login --start-url https://ssoins-12.portal.eu-west-1.app.aws --output json
    --- stdout
    {
      "expiresAt": "[TIME]",
      "refreshable": false,
      "region": "eu-west-1",
      "schemaVersion": 1,
      "sessionName": null,
      "startUrl": "https://ssoins-12.portal.eu-west-1.app.aws"
    }
    --- stderr
    Successfully logged into Start URL: https://ssoins-12.portal.eu-west-1.app.aws
    The token is valid until [TIME] (7h 59m); sign in again after that.
    --- exit: 0
    "#);
}

#[test]
fn the_region_of_a_start_url_in_the_config_file_is_known() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let login = env.run(&format!(
        "sso-login --start-url {}#/ --output json",
        TestEnv::START_URL
    ));
    let login = login.expect_code(0);
    let region = "\"region\": \"us-east-1\"";
    assert!(login.stdout().contains(region), "{login}");
}

#[test]
fn an_unknown_region_is_an_error_that_names_sso_region() {
    let (center, env) = home();
    assert_snapshot!(env.run("sso-login --start-url https://my-portal.awsapps.com/start"), @"
    $ sso-login --start-url https://my-portal.awsapps.com/start
    --- stderr
    sso-login: error: cannot determine the Region of start URL https://my-portal.awsapps.com/start
    hint: specify its Region with --sso-region
    --- exit: 253
    ");
    assert_snapshot!(env.run("sso-login --start-url my-portal.awsapps.com/start"), @"
    $ sso-login --start-url my-portal.awsapps.com/start
    --- stderr
    sso-login: error: cannot resolve start URL my-portal.awsapps.com/start: not an https URL
    hint: use a start URL such as https://my-portal.awsapps.com/start
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
}

/// Also with a Region, so that no lookup is needed.
#[test]
fn an_invalid_start_url_is_an_error_before_the_first_sign_in() {
    let (center, env) = home();
    for (url, problem) in [
        ("https://..", "its host name is not valid"),
        ("https://a.com:/start", "its port is not valid"),
        ("https://x.awsapps.com/start?x=1", "it contains a query"),
        (
            "https://x.awsapps.com/st\u{200b}art",
            "it contains the character U+200B",
        ),
        (
            "https://x.awsapps.com/start\u{200b}",
            "it contains the character U+200B",
        ),
        (
            "https://me:s3cret@x.com",
            "it contains a user name or a password",
        ),
    ] {
        for selection in [url.to_owned(), format!("{} {url}", TestEnv::START_URL)] {
            let login = env.run(&format!("sso-login --sso-region us-east-1 {selection}"));
            assert!(!login.stderr().contains("s3cret"), "{login}");
            login.expect_error(253, problem);
        }
    }
    assert!(center.requests().is_empty());
}
