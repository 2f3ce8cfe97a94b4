//! The wizard, if the user goes back to earlier questions.

use identity_center_emulator::Operation;
use sso_test_support::{Browser, Key, Terminal, TestEnv};

use crate::confirmation::WRITE;
use crate::wizard_terminal::{answer, answer_profile, home, is_at, select, sign_in};
use crate::{SESSION, config, signed_in};

const ROLE_OPTIONS: &str =
    "sso-configure --sso-session my-sso --account-id 111122223333 --role-name ReadOnly";
const REGION: &str = "Default client Region [None]:";
const FORMAT: &str = "CLI default output format (json if not specified) [None]:";
const UNWRITTEN: &str = "sso-configure: error: interrupted; nothing was written to the config file";

/// Waits for a question after the first one. Its help distinguishes it from an answered question.
fn wait_at(wizard: &mut Terminal, question: &str) {
    wizard.wait_until(|screen| {
        is_at(screen, question) && screen.trim_end().ends_with("Esc to go back")
    });
}

/// Waits for the first question, which has no help, for the second time.
fn wait_at_first_again(wizard: &mut Terminal, question: &str) {
    wizard.wait_until(|screen| screen.matches(question).count() == 2);
}

fn go_back_from(wizard: &mut Terminal, question: &str) {
    wait_at(wizard, question);
    wizard.press(Key::Escape);
}

#[test]
fn another_account_and_role_can_be_selected_without_new_requests() {
    let (center, env) = signed_in(SESSION);
    let mut wizard = env.start_on_terminal("sso-configure");
    answer(&mut wizard, "SSO session name [my-sso]:", "");
    select(&mut wizard, "AWS accounts", "developer");
    select(&mut wizard, "roles", "readonly");
    answer(&mut wizard, REGION, "");
    go_back_from(&mut wizard, FORMAT);
    go_back_from(&mut wizard, REGION);
    wizard.wait_for("> ReadOnly");
    wizard.wait_for("Enter to select, Esc to go back");
    wizard.press(Key::Escape);
    wizard.wait_for("> DeveloperAccount");
    wizard.type_text("production");
    wizard.press(Key::Enter);
    wizard.wait_for("> ReadOnly");
    wizard.press(Key::Enter);
    answer_profile(&mut wizard, "123456789011_ReadOnly", "dev");
    wizard.finish().expect_code(0);
    let written = config(&env);
    assert!(
        written.contains("sso_account_id = 123456789011\nsso_role_name = ReadOnly\n"),
        "{written}"
    );
    assert_eq!(center.count(Operation::ListAccounts), 1);
    assert_eq!(center.count(Operation::ListAccountRoles), 2);
}

#[test]
fn an_earlier_answer_can_be_edited() {
    let (_center, env) = signed_in(SESSION);
    let mut wizard = env.start_on_terminal(&format!("{ROLE_OPTIONS} --profile dev"));
    answer(&mut wizard, REGION, "eu-west-1");
    go_back_from(&mut wizard, FORMAT);
    wait_at_first_again(&mut wizard, &format!("{REGION} eu-west-1"));
    wizard.press(Key::Backspace);
    wizard.type_text("3");
    wizard.press(Key::Enter);
    answer(&mut wizard, FORMAT, "");
    let wizard = wizard.finish().expect_code(0);
    assert!(config(&env).contains("region = eu-west-3\n"));
    assert_eq!(wizard.terminal().matches(FORMAT).count(), 1, "{wizard}");
    assert!(!wizard.terminal().contains("Esc to go back"), "{wizard}");
}

#[test]
fn another_profile_name_can_be_entered_at_the_confirmation() {
    let before = format!("{SESSION}\n[profile dev]\nregion = eu-west-1\n");
    let env = TestEnv::offline();
    env.write_config(&before);
    let mut wizard = env.start_on_terminal(ROLE_OPTIONS);
    answer_profile(&mut wizard, "111122223333_ReadOnly", "dev");
    go_back_from(&mut wizard, WRITE);
    wait_at(&mut wizard, "Profile name [111122223333_ReadOnly]: dev");
    assert_eq!(config(&env), before);
    wizard.type_text("-2");
    wizard.press(Key::Enter);
    wizard.finish().expect_code(0);
    let written = config(&env);
    assert!(written.starts_with(&before), "{written}");
    assert!(written.contains("[profile dev-2]\n"), "{written}");
}

