use std::time::Duration;

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::{Value, json};
use sso_session::{Clock as _, SystemClock};
use sso_test_support::TestEnv;

use crate::listing::{write_checkpoint, write_listing};
use crate::{SESSION, config, signed_in};

const LIST: &str = "sso-configure accounts";

#[test]
fn accounts_and_roles_are_listed_without_changes_to_the_config() {
    let (_center, env) = signed_in(SESSION);
    assert_snapshot!(env.run(LIST), @"
    $ sso-configure accounts
    --- stdout
    ACCOUNT       NAME               ROLE
    111122223333  DeveloperAccount   ReadOnly
    111122223333  DeveloperAccount   FullAccess
    123456789011  ProductionAccount  ReadOnly
    123456789011  ProductionAccount  FullAccess
    --- stderr
    Listing the accounts of SSO session my-sso
    --- exit: 0
    ");
    assert_snapshot!(env.run("sso-configure accounts --names --refresh --quiet"), @"
    $ sso-configure accounts --names --refresh --quiet
    --- stdout
    111122223333 ReadOnly
    111122223333 FullAccess
    123456789011 ReadOnly
    123456789011 FullAccess
    --- exit: 0
    ");
    assert_eq!(config(&env), SESSION);
    env.run("sso-configure accounts --names --output json")
        .expect_code(252);
}

#[test]
fn a_name_selects_a_profile_or_else_a_session() {
    let (_center, env) = signed_in(&format!(
        "{SESSION}[profile dev]\nsso_session = my-sso\n[sso-session other]\nsso_region = us-east-1\n"
    ));
    for name in ["my-sso", "dev", "-- dev"] {
        let run = env.run(&format!("sso-configure accounts --names --refresh {name}"));
        assert_eq!(run.expect_code(0).stdout().lines().count(), 4, "{name}");
        env.run(&format!("sso-configure populate --dry-run {name}"))
            .expect_code(1);
    }
    for command in ["accounts", "populate --dry-run"] {
        let run = env.run(&format!("sso-configure {command} othr"));
        let run = run.expect_code(253);
        assert!(run.stderr().contains("hint: did you mean other?"), "{run}");
        for other in ["--profile dev", "--sso-session my-sso"] {
            env.run(&format!("sso-configure {command} dev {other}"))
                .expect_code(252);
        }
    }
    env.run("sso-configure populate my-sso --from sync.toml")
        .expect_code(252);
}

fn document(env: &TestEnv, arguments: &str, code: i32) -> Value {
    let run = env.run(&format!("{LIST} --output json {arguments}"));
    let run = run.expect_code(code);
    serde_json::from_str(run.stdout()).unwrap()
}

#[test]
fn json_output_has_all_fields() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = vec![
            Account::new("111122223333", "Dev", "dev@example.com", &["b", "a"]),
            Account::new("222222222222", "", "", &[]),
            Account::new("333333333333", "Closed", "", &["a"]),
        ];
        settings.accounts[1].name = None;
        settings.accounts[1].email = None;
        settings.accounts[2].refusal = Some("ResourceNotFoundException".to_owned());
    });
    let mut listed = document(&env, "", 254);
    assert_eq!(document(&env, "", 254), listed, "the cached listing");
    let at = listed["listedAt"].take();
    assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
    let expected = json!({
        "schemaVersion": 1,
        "sessionName": "my-sso",
        "startUrl": TestEnv::START_URL,
        "region": "us-east-1",
        "listedAt": null,
        "accounts": [
            {
                "accountId": "111122223333",
                "accountName": "Dev",
                "emailAddress": "dev@example.com",
                "roles": ["b", "a"],
            },
            {
                "accountId": "222222222222",
                "accountName": null,
                "emailAddress": null,
                "roles": [],
            },
        ],
        "skipped": [{
            "sessionName": "my-sso",
            "accountId": "333333333333",
            "accountName": "Closed",
            "reason": "ListAccountRoles failed: the requested resource does not exist: No access \
                       (ResourceNotFoundException, status 404)",
        }],
    });
    assert_eq!(listed, expected);
    assert_snapshot!(env.run(LIST), @"
    $ sso-configure accounts
    --- stdout
    ACCOUNT       NAME  ROLE
    111122223333  Dev   b
    111122223333  Dev   a
    222222222222  –     –
    --- stderr
    SSO session my-sso: listed under 1m ago; use --refresh to list the accounts again
    sso-configure: warning: account 333333333333 (Closed) is skipped: ListAccountRoles failed: the requested resource does not exist: No access (ResourceNotFoundException, status 404)
    sso-configure: error: the access portal refused to list the roles in 1 account
    hint: ask your IAM Identity Center administrator about the skipped accounts
    --- exit: 254
    ");
}

