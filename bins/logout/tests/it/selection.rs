use identity_center_emulator::Operation;
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::TestEnv;

use crate::{
    CREDENTIALS_OF_LEGACY, CREDENTIALS_OF_NO_PROFILE, cached, role_credentials, signed_in,
};

fn remaining_after(command_line: &str) -> Vec<String> {
    let (center, env) = signed_in();
    env.run(command_line).expect_code(0);
    let removed = 4 - cached(&env).len();
    assert_eq!(
        center.count(Operation::Logout),
        removed / 2,
        "{command_line}"
    );
    cached(&env)
}

#[test]
fn profile_session_and_start_url_select_the_token_and_its_credentials() {
    let check = |selection: &str, remaining: &[&str]| {
        let command_line = format!("sso-logout {selection}");
        assert_eq!(remaining_after(&command_line), remaining, "{command_line}");
    };
    let legacy = [CREDENTIALS_OF_LEGACY, TestEnv::TOKEN_OF_LEGACY];
    let my_sso = [TestEnv::CREDENTIALS_OF_DEV, TestEnv::TOKEN_OF_MY_SSO];
    check("--profile dev", &legacy);
    check("--profile prod", &legacy);
    check("--sso-session my-sso", &legacy);
    check("--profile legacy", &my_sso);
    check("-p dev", &legacy);
    check("--profile dev --profile legacy", &[]);
    check("dev", &legacy);
    check("my-sso", &legacy);
    check("legacy", &my_sso);
    check("legacy my-sso", &[]);
    check("legacy --sso-session my-sso", &[]);
    check("https://my-sso-portal.awsapps.com/start", &[]);
    check("--all", &[]);
    check("", &[]);
    check("--sso-session my-sso --profile legacy", &[]);
    check("--start-url https://my-sso-portal.awsapps.com/start", &[]);
    check(
        "--start-url https://my-sso-portal.awsapps.com/start/#/",
        &[],
    );
    check(
        "--start-url https://other.awsapps.com/start",
        &[my_sso[0], legacy[0], my_sso[1], legacy[1]],
    );
}

#[test]
fn credentials_of_a_process_with_a_session_and_a_role_are_removed() {
    let (_center, env) = signed_in();
    env.write_config(&format!(
        "[sso-session my-sso]\nsso_start_url = {}\nsso_region = us-east-1\n\
         [profile tool]\ncredential_process = /usr/bin/export-credentials --format process \
         --sso-session my-sso --account-id 111122223333 --role-name ReadOnly\n",
        TestEnv::START_URL
    ));
    env.run("sso-logout --profile tool").expect_code(0);
    let legacy = [CREDENTIALS_OF_LEGACY, TestEnv::TOKEN_OF_LEGACY];
    assert_eq!(cached(&env), legacy);
}

#[test]
fn a_start_url_that_is_no_url_is_an_error() {
    for selection in [
        "--start-url my-sso-portal.awsapps.com/start",
        "--start-url=",
        "--start-url https://other.awsapps.com/start --start-url other",
    ] {
        let env = TestEnv::offline();
        env.write_config(TestEnv::SAMPLE_CONFIG);
        env.run(&format!("sso-logout {selection}")).expect_error(
            253,
            ": not an https URL\nhint: use a start URL such as https://",
        );
    }
    let env = TestEnv::offline();
    for (url, problem) in [
        ("https://..", "its host name is not valid"),
        (
            "https://x.awsapps.com/st\u{200b}art",
            "it contains the character U+200B",
        ),
        (
            "https://me:s3cret@x.com",
            "it contains a user name or a password",
        ),
    ] {
        let logout = env.run(&format!("sso-logout --start-url {url}"));
        assert!(!logout.stderr().contains("s3cret"), "{logout}");
        logout.expect_error(253, problem);
    }
}

/// Another program may have signed in with it.
#[test]
fn a_token_of_an_invalid_start_url_is_removed() {
    let url = "https://my-sso-portal.awsapps.com/start?x=1";
    let env = TestEnv::offline();
    let token = json!({"startUrl": url, "accessToken": "a", "expiresAt": "2020-01-01T00:00:00Z"});
    env.plant_sso_file("0000000000000000000000000000000000000000.json", &token);
    env.run(&format!("sso-logout --start-url {url}"))
        .expect_code(0);
    assert_eq!(cached(&env), [""; 0]);
}

#[test]
fn state_files_are_removed_with_their_session() {
    for suffix in ["accounts", "listing", "refused", "region"] {
        check_state_files_are_removed(suffix);
    }
}