#[test]
fn the_user_signs_in_again_only_for_another_session() {
    let (center, env) = home();
    let mut wizard = env.start_on_terminal("sso-configure --no-browser");
    let start_url = "https://my-sso-portal.awsapps.com/start";
    let scopes = "SSO registration scopes [sso:account:access]:";
    answer(&mut wizard, "SSO session name (Recommended):", "one");
    answer(&mut wizard, "SSO start URL [None]:", start_url);
    answer(&mut wizard, "SSO region [None]:", "us-east-1");
    answer(&mut wizard, scopes, "");
    sign_in(&mut wizard);
    wizard.wait_for("2; type to filter");
    wizard.press(Key::Escape);
    wait_at(&mut wizard, scopes);
    wizard.press(Key::Enter);
    wizard.wait_for("2; type to filter");
    assert_eq!(center.count(Operation::CreateToken), 1);
    wizard.press(Key::Escape);
    go_back_from(&mut wizard, scopes);
    go_back_from(&mut wizard, "SSO region [None]: us-east-1");
    go_back_from(&mut wizard, &format!("SSO start URL [None]: {start_url}"));
    wait_at_first_again(&mut wizard, "SSO session name (Recommended): one");
    wizard.press(Key::Ctrl('u'));
    wizard.type_text("two\r");
    answer(
        &mut wizard,
        &format!("SSO start URL [None]: {start_url}"),
        "",
    );
    wait_at(&mut wizard, "SSO region [None]: us-east-1");
    wizard.press(Key::Enter);
    wait_at(&mut wizard, scopes);
    wizard.press(Key::Enter);
    let screen = wizard.wait_for("Waiting for the browser (");
    let url = screen
        .lines()
        .rfind(|line| line.starts_with("http"))
        .unwrap();
    Browser::new().approve(url);
    wizard.wait_for("2; type to filter");
    wizard.press(Key::Enter);
    wizard.wait_for("> FullAccess");
    wizard.press(Key::Enter);
    answer_profile(&mut wizard, "111122223333_FullAccess", "dev");
    wizard.finish().expect_code(0);
    assert_eq!(center.count(Operation::CreateToken), 2);
    let written = config(&env);
    assert!(written.contains("sso_session = two\n"), "{written}");
    assert!(!written.contains("one"), "{written}");
}

#[test]
fn other_scopes_than_those_of_the_token_require_a_sign_in() {
    let (center, env) = home();
    let mut wizard = env.start_on_terminal(
        "sso-configure --no-browser --sso-session my-sso --sso-region us-east-1 --role-name ReadOnly \
         --start-url https://my-sso-portal.awsapps.com/start",
    );
    let scopes = "SSO registration scopes [sso:account:access]:";
    answer(&mut wizard, scopes, "");
    sign_in(&mut wizard);
    wizard.wait_for("2; type to filter");
    wizard.press(Key::Escape);
    wait_at_first_again(&mut wizard, scopes);
    wizard.type_text("sso:account:access,codewhisperer:completions\r");
    let is_asked = |screen: &str| screen.matches("Waiting for the browser (").count() == 1;
    let screen = wizard.wait_until(is_asked);
    let url = screen.lines().rfind(|line| line.starts_with("http"));
    Browser::new().approve(url.unwrap());
    wizard.wait_for("2; type to filter");
    wizard.press(Key::Enter);
    answer_profile(&mut wizard, "111122223333_ReadOnly", "dev");
    wizard.finish().expect_code(0);
    assert_eq!(center.count(Operation::CreateToken), 2);
}

