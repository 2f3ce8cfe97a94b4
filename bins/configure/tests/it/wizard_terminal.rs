//! A profile asked for at the terminal.

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Operation};
use insta::assert_snapshot;
use sso_test_support::{Browser, Key, Terminal, TestEnv, Transcript};

use crate::{SESSION, config, signed_in};

/// A home without a config.
pub(crate) fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    (center, env)
}

/// Waits for a question, and answers it.
pub(crate) fn answer(wizard: &mut Terminal, question: &str, text: &str) {
    wizard.wait_until(|screen| screen.trim_end().ends_with(question.trim_end()));
    wizard.type_text(text);
    wizard.press(Key::Enter);
}

/// Waits for the list of `what`, and chooses what a filter leaves.
pub(crate) fn choose(wizard: &mut Terminal, what: &str, filter: &str) {
    wait_for_list(wizard, what);
    wizard.type_text(filter);
    wizard.press(Key::Enter);
}

/// Waits until keys reach the list of `what`: not the one before, nor the terminal itself.
fn wait_for_list(wizard: &mut Terminal, what: &str) {
    wizard.wait_for(&format!("There are 2 {what} available to you.\nFilter:"));
}

/// Waits for the address, and approves.
pub(crate) fn sign_in(wizard: &mut Terminal) {
    let url = wizard.wait_for_url();
    wizard.wait_for("Waiting for the browser (");
    Browser::new().approve(&url);
}

/// What is asked about a new session.
fn answer_session(wizard: &mut Terminal, name: &str) {
    answer(wizard, "SSO session name (Recommended):", name);
    answer(
        wizard,
        "SSO start URL [None]:",
        "https://my-sso-portal.awsapps.com/start",
    );
    answer(wizard, "SSO region [None]:", "us-east-1");
}

/// What is asked about the profile, of which only the name is not as offered.
pub(crate) fn answer_profile(wizard: &mut Terminal, offered: &str, name: &str) {
    answer(wizard, "CLI default client Region [None]:", "");
    answer(wizard, "CLI default output format [None]:", "");
    answer(wizard, &format!("CLI profile name [{offered}]:"), name);
}