fn check_state_files_are_removed(suffix: &str) {
    let own = ".aws/sso/cache/aws-sso-tools";
    let of = |token: &str| format!("{own}/{}", token.replace("json", suffix));
    let (mine, other) = (
        of(TestEnv::TOKEN_OF_MY_SSO),
        of("4444444444444444444444444444444444444444.json"),
    );
    let check = |selection: &str, remaining: &[&String]| {
        let (_center, env) = signed_in();
        env.write(&mine, "{}");
        env.write(&other, "{}");
        env.run(&format!("sso-logout {selection}")).expect_code(0);
        let files = env.files();
        let kept = files.iter().filter(|file| file.ends_with(suffix));
        assert!(kept.eq(remaining.iter().copied()), "{selection}: {files:?}");
    };
    check("--sso-session my-sso", &[&other]);
    check("--profile legacy", &[&mine, &other]);
    check("", &[]);
    check("--dry-run", &[&mine, &other]);
}

#[test]
fn a_refused_token_is_signed_out_with_its_refusal() {
    let (center, env) = signed_in();
    center.end_session();
    env.run("export-credentials --profile prod")
        .expect_code(253);
    let refusals = |env: &TestEnv| {
        let files = env.files();
        files
            .iter()
            .filter(|file| file.ends_with(".refused"))
            .count()
    };
    assert_eq!(refusals(&env), 1);
    env.run("sso-logout --profile prod").expect_code(0);
    assert_eq!(refusals(&env), 0);
    assert!(!env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO).exists());
}