#[test]
fn the_next_wizard_requires_a_sign_in_for_further_scopes_only() {
    let (center, env) = home();
    let start = |scopes: &str| {
        env.start_on_terminal(&format!(
            "sso-configure --no-browser --sso-session my-sso --sso-region us-east-1 --role-name ReadOnly \
             --start-url https://my-sso-portal.awsapps.com/start --scopes {scopes}"
        ))
    };
    let check = |scopes: &str, signs_in: bool| {
        let mut wizard = start(scopes);
        if signs_in {
            sign_in(&mut wizard);
        }
        wizard.wait_for("2; type to filter");
        wizard.press(Key::Ctrl('c'));
        let wizard = wizard.finish().expect_code(130);
        assert_eq!(
            wizard.terminal().contains("logged into"),
            signs_in,
            "{wizard}"
        );
    };
    check("sso:account:access,codewhisperer:completions", true);
    check("sso:account:access", false);
    check("sso:account:access,codewhisperer:analysis", true);
    assert_eq!(center.count(Operation::CreateToken), 2);
}

#[test]
fn the_region_of_another_start_url_replaces_a_typed_one() {
    let env = TestEnv::offline();
    let mut wizard = env.start_on_terminal("sso-configure session --sso-session new");
    let start_url = "SSO start URL [None]:";
    answer(&mut wizard, start_url, "https://a.awsapps.com/start");
    answer(&mut wizard, "SSO region [None]:", "us-west-2");
    go_back_from(&mut wizard, "SSO registration scopes [sso:account:access]:");
    go_back_from(&mut wizard, "SSO region [None]: us-west-2");
    wait_at_first_again(
        &mut wizard,
        &format!("{start_url} https://a.awsapps.com/start"),
    );
    wizard.press(Key::Ctrl('u'));
    wizard.type_text("https://ssoins-1234567890abcdef.portal.eu-central-1.app.aws\r");
    answer(&mut wizard, "SSO region [eu-central-1]:", "");
    answer(
        &mut wizard,
        "SSO registration scopes [sso:account:access]:",
        "",
    );
    wizard.finish().expect_code(0);
    assert!(config(&env).contains("sso_region = eu-central-1\n"));
}

#[test]
fn escape_has_no_effect_at_the_first_question() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    let mut wizard = env.start_on_terminal("sso-configure session");
    wizard.wait_for("SSO session name:");
    wizard.press(Key::Escape);
    // Together with Escape, the next key would be one with Alt.
    wizard.wait_until_unechoed();
    wizard.press(Key::Enter);
    wizard.wait_for("a name is required");
    wizard.type_text("my-sso\r");
    go_back_from(
        &mut wizard,
        "SSO start URL [https://my-sso-portal.awsapps.com/start]:",
    );
    wait_at_first_again(&mut wizard, "SSO session name: my-sso");
    wizard.press(Key::Ctrl('c'));
    let wizard = wizard.finish().expect_code(130);
    assert!(wizard.terminal().ends_with(UNWRITTEN), "{wizard}");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn a_stored_start_url_is_shown_without_its_secrets() {
    let env = TestEnv::offline();
    let stored = "https://my-sso-portal.awsapps.com/start?token=hunter2";
    env.write_config(&SESSION.replace("https://my-sso-portal.awsapps.com/start", stored));
    let mut wizard = env.start_on_terminal("sso-configure session --sso-session my-sso");
    wizard.wait_for("SSO start URL [https://my-sso-portal.awsapps.com/start?****]:");
    wizard.press(Key::Enter);
    wizard.wait_for("https://my-portal.awsapps.com/start\nSSO start URL [");
    wizard.press(Key::Ctrl('c'));
    let wizard = wizard.finish().expect_code(130);
    assert!(!wizard.terminal().contains("hunter2"), "{wizard}");
    assert!(config(&env).contains(stored));
}

