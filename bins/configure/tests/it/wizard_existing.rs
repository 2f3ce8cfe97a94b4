//! Changes of existing profiles and sessions by the wizard, which asks before it writes them.

use identity_center_emulator::settings::Account;
use sso_test_support::{Key, Terminal, TestEnv};

use crate::confirmation::WRITE;
use crate::wizard::ALL_OPTIONS;
use crate::wizard_terminal::{answer, answer_profile, select};
use crate::{SESSION, config, signed_in};

const DEV: &str = "
[profile dev]  # the team's
sso_session = my-sso
sso_account_id = 123456789011
sso_account_name = ProductionAccount
sso_role_name = FullAccess
region = eu-west-1
cli_pager =
s3 =
  max_queue_size = 1
";

/// Selects another account and role, presses Enter at the other questions, and enters the name of an
/// existing profile.
fn start_overwriting(env: &TestEnv, name: &str) -> Terminal {
    let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso");
    select(&mut wizard, "AWS accounts", "developer");
    select(&mut wizard, "roles", "readonly");
    answer_profile(&mut wizard, "111122223333_ReadOnly", name);
    wizard.wait_for(WRITE);
    wizard
}

#[test]
fn an_existing_name_is_asked_about_and_other_keys_are_kept() {
    let before = format!("# mine\n{SESSION}{DEV}");
    let (_center, env) = signed_in(&before);
    let mut wizard = start_overwriting(&env, "dev");
    assert_eq!(config(&env), before, "the diff is shown before the write");
    let screen = wizard.screen();
    for line in [
        "-sso_account_id = 123456789011",
        "+sso_account_id = 111122223333",
        "-sso_role_name = FullAccess",
        "+sso_role_name = ReadOnly",
        "\nWrite these changes? [y/N]:",
    ] {
        assert!(screen.contains(line), "{line}: {screen}");
    }
    let line = before
        .lines()
        .position(|it| it.starts_with("[profile dev]"))
        .unwrap()
        + 1;
    let location = format!("config:{line}.\nWrite these changes?");
    assert!(
        screen.contains("\nProfile dev already exists at "),
        "{screen}"
    );
    assert!(screen.contains(&location), "{screen}");
    assert!(!screen.contains("-region"), "{screen}");
    answer(&mut wizard, WRITE, "y");
    wizard.finish().expect_code(0);
    let expected = before
        .replace("123456789011", "111122223333")
        .replace("ProductionAccount", "DeveloperAccount")
        .replace("FullAccess", "ReadOnly");
    assert_eq!(config(&env), expected);
}

#[test]
fn an_existing_profile_stays_as_it_is_if_the_answer_is_no() {
    for no in ["", "n", "no", "dev"] {
        let before = format!("{SESSION}{DEV}");
        let (_center, env) = signed_in(&before);
        let mut wizard = start_overwriting(&env, "dev");
        answer(&mut wizard, WRITE, no);
        let wizard = wizard.finish().expect_code(0);
        assert!(
            wizard.terminal().ends_with("\nNothing changed."),
            "{wizard}"
        );
        assert_eq!(config(&env), before);
        assert!(!env.files().iter().any(|file| file.contains("config.")));
    }
}

/// The new section would replace some of its values.
#[test]
fn the_name_of_a_profile_in_the_credentials_file_is_asked_about() {
    let (_center, env) = signed_in(SESSION);
    env.write_credentials(
        "[old]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s3cret\n",
    );
    let mut wizard = start_overwriting(&env, "old");
    let screen = wizard.screen();
    assert!(screen.contains("+[profile old]"), "{screen}");
    let screen = screen.replace('\n', "");
    assert!(
        screen.contains("Profile old already exists at "),
        "{screen}"
    );
    assert!(screen.contains(".aws/credentials:1."), "{screen}");
    answer(&mut wizard, WRITE, "n");
    wizard.finish().expect_code(0);
    assert_eq!(config(&env), SESSION);
}

