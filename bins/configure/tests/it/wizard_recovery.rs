//! The wizard after a failure of the sign-in or of the access portal.

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Fault, Operation};
use sso_test_support::{Browser, Key, Terminal, TestEnv};

use crate::wizard_terminal::{answer, answer_profile, approve_code, home, select, sign_in};
use crate::{SESSION, config, signed_in};

const URL: &str = "https://my-sso-portal.awsapps.com/start";
const SCOPES: &str = "SSO registration scopes [sso:account:access]:";
const UNWRITTEN: &str = "interrupted; nothing was written to the config file";

/// Waits for the list of next steps after a failure with `error`.
fn wait_for_failure(wizard: &mut Terminal, error: &str) -> String {
    wizard.wait_until(|screen| {
        screen.replace('\n', " ").contains(error)
            && screen.contains("> Try again")
            && screen.contains("type to filter")
    })
}

fn take_step(wizard: &mut Terminal, step: &str) {
    wizard.type_text(step);
    wizard.wait_until(|screen| screen.contains(&format!("> {step}")));
    wizard.press(Key::Enter);
}

fn answer_session(wizard: &mut Terminal, start_url: &str) {
    answer(wizard, "SSO session name (Recommended):", "my-sso");
    answer(wizard, "SSO start URL [None]:", start_url);
    answer(wizard, "SSO region [None]:", "us-east-1");
    answer(wizard, SCOPES, "");
}

#[test]
fn a_start_url_that_the_service_does_not_know_can_be_changed() {
    let (center, env) = home();
    center.fail_always(
        Operation::StartDeviceAuthorization,
        Fault::oidc("invalid_request"),
    );
    let mut wizard = env.start_on_terminal("sso-configure --no-browser --use-device-code");
    answer_session(&mut wizard, "https://other.awsapps.com/start");
    let error = "does not know start URL https://other.awsapps.com/start";
    let screen = wait_for_failure(&mut wizard, error);
    center.clear_faults();
    assert!(screen.contains("Change the SSO region"), "{screen}");
    assert!(screen.contains("End without writing"), "{screen}");
    take_step(&mut wizard, "Change the SSO start URL");
    let typed = "SSO start URL [None]: https://other.awsapps.com/start";
    wizard.wait_until(|screen| screen.matches(typed).count() == 2);
    wizard.press(Key::Ctrl('u'));
    wizard.type_text(&format!("{URL}\r"));
    answer(&mut wizard, "SSO region [None]: us-east-1", "");
    answer(&mut wizard, SCOPES, "");
    approve_code(&mut wizard);
    select(&mut wizard, "AWS accounts", "production");
    select(&mut wizard, "roles", "readonly");
    answer_profile(&mut wizard, "123456789011_ReadOnly", "dev");
    wizard.finish().expect_code(0);
    assert!(config(&env).contains(&format!("sso_start_url = {URL}\n")));
}

#[test]
fn a_sign_in_that_the_user_denied_can_be_repeated() {
    let (_center, env) = home();
    env.write_config(SESSION);
    let mut wizard = env.start_on_terminal("sso-configure --no-browser --sso-session my-sso");
    let url = wizard.wait_for_url();
    wizard.wait_for("Waiting for the browser (");
    Browser::new().deny(&url);
    wait_for_failure(&mut wizard, "sso-configure: error: ");
    wizard.press(Key::Enter);
    let other = |line: &&str| line.starts_with("http") && *line != url;
    let screen = wizard.wait_until(|screen| {
        screen.lines().any(|line| other(&line)) && screen.contains("Waiting for the browser (")
    });
    Browser::new().approve(screen.lines().find(other).unwrap());
    select(&mut wizard, "AWS accounts", "");
    select(&mut wizard, "roles", "");
    answer_profile(&mut wizard, "111122223333_FullAccess", "dev");
    wizard.finish().expect_code(0);
}

/// Fails `operation`, and returns the wizard that shows the failure.
fn failed(
    operation: Operation,
    command: &str,
) -> (identity_center_emulator::Emulator, TestEnv, Terminal) {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = vec![Account::new("111111111111", "A", "", &["R", "S"])];
    });
    center.fail_always(operation, Fault::portal("InvalidRequestException"));
    let wizard = env.start_on_terminal(command);
    (center, env, wizard)
}