#[test]
fn somebody_new_is_led_from_the_start_url_to_a_profile() {
    let (_center, env) = home();
    let mut wizard = env.start_on_terminal("sso-configure");
    answer_session(&mut wizard, "my-sso");
    answer(
        &mut wizard,
        "SSO registration scopes [sso:account:access]:",
        "",
    );
    sign_in(&mut wizard);
    choose(&mut wizard, "AWS accounts", "production");
    choose(&mut wizard, "roles", "");
    answer(
        &mut wizard,
        "CLI default client Region [None]:",
        "eu-west-1",
    );
    answer(&mut wizard, "CLI default output format [None]:", "");
    answer(&mut wizard, "CLI profile name [123456789011_ReadOnly]:", "");
    assert_snapshot!(wizard.finish(), @r#"
    $ sso-configure
    --- terminal
    SSO session name (Recommended): my-sso
    SSO start URL [None]: https://my-sso-portal.awsapps.com/start
    SSO region [None]: us-east-1
    SSO registration scopes [sso:account:access]:
    If the browser does not open, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    Should the browser end on a page that does not load: paste its address here and press Enter.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    There are 2 AWS accounts available to you.
    Using the account ID 123456789011
    There are 2 roles available to you.
    Using the role name "ReadOnly"
    CLI default client Region [None]: eu-west-1
    CLI default output format [None]:
    CLI profile name [123456789011_ReadOnly]:

    The profile 123456789011_ReadOnly is written to [HOME]/.aws/config.

    To use this profile, specify the profile name using --profile, as shown:

        aws sts get-caller-identity --profile 123456789011_ReadOnly
        eval "$(export-credentials --profile 123456789011_ReadOnly)"

    The SDKs take it from AWS_PROFILE:

        export AWS_PROFILE=123456789011_ReadOnly
    --- exit: 0
    "#);
    assert_snapshot!(config(&env), @"
    [profile 123456789011_ReadOnly]
    sso_session = my-sso
    sso_account_id = 123456789011
    sso_role_name = ReadOnly
    region = eu-west-1

    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access
    ");
    env.run("export-credentials --profile 123456789011_ReadOnly")
        .expect_code(0);
}

#[test]
fn a_session_that_is_there_is_shown_completed_and_not_asked_for_again() {
    let (center, env) = signed_in(SESSION);
    let mut wizard = env.start_on_terminal("sso-configure");
    wizard.wait_for("SSO session name (Recommended):");
    wizard.type_text("my");
    wizard.press(Key::Tab);
    wizard.wait_for("SSO session name (Recommended): my-sso");
    wizard.press(Key::Enter);
    wait_for_list(&mut wizard, "AWS accounts");
    wizard.press(Key::Down);
    wizard.press(Key::Enter);
    wait_for_list(&mut wizard, "roles");
    wizard.press(Key::Down);
    wizard.press(Key::Up);
    wizard.press(Key::Down);
    wizard.press(Key::Enter);
    answer(&mut wizard, "CLI default client Region [None]:", "");
    answer(
        &mut wizard,
        "CLI default output format [None]:",
        "yaml-stream",
    );
    answer(
        &mut wizard,
        "CLI profile name [123456789011_FullAccess]:",
        "default",
    );
    assert_snapshot!(wizard.finish(), @r#"
    $ sso-configure
    --- terminal
    Sessions in [HOME]/.aws/config:
      my-sso  https://my-sso-portal.awsapps.com/start
    SSO session name (Recommended): my-sso
    There are 2 AWS accounts available to you.
    Using the account ID 123456789011
    There are 2 roles available to you.
    Using the role name "FullAccess"
    CLI default client Region [None]:
    CLI default output format [None]: yaml-stream
    CLI profile name [123456789011_FullAccess]: default

    The profile default is written to [HOME]/.aws/config.

    This profile is used where no other is named:

        aws sts get-caller-identity
        eval "$(export-credentials)"
    --- exit: 0
    "#);
    assert_snapshot!(config(&env), @"
    [sso-session my-sso]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access

    [default]
    sso_session = my-sso
    sso_account_id = 123456789011
    sso_role_name = FullAccess
    output = yaml-stream
    ");
    assert_eq!(center.count(Operation::RegisterClient), 0);
}

#[test]
fn a_profile_that_is_there_is_in_the_brackets_and_enter_keeps_it() {
    let before = format!(
        "{SESSION}\n[profile dev]\nsso_session = my-sso\nsso_account_id = 123456789011\n\
         sso_role_name = ReadOnly\nregion = us-west-2\noutput = json\ns3 =\n  max_queue_size = 1\n"
    );
    let (_center, env) = signed_in(&before);
    let mut wizard = env.start_on_terminal("sso-configure --profile dev");
    answer(&mut wizard, "SSO session name [my-sso]:", "");
    wizard.wait_for("> ProductionAccount, production-account-admin@example.com (123456789011)");
    wizard.press(Key::Enter);
    wizard.wait_for("> ReadOnly");
    wizard.press(Key::Enter);
    answer(&mut wizard, "CLI default client Region [us-west-2]:", "");
    answer(&mut wizard, "CLI default output format [json]:", "");
    let wizard = wizard.finish().expect_code(0);
    assert!(
        wizard.terminal().contains("The profile dev is already in"),
        "{wizard}"
    );
    assert_eq!(config(&env), before);
}

#[test]
fn without_a_session_name_it_is_the_legacy_format_and_the_code_of_a_device() {
    let (_center, env) = home();
    let mut wizard = env.start_on_terminal("sso-configure --no-browser");
    answer_session(&mut wizard, "");
    let screen = wizard.wait_for("and enter the following code:");
    wizard.wait_for("Waiting for the approval (");
    let url = screen
        .lines()
        .find(|line| line.starts_with("http"))
        .unwrap()
        .to_owned();
    let screen = wizard.screen();
    let mut lines = screen.lines().map(str::trim);
    let code = lines
        .find(|line| line.len() == 9 && line.as_bytes()[4] == b'-')
        .unwrap();
    Browser::new().approve_code(&url, code);
    choose(&mut wizard, "AWS accounts", "developer");
    choose(&mut wizard, "roles", "");
    answer_profile(&mut wizard, "111122223333_ReadOnly", "old");
    let wizard = wizard.finish().expect_code(0);
    assert!(
        wizard.terminal().contains("has the legacy format"),
        "{wizard}"
    );
    assert_snapshot!(config(&env), @"
    [profile old]
    sso_start_url = https://my-sso-portal.awsapps.com/start
    sso_region = us-east-1
    sso_account_id = 111122223333
    sso_role_name = ReadOnly
    ");
}

#[test]
fn a_wrong_answer_is_told_why_and_can_be_mended() {
    let (_center, env) = home();
    let mut wizard = env.start_on_terminal("sso-configure session");
    answer(&mut wizard, "SSO session name:", "my sso");
    wizard.wait_for("a name has no white space: other SDKs cannot read it");
    for _ in 0.." sso".len() {
        wizard.press(Key::Backspace);
    }
    wizard.type_text("-sso");
    wizard.press(Key::Enter);
    answer(&mut wizard, "SSO start URL [None]:", "");
    wizard.wait_for("a start URL is wanted, as https://my-portal.awsapps.com/start");
    wizard.paste("https://ssoins-12.portal.eu-north-1.app.aws/#/\n");
    wizard.press(Key::Enter);
    answer(&mut wizard, "SSO region [eu-north-1]:", "mars_1");
    wizard.wait_for("a Region consists of letters, digits and hyphens");
    wizard.press(Key::Ctrl('u'));
    wizard.type_text("ap-northeast");
    wizard.press(Key::Tab);
    wizard.press(Key::Tab);
    wizard.wait_for("ap-northeast-1 ap-northeast-2 ap-northeast-3");
    wizard.type_text("1");
    wizard.press(Key::Enter);
    answer(
        &mut wizard,
        "SSO registration scopes [sso:account:access]:",
        "a, b",
    );
    wizard.finish().expect_code(0);
    assert_snapshot!(config(&env), @"
    [sso-session my-sso]
    sso_start_url = https://ssoins-12.portal.eu-north-1.app.aws
    sso_region = ap-northeast-1
    sso_registration_scopes = a,b
    ");
}

/// What comes one after the other, and the keys that lead on.
const STEPS: [(&str, &str); 10] = [
    ("SSO session name (Recommended):", "new\r"),
    (
        "SSO start URL [None]:",
        "https://my-sso-portal.awsapps.com/start\r",
    ),
    ("SSO region [None]:", "us-east-1\r"),
    ("SSO registration scopes", "\r"),
    ("Waiting for the browser (", ""),
    ("2; type to filter", "develop\r"),
    ("> ReadOnly", "\r"),
    ("CLI default client Region [None]:", "\r"),
    ("CLI default output format [None]:", "\r"),
    ("CLI profile name [", "\r"),
];

/// Goes on until this step, and interrupts there.
fn interrupted_at(env: &TestEnv, step: usize) -> Transcript {
    let mut wizard = env.start_on_terminal("sso-configure");
    for (words, keys) in &STEPS[..step] {
        wizard.wait_for(words);
        wizard.type_text(keys);
        if keys.is_empty() {
            let url = wizard.wait_for_url();
            Browser::new().approve(&url);
        }
    }
    wizard.wait_for(STEPS[step].0);
    wizard.wait_until_unechoed();
    wizard.press(Key::Ctrl('c'));
    wizard.finish()
}

#[test]
fn ctrl_c_at_any_question_changes_nothing() {
    for step in 0..STEPS.len() {
        let (_center, env) = home();
        env.write_config(SESSION);
        let wizard = interrupted_at(&env, step).expect_code(130);
        let last = "sso-configure: error: interrupted";
        assert!(wizard.terminal().ends_with(last), "{step}: {wizard}");
        assert_eq!(config(&env), SESSION, "{step}");
        assert!(
            !env.files().iter().any(|file| file.contains("config.")),
            "{step}"
        );
    }
}

#[test]
fn a_narrow_terminal_cuts_the_list_and_names_are_those_of_the_portal() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = vec![
            Account::new(
                "111111111111",
                "日本の開発アカウント",
                "dev@example.com",
                &["Rôle"],
            ),
            Account::new(
                "222222222222",
                "\u{1b}[31mred\u{202e}",
                "red@example.com",
                &["R"],
            ),
            Account::new("333333333333", "Ünïcödé", "u@example.com", &["R", "Q"]),
        ];
    });
    let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso --profile dev");
    wizard.resize(24, 40);
    let screen = wizard.wait_for("日本");
    assert!(!screen.contains('\u{202e}'), "{screen}");
    wizard.type_text("ünï");
    wizard.wait_for("1 of 3");
    wizard.press(Key::Backspace);
    wizard.press(Key::Backspace);
    wizard.press(Key::Backspace);
    wizard.type_text("開発");
    wizard.wait_for("1 of 3");
    wizard.press(Key::Enter);
    wizard.wait_for("Using the account ID 111111111111");
    wizard.wait_for("Using the role name \"Rôle\"");
    answer(&mut wizard, "CLI default client Region [None]:", "");
    answer(&mut wizard, "CLI default output format [None]:", "");
    wizard.finish().expect_code(0);
    assert!(
        config(&env).contains("sso_role_name = Rôle\n"),
        "{}",
        config(&env)
    );
}

#[test]
fn a_start_url_that_carries_its_region_counts_before_what_was_typed() {
    let (_center, env) = home();
    let mut wizard = env.start_on_terminal(
        "sso-configure --sso-session my-sso --start-url \
         https://ssoins-1234567890abcdef.portal.eu-north-1.app.aws --sso-region us-east-1 \
         --scopes sso:account:access --account-id 111122223333",
    );
    sign_in(&mut wizard);
    wizard.wait_for("The start URL belongs to eu-north-1, which is the SSO region then.");
    choose(&mut wizard, "roles", "");
    answer_profile(&mut wizard, "111122223333_ReadOnly", "dev");
    wizard.finish().expect_code(0);
    assert!(config(&env).contains("sso_region = eu-north-1\n"));
}

#[test]
fn a_token_that_the_portal_refuses_is_replaced_by_a_sign_in() {
    let (center, env) = signed_in(SESSION);
    center.end_session();
    let mut wizard = env.start_on_terminal(
        "sso-configure --sso-session my-sso --region= --output-format= --profile dev",
    );
    sign_in(&mut wizard);
    choose(&mut wizard, "AWS accounts", "production");
    choose(&mut wizard, "roles", "");
    wizard.finish().expect_code(0);
    assert!(config(&env).contains("[profile dev]"));
}
