use std::fmt::Write as _;
use std::time::Duration;

use identity_center_emulator::Operation;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{HOUR, home, json_of, plant_credentials, signed_in_for};

#[test]
fn sessions_and_profiles_are_shown_with_their_lifetimes() {
    let (center, env) = signed_in_for(HOUR);
    plant_credentials(&env, "2099-12-31T23:59:59Z");
    let before = env.files();
    let status = env.run("sso-status");
    let days = status
        .stdout()
        .split_whitespace()
        .find(|word| word.starts_with('2') && word.ends_with('d'));
    let days = days.unwrap().to_owned();
    assert_snapshot!(status.redact(&days, "DAYS"), @"
    $ sso-status
    --- stdout
    SESSION                          TOKEN                  REFRESHABLE
    my-sso                           59m (until [TIME])  yes
    my-sso-portal.awsapps.com/start  signed out             –

    PROFILE  SESSION   ACCOUNT       ROLE        CREDENTIALS
    dev      my-sso    111122223333  ReadOnly    [DAYS] (until 2099-12-31)
    prod     my-sso    123456789011  FullAccess  –
    legacy   (legacy)  111122223333  ReadOnly    –

    A session's end is not known locally;
    --verify checks whether it has ended.
    --- exit: 0
    ");
    assert!(center.requests().is_empty());
    assert_eq!(env.files(), before);
}

#[test]
fn each_state_has_its_text_and_exit_status() {
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
    check(HOUR, "--min-validity 2h", 0, "59m (until ", "refreshable");
    check(
        Duration::ZERO,
        "",
        0,
        "expired, refreshes automatically",
        "refreshable",
    );
    check(Duration::ZERO, "", 253, "expired", "expired");
    check(HOUR, "--min-validity 2h", 253, "59m (until ", "ending");
}

#[test]
fn a_missing_token_is_an_error_with_a_login_hint() {
    let (_center, env) = home();
    assert_snapshot!(env.run("sso-status --profile dev"), @"
    $ sso-status --profile dev
    --- stdout
    SESSION  TOKEN       REFRESHABLE
    my-sso   signed out  –

    PROFILE  SESSION  ACCOUNT       ROLE      CREDENTIALS
    dev      my-sso   111122223333  ReadOnly  –
    --- stderr
    sso-status: error: not signed in to SSO session my-sso
    hint: sso-login --profile dev
    --- exit: 253
    ");
    assert_snapshot!(env.run("sso-status --sso-session my-sso"), @"
    $ sso-status --sso-session my-sso
    --- stdout
    SESSION  TOKEN       REFRESHABLE
    my-sso   signed out  –

    PROFILE  SESSION  ACCOUNT       ROLE        CREDENTIALS
    dev      my-sso   111122223333  ReadOnly    –
    prod     my-sso   123456789011  FullAccess  –
    --- stderr
    sso-status: error: not signed in to SSO session my-sso
    hint: sso-login --sso-session my-sso
    --- exit: 253
    ");
}

#[test]
fn the_hint_for_a_token_that_expires_too_soon_uses_force() {
    let (center, env) = home();
    let legacy = center
        .sign_in(&[])
        .token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &legacy);
    let status = env.run("sso-status --profile legacy --min-validity 12h --quiet");
    let status = status.expect_code(253);
    assert_snapshot!(status.stderr(), @"
    sso-status: error: the token for start URL https://my-sso-portal.awsapps.com/start is valid for less than --min-validity and cannot be refreshed
    hint: sso-login --profile legacy --force --new-session
    ");
}

#[test]
fn a_selected_profile_with_valid_credentials_needs_no_sign_in() {
    let (_center, env) = home();
    plant_credentials(&env, "2099-12-31T23:59:59Z");
    env.run("sso-status --profile dev").expect_code(0);
    env.run("sso-status --profile prod").expect_code(253);
    plant_credentials(&env, "2020-12-31T23:59:59Z");
    let status = env.run("sso-status --profile dev").expect_code(253);
    assert!(status.stdout().contains("expired"), "{status}");
}

#[test]
fn json_output_contains_no_secrets() {
    let (center, env) = signed_in_for(HOUR);
    plant_credentials(&env, "2099-12-31T23:59:59Z");
    let status = env.run("sso-status --profile dev --output json -vv");
    assert_snapshot!(status, @r#"
    $ sso-status --profile dev --output json -vv
    --- stdout
    {
      "schemaVersion": 1,
      "usable": true,
      "sessions": [
        {
          "sessionName": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "region": "us-east-1",
          "state": "valid",
          "expiresAt": "[TIME]",
          "refreshable": true,
          "registrationExpiresAt": "[TIME]",
          "lastRefresh": null,
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
          "roleArn": null,
          "chain": [
            "dev"
          ],
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
fn verbose_output_shows_the_files() {
    let (_center, env) = signed_in_for(HOUR);
    let status = env.run("sso-status -v --profile dev").expect_code(0);
    for name in [TestEnv::TOKEN_OF_MY_SSO, TestEnv::CREDENTIALS_OF_DEV] {
        assert!(status.stdout().contains(name), "{status}");
    }
}

#[test]
fn many_profiles_without_credentials_are_only_counted() {
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
    assert!(status.stdout().lines().count() < 13, "{status}");
    assert!(status.stdout().contains("\ndev "), "{status}");
    assert!(
        status.stdout().contains("\n101 more profiles without"),
        "{status}"
    );
    let status = env.run("sso-status --sso-session my-sso -v").expect_code(0);
    assert!(status.stdout().contains("\np99 "), "{status}");
}

#[test]
fn a_config_file_without_sso_is_reported() {
    let (_center, env) = home();
    env.write_config("[profile static]\nregion = us-east-1\n");
    assert_snapshot!(env.run("sso-status"), @"
    $ sso-status
    --- stdout
    No SSO sessions or profiles found. Run sso-configure to create one.
    --- exit: 0
    ");
    env.run("sso-status --profile static")
        .expect_error(253, "static");
    env.run("sso-status --profile missing")
        .expect_error(253, "missing");
}

#[test]
fn unreadable_files_are_reported_without_control_characters() {
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
    let output = format!("{}{}", status.stdout(), status.stderr());
    assert!(!output.contains('\u{1b}'), "{output:?}");
    assert_eq!(output.matches("unreadable").count(), 3, "{status}");
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
fn file_modes_are_not_changed() {
    use std::os::unix::fs::PermissionsExt as _;

    let (_center, env) = signed_in_for(HOUR);
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    env.run("sso-status --profile dev").expect_code(0);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
}

#[test]
fn a_session_that_ended_remotely_counts_as_valid_without_verify() {
    let (center, env) = signed_in_for(HOUR);
    center.end_session();
    env.run("sso-status --profile dev").expect_code(0);
    assert_eq!(center.count(Operation::ListAccounts), 0);
}

#[test]
fn a_name_that_does_not_exist_has_a_suggestion() {
    let (_center, env) = signed_in_for(HOUR);
    let status = env.run("sso-status --profile dve").expect_code(253);
    let hints = "hint: did you mean dev?\nhint: to list the profiles: sso-configure list\n";
    assert!(status.stderr().ends_with(hints), "{status}");
    let status = env.run("sso-status --sso-session mysso").expect_code(253);
    let hints = "hint: did you mean my-sso?\nhint: to list the SSO sessions: sso-configure list\n";
    assert!(status.stderr().ends_with(hints), "{status}");
}

#[test]
fn a_config_file_in_which_nothing_can_be_used_leads_to_the_check() {
    let env = TestEnv::offline();
    let expected = "No SSO sessions or profiles found. Run sso-configure check to find the sections \
                    that cannot be used.\n";
    for config in ["[dev]\n", "[sso_session a]\n", "[sso-session a]\n"] {
        env.write_config(config);
        let code = if config == "[sso-session a]\n" {
            253
        } else {
            0
        };
        for (program, code) in [("sso-status", code), ("sso-configure list", 0)] {
            let run = env.run(program).expect_code(code);
            assert_eq!(run.stdout(), expected, "{config}");
        }
        env.run("sso-configure check --offline").expect_code(1);
    }
}