#[test]
fn a_failed_list_can_be_requested_again() {
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
        let (center, env, mut wizard) = failed(operation, "sso-configure --sso-session my-sso");
        let name = format!("{operation:?} failed");
        let screen = wait_for_failure(&mut wizard, &name);
        assert!(!screen.contains("Esc to go back"), "{screen}");
        wizard.press(Key::Enter);
        wizard.wait_until(|screen| screen.matches(&name).count() == 2);
        center.clear_faults();
        wait_for_failure(&mut wizard, &name);
        wizard.press(Key::Enter);
        select(&mut wizard, "roles", "S");
        answer_profile(&mut wizard, "111111111111_S", "dev");
        wizard.finish().expect_code(0);
        assert!(config(&env).contains("sso_role_name = S\n"));
    }
}

#[test]
fn another_attempt_repeats_the_answers_of_the_failed_one() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        let account = |id| Account::new(id, "Team", "", &["R", "S"]);
        settings.accounts = ["111111111111", "222222222222"].map(account).into();
    });
    center.fail_always(Operation::ListAccountRoles, Fault::CaptivePortal);
    let mut wizard = env.start_on_terminal("sso-configure");
    answer(&mut wizard, "SSO session name [my-sso]:", "");
    select(&mut wizard, "AWS accounts", "222222222222");
    let name = "ListAccountRoles failed";
    wait_for_failure(&mut wizard, name);
    wizard.press(Key::Enter);
    wizard.wait_until(|screen| screen.matches(name).count() == 2);
    let screen = wait_for_failure(&mut wizard, name);
    let change = "Change the AWS account";
    assert_eq!(screen.matches(change).count(), 1, "{screen}");
    center.clear_faults();
    wizard.press(Key::Escape);
    wizard.wait_until(|screen| !screen.contains(change) && screen.contains("2; type to filter"));
    wizard.press(Key::Ctrl('c'));
    let wizard = wizard.finish().expect_code(130);
    assert!(wizard.terminal().contains(UNWRITTEN), "{wizard}");
}

#[test]
fn escape_leads_from_a_failure_to_the_previous_question() {
    let (_center, env, mut wizard) = failed(Operation::ListAccounts, "sso-configure");
    answer(&mut wizard, "SSO session name [my-sso]:", "");
    wait_for_failure(&mut wizard, "ListAccounts failed");
    wizard.press(Key::Escape);
    wizard.wait_until(|screen| screen.matches("SSO session name [my-sso]:").count() == 2);
    wizard.press(Key::Ctrl('c'));
    let wizard = wizard.finish().expect_code(130);
    assert!(wizard.terminal().contains(UNWRITTEN), "{wizard}");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn a_failure_ends_the_wizard_if_the_user_does_not_continue() {
    let (_center, env, mut wizard) = failed(
        Operation::ListAccounts,
        "sso-configure --sso-session my-sso",
    );
    wait_for_failure(&mut wizard, "ListAccounts failed");
    take_step(&mut wizard, "End without writing");
    let wizard = wizard.finish().expect_code(254);
    assert_eq!(
        wizard.terminal().matches("ListAccounts failed").count(),
        1,
        "{wizard}"
    );
    assert_eq!(config(&env), SESSION);
    let (_center, env, mut wizard) = failed(
        Operation::ListAccounts,
        "sso-configure --sso-session my-sso",
    );
    wait_for_failure(&mut wizard, "ListAccounts failed");
    wizard.press(Key::Ctrl('c'));
    let wizard = wizard.finish().expect_code(130);
    assert!(wizard.terminal().contains(UNWRITTEN), "{wizard}");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn without_a_terminal_a_failure_ends_the_wizard() {
    let (center, env) = signed_in(SESSION);
    center.fail_always(
        Operation::ListAccounts,
        Fault::portal("InvalidRequestException"),
    );
    let run = env
        .run("sso-configure --sso-session my-sso")
        .expect_code(254);
    assert!(!run.stderr().contains("Try again"), "{run}");
}

#[test]
fn a_failed_registration_can_be_repeated() {
    let (center, env) = home();
    center.fail_always(
        Operation::RegisterClient,
        Fault::oidc("invalid_client_metadata"),
    );
    let mut wizard = env.start_on_terminal("sso-configure --no-browser");
    answer_session(&mut wizard, URL);
    wait_for_failure(&mut wizard, "RegisterClient failed");
    center.clear_faults();
    wizard.press(Key::Enter);
    sign_in(&mut wizard);
    wizard.wait_for("There are 2 AWS accounts available to you.");
    wizard.press(Key::Ctrl('c'));
    wizard.finish().expect_code(130);
}