#[test]
fn the_success_message_names_the_sessions() {
    let (_center, env) = signed_in();
    assert_snapshot!(env.run("sso-logout --profile dev --profile legacy"), @"
    $ sso-logout --profile dev --profile legacy
    --- stderr
    Successfully signed out of SSO session my-sso and start URL https://my-sso-portal.awsapps.com/start.
    --- exit: 0
    ");
    assert_snapshot!(env.run("sso-logout --profile dev"), @"
    $ sso-logout --profile dev
    --- stderr
    Already signed out of the selected sessions.
    --- exit: 0
    ");
}

#[test]
fn credentials_with_a_token_key_are_removed_without_a_profile() {
    let (_center, env) = signed_in();
    let mut credentials = role_credentials();
    credentials["SsoTokenKey"] = TestEnv::TOKEN_OF_MY_SSO.trim_end_matches(".json").into();
    env.plant_cli_file(CREDENTIALS_OF_NO_PROFILE, &credentials);
    env.run("sso-logout --profile dev").expect_code(0);
    assert_eq!(
        cached(&env),
        [CREDENTIALS_OF_LEGACY, TestEnv::TOKEN_OF_LEGACY]
    );
}

#[test]
fn credentials_of_an_unknown_token_are_kept_and_listed() {
    let (_center, env) = signed_in();
    env.plant_cli_file(CREDENTIALS_OF_NO_PROFILE, &role_credentials());
    assert_snapshot!(env.run("sso-logout --sso-session my-sso"), @"
    $ sso-logout --sso-session my-sso
    --- stderr
    These have the same start URL and stay signed in on this machine. If they belong to the sign-in session that was ended, the service no longer refreshes their tokens:
      start URL https://my-sso-portal.awsapps.com/start
    1 file was kept because it cannot be attributed to a sign-in:
      [HOME]/.aws/cli/cache/00000000000000000000000000000000000000ff.json
    Successfully signed out of SSO session my-sso.
    --- exit: 0
    ");
    assert!(cached(&env).contains(&CREDENTIALS_OF_NO_PROFILE.to_owned()));
}

#[test]
fn a_session_missing_from_the_config_is_selected_by_name() {
    let (center, env) = signed_in();
    env.write_config("");
    env.run("sso-logout --sso-session my-sso").expect_code(0);
    assert!(!cached(&env).contains(&TestEnv::TOKEN_OF_MY_SSO.to_owned()));
    assert_eq!(center.count(Operation::Logout), 1);
    env.run("sso-logout --sso-session my-sso")
        .expect_error(253, "[sso-session my-sso]");
}

#[test]
fn an_unknown_profile_is_an_error_and_nothing_is_removed() {
    let (center, env) = signed_in();
    let before = cached(&env);
    env.run("sso-logout --profile dev --profile unknown")
        .expect_error(253, "\"unknown\"");
    assert_eq!(cached(&env), before);
    assert!(center.requests().is_empty());
}

#[test]
fn quarantined_files_of_other_sessions_are_kept() {
    let (_center, env) = signed_in();
    let own = ".aws/sso/cache/aws-sso-tools";
    let [selected, other] = [TestEnv::TOKEN_OF_MY_SSO, TestEnv::TOKEN_OF_LEGACY]
        .map(|name| name.replace("json", "corrupt"));
    for name in [&selected, &other] {
        env.write(format!("{own}/{name}"), "aoa");
    }
    env.run("sso-logout --profile dev").expect_code(0);
    assert!(!cached(&env).contains(&selected));
    assert!(cached(&env).contains(&other));
}

#[test]
fn forget_clients_keeps_registrations_of_other_sessions() {
    let (center, env) = signed_in();
    let registration = center
        .sign_in(&[])
        .registration_file(&["sso:account:access"]);
    env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
    env.plant_sso_file("other.json", &registration);
    env.run("sso-logout --profile dev --forget-clients")
        .expect_code(0);
    assert!(!cached(&env).contains(&TestEnv::REGISTRATION_OF_MY_SSO.to_owned()));
    assert!(cached(&env).contains(&"other.json".to_owned()));
}

#[test]
fn a_name_that_does_not_exist_has_a_suggestion() {
    let (center, env) = signed_in();
    let check = |arguments: &str, hints: &str| {
        let logout = env.run(&format!("sso-logout {arguments}")).expect_code(253);
        assert!(logout.stderr().ends_with(hints), "{logout}");
    };
    check(
        "--sso-session my_sso",
        "hint: did you mean my-sso?\nhint: to list the SSO sessions: sso-configure list\n",
    );
    check(
        "--sso-session nope",
        "/.aws/config\nhint: to list the SSO sessions: sso-configure list\n",
    );
    check(
        "--profile dve",
        "hint: did you mean dev?\nhint: to list the profiles: sso-configure list\n",
    );
    assert!(center.requests().is_empty());
}

#[test]
fn a_name_that_no_config_file_explains_is_that_of_a_cached_session() {
    for config in ["[default]\n", "[profile a\n"] {
        let (_center, env) = signed_in();
        env.write_config(config);
        env.run("sso-logout my-sso").expect_code(0);
        assert!(
            !cached(&env).contains(&TestEnv::TOKEN_OF_MY_SSO.to_owned()),
            "{config}"
        );
        let unknown = env.run("sso-logout my-sso").expect_code(253);
        let is_broken = config.starts_with("[profile");
        let expected = [
            "no profile or SSO session \"my-sso\" found in",
            "text before the first section header",
        ];
        assert!(
            unknown.stderr().contains(expected[usize::from(is_broken)]),
            "{unknown}"
        );
    }
}

#[test]
fn the_hint_for_an_incomplete_access_key_names_the_missing_key() {
    let (_center, env) = signed_in();
    let id = "aws_access_key_id = AKIAEXAMPLE\n";
    let role = "role_arn = arn:aws:iam::222222222222:role/x\n";
    env.write_config(&format!(
        "[profile half]\n{id}[profile own]\n{role}source_profile = own\n{id}\
         [profile of-half]\n{role}source_profile = half\n"
    ));
    for (name, incomplete) in [("half", "half"), ("own", "own"), ("of-half", "half")] {
        let logout = env.run(&format!("sso-logout -p {name}")).expect_code(253);
        let hint = format!(
            "hint: add aws_secret_access_key next to aws_access_key_id of profile {incomplete}, or remove \
             aws_access_key_id\n"
        );
        assert!(logout.stderr().contains(&hint), "{logout}");
        assert!(!logout.stderr().contains("export-credentials"), "{logout}");
    }
}

#[cfg(unix)]
#[test]
fn a_token_that_the_user_may_not_read_is_a_failure() {
    use std::os::unix::fs::PermissionsExt as _;
    for selection in ["", "my-sso", "--profile dev", "--dry-run"] {
        let (_center, env) = signed_in();
        if !env.is_of_root() {
            return;
        }
        let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
        let home = env.home().display();
        env.run(&format!("chown -R 65534 {home}")).expect_code(0);
        env.run(&format!("chown 0 {}", token.display()))
            .expect_code(0);
        let as_user = "setpriv --reuid=65534 --regid=65534 --clear-groups";
        let logout = env.run(&format!("{as_user} sso-logout {selection}"));
        env.run(&format!("chown -R 0 {home}")).expect_code(0);
        assert_ne!(logout.code(), Some(0), "{logout}");
        assert!(
            logout.stderr().contains("sso-logout: error: cannot read "),
            "{logout}"
        );
        for text in ["Not signed in", "Already signed out", "Successfully"] {
            assert!(!logout.stderr().contains(text), "{logout}");
        }
        assert!(token.exists(), "{logout}");
    }
}