/// Not only after the write.
#[test]
fn consequences_are_shown_before_the_question() {
    let role = "role_arn = arn:aws:iam::222222222222:role/x\nsource_profile = base\n";
    let check = |config: &str, credentials: &str, warning: &str| {
        let (_center, env) = signed_in(config);
        env.write_credentials(credentials);
        let mut wizard = start_overwriting(&env, "dev");
        let screen = wizard.screen().replace('\n', " ");
        let (before, _) = screen.rsplit_once("Write these changes?").unwrap();
        assert!(before.contains(warning), "{warning}: {screen}");
        answer(&mut wizard, WRITE, "y");
        let wizard = wizard.finish().expect_code(0);
        assert_eq!(
            wizard.terminal().matches("warning: ").count(),
            1,
            "{wizard}"
        );
    };
    let keys = "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = s3cret\n";
    check(&format!("{SESSION}{DEV}"), keys, "access keys");
    let with_role = format!("{SESSION}{DEV}{role}");
    check(
        &with_role,
        "",
        "role_arn takes precedence over the SSO account",
    );
    let account = "[dev]\nsso_account_id = 222222222222\n";
    let message = "sso_account_id takes precedence over the new value for profile dev";
    check(&format!("{SESSION}{DEV}"), account, message);
    let other = "[profile other]\nsso_session = my-sso\nsso_region = eu-west-9\n";
    let message = "sso_region contradicts SSO session my-sso";
    check(&format!("{SESSION}{other}{DEV}"), "", message);
}

#[test]
fn a_change_during_the_question_is_asked_about_again() {
    let before = format!("{SESSION}{DEV}");
    let (_center, env) = signed_in(&before);
    let mut wizard = start_overwriting(&env, "dev");
    let changed = before.replace("123456789011", "999999999999");
    env.write_config(&changed);
    answer(&mut wizard, WRITE, "y");
    wizard.wait_for("-sso_account_id = 999999999999");
    wizard.wait_for("so the changes are different now");
    answer(&mut wizard, WRITE, "n");
    wizard.finish().expect_code(0);
    assert_eq!(config(&env), changed);
}

#[test]
fn an_unrelated_change_during_the_question_is_kept() {
    let before = format!("{SESSION}{DEV}");
    let (_center, env) = signed_in(&before);
    let mut wizard = start_overwriting(&env, "dev");
    env.write_config(&format!("[profile new]\nregion = us-east-1\n\n{before}"));
    answer(&mut wizard, WRITE, "y");
    wizard.finish().expect_code(0);
    let written = config(&env);
    assert!(written.contains("[profile new]\n"), "{written}");
    assert!(
        written.contains("sso_account_id = 111122223333\n"),
        "{written}"
    );
}

#[test]
fn a_change_of_an_existing_session_is_asked_about() {
    for (reply, region) in [("y", "eu-west-1"), ("n", "us-east-1")] {
        let env = TestEnv::offline();
        env.write_config(SESSION);
        let line = "sso-configure session --sso-session my-sso --sso-region eu-west-1";
        let mut wizard = env.start_on_terminal(line);
        answer(
            &mut wizard,
            "SSO start URL [https://my-sso-portal.awsapps.com/start]:",
            "",
        );
        answer(
            &mut wizard,
            "SSO registration scopes [sso:account:access]:",
            "",
        );
        wizard.wait_for("+sso_region = eu-west-1");
        wizard.wait_for("SSO session my-sso already exists at ");
        answer(&mut wizard, WRITE, reply);
        wizard.finish().expect_code(0);
        assert_eq!(config(&env), SESSION.replace("us-east-1", region));
    }
}

#[test]
fn no_question_is_asked_with_yes_or_without_input() {
    let before = format!("{SESSION}{DEV}");
    for option in ["--yes", "-y", "--no-input"] {
        let env = TestEnv::offline();
        env.write_config(&before);
        let wizard = env.start_on_terminal(&format!("{ALL_OPTIONS} {option}"));
        let wizard = wizard.finish().expect_code(0);
        let terminal = wizard.terminal();
        assert!(terminal.contains("+sso_role_name = ReadOnly"), "{wizard}");
        assert!(!terminal.contains("[y/N]"), "{wizard}");
        assert!(config(&env).contains("sso_role_name = ReadOnly\n"));
    }
}

#[test]
fn options_for_all_questions_change_an_existing_profile_only_after_a_question() {
    let before = format!("{SESSION}{DEV}");
    let env = TestEnv::offline();
    env.write_config(&before);
    let mut wizard = env.start_on_terminal(ALL_OPTIONS);
    answer(&mut wizard, WRITE, "n");
    wizard.finish().expect_code(0);
    assert_eq!(config(&env), before);
}

#[test]
fn an_empty_option_removes_the_value() {
    let env = TestEnv::offline();
    env.write_config(&format!("{SESSION}{DEV}"));
    env.run("sso-configure --no-input --profile dev --region=")
        .expect_code(0);
    assert_eq!(
        config(&env),
        format!("{SESSION}{DEV}").replace("region = eu-west-1\n", "")
    );
}

