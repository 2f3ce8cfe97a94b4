//! Remaining lifetimes and times of day.

#[cfg(unix)]
use std::ffi::OsStr;
#[cfg(unix)]
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use identity_center_emulator::Operation;
use serde_json::json;
use sso_test_support::TestEnv;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{HOUR, home, json_of, plant_credentials, signed_in_for};

const UNDER_A_MINUTE: Duration = Duration::from_secs(59);

const NOTE: &str = "A session's end is not known locally";

/// Changes fields of the token of the session `my-sso`.
fn change_token(env: &TestEnv, fields: &[(&str, serde_json::Value)]) {
    let mut token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    for (name, value) in fields {
        token[name] = value.clone();
    }
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
}

fn expires_at(env: &TestEnv) -> OffsetDateTime {
    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    OffsetDateTime::parse(token["expiresAt"].as_str().unwrap(), &Rfc3339).unwrap()
}

#[test]
fn a_lifetime_under_a_minute_is_shown_as_such() {
    let (_center, env) = signed_in_for(UNDER_A_MINUTE);
    let soon = expires_at(&env).format(&Rfc3339).unwrap();
    plant_credentials(&env, &soon);
    let status = env.run("sso-status --profile dev").expect_code(0);
    assert_eq!(
        status.stdout().matches("  under 1m (until ").count(),
        2,
        "{status}"
    );
    let prompt = env.run("sso-status --profile dev --format prompt");
    assert_eq!(prompt.stdout(), "dev under 1m\n");
}

#[test]
fn an_expired_token_and_expired_credentials_have_no_lifetime() {
    let (_center, env) = signed_in_for(Duration::ZERO);
    for past in ["2020-01-01T00:00:00Z", "1969-12-31T23:59:59Z"] {
        change_token(
            &env,
            &[("expiresAt", json!(past)), ("refreshToken", json!(null))],
        );
        plant_credentials(&env, past);
        let status = env.run("sso-status --profile dev").expect_code(253);
        let rows = ["my-sso   expired  no\n", "ReadOnly  expired\n"];
        assert!(
            rows.iter().all(|row| status.stdout().contains(row)),
            "{status}"
        );
        let prompt = env.run("sso-status --profile dev --format prompt");
        assert_eq!(prompt.stdout(), "dev expired\n");
    }
}

#[test]
fn a_lifetime_of_days_is_shown_with_its_date() {
    let (_center, env) = signed_in_for(HOUR);
    let hour = expires_at(&env);
    for (days, left) in [(1, "1d"), (2, "2d"), (400, "400d")] {
        let at = hour + time::Duration::days(days);
        change_token(&env, &[("expiresAt", json!(at.format(&Rfc3339).unwrap()))]);
        let status = env.run("sso-status --profile dev").expect_code(0);
        let cell = format!("  {left} (until {})", at.date());
        assert!(status.stdout().contains(&cell), "{status}");
        let prompt = env.run("sso-status --profile dev --format prompt");
        assert_eq!(prompt.stdout(), format!("dev {left}\n"));
    }
}

#[cfg(unix)]
#[test]
fn times_are_local_in_text_and_utc_in_json() {
    let (_center, mut env) = signed_in_for(HOUR);
    let at = expires_at(&env);
    for (zone, name, hours) in [
        ("JST-9", "JST", 9),
        ("<-03>3", "-03", -3),
        ("Nope", "UTC", 0),
    ] {
        env.set("TZ", zone);
        let local = (at + time::Duration::hours(hours))
            .format(&Rfc3339)
            .unwrap();
        let time = &local[11..16];
        let status = env.run("sso-status --profile dev").expect_code(0);
        let cell = format!("59m (until {time} {name})");
        assert!(status.stdout().contains(&cell), "{status}");
        let json = json_of(&env.run("sso-status --profile dev --json"));
        assert_eq!(
            json["sessions"][0]["expiresAt"],
            at.format(&Rfc3339).unwrap()
        );
    }
}

