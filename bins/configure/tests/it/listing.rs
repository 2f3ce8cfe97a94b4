//! Requests of `populate` to the access portal.

use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::settings::Account;
use identity_center_emulator::{Fault, Operation};
use serde_json::{Value, json};
use sso_session::{Clock as _, SystemClock};
use sso_test_support::{Browser, TestEnv};
use token_cache::{CacheKey, TokenCache};

use crate::{SESSION, config, signed_in};

const RETRY_NOW: Fault = Fault::Throttle(Some(Duration::ZERO));

#[test]
fn accounts_of_all_pages_keep_the_order_of_the_portal() {
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
fn roles_of_excluded_accounts_are_not_requested() {
    let (center, env) = signed_in(SESSION);
    env.run("sso-configure populate --account Dev*")
        .expect_code(0);
    assert_eq!(center.count(Operation::ListAccountRoles), 1);
}

#[test]
fn throttled_requests_are_retried() {
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
fn the_next_run_resumes_after_a_failure_that_wrote_nothing() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    plant_checkpoint(
        &env,
        &[("200000000002", 50 * 60), ("200000000003", 70 * 60)],
    );
    center.fail_next(Operation::ListAccountRoles, Fault::InvalidJson);
    env.run("sso-configure populate")
        .expect_error(255, "cannot list the roles in account ");
    assert_eq!(config(&env), SESSION);
    let accounts = &env.read_json(CHECKPOINT)["accounts"];
    let checkpoint = accounts.as_object().unwrap().len();
    assert!((1..9).contains(&checkpoint), "{checkpoint}");

    center.forget_requests();
    env.run("sso-configure populate").expect_code(0);
    assert_eq!(center.count(Operation::ListAccountRoles), 9 - checkpoint);
    assert!(config(&env).contains("[profile Team0002.Cached]"));
    assert!(!config(&env).contains("[profile Team0003.Cached]"));
    assert!(
        !env.home().join(CHECKPOINT).exists(),
        "the checkpoint is removed after a complete run"
    );
}

const CHECKPOINT: &str =
    ".aws/sso/cache/aws-sso-tools/0ad374308c5a4e22f723adf10145eafad7c4031c.accounts";

/// Writes the checkpoint of an earlier run, with the age of each entry in seconds.
fn plant_checkpoint(env: &TestEnv, accounts: &[(&str, i64)]) {
    let now = SystemClock.now().unix_timestamp();
    let entries = accounts.iter().map(|(account, age)| {
        let entry = json!({ "roles": ["Cached"], "listedAt": now - age });
        ((*account).to_owned(), entry)
    });
    write_checkpoint(env, &Value::Object(entries.collect()));
}

/// Writes a checkpoint that was made with the cached token.
pub(crate) fn write_checkpoint(env: &TestEnv, accounts: &Value) {
    write_state(env, CHECKPOINT, json!({ "accounts": accounts }));
}

/// Writes the complete listing of an earlier run with the cached token.
pub(crate) fn write_listing(env: &TestEnv, age: Duration, accounts: &Value) {
    let path = CHECKPOINT.replace(".accounts", ".listing");
    let listed_at = (SystemClock.now() - age).unix_timestamp();
    let content = json!({ "accounts": accounts, "listedAt": listed_at });
    write_state(env, &path, content);
}

fn write_state(env: &TestEnv, path: &str, mut content: Value) {
    let cache = TokenCache::in_aws_dir(&env.aws_dir());
    let key = CacheKey::session_token(&"my-sso".into());
    let token = cache.token(&key).unwrap().unwrap();
    content["startUrl"] = json!(TestEnv::START_URL);
    content["accessTokenSha1"] = json!(token.digest());
    env.write(path, content.to_string());
}

#[test]
fn a_checkpoint_of_another_sign_in_is_not_used() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    plant_checkpoint(&env, &[("200000000002", 60)]);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    env.run("sso-configure populate").expect_code(0);
    assert!(!config(&env).contains("Cached"), "{}", config(&env));
}

#[test]
fn a_checkpoint_of_another_start_url_is_not_used() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    plant_checkpoint(&env, &[("200000000002", 60)]);
    let checkpoint = String::from_utf8(env.read(CHECKPOINT)).unwrap();
    env.write(
        CHECKPOINT,
        checkpoint.replace(TestEnv::START_URL, "https://other.awsapps.com/start"),
    );
    env.run("sso-configure populate").expect_code(0);
    assert!(!config(&env).contains("Cached"), "{}", config(&env));
}

#[test]
fn the_age_of_a_checkpoint_is_shown() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    plant_checkpoint(&env, &[("200000000002", 60), ("200000000003", 20 * 60)]);
    let run = env.run("sso-configure populate").expect_code(0);
    let message = "SSO session my-sso: the roles in 2 accounts are from an interrupted run 20m ago; \
                   run the command again to list them again";
    assert!(run.stderr().contains(message), "{run}");

    let run = env.run("sso-configure populate").expect_code(0);
    assert!(!run.stderr().contains("interrupted"), "{run}");
    assert!(config(&env).contains("[profile Team0002.ReadOnly]"));
}

