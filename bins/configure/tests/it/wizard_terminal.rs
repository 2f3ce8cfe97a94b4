use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Operation};
use insta::assert_snapshot;
use sso_test_support::{Browser, Key, Terminal, TestEnv, Transcript};

use crate::{SESSION, config, signed_in};

pub(crate) fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    (center, env)
}

pub(crate) fn answer(wizard: &mut Terminal, question: &str, text: &str) {
    wizard.wait_until(|screen| is_at(screen, question));
    wizard.type_text(text);
    wizard.press(Key::Enter);
}

/// Returns whether the screen ends with the question, and help if going back is possible.
pub(crate) fn is_at(screen: &str, question: &str) -> bool {
    // A narrow terminal wraps the question.
    let screen = screen.replace('\n', "");
    let end = screen.trim_end();
    let end = end.strip_suffix("Esc to go back").unwrap_or(end);
    end.trim_end().ends_with(question.trim_end())
}

pub(crate) fn select(wizard: &mut Terminal, entries: &str, filter: &str) {
    wait_for_list(wizard, entries);
    wizard.type_text(filter);
    wizard.press(Key::Enter);
}

fn wait_for_list(wizard: &mut Terminal, entries: &str) {
    wizard.wait_for(&format!("There are 2 {entries} available to you.\nFilter:"));
}

pub(crate) fn sign_in(wizard: &mut Terminal) {
    let url = wizard.wait_for_url();
    wizard.wait_for("Waiting for the browser (");
    Browser::new().approve(&url);
}

fn answer_session(wizard: &mut Terminal, name: &str) {
    answer(wizard, "SSO session name (Recommended):", name);
    answer_portal(wizard);
}

fn answer_portal(wizard: &mut Terminal) {
    answer(
        wizard,
        "SSO start URL [None]:",
        "https://my-sso-portal.awsapps.com/start",
    );
    answer(wizard, "SSO region [None]:", "us-east-1");
}

/// Answers the questions about the profile, of which only the name is not the default.
pub(crate) fn answer_profile(wizard: &mut Terminal, default_name: &str, name: &str) {
    answer(wizard, "Default client Region [None]:", "");
    answer(
        wizard,
        "CLI default output format (json if not specified) [None]:",
        "",
    );
    answer(wizard, &format!("Profile name [{default_name}]:"), name);
}

#[test]
fn the_default_profile_name_contains_no_special_characters() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = vec![Account::new("111111111111", "A", "", &["R=,x"])];
    });
    let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso");
    answer_profile(&mut wizard, "111111111111_R-x", "");
    let _ = wizard.finish().expect_code(0);
    let written = config(&env);
    assert!(written.contains("[profile 111111111111_R-x]"), "{written}");
}

