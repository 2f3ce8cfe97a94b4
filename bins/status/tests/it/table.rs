//! Tables and JSON.

use std::fmt::Write as _;
use std::time::Duration;

use identity_center_emulator::Operation;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{HOUR, home, json_of, plant_credentials, signed_in_for, steady};

#[test]
fn sessions_and_profiles_are_shown_with_their_clocks() {
    let (center, env) = signed_in_for(HOUR);
    plant_credentials(&env, "2099-12-31T23:59:59Z");
    let before = env.files();
    let status = steady(&env, env.run("sso-status"));
    let days = status
        .stdout()
        .split_whitespace()
        .find(|word| word.starts_with('2') && word.ends_with('d'));
    let days = days.unwrap().to_owned();
    assert_snapshot!(status.redact(&days, "DAYS"), @"
    $ sso-status
    --- stdout
    SESSION                          TOKEN               RENEWABLE
    my-sso                           59m (until [HH:MM])  89d (until [DATE])
    my-sso-portal.awsapps.com/start  signed out          –

    PROFILE  SESSION   ACCOUNT       ROLE        CREDENTIALS
    dev      my-sso    111122223333  ReadOnly    [DAYS] (until 2099-12-31)
    prod     my-sso    123456789011  FullAccess  –
    legacy   (legacy)  111122223333  ReadOnly    –
    --- stderr
    sso-status: error: not signed in to the start URL https://my-sso-portal.awsapps.com/start
    hint: sso-login --profile legacy
    --- exit: 253
    ");
    assert!(center.requests().is_empty());
    assert_eq!(env.files(), before);
}

#[test]
fn each_standing_has_its_word_and_its_exit_status() {
    let check = |lifetime, arguments: &str, code, words: &str, state: &str| {
        let (center, env) = signed_in_for(lifetime);
        if state == "expired" || state == "ending" {
            let mut token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
            token["refreshToken"] = serde_json::Value::Null;
            env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
        }
        let status = env
            .run(&format!("sso-status --profile dev {arguments}"))
            .expect_code(code);
        assert!(status.stdout().contains(words), "{status}");
        let json = env.run(&format!(
            "sso-status --profile dev {arguments} --output json"
        ));
        let json = json_of(&json.expect_code(code));
        assert_eq!(json["sessions"][0]["state"], state, "{json}");
        assert_eq!(json["usable"], code == 0);
        assert!(center.requests().is_empty());
    };
    check(HOUR, "", 0, "59m (until ", "valid");
    check(8 * HOUR, "", 0, "7h 59m (until ", "valid");
    check(HOUR, "--min-validity 2h", 0, "59m (until ", "renewable");
    check(Duration::ZERO, "", 0, "expired, renews itself", "renewable");
    check(Duration::ZERO, "", 253, "expired", "expired");
    check(HOUR, "--min-validity 2h", 253, "59m (until ", "ending");
}

#[test]
fn who_is_not_signed_in_is_told_what_to_do() {
    let (_center, env) = home();
    assert_snapshot!(env.run("sso-status --profile dev"), @"
    $ sso-status --profile dev
    --- stdout
    SESSION  TOKEN       RENEWABLE
    my-sso   signed out  –

    PROFILE  SESSION  ACCOUNT       ROLE      CREDENTIALS
    dev      my-sso   111122223333  ReadOnly  –
    --- stderr
    sso-status: error: not signed in to the sso-session my-sso
    hint: sso-login --profile dev
    --- exit: 253
    ");
    assert_snapshot!(env.run("sso-status --sso-session my-sso"), @"
    $ sso-status --sso-session my-sso
    --- stdout
    SESSION  TOKEN       RENEWABLE
    my-sso   signed out  –

    PROFILE  SESSION  ACCOUNT       ROLE        CREDENTIALS
    dev      my-sso   111122223333  ReadOnly    –
    prod     my-sso   123456789011  FullAccess  –
    --- stderr
    sso-status: error: not signed in to the sso-session my-sso
    hint: sso-login --sso-session my-sso
    --- exit: 253
    ");
}

#[test]
fn a_token_that_ends_too_soon_is_replaced_by_force() {
    let (center, env) = home();
    let legacy = center
        .sign_in(&[])
        .token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &legacy);
    let status = env.run("sso-status --profile legacy --min-validity 12h --quiet");
    let said = status.expect_code(253);
    assert_snapshot!(said.stderr(), @"
    sso-status: error: the token of the start URL https://my-sso-portal.awsapps.com/start ends before that, and cannot be renewed
    hint: sso-login --profile legacy --force
    ");
}

#[test]
fn of_several_sessions_each_has_to_be_usable() {
    let (_center, env) = signed_in_for(HOUR);
    env.run("sso-status --profile dev").expect_code(0);
    env.run("sso-status --sso-session my-sso").expect_code(0);
    let all = env.run("sso-status").expect_code(253);
    assert!(
        all.stderr().contains("hint: sso-login --profile legacy"),
        "{all}"
    );
}

#[test]
fn credentials_that_are_still_good_need_no_sign_in() {
    let (_center, env) = home();
    plant_credentials(&env, "2099-12-31T23:59:59Z");
    env.run("sso-status --profile dev").expect_code(0);
    env.run("sso-status --profile prod").expect_code(253);
    plant_credentials(&env, "2020-12-31T23:59:59Z");
    let status = env.run("sso-status --profile dev").expect_code(253);
    assert!(status.stdout().contains("expired"), "{status}");
}

#[test]
fn the_json_document_has_everything_and_no_secret() {
    let (center, env) = signed_in_for(HOUR);
    plant_credentials(&env, "2099-12-31T23:59:59Z");
    let status = env.run("sso-status --profile dev --output json -vv");
    assert_snapshot!(status, @r#"
    $ sso-status --profile dev --output json -vv
    --- stdout
    {
      "usable": true,
      "sessions": [
        {
          "sessionName": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "region": "us-east-1",
          "state": "valid",
          "expiresAt": "[TIME]",
          "renewableUntil": "[TIME]",
          "accepted": null,
          "file": "[HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json",
          "problem": null
        }
      ],
      "profiles": [
        {
          "profile": "dev",
          "sessionName": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "accountId": "111122223333",
          "roleName": "ReadOnly",
          "credentialsUsable": true,
          "credentialsExpireAt": "[TIME]",
          "file": "[HOME]/.aws/cli/cache/0521d1f6a6c4e68f9e18540309367cc3cccb6305.json",
          "problem": null
        }
      ],
      "problems": []
    }
    --- exit: 0
    "#);
    for secret in center
        .issued_secrets()
        .iter()
        .map(String::as_str)
        .chain(["hunter2", "hunter3"])
    {
        assert!(!status.to_string().contains(secret) && !status.stdout().contains(secret));
    }
}

#[test]
fn verbose_shows_the_files() {
    let (_center, env) = signed_in_for(HOUR);
    let status = env.run("sso-status -v --profile dev").expect_code(0);
    for name in [TestEnv::TOKEN_OF_MY_SSO, TestEnv::CREDENTIALS_OF_DEV] {
        assert!(status.stdout().contains(name), "{status}");
    }
}

#[test]
fn many_profiles_are_counted_unless_they_have_credentials() {
    let (_center, env) = signed_in_for(HOUR);
    let mut config = TestEnv::SAMPLE_CONFIG.to_owned();
    for number in 0..100 {
        write!(
            config,
            "[profile p{number}]\nsso_session = my-sso\nsso_account_id = 1\nsso_role_name = r\n"
        )
        .unwrap();
    }
    env.write_config(&config);
    plant_credentials(&env, "2099-12-31T23:59:59Z");
    let status = env.run("sso-status --sso-session my-sso").expect_code(0);
    assert!(status.stdout().lines().count() < 10, "{status}");
    assert!(status.stdout().contains("\ndev "), "{status}");
    assert!(
        status.stdout().contains("\n101 more profiles without"),
        "{status}"
    );
    let status = env.run("sso-status --sso-session my-sso -v").expect_code(0);
    assert!(status.stdout().contains("\np99 "), "{status}");
}

#[test]
fn a_config_without_a_session_is_said_to_be_so() {
    let (_center, env) = home();
    env.write_config("[profile static]\nregion = us-east-1\n");
    assert_snapshot!(env.run("sso-status"), @"
    $ sso-status
    --- stdout
    There is no session and no profile that signs in.
    --- exit: 0
    ");
    env.run("sso-status --profile static")
        .expect_error(253, "static");
    env.run("sso-status --profile nobody")
        .expect_error(253, "nobody");
}

#[test]
fn what_cannot_be_read_is_said_and_shown_harmless() {
    let (_center, env) = home();
    let hostile =
        "[profile e\u{1b}[31mvil]\nsso_session = my-sso\n[profile lost]\nsso_session = none\n";
    env.write_config(&format!("{}{hostile}", TestEnv::SAMPLE_CONFIG));
    env.write(
        format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO),
        "{\"accessToken",
    );
    env.write(format!(".aws/sso/cache/{}/x", TestEnv::TOKEN_OF_LEGACY), "");
    env.write(
        format!(".aws/cli/cache/{}", TestEnv::CREDENTIALS_OF_DEV),
        "[]",
    );
    let status = env.run("sso-status").expect_code(253);
    let said = format!("{}{}", status.stdout(), status.stderr());
    assert!(!said.contains('\u{1b}'), "{said:?}");
    assert_eq!(said.matches("unreadable").count(), 3, "{status}");
    assert_eq!(status.stderr().matches("warning: ").count(), 4, "{status}");
    assert_eq!(
        json_of(&env.run("sso-status --output json"))["problems"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[cfg(unix)]
#[test]
fn a_wide_mode_is_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;

    let (_center, env) = signed_in_for(HOUR);
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    env.run("sso-status --profile dev").expect_code(0);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
}

#[test]
fn a_session_that_ended_at_the_server_is_not_known_here() {
    let (center, env) = signed_in_for(HOUR);
    center.end_session();
    env.run("sso-status --profile dev").expect_code(0);
    assert_eq!(center.count(Operation::ListAccounts), 0);
}