#[test]
fn a_checkpoint_does_not_decide_which_profiles_are_removed() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    env.run("sso-configure populate").expect_code(0);
    let populated = config(&env);
    plant_checkpoint(&env, &[("200000000002", 60)]);
    env.run("sso-configure populate --prune").expect_code(0);
    assert_eq!(config(&env), populated);
    assert!(!env.home().join(CHECKPOINT).exists());
}

#[test]
fn a_sign_in_removes_the_checkpoint() {
    let (_center, env) = signed_in(SESSION);
    plant_checkpoint(&env, &[("200000000002", 60)]);
    let mut login = env.start("sso-login --sso-session my-sso --force --no-browser");
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    assert!(!env.home().join(CHECKPOINT).exists());
}

#[test]
fn a_failure_because_of_throttling_keeps_the_checkpoint() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    plant_checkpoint(&env, &[("200000000002", 50 * 60)]);
    center.fail_always(
        Operation::ListAccountRoles,
        Fault::Throttle(Some(Duration::from_secs(3600))),
    );
    env.run("sso-configure populate")
        .expect_error(254, "the access portal is throttling requests");
    assert_eq!(config(&env), SESSION);
    center.clear_faults();
    env.run("sso-configure populate").expect_code(0);
    assert!(config(&env).contains("[profile Team0002.Cached]"));
}

#[cfg(unix)]
#[test]
fn throttling_is_reported() {
    let (center, env) = signed_in(SESSION);
    let throttled = |seconds| Fault::Throttle(Some(Duration::from_secs(seconds)));
    center.fail_next(Operation::ListAccountRoles, throttled(2));
    let mut terminal = env.start_on_terminal("sso-configure populate");
    terminal.wait_for("(throttled)");
    terminal.finish().expect_code(0);

    center.fail_always(Operation::ListAccounts, throttled(50));
    let mut program = env.start("sso-configure populate");
    program.wait_for_line(|line| line.contains("warning: the access portal is throttling"));
    program.interrupt();
    program.finish().expect_code(130);
}

#[cfg(unix)]
#[test]
fn ctrl_c_does_not_change_the_file() {
    let (center, env) = signed_in(SESSION);
    center.set_latency(Operation::ListAccountRoles, Duration::from_secs(600));
    let mut program = env.start("sso-configure populate");
    program.wait_for_line(|line| line.starts_with("Listing the accounts"));
    program.interrupt();
    program.finish().expect_code(130);
    assert_eq!(config(&env), SESSION);
}

#[cfg(unix)]
#[test]
fn a_signal_does_not_change_the_file() {
    for (signal, status) in [("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let (center, env) = signed_in(SESSION);
        center.set_latency(Operation::ListAccountRoles, Duration::from_secs(600));
        let mut program = env.start("sso-configure populate");
        program.wait_for_line(|line| line.starts_with("Listing the accounts"));
        program.send(signal);
        let program = program.finish().expect_code(status);
        let error = format!(
            "sso-configure: error: interrupted by SIG{signal}; nothing was written to the config file\n"
        );
        assert!(program.stderr().ends_with(&error), "{program}");
        assert_eq!(config(&env), SESSION);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn all_accounts_are_listed_without_threads() {
    let (center, mut env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    let line = env.without_threads("sso-configure populate");
    env.run(&line).expect_code(0);
    assert_eq!(config(&env).matches("[profile ").count(), 11);
    let (center, mut env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    let line = env.without_threads("sso-configure populate");
    env.start_on_terminal(&line).finish().expect_code(0);
}

#[test]
fn a_token_rejected_during_the_listing_is_refreshed_once() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(9));
    let unauthorized = || Fault::portal("UnauthorizedException");
    center.fail_next(Operation::ListAccountRoles, unauthorized());
    center.fail_next(Operation::ListAccounts, Fault::Amend(json!({})));
    center.fail_next(Operation::ListAccounts, unauthorized());
    env.run("sso-configure populate").expect_code(0);
    assert_eq!(config(&env).matches("[profile ").count(), 11);
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
}

#[cfg(unix)]
#[test]
fn a_progress_bar_is_shown_until_the_listing_is_complete() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| settings.accounts = Account::generated(30));
    let mut terminal = env.start_on_terminal("sso-configure populate");
    let screen = terminal.wait_for("/30, ");
    assert!(
        screen.contains("Listing the accounts of SSO session my-sso"),
        "{screen}"
    );
    terminal.wait_for("/s");
    let written = String::from_utf8_lossy(&terminal.written()).into_owned();
    assert!(!written.contains(" 0s left"), "{written}");
    let end = terminal.finish().expect_code(0);
    assert!(
        !end.terminal().contains("/30"),
        "the progress bar is removed: {end}"
    );
}
