//! Values in the config file that are not valid, and unusual start URLs.

use sso_test_support::{Key, Terminal, TestEnv};

use crate::confirmation::WRITE;
use crate::wizard_terminal::{answer, select};
use crate::{SESSION, config, signed_in};

const URL: &str = "https://my-sso-portal.awsapps.com/start";
const SET_UP: &str = "sso-configure --sso-session my-sso --account-id 111122223333 \
                      --role-name ReadOnly --region= --output-format= --profile dev";

/// Key, valid value and option of a setting of a session.
type Setting = (&'static str, &'static str, &'static str);

const START_URL: Setting = ("sso_start_url", URL, "--start-url");
const REGION: Setting = ("sso_region", "us-east-1", "--sso-region");
const SCOPES: Setting = ("sso_registration_scopes", "sso:account:access", "--scopes");

fn with((key, valid, _): Setting, value: &str) -> String {
    SESSION.replace(&format!("{key} = {valid}\n"), &format!("{key} = {value}\n"))
}

/// Starts the set-up of a profile with a session that contains `value`.
fn start(setting: Setting, value: &str) -> (TestEnv, Terminal) {
    let env = TestEnv::offline();
    env.write_config(&with(setting, value));
    let wizard = env.start_on_terminal(SET_UP);
    (env, wizard)
}

#[test]
fn an_invalid_value_of_a_session_is_corrected() {
    let check = |setting: Setting, value: &str, reason: &str, default: &str, typed: &str| {
        let (env, mut wizard) = start(setting, value);
        wizard.wait_until(|screen| screen.replace('\n', " ").contains(reason));
        answer(&mut wizard, default, typed);
        wizard.wait_for(&format!("+{} = {}", setting.0, setting.1));
        answer(&mut wizard, WRITE, "y");
        wizard.finish().expect_code(0);
        let written = config(&env);
        assert!(written.starts_with(SESSION), "{written}");
    };
    let scopes = "SSO registration scopes [sso:account:access]:";
    check(
        SCOPES,
        "\"sso:account:access\"",
        "config:4: SSO registration scopes: expected scopes separated by commas",
        scopes,
        "",
    );
    check(
        SCOPES,
        "a b",
        "expected scopes",
        scopes,
        "sso:account:access",
    );
    check(
        START_URL,
        "my-sso-portal.awsapps.com/start",
        "SSO start URL: expected a start URL that begins with https://",
        &format!("SSO start URL [{URL}]:"),
        "",
    );
    check(
        START_URL,
        &format!("{URL}\u{200b}"),
        "expected a start URL without the character U+200B",
        &format!("SSO start URL [{URL}]:"),
        "",
    );
    check(
        REGION,
        "us_east_1",
        "SSO region: a Region consists of letters",
        "SSO region [us_east_1]:",
        "us-east-1",
    );
    for unknown in ["us-east1", "mars", "US-EAST-1"] {
        check(
            REGION,
            unknown,
            "config:3: SSO region: unknown AWS Region; expected one such as us-east-1",
            &format!("SSO region [{unknown}]:"),
            "us-east-1",
        );
    }
}

#[test]
fn enter_does_not_keep_a_region_without_the_form_of_a_region() {
    let (env, mut wizard) = start(REGION, "mars");
    answer(&mut wizard, "SSO region [mars]:", "");
    wizard.wait_until(|screen| screen.matches("expected one such as us-east-1").count() == 2);
    wizard.press(Key::Ctrl('c'));
    wizard.finish().expect_code(130);
    assert_eq!(config(&env), with(REGION, "mars"));
}

#[test]
fn enter_does_not_keep_an_invalid_value() {
    for value in [
        "https://..",
        "https://my-sso-portal.awsapps.com/st\u{ad}art",
    ] {
        let (env, mut wizard) = start(START_URL, value);
        answer(&mut wizard, "]:", "");
        wizard.wait_until(|screen| {
            let screen = screen.replace('\n', " ");
            screen.matches("expected a start URL with").count() == 2
        });
        wizard.press(Key::Ctrl('c'));
        wizard.finish().expect_code(130);
        assert_eq!(config(&env), with(START_URL, value));
    }
}

#[test]
fn without_a_terminal_the_error_names_the_location_of_an_invalid_value() {
    let check = |setting: Setting, value: &str, problem: &str| {
        let before = with(setting, value);
        let env = TestEnv::offline();
        env.write_config(&before);
        let (_, valid, option) = setting;
        for command in [SET_UP.to_owned(), format!("{SET_UP} --no-input")] {
            let run = env.run(&command).expect_code(253);
            let expected = format!("error: [HOME]/.aws/config:{problem}");
            assert!(run.to_string().contains(&expected), "{run}");
            let hint = format!("hint: use {option}\n");
            assert!(run.stderr().ends_with(&hint), "{run}");
            assert_eq!(config(&env), before);
        }
        env.run(&format!("{SET_UP} --no-input {option} {valid}"))
            .expect_code(0);
        assert!(config(&env).starts_with(SESSION));
    };
    check(SCOPES, "a b", "4: SSO registration scopes: expected scopes");
    check(START_URL, "a.com", "2: SSO start URL: expected a start URL");
    check(REGION, "us_east", "3: SSO region: a Region consists of");
    check(REGION, "us-east1", "3: SSO region: unknown AWS Region");
}

/// It may be newer than this program, or be the Region of a custom endpoint.
#[test]
fn an_unknown_region_is_used_if_it_has_the_form_of_a_region_or_is_an_option() {
    let env = TestEnv::offline();
    for (stored, option) in [("eu-west-99", ""), ("mars", "--sso-region mars")] {
        env.write_config(&with(REGION, stored));
        let run = env.run(&format!("{SET_UP} --no-input {option}"));
        let run = run.expect_code(0);
        let warning = format!("warning: unknown AWS Region: {stored}\n");
        assert!(run.stderr().contains(&warning), "{run}");
    }
}

#[test]
fn an_unknown_region_of_a_profile_is_asked_about() {
    let (_center, env) = signed_in(&format!("{SESSION}\n[profile dev]\nregion = mars\n"));
    let command = "sso-configure --sso-session my-sso --profile dev --output-format= \
                   --account-id 111122223333 --role-name ReadOnly";
    let problem = "config:7: Default client Region: unknown AWS Region; expected one";
    env.run(&format!("{command} --no-input"))
        .expect_error(253, problem);
    let mut wizard = env.start_on_terminal(command);
    answer(&mut wizard, "Default client Region [mars]:", "us-west-2");
    answer(&mut wizard, WRITE, "y");
    wizard.finish().expect_code(0);
    assert!(config(&env).contains("region = us-west-2\n"));
}

#[test]
fn an_invalid_value_of_a_profile_is_asked_about() {
    let profile = "\n[profile dev]\nregion = us_east\noutput = xml\n";
    let (_center, env) = signed_in(&format!("{SESSION}{profile}"));
    let command = "sso-configure --sso-session my-sso --profile dev";
    env.run(&format!(
        "{command} --no-input --account-id 111122223333 --role-name ReadOnly"
    ))
    .expect_error(253, "config:7: Default client Region: a Region consists of");
    let mut wizard = env.start_on_terminal(command);
    select(&mut wizard, "AWS accounts", "developer");
    select(&mut wizard, "roles", "readonly");
    wizard.wait_until(|screen| {
        let screen = screen.replace('\n', " ");
        screen.contains("config:7: Default client Region: a Region consists of")
    });
    answer(&mut wizard, "Default client Region [us_east]:", "us-east-1");
    wizard.wait_for("expected one of json");
    answer(&mut wizard, "[xml]:", "json");
    answer(&mut wizard, WRITE, "y");
    wizard.finish().expect_code(0);
    assert!(config(&env).contains("region = us-east-1\noutput = json\n"));
}

#[test]
fn a_pasted_start_url_is_written_in_its_normal_form() {
    let check = |pasted: &str, expected: &str| {
        let env = TestEnv::offline();
        let mut wizard = env.start_on_terminal("sso-configure session --sso-session new");
        wizard.wait_for("SSO start URL [None]:");
        wizard.paste(pasted);
        wizard.press(Key::Enter);
        answer(&mut wizard, "SSO region [None]:", "us-east-1");
        answer(
            &mut wizard,
            "SSO registration scopes [sso:account:access]:",
            "",
        );
        wizard.finish().expect_code(0);
        let written = config(&env);
        let line = format!("sso_start_url = {expected}\n");
        assert!(written.contains(&line), "{pasted:?}: {written}");
    };
    check(
        "\u{feff}https://my-sso-portal.awsapps.com/start\u{200b}",
        URL,
    );
    check(
        "\u{2068}HTTPS://My-SSO-Portal.awsapps.com:443/start/#/\u{2069}\n",
        URL,
    );
    check(
        "https://portal.example.com:8443",
        "https://portal.example.com:8443",
    );
}

#[test]
fn an_unusual_path_is_accepted_the_second_time() {
    let env = TestEnv::offline();
    let mut wizard = env.start_on_terminal("sso-configure session --sso-session new");
    let connect = "https://my-sso-portal.awsapps.com/connect";
    answer(&mut wizard, "SSO start URL [None]:", connect);
    wizard.wait_until(|screen| {
        let screen = screen.replace('\n', " ");
        screen.contains(&format!("the start URL of this host is usually {URL}"))
    });
    wizard.press(Key::Enter);
    answer(&mut wizard, "SSO region [None]:", "us-east-1");
    answer(
        &mut wizard,
        "SSO registration scopes [sso:account:access]:",
        "",
    );
    wizard.finish().expect_code(0);
    assert!(config(&env).contains(&format!("sso_start_url = {connect}\n")));
}

#[test]
fn a_name_with_an_invisible_character_is_asked_about_again() {
    let env = TestEnv::offline();
    let mut wizard = env.start_on_terminal("sso-configure session");
    wizard.wait_for("SSO session name:");
    wizard.paste("my-sso\u{200b}");
    wizard.press(Key::Enter);
    wizard.wait_for("a name must not contain the character U+200B, which is invisible");
    wizard.press(Key::Backspace);
    wizard.press(Key::Enter);
    answer(&mut wizard, "SSO start URL [None]:", URL);
    answer(&mut wizard, "SSO region [None]:", "us-east-1");
    answer(
        &mut wizard,
        "SSO registration scopes [sso:account:access]:",
        "",
    );
    wizard.finish().expect_code(0);
    assert!(config(&env).starts_with("[sso-session my-sso]\n"));
}
