//! Accounts that the access portal refuses.

use std::time::Duration;

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::{Value, json};
use sso_test_support::TestEnv;

use crate::{SESSION, config, signed_in};

fn with_refused(numbers: &[usize]) -> (Emulator, TestEnv) {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = Account::generated(3);
        for number in numbers {
            settings.accounts[*number].refusal = Some("ForbiddenException".to_owned());
        }
    });
    (center, env)
}

#[test]
fn a_refused_account_is_named_and_the_others_are_written() {
    let (_center, env) = with_refused(&[1]);
    assert_snapshot!(env.run("sso-configure populate --role ReadOnly"), @"
    $ sso-configure populate --role ReadOnly
    --- stderr
    Listing the accounts of SSO session my-sso
    sso-configure: warning: account 123456789011 (ProductionAccount) is skipped: ListAccountRoles failed: access is denied: No access (ForbiddenException, status 403)
    Added: DeveloperAccount.ReadOnly, Team0002.ReadOnly
    [HOME]/.aws/config: profiles: 2 added.
    sso-configure: error: the access portal refused to list the roles in 1 account
    hint: leave them out with --exclude-account, or exclude_accounts in the sync file; --prune then removes their profiles
    --- exit: 254
    ");
    let names = config(&env);
    assert!(names.contains("[profile Team0002.ReadOnly]"), "{names}");
    env.run("sso-configure populate --role ReadOnly --exclude-account 123456789011")
        .expect_code(0);
}

#[test]
fn json_output_contains_the_refused_accounts() {
    let (_center, env) = with_refused(&[1]);
    for option in ["--dry-run", ""] {
        let run = env.run(&format!("sso-configure populate --output json {option}"));
        let run = run.expect_code(254);
        let document: Value = serde_json::from_str(run.stdout()).unwrap();
        let expected = json!([{
            "sessionName": "my-sso",
            "accountId": "123456789011",
            "accountName": "ProductionAccount",
            "reason": "ListAccountRoles failed: access is denied: No access (ForbiddenException, status 403)",
        }]);
        assert_eq!(document["skipped"], expected);
        assert_eq!(document["added"].as_array().unwrap().len(), 3, "{run}");
    }
}

#[test]
fn prune_keeps_the_profiles_of_a_refused_account() {
    let (center, env) = with_refused(&[]);
    env.run("sso-configure populate").expect_code(0);
    let populated = config(&env);
    center.configure(|settings| {
        settings.accounts[1].refusal = Some("UnauthorizedException".to_owned());
    });
    for _ in 0..2 {
        let run = env.run("sso-configure populate --prune").expect_code(254);
        assert!(!run.stderr().contains("leave them out"), "{run}");
        let hint = "--prune keeps their profiles, unless they are excluded\n";
        assert!(run.stderr().contains(hint), "{run}");
        assert_eq!(config(&env), populated);
    }
    center.configure(|settings| drop(settings.accounts.remove(1)));
    let run = env.run("sso-configure populate --prune").expect_code(0);
    assert!(run.stderr().contains("2 removed"), "{run}");
}

#[test]
fn nothing_is_written_if_every_account_is_refused() {
    let (_center, env) = with_refused(&[0, 1, 2]);
    let run = env.run("sso-configure populate --prune");
    let run = run.expect_code(254);
    assert_eq!(run.stderr().matches(") is skipped: ").count(), 3, "{run}");
    assert!(!run.stderr().contains("match the filters"), "{run}");
    assert!(run.stderr().contains("the roles in 3 accounts\n"), "{run}");
    assert_eq!(config(&env), SESSION);
}

#[test]
fn a_run_in_which_every_account_is_refused_says_so() {
    let (_center, env) = with_refused(&[0, 1, 2]);
    let run = env.run("sso-configure accounts --refresh");
    assert_eq!(
        run.expect_code(254).stdout(),
        "SSO session my-sso: the access portal refused all accounts\n"
    );
    let command = "sso-configure populate --prune";
    let warning = "warning: the access portal refused accounts of SSO session my-sso, and no others are \
                   left, so none of its profiles are removed\n";
    let run = env.run(&format!("{command} --exclude-account 200000000002"));
    let run = run.expect_code(254);
    assert!(run.stderr().contains(warning), "{run}");
    let run = env.run(&format!("{command} --account Nope")).expect_code(0);
    assert!(run.stderr().contains("match the filters, so none"), "{run}");
}

#[test]
fn a_rule_without_refused_accounts_is_named() {
    let (_center, env) = with_refused(&[1]);
    let rule = "[[profiles]]\nsso_session = \"my-sso\"\naccounts = ";
    env.write("all.toml", format!("{rule}[\"Prod*\"]\n{rule}[\"Lba\"]\n"));
    let run = env.run("sso-configure populate --from all.toml --prune");
    let run = run.expect_code(254);
    let warnings = run.stderr().matches("so none of its profiles").count();
    assert_eq!(warnings, 2, "{run}");
    assert!(
        run.stderr().contains("match [[profiles]] number 2, so"),
        "{run}"
    );
}

#[test]
fn an_account_that_is_refused_as_unauthorized_is_not_an_expired_token() {
    let (center, env) = with_refused(&[]);
    center.configure(|settings| {
        settings.accounts[1].refusal = Some("UnauthorizedException".to_owned());
    });
    let run = env.run("sso-configure accounts --refresh").expect_code(254);
    let warning =
        "123456789011 (ProductionAccount) is skipped: the access portal refuses this account\n";
    assert!(run.stderr().contains(warning), "{run}");
}

#[test]
fn a_throttled_account_is_listed() {
    let (center, env) = with_refused(&[1]);
    for _ in 0..3 {
        let fault = Fault::Throttle(Some(Duration::ZERO));
        center.fail_next(Operation::ListAccountRoles, fault);
    }
    env.run("sso-configure populate --exclude-account Prod*")
        .expect_code(0);
    assert_eq!(config(&env).matches("[profile ").count(), 3);
}

#[test]
fn the_wizard_names_a_given_account_that_is_refused() {
    let (_center, env) = with_refused(&[1]);
    let command = "sso-configure --sso-session my-sso --no-input --account-id 123456789011";
    assert_snapshot!(env.run(command), @"
    $ sso-configure --sso-session my-sso --no-input --account-id 123456789011
    --- stderr
    sso-configure: error: cannot list the roles in account 123456789011: ListAccountRoles failed: access is denied: No access (ForbiddenException, status 403)
    hint: select another account, or ask your IAM Identity Center administrator to assign you to this one
    --- exit: 254
    ");
}

#[cfg(unix)]
#[test]
fn the_wizard_asks_for_another_account() {
    use crate::wizard_terminal::answer_profile;
    use sso_test_support::Key;
    for reason in [
        "cannot list the roles in account 123456789011",
        "no roles are available to you in account 123456789011",
    ] {
        let (center, env) = with_refused(&[1]);
        if reason.starts_with("no roles") {
            center.configure(|settings| {
                settings.accounts[1] = Account::new("123456789011", "ProductionAccount", "", &[]);
            });
        }
        let mut wizard = env.start_on_terminal("sso-configure --sso-session my-sso");
        wizard.wait_for("> DeveloperAccount");
        wizard.type_text("production");
        wizard.press(Key::Enter);
        wizard.wait_until(|screen| {
            let screen = screen.replace('\n', " ");
            screen.contains("; select another account") && screen.contains("Filter: ")
        });
        wizard.type_text("developer");
        wizard.press(Key::Enter);
        wizard.wait_for("> FullAccess");
        wizard.press(Key::Enter);
        answer_profile(&mut wizard, "111122223333_FullAccess", "dev");
        let wizard = wizard.finish().expect_code(0);
        assert!(wizard.terminal().contains(reason), "{wizard}");
    }
}
