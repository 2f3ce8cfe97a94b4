//! Asking the portal for hundreds of lists.

use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::settings::Account;
use identity_center_emulator::{Fault, Operation};
use serde_json::{Value, json};
use sso_session::{Clock as _, SystemClock};
use sso_test_support::TestEnv;

use crate::{SESSION, config, signed_in};

const RETRY_NOW: Fault = Fault::Throttle(Some(Duration::ZERO));

#[test]
fn accounts_come_in_the_portals_order_over_all_pages() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = Account::generated(7);
        settings.page_size = 2;
        settings.empty_pages = true;
    });
    env.run("sso-configure populate --role ReadOnly --name-template {account_id}")
        .expect_code(0);
    let config = config(&env);
    let headers = config.lines().filter(|line| line.starts_with("[profile "));
    let names = Account::generated(7);
    let names = names
        .iter()
        .map(|account| format!("[profile {}]", account.id));
    assert!(headers.eq(names), "{config}");
}

#[test]
fn accounts_that_nobody_wants_are_not_asked_for_their_roles() {
    let (center, env) = signed_in(SESSION);
    env.run("sso-configure populate --account Dev*")
        .expect_code(0);
    assert_eq!(center.count(Operation::ListAccountRoles), 1);
}

#[test]
fn no_number_of_refusals_for_being_too_fast_fails_a_run() {
    let (center, env) = signed_in(SESSION);
    for _ in 0..4 {
        center.fail_next(Operation::ListAccounts, RETRY_NOW);
        center.fail_next(Operation::ListAccountRoles, RETRY_NOW);
    }
    env.run("sso-configure populate").expect_code(0);
    assert_eq!(center.count(Operation::ListAccounts), 5);
    assert_eq!(center.count(Operation::ListAccountRoles), 6);
    assert_eq!(config(&env).matches("[profile ").count(), 4);
}

#[test]
fn a_failure_writes_nothing_and_the_next_run_goes_on_where_it_was() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    plant_checkpoint(
        &env,
        &[("200000000002", 50 * 60), ("200000000003", 70 * 60)],
    );
    center.fail_next(
        Operation::ListAccountRoles,
        Fault::portal("ForbiddenException"),
    );
    env.run("sso-configure populate")
        .expect_error(254, "listing the roles of an account");
    assert_eq!(config(&env), SESSION);
    let checkpoint = env.read_json(CHECKPOINT).as_object().unwrap().len();
    assert!((1..9).contains(&checkpoint), "{checkpoint}");

    center.forget_requests();
    env.run("sso-configure populate").expect_code(0);
    assert_eq!(center.count(Operation::ListAccountRoles), 9 - checkpoint);
    assert!(config(&env).contains("[profile Team0002.Kept]"));
    assert!(!config(&env).contains("[profile Team0003.Kept]"));
    assert!(!env.home().join(CHECKPOINT).exists(), "it came to its end");
}

const CHECKPOINT: &str =
    ".aws/sso/cache/aws-sso-tools/0ad374308c5a4e22f723adf10145eafad7c4031c.accounts";

/// What an earlier run has listed, so many seconds ago.
fn plant_checkpoint(env: &TestEnv, accounts: &[(&str, i64)]) {
    let now = SystemClock.now().unix_timestamp();
    let entries = accounts.iter().map(|(account, age)| {
        let entry = json!({ "roles": ["Kept"], "listedAt": now - age });
        ((*account).to_owned(), entry)
    });
    env.write(CHECKPOINT, Value::Object(entries.collect()).to_string());
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_the_file_as_it_was() {
    let (center, env) = signed_in(SESSION);
    center.set_latency(Operation::ListAccountRoles, Duration::from_secs(600));
    let mut program = env.start("sso-configure populate");
    program.wait_for_line(|line| line.starts_with("Listing the accounts"));
    program.interrupt();
    program.finish().expect_code(130);
    assert_eq!(config(&env), SESSION);
}

#[test]
fn a_token_that_is_refused_on_the_way_is_renewed_once() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    center.fail_next(
        Operation::ListAccountRoles,
        Fault::portal("UnauthorizedException"),
    );
    env.run("sso-configure populate").expect_code(0);
    assert_eq!(config(&env).matches("[profile ").count(), 11);
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
}

#[cfg(unix)]
#[test]
fn at_a_terminal_a_bar_shows_accounts_rate_and_time_left_until_it_is_done() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(30));
    let mut terminal = env.start_on_terminal("sso-configure populate");
    let screen = terminal.wait_for("/30, ");
    assert!(
        screen.contains("Listing the accounts of the sso-session my-sso"),
        "{screen}"
    );
    terminal.wait_for("/s, ");
    let end = terminal.finish().expect_code(0);
    assert!(!end.terminal().contains(" left"), "it goes away: {end}");
}