#[test]
fn ctrl_c_at_the_confirmation_says_that_nothing_was_written() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    let line = "sso-configure session --sso-session my-sso --sso-region eu-west-1 \
                --start-url https://a.awsapps.com/start --scopes sso:account:access";
    let mut wizard = env.start_on_terminal(line);
    wizard.wait_for(WRITE);
    wizard.press(Key::Ctrl('c'));
    let wizard = wizard.finish().expect_code(130);
    assert!(wizard.terminal().ends_with(UNWRITTEN), "{wizard}");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn lines_before_a_question_are_not_repeated_if_the_user_goes_back_to_it() {
    let profile = "\n[profile dev]\nsso_role_name = Auditor\n";
    let (_center, env) = signed_in(&format!("{SESSION}{profile}"));
    let mut wizard = env.start_on_terminal("sso-configure --profile dev");
    let name = "SSO session name [my-sso]:";
    answer(&mut wizard, name, "");
    wizard.wait_for("2; type to filter");
    wizard.press(Key::Escape);
    wait_at_first_again(&mut wizard, name);
    wizard.press(Key::Enter);
    select(&mut wizard, "AWS accounts", "developer");
    select(&mut wizard, "roles", "readonly");
    wizard.wait_for(REGION);
    wizard.press(Key::Escape);
    wizard.wait_until(|screen| screen.contains("roles available to you.\nFilter:"));
    wizard.press(Key::Ctrl('c'));
    let wizard = wizard.finish().expect_code(130);
    let count = |line: &str| wizard.terminal().matches(line).count();
    assert_eq!(count("SSO sessions in"), 1, "{wizard}");
    assert_eq!(count("Using the account ID 111122223333"), 1, "{wizard}");
    assert_eq!(count("role Auditor of the profile is not"), 1, "{wizard}");
    assert_eq!(count("Using the role name"), 1, "{wizard}");
}

/// Returns the URLs of sign-ins on the screen.
fn urls(screen: &str) -> Vec<String> {
    let urls = screen.lines().filter(|line| line.starts_with("http"));
    urls.map(str::to_owned).collect()
}

#[test]
fn escape_cancels_the_sign_in_in_a_browser() {
    let (center, env) = home();
    env.write_config(SESSION);
    let mut wizard = env.start_on_terminal("sso-configure --no-browser");
    answer(&mut wizard, "SSO session name [my-sso]:", "");
    wizard.wait_for("To go back, press Esc.");
    let screen = wizard.wait_for("Waiting for the browser (");
    wizard.wait_until_unechoed();
    // An arrow and a paste also begin with the byte of the Escape key.
    wizard.press(Key::Up);
    wizard.type_text("x\r");
    wizard.wait_for("This is not the final URL of the sign-in.");
    wizard.press(Key::Escape);
    wizard.wait_until(|screen| screen.matches("SSO session name [my-sso]:").count() == 2);
    assert_eq!(center.count(Operation::CreateToken), 0);
    // The page of the cancelled sign-in is still open in the browser.
    Browser::new().approve_elsewhere(&urls(&screen)[0]);
    assert_eq!(center.count(Operation::CreateToken), 0);
    wizard.press(Key::Enter);
    let screen = wizard.wait_until(|screen| {
        screen.contains("Waiting for the browser (") && urls(screen).len() == 2
    });
    Browser::new().approve(&urls(&screen)[1]);
    wizard.wait_for("2; type to filter");
    wizard.press(Key::Ctrl('c'));
    wizard.finish().expect_code(130);
    assert_eq!(center.count(Operation::CreateToken), 1);
    assert_eq!(config(&env), SESSION);
}

#[test]
fn escape_cancels_the_sign_in_with_a_device_code() {
    let (_center, env) = home();
    env.write_config(SESSION);
    let mut wizard = env.start_on_terminal("sso-configure --no-browser --use-device-code");
    answer(&mut wizard, "SSO session name [my-sso]:", "");
    wizard.wait_for("To go back, press Esc.");
    wizard.wait_for("Waiting for approval (");
    wizard.wait_until_unechoed();
    wizard.type_text("x\r");
    wizard.press(Key::Escape);
    wizard.wait_until(|screen| screen.matches("SSO session name [my-sso]:").count() == 2);
    wizard.press(Key::Ctrl('c'));
    let wizard = wizard.finish().expect_code(130);
    assert!(wizard.terminal().contains(UNWRITTEN), "{wizard}");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn without_an_earlier_question_escape_has_no_effect_on_the_sign_in() {
    let (_center, env) = home();
    env.write_config(SESSION);
    let mut wizard = env.start_on_terminal("sso-configure --no-browser --sso-session my-sso");
    let url = wizard.wait_for_url();
    let screen = wizard.wait_for("Waiting for the browser (");
    assert!(!screen.contains("Esc"), "{screen}");
    wizard.wait_until_unechoed();
    wizard.press(Key::Escape);
    Browser::new().approve(&url);
    wizard.wait_for("2; type to filter");
    wizard.press(Key::Ctrl('c'));
    wizard.finish().expect_code(130);
}