#[test]
fn the_end_of_the_client_registration_is_only_in_json() {
    let (_center, env) = signed_in_for(HOUR);
    let end = "2026-12-31T00:00:00Z";
    for end in [end, "2099-12-31T00:00:00Z"] {
        change_token(&env, &[("registrationExpiresAt", json!(end))]);
        for options in ["", "-v", "--format prompt"] {
            let status = env.run(&format!("sso-status --profile dev {options}"));
            let date = &end[..10];
            assert!(!status.stdout().contains(date), "{status}");
        }
        let json = json_of(&env.run("sso-status --profile dev --json"));
        let session = &json["sessions"][0];
        assert_eq!(session["registrationExpiresAt"], end, "{json}");
    }
}

#[test]
fn the_table_says_whether_a_session_refreshes() {
    let (_center, env) = signed_in_for(HOUR);
    let check = |cell: &str, refreshable: bool| {
        let status = env.run("sso-status --profile dev").expect_code(0);
        assert!(
            status.stdout().contains(&format!(")  {cell}\n")),
            "{status}"
        );
        let json = json_of(&env.run("sso-status --profile dev --json"));
        assert_eq!(json["sessions"][0]["refreshable"], refreshable, "{json}");
    };
    check("yes", true);
    change_token(
        &env,
        &[("registrationExpiresAt", json!("2020-01-01T00:00:00Z"))],
    );
    check("no", false);
    let (_center, env) = home();
    let json = json_of(&env.run("sso-status --profile dev --json"));
    assert!(json["sessions"][0]["refreshable"].is_null(), "{json}");
}

#[test]
fn the_note_about_the_end_of_a_session_is_shown_once_and_leads_to_verify() {
    let (center, env) = signed_in_for(HOUR);
    let legacy = center.sign_in(&[]);
    let legacy = legacy.token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &legacy);
    let status = env.run("sso-status").expect_code(0);
    assert_eq!(status.stdout().matches(NOTE).count(), 1, "{status}");
    assert!(status.stdout().contains(";\n--verify checks"), "{status}");
    // The hint does not lead back to itself.
    let verified = env.run("sso-status --verify").expect_code(0);
    assert!(
        verified.stdout().ends_with(&format!("\n{NOTE}.\n")),
        "{verified}"
    );
    center.end_session();
    let ended = env.run("sso-status --verify").expect_code(253);
    assert!(!ended.stdout().contains(NOTE), "{ended}");
}

#[test]
fn the_note_does_not_advise_to_verify_an_expired_token() {
    let (center, env) = signed_in_for(Duration::ZERO);
    for options in ["", "--verify"] {
        let status = env.run(&format!("sso-status {options}")).expect_code(0);
        assert!(
            status.stdout().ends_with(&format!("\n{NOTE}.\n")),
            "{status}"
        );
    }
    assert_eq!(center.count(Operation::ListAccounts), 0);
    let (_center, env) = home();
    let status = env.run("sso-status").expect_code(253);
    assert!(!status.stdout().contains(NOTE), "{status}");
}

#[cfg(unix)]
#[test]
fn an_unusable_time_zone_is_named_once_where_times_are_shown() {
    let (_center, mut env) = signed_in_for(HOUR);
    let warning = "warning: TZ is not a time zone; times are shown in UTC\n";
    let unusable: [&[u8]; 5] = [b"Nope/Zone", b"/dev/zero", b":", b"JST", b"latin-\xe9"];
    for zone in unusable {
        env.set("TZ", OsStr::from_bytes(zone));
        let status = env.run("sso-status").expect_code(0);
        assert_eq!(status.stderr().matches(warning).count(), 1, "{status}");
        assert!(status.stdout().contains("UTC"), "{status}");
        for options in ["--json", "--format prompt", "--quiet"] {
            let status = env.run(&format!("sso-status {options}")).expect_code(0);
            assert!(!status.stderr().contains("TZ"), "{status}");
        }
    }
    for zone in ["", "UTC", "JST-9"] {
        env.set("TZ", zone);
        let status = env.run("sso-status").expect_code(0);
        assert!(!status.stderr().contains("TZ"), "{status}");
    }
}