/// The name is derived from the account and role.
#[test]
fn values_of_an_existing_profile_with_the_default_name_are_kept() {
    let profile = "\n[profile 111122223333_ReadOnly]\nregion = eu-west-1\noutput = text\n";
    let env = TestEnv::offline();
    env.write_config(&format!("{SESSION}{profile}"));
    env.run("sso-configure --no-input --sso-session my-sso --account-id 111122223333 --role-name ReadOnly")
        .expect_code(0);
    let written = config(&env);
    assert!(written.contains(profile.trim_start()), "{written}");
}

/// Enter selects no other account and role in their place.
#[test]
fn an_account_and_a_role_that_are_not_available_are_named() {
    let profile = DEV.replace("123456789011", "999999999999");
    let before = format!("{SESSION}{}", profile.replace("FullAccess", "Auditor"));
    let (_center, env) = signed_in(&before);
    let mut wizard = env.start_on_terminal("sso-configure --profile dev --sso-session my-sso");
    wizard.wait_for("warning: AWS account 999999999999 of the profile is not available\nto you");
    wizard.wait_for("2; type to filter, or mark an entry with the arrows");
    wizard.press(Key::Enter);
    select(&mut wizard, "AWS accounts", "developer");
    wizard.wait_for("warning: role Auditor of the profile is not available to you");
    let screen = wizard.wait_for("2; type to filter, or mark an entry with the arrows");
    assert!(!screen.contains("> "), "{screen}");
    wizard.press(Key::Enter);
    wizard.press(Key::Down);
    wizard.press(Key::Down);
    wizard.wait_for("> ReadOnly");
    wizard.press(Key::Ctrl('c'));
    wizard.finish().expect_code(130);
    assert_eq!(config(&env), before);
}

#[test]
fn the_only_account_and_role_replace_no_others_without_a_selection() {
    let profile = DEV.replace("123456789011", "999999999999");
    let before = format!("{SESSION}{}", profile.replace("FullAccess", "Auditor"));
    let (center, env) = signed_in(&before);
    center.configure(|settings| {
        settings.accounts = vec![Account::new(
            "111122223333",
            "Only",
            "o@example.com",
            &["ReadOnly"],
        )];
    });
    let command = "sso-configure --profile dev --sso-session my-sso";
    env.run(&format!("{command} --no-input --role-name ReadOnly"))
        .expect_code(0);
    env.write_config(&before.replace("sso_role_name = Auditor\n", ""));
    let silent = env.run(&format!("{command} --no-input")).expect_code(253);
    assert!(
        silent.stderr().ends_with(
            "error: AWS account 999999999999 of the profile is not available to you\n\
             hint: use --account-id\n"
        ),
        "{silent}"
    );
    env.write_config(&before);
    let mut wizard = env.start_on_terminal(command);
    wizard.wait_for("There is 1 AWS account available to you.\nFilter:");
    wizard.wait_for("1; type to filter, or mark");
    wizard.press(Key::Enter);
    wizard.press(Key::Down);
    wizard.wait_for("> Only, o@example.com (111122223333)");
    wizard.press(Key::Enter);
    wizard.wait_for("There is 1 role available to you.\nFilter:");
    wizard.wait_for("1; type to filter, or mark");
    wizard.type_text("read\r");
    wizard.wait_for("Using the role name \"ReadOnly\"");
    wizard.press(Key::Ctrl('c'));
    wizard.finish().expect_code(130);
    assert_eq!(config(&env), before);
}

#[test]
fn json_output_says_whether_the_file_was_changed() {
    let before = format!("{SESSION}{DEV}");
    let check = |env: &TestEnv, reply: &str, expected: bool| {
        let line = format!("{ALL_OPTIONS} --output json > written.json");
        let mut wizard = env.start_on_terminal(&format!("sh -c '{line}'"));
        if !reply.is_empty() {
            answer(&mut wizard, WRITE, reply);
        }
        wizard.finish().expect_code(0);
        let document: serde_json::Value =
            serde_json::from_slice(&env.read(env.home().join("written.json"))).unwrap();
        assert_eq!(document["written"], expected, "{document}");
        assert_eq!(document["profile"], "dev");
    };
    let env = TestEnv::offline();
    env.write_config(&before);
    check(&env, "n", false);
    assert_eq!(config(&env), before);
    check(&env, "y", true);
    check(&env, "", false);
}