/// Writes a listing of an earlier run.
fn plant(env: &TestEnv, age: Duration) {
    let account = json!({
        "accountId": "111122223333",
        "accountName": "Cached",
        "emailAddress": null,
        "roles": ["R"],
    });
    write_listing(env, age, &json!([account]));
}

/// Returns whether the planted listing is shown, and whether requests were sent.
fn shown(center: &Emulator, env: &TestEnv, arguments: &str) -> (bool, bool) {
    center.forget_requests();
    let run = env.run(&format!("{LIST} --names {arguments}"));
    let is_planted = run.expect_code(0).stdout() == "111122223333 R\n";
    (is_planted, !center.requests().is_empty())
}

const PLANTED: (bool, bool) = (true, false);
const LISTED_NOW: (bool, bool) = (false, true);
const LISTED_BEFORE: (bool, bool) = (false, false);

#[test]
fn the_last_listing_of_this_sign_in_is_shown_with_its_age() {
    let (center, env) = signed_in(SESSION);
    plant(&env, Duration::from_secs(20 * 60));
    let run = env.run(LIST).expect_code(0);
    let age = "SSO session my-sso: listed 20m ago; use --refresh to list the accounts again\n";
    assert_eq!(run.stderr(), age);
    assert_eq!(shown(&center, &env, ""), PLANTED);
    assert_eq!(shown(&center, &env, "--refresh"), LISTED_NOW);
    assert_eq!(shown(&center, &env, ""), LISTED_BEFORE);

    plant(&env, Duration::from_secs(61 * 60));
    assert_eq!(shown(&center, &env, ""), LISTED_NOW, "too old");

    plant(&env, Duration::from_secs(60));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    assert_eq!(shown(&center, &env, ""), LISTED_NOW, "another sign-in");
}

#[test]
fn populate_saves_a_complete_listing_and_uses_none() {
    let (center, env) = signed_in(SESSION);
    plant(&env, Duration::from_secs(60));
    env.run("sso-configure populate --account Dev*")
        .expect_code(0);
    assert_eq!(shown(&center, &env, ""), PLANTED, "incomplete");
    env.run("sso-configure populate --role ReadOnly")
        .expect_code(0);
    assert_eq!(shown(&center, &env, ""), LISTED_BEFORE);
    assert!(!config(&env).contains("Cached"));
}

#[test]
fn results_of_an_interrupted_run_are_shown_with_their_age() {
    let (center, env) = signed_in(SESSION);
    let listed_at = (SystemClock.now() - Duration::from_secs(600)).unix_timestamp();
    let entry = json!({ "roles": ["R"], "listedAt": listed_at });
    write_checkpoint(&env, &json!({ "111122223333": entry }));
    for _ in 0..2 {
        let run = env.run("sso-configure accounts --names").expect_code(0);
        assert!(run.stderr().contains("listed 10m ago"), "{run}");
        assert!(run.stdout().starts_with("111122223333 R\n"), "{run}");
    }
    assert_eq!(center.count(Operation::ListAccountRoles), 1);
}

#[test]
fn a_sign_out_removes_the_listing() {
    let (_center, env) = signed_in(SESSION);
    env.run(LIST).expect_code(0);
    env.run("sso-logout").expect_code(0);
    assert!(env.files().iter().all(|file| !file.ends_with(".listing")));
    env.run(LIST).expect_error(253, "not signed in");
}

