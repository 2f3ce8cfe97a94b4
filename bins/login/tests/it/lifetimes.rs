//! The lifetime of the token in the success message.

use std::time::Duration;

use serde_json::json;
use sso_test_support::TestEnv;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::home;

fn token(env: &TestEnv) -> serde_json::Value {
    env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO))
}

fn expires_at(env: &TestEnv) -> OffsetDateTime {
    let token = token(env);
    OffsetDateTime::parse(token["expiresAt"].as_str().unwrap(), &Rfc3339).unwrap()
}

#[test]
fn a_short_lifetime_is_not_shown_as_nothing() {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(59));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let login = env.run("sso-login --profile dev").expect_code(0);
    let line = " (under 1m) and refreshes automatically.\n";
    assert!(login.stderr().ends_with(line), "{login}");
}

#[test]
fn a_lifetime_is_never_rounded_up() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let hour = expires_at(&env);
    for (more, left) in [(0, "59m"), (1, "1h 59m"), (7, "7h 59m")] {
        let mut token = token(&env);
        let at = hour + time::Duration::hours(more);
        token["expiresAt"] = json!(at.format(&Rfc3339).unwrap());
        env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
        let login = env.run("sso-login --profile dev").expect_code(0);
        assert!(
            login.stderr().contains(&format!(" ({left}) and")),
            "{login}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_expiry_is_local_in_text_and_utc_in_json() {
    let (center, mut env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    env.set("TZ", "JST-9");
    let login = env.run("sso-login --profile dev --json").expect_code(0);
    let local = expires_at(&env) + time::Duration::hours(9);
    let local = local.format(&Rfc3339).unwrap();
    let line = format!(
        "\nThe token is valid until {} JST (59m) and",
        &local[11..16]
    );
    assert!(login.stderr().contains(&line), "{login}");
    let json: serde_json::Value = serde_json::from_str(login.stdout()).unwrap();
    assert_eq!(json["expiresAt"], token(&env)["expiresAt"]);
}

/// The client registration ends after 90 days.
#[test]
fn the_success_message_does_not_contain_the_end_of_the_client_registration() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let end = token(&env)["registrationExpiresAt"].clone();
    let login = env.run("sso-login --profile dev --json").expect_code(0);
    let date = &end.as_str().unwrap()[..10];
    assert!(!login.stdout().contains(date) && !login.stderr().contains(date));
}