#[test]
fn a_new_user_is_guided_to_a_profile() {
    let (_center, env) = home();
    let mut wizard = env.start_on_terminal("sso-configure");
    answer_session(&mut wizard, "my-sso");
    answer(
        &mut wizard,
        "SSO registration scopes [sso:account:access]:",
        "",
    );
    sign_in(&mut wizard);
    select(&mut wizard, "AWS accounts", "production");
    select(&mut wizard, "roles", "readonly");
    answer(&mut wizard, "Default client Region [None]:", "eu-west-1");
    answer(
        &mut wizard,
        "CLI default output format (json if not specified) [None]:",
        "",
    );
    answer(&mut wizard, "Profile name [123456789011_ReadOnly]:", "");
    assert_snapshot!(wizard.finish(), @r#"
    $ sso-configure
    --- terminal
    SSO session name (Recommended): my-sso
    SSO start URL [None]: https://my-sso-portal.awsapps.com/start
    SSO region [None]: us-east-1
    SSO registration scopes [sso:account:access]:
    If the browser does not open, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    If the browser ends on a page that does not load, paste its URL here and press
    Enter.
    To go back, press Esc.
    Successfully logged into Start URL: https://my-sso-portal.awsapps.com/start
    There are 2 AWS accounts available to you.
    Using the account ID 123456789011
    There are 2 roles available to you.
    Using the role name "ReadOnly"
    Default client Region [None]: eu-west-1
    CLI default output format (json if not specified) [None]:
    Profile name [123456789011_ReadOnly]:

    Profile 123456789011_ReadOnly was written to [HOME]/.aws/config.

    To use this profile, specify the profile name using --profile, as shown:

        aws sts get-caller-identity --profile 123456789011_ReadOnly
        eval "$(export-credentials --profile 123456789011_ReadOnly)"

    To use it with SDKs and other tools, set AWS_PROFILE:

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
fn an_existing_session_is_offered_and_reused() {
    let (center, env) = signed_in(SESSION);
    let mut wizard = env.start_on_terminal("sso-configure");
    wizard.wait_for("SSO session name [my-sso]:");
    wizard.type_text("my");
    wizard.press(Key::Tab);
    wizard.wait_for("SSO session name [my-sso]: my-sso");
    wizard.press(Key::Enter);
    wait_for_list(&mut wizard, "AWS accounts");
    wizard.press(Key::Down);
    wizard.press(Key::Enter);
    wait_for_list(&mut wizard, "roles");
    wizard.press(Key::Down);
    wizard.press(Key::Up);
    wizard.press(Key::Enter);
    answer(&mut wizard, "Default client Region [None]:", "");
    answer(
        &mut wizard,
        "CLI default output format (json if not specified) [None]:",
        "yaml-stream",
    );
    answer(
        &mut wizard,
        "Profile name [123456789011_FullAccess]:",
        "default",
    );
    assert_snapshot!(wizard.finish(), @r#"
    $ sso-configure
    --- terminal
    SSO sessions in [HOME]/.aws/config:
      my-sso  https://my-sso-portal.awsapps.com/start
    SSO session name [my-sso]: my-sso
    There are 2 AWS accounts available to you.
    Using the account ID 123456789011
    There are 2 roles available to you.
    Using the role name "FullAccess"
    Default client Region [None]:
    CLI default output format (json if not specified) [None]: yaml-stream
    Profile name [123456789011_FullAccess]: default

    Profile default was written to [HOME]/.aws/config.

    This profile is used if no other profile is specified:

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
fn enter_keeps_the_values_of_an_existing_profile() {
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
    answer(&mut wizard, "Default client Region [us-west-2]:", "");
    answer(
        &mut wizard,
        "CLI default output format (json if not specified) [json]:",
        "",
    );
    let wizard = wizard.finish().expect_code(0);
    assert!(
        wizard
            .terminal()
            .contains("Profile dev is already up to date in"),
        "{wizard}"
    );
    assert_eq!(config(&env), before);
}

#[test]
fn an_empty_session_option_selects_the_legacy_format_and_a_device_code() {
    let (_center, env) = home();
    let mut wizard = env.start_on_terminal("sso-configure --no-browser --sso-session=");
    answer_portal(&mut wizard);
    approve_code(&mut wizard);
    select(&mut wizard, "AWS accounts", "developer");
    select(&mut wizard, "roles", "readonly");
    answer_profile(&mut wizard, "111122223333_ReadOnly", "old");
    let wizard = wizard.finish().expect_code(0);
    assert!(
        wizard
            .terminal()
            .contains("the profile uses the legacy\nformat"),
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

/// Approves the device code on the screen.
pub(crate) fn approve_code(wizard: &mut Terminal) {
    let screen = wizard.wait_for("and enter the following code:");
    wizard.wait_for("Waiting for approval (");
    let url = screen
        .lines()
        .rfind(|line| line.starts_with("http"))
        .unwrap()
        .to_owned();
    let screen = wizard.screen();
    let mut lines = screen.lines().map(str::trim);
    let code = lines
        .find(|line| line.len() == 9 && line.as_bytes()[4] == b'-')
        .unwrap();
    Browser::new().approve_code(&url, code);
}

/// Answers the questions up to the first one with Enter, and expects this question again.
fn expect_first_question_again(env: &TestEnv, arguments: &str) {
    let mut wizard = env.start_on_terminal(&format!("sso-configure {arguments}"));
    let question = "SSO session name (Recommended):";
    answer(&mut wizard, question, "");
    wizard.wait_for("a name is required; the option --sso-session= selects the legacy format");
    wizard.type_text("new");
    wizard.press(Key::Enter);
    wizard.wait_for("SSO start URL [");
}

#[test]
fn enter_at_the_first_question_never_selects_the_legacy_format() {
    let env = TestEnv::offline();
    expect_first_question_again(&env, "");
    let legacy =
        "[profile old]\nsso_start_url = https://other.awsapps.com/start\nsso_region = us-east-1\n";
    env.write_config(legacy);
    expect_first_question_again(&env, "--profile old");
    env.write_config(&format!("{legacy}{SESSION}"));
    expect_first_question_again(&env, "--profile old");
}

#[test]
fn enter_at_the_first_question_selects_a_session() {
    let check = |config: &str, arguments: &str, expected: &str| {
        let env = TestEnv::offline();
        env.write_config(config);
        let mut wizard = env.start_on_terminal(&format!(
            "sso-configure {arguments} --account-id 111122223333 --role-name ReadOnly"
        ));
        answer(&mut wizard, &format!("SSO session name [{expected}]:"), "");
        wizard.wait_for("Default client Region");
    };
    let other = SESSION
        .replace("my-sso", "other")
        .replace("my-sso-portal", "other");
    let old = "[profile old]\nsso_start_url = https://my-sso-portal.awsapps.com/start/#\n\
               sso_region = us-east-1\n";
    check(SESSION, "", "my-sso");
    check(&format!("{other}{SESSION}"), "", "other");
    check(&format!("{other}{SESSION}{old}"), "--profile old", "my-sso");
    let dev = "[profile dev]\nsso_session = my-sso\n";
    check(&format!("{other}{SESSION}{dev}"), "--profile dev", "my-sso");
    check(&format!("{other}{SESSION}{dev}"), "--profile new", "other");
}

#[test]
fn unknown_regions_are_asked_about_again() {
    let (_center, env) = signed_in(SESSION);
    let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso --profile dev --output-format= --account-id 111122223333 --role-name ReadOnly");
    for unknown in ["mars", "us-east1"] {
        answer(&mut wizard, "Default client Region [None]:", unknown);
        wizard.wait_for("unknown AWS Region; expected one such as us-east-1");
        wizard.press(Key::Enter);
        wizard.press(Key::Ctrl('u'));
    }
    wizard.type_text("eu-west-99");
    wizard.press(Key::Enter);
    wizard.wait_for("unknown AWS Region; to use it anyway, press Enter again");
    assert_eq!(config(&env), SESSION);
    wizard.press(Key::Enter);
    wizard.finish().expect_code(0);
    assert!(config(&env).contains("region = eu-west-99\n"));
}

/// A change of the Region of a session can make it unusable.
#[test]
fn an_unknown_region_of_a_session_is_asked_about_again_unless_it_is_kept() {
    let env = TestEnv::offline();
    env.write_config(&SESSION.replace("us-east-1", "eu-west-99"));
    let mut wizard = env.start_on_terminal("sso-configure session --sso-session my-sso --scopes sso:account:access --start-url https://my-sso-portal.awsapps.com/start");
    answer(&mut wizard, "SSO region [eu-west-99]:", "venus");
    wizard.wait_for("unknown AWS Region; expected one such as us-east-1");
    wizard.press(Key::Ctrl('u'));
    wizard.press(Key::Enter);
    let wizard = wizard.finish().expect_code(0);
    assert!(
        wizard.terminal().contains("is already up to date"),
        "{wizard}"
    );
}

#[test]
fn a_start_url_as_a_session_name_is_explained_and_asked_about_again() {
    let env = TestEnv::offline();
    let mut wizard = env.start_on_terminal("sso-configure");
    let url = "https://my-sso-portal.awsapps.com/start";
    for typed in [
        url,
        "my-sso-portal.awsapps.com/start",
        "d-1234567890.awsapps.com",
    ] {
        answer(&mut wizard, "SSO session name (Recommended):", typed);
        wizard.wait_for("expected a name, not a URL");
        wizard.press(Key::Ctrl('u'));
    }
    for command in ["sso-configure --sso-session", "sso-configure session"] {
        let run = env.run(&format!("{command} d-1234567890.awsapps.com/start"));
        run.expect_error(252, "--sso-session: expected a name, not a URL");
    }
    wizard.type_text("my-sso\r");
    wizard.wait_for("SSO start URL [None]:");
    wizard.press(Key::Ctrl('c'));
    wizard.finish().expect_code(130);
    // The name of an existing session is always valid.
    let named_like_url = SESSION.replace("my-sso]", &format!("{url}]"));
    env.write_config(&named_like_url);
    env.run(&format!(
        "sso-configure session --no-input --sso-session {url} --sso-region eu-west-1"
    ))
    .expect_code(0);
}

#[test]
fn a_start_url_without_https_is_explained_and_asked_about_again() {
    let env = TestEnv::offline();
    let mut wizard = env.start_on_terminal("sso-configure session --sso-session new");
    for typed in [
        "my-portal.awsapps.com/start",
        "http://my-portal.awsapps.com/start",
    ] {
        answer(&mut wizard, "SSO start URL [None]:", typed);
        wizard.wait_for("expected a start URL that begins with https://, for example");
        wizard.press(Key::Ctrl('u'));
    }
    answer(&mut wizard, "SSO start URL [None]:", "my portal");
    wizard.wait_for("expected a start URL without spaces, for example");
    wizard.press(Key::Ctrl('u'));
    answer(
        &mut wizard,
        "SSO start URL [None]:",
        "https://my-portal.awsapps.com/start",
    );
    wizard.wait_for("SSO region [None]:");
}

#[test]
fn an_invalid_answer_can_be_corrected() {
    let (_center, env) = home();
    let mut wizard = env.start_on_terminal("sso-configure session");
    answer(&mut wizard, "SSO session name:", "my sso");
    wizard.wait_for("a name must not contain white space: other SDKs cannot read it");
    for _ in 0.." sso".len() {
        wizard.press(Key::Backspace);
    }
    wizard.type_text("-sso");
    wizard.press(Key::Enter);
    answer(&mut wizard, "SSO start URL [None]:", "");
    wizard.wait_for("expected a start URL, for example https://my-portal.awsapps.com/start");
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

const STEPS: [(&str, &str); 10] = [
    ("SSO session name [my-sso]:", "new\r"),
    (
        "SSO start URL [None]:",
        "https://my-sso-portal.awsapps.com/start\r",
    ),
    ("SSO region [None]:", "us-east-1\r"),
    ("SSO registration scopes", "\r"),
    ("Waiting for the browser (", ""),
    ("2; type to filter", "develop\r"),
    ("> FullAccess", "\r"),
    ("Default client Region [None]:", "\r"),
    (
        "CLI default output format (json if not specified) [None]:",
        "\r",
    ),
    ("Profile name [", "\r"),
];

fn interrupted_at(env: &TestEnv, step: usize, interrupt: impl FnOnce(&mut Terminal)) -> Transcript {
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
    interrupt(&mut wizard);
    wizard.finish()
}

#[test]
fn a_signal_at_any_question_changes_nothing() {
    for step in 0..STEPS.len() {
        let (_center, env) = home();
        env.write_config(SESSION);
        let wizard = interrupted_at(&env, step, |wizard| wizard.send("TERM")).expect_code(143);
        let last =
            "sso-configure: error: interrupted by SIGTERM; nothing was written to the config file";
        let lines = wizard.terminal().replace('\n', " ");
        assert!(lines.ends_with(last), "{wizard}");
        assert_eq!(config(&env), SESSION);
    }
}

#[test]
fn ctrl_c_at_any_question_changes_nothing() {
    for step in 0..STEPS.len() {
        let (_center, env) = home();
        env.write_config(SESSION);
        let wizard =
            interrupted_at(&env, step, |wizard| wizard.press(Key::Ctrl('c'))).expect_code(130);
        let last = "sso-configure: error: interrupted; nothing was written to the config file";
        assert!(wizard.terminal().ends_with(last), "{step}: {wizard}");
        assert_eq!(config(&env), SESSION, "{step}");
        assert!(
            !env.files().iter().any(|file| file.contains("config.")),
            "{step}"
        );
    }
}

#[test]
fn a_narrow_terminal_truncates_unusual_account_names() {
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
    answer(&mut wizard, "Default client Region [None]:", "");
    answer(
        &mut wizard,
        "CLI default output format (json if not specified) [None]:",
        "",
    );
    wizard.finish().expect_code(0);
    assert!(
        config(&env).contains("sso_role_name = Rôle\n"),
        "{}",
        config(&env)
    );
}

#[test]
fn the_region_in_the_start_url_takes_precedence() {
    let (_center, env) = home();
    let mut wizard = env.start_on_terminal(
        "sso-configure --sso-session my-sso --start-url \
         https://ssoins-1234567890abcdef.portal.eu-north-1.app.aws --sso-region us-east-1 \
         --scopes sso:account:access --account-id 111122223333",
    );
    sign_in(&mut wizard);
    wizard.wait_for("The start URL belongs to eu-north-1, which is now used as the SSO region.");
    select(&mut wizard, "roles", "readonly");
    answer_profile(&mut wizard, "111122223333_ReadOnly", "dev");
    wizard.finish().expect_code(0);
    assert!(config(&env).contains("sso_region = eu-north-1\n"));
}

#[test]
fn a_rejected_token_leads_to_a_new_sign_in() {
    let (center, env) = signed_in(SESSION);
    center.end_session();
    let mut wizard = env.start_on_terminal(
        "sso-configure --sso-session my-sso --region= --output-format= --profile dev",
    );
    sign_in(&mut wizard);
    select(&mut wizard, "AWS accounts", "production");
    select(&mut wizard, "roles", "readonly");
    wizard.finish().expect_code(0);
    assert!(config(&env).contains("[profile dev]"));
}