#[test]
fn a_thousand_accounts_are_listed_despite_throttling() {
    let (center, env) = signed_in(SESSION);
    center.configure(|settings| {
        settings.accounts = Account::generated(1_000);
        settings.accounts[500].refusal = Some("ForbiddenException".to_owned());
    });
    let listed_at = SystemClock.now().unix_timestamp();
    let numbers = (2..990).filter(|number| *number != 500);
    let entries = numbers.map(|number| {
        let entry = json!({ "roles": ["ReadOnly"], "listedAt": listed_at });
        ((200_000_000_000_u64 + number).to_string(), entry)
    });
    write_checkpoint(&env, &Value::Object(entries.collect()));
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
        center.fail_next(operation, Fault::Throttle(Some(Duration::ZERO)));
    }
    let listed = document(&env, "", 254);
    assert_eq!(listed["accounts"].as_array().unwrap().len(), 999);
    assert_eq!(listed["skipped"].as_array().unwrap().len(), 1);
    assert!(center.count(Operation::ListAccounts) >= 11);
}

#[test]
fn the_session_is_selected_as_in_the_other_programs() {
    let other = "
[sso-session other]
sso_start_url = https://other.awsapps.com/start
sso_region = us-east-1

[profile dev]
sso_session = my-sso

[profile legacy]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
";
    let (center, mut env) = signed_in(&format!("{SESSION}{other}"));
    let tokens = center.sign_in(&["sso:account:access"]);
    let token = tokens.token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &token);
    let several = env.run(LIST).expect_code(253);
    let login = env.run("sso-login").expect_code(253);
    assert_eq!(
        several.stderr().replace("sso-configure: ", ""),
        login.stderr().replace("sso-login: ", "")
    );
    env.run("sso-configure accounts --profile dev")
        .expect_code(0);
    env.run("sso-configure accounts --sso-session other")
        .expect_error(253, "not signed in to SSO session other");
    let legacy = document(&env, "--profile legacy", 0);
    assert_eq!(legacy["sessionName"], Value::Null);
    assert_eq!(legacy["accounts"].as_array().unwrap().len(), 2);
    env.run("sso-configure accounts --profile nope")
        .expect_error(253, "\"nope\" not found");
    env.set("AWS_PROFILE", "dev");
    env.run(LIST).expect_code(0);
    env.set("AWS_PROFILE", "nope");
    env.run(LIST).expect_error(253, "\"nope\" not found");
}

#[cfg(unix)]
#[test]
fn one_of_several_sessions_is_selected_at_the_terminal() {
    use sso_test_support::Key;

    let first = SESSION.replace("my-sso]", "other]");
    let first = first.replace("my-sso-portal", "other");
    let (_center, env) = signed_in(&format!("{first}{SESSION}"));
    for command in [LIST, "sso-configure populate --dry-run"] {
        let mut selected = env.start_on_terminal(command);
        selected.wait_for("> other https://other.awsapps.com/start");
        selected.press(Key::Down);
        selected.wait_for("> my-sso https://my-sso-portal.awsapps.com/start");
        selected.press(Key::Enter);
        let is_dry_run = command.ends_with("--dry-run");
        let ended = selected.finish().expect_code(i32::from(is_dry_run));
        assert!(ended.to_string().contains("DeveloperAccount"), "{ended}");

        let mut interrupted = env.start_on_terminal(command);
        interrupted.wait_for("> other https://other.awsapps.com/start");
        interrupted.press(Key::Ctrl('c'));
        let _ = interrupted.finish().expect_code(130);
    }
    let incomplete = "[sso-session a]\n[sso-session b]\n";
    env.write_config(incomplete);
    let ended = env.start_on_terminal("sso-configure populate").finish();
    let ended = ended.expect_code(253).to_string();
    assert!(ended.contains("there are several SSO sessions"), "{ended}");
}

#[test]
fn the_only_session_is_the_default() {
    let (_center, mut env) = signed_in(&format!("[default]\nregion = eu-west-1\n\n{SESSION}"));
    env.run(LIST).expect_code(0);
    env.write_config(SESSION);
    env.run(LIST).expect_code(0);
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        env.set(variable, "default");
        for command in [LIST, "sso-login"] {
            let missing = format!("selected by {variable}");
            env.run(command).expect_error(253, &missing);
        }
        env.unset(variable);
    }
    let env = TestEnv::offline();
    env.run(LIST)
        .expect_error(253, "no SSO session is selected");
    assert!(env.files().is_empty());
}
