//! Selections, and the exit status that follows from them.

use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use sso_test_support::TestEnv;

use crate::{HOUR, home, json_of, plant_credentials, signed_in_for};

const FAR: &str = "2099-12-31T23:59:59Z";

/// Checks the exit status, and that `usable` in the JSON documents says the same.
fn check(env: &TestEnv, selection: &str, code: i32) {
    let line = format!("sso-status {selection}");
    env.run(&line).expect_code(code);
    let json = env.run(&format!("{line} --json")).expect_code(code);
    assert_eq!(json_of(&json)["usable"], code == 0, "{json}");
    let is_all = selection.is_empty() || selection.starts_with("--all");
    let is_one = selection.split(' ').count() == 1 || selection.matches("--").count() == 1;
    if !is_all && is_one {
        let prompt = format!("{line} --format prompt");
        assert_ne!(env.run(&prompt).expect_code(code).stdout(), "");
        let json = env.run(&format!("{prompt} --json")).expect_code(code);
        assert_eq!(json_of(&json)["usable"], code == 0, "{json}");
    }
}

fn sign_in_to_legacy(center: &identity_center_emulator::Emulator, env: &TestEnv) {
    let token = center.sign_in(&[]);
    let token = token.token_file(TestEnv::START_URL, "us-east-1");
    env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &token);
}

#[test]
fn the_exit_status_does_not_depend_on_the_number_of_profiles() {
    let one = TestEnv::SAMPLE_CONFIG
        .split("[profile prod]")
        .next()
        .unwrap();
    for config in [one, TestEnv::SAMPLE_CONFIG] {
        let (center, env) = home();
        env.write_config(config);
        plant_credentials(&env, FAR);
        check(&env, "--profile dev", 0);
        check(&env, "dev", 0);
        check(&env, "--sso-session my-sso", 253);
        check(&env, "my-sso", 253);
        check(&env, "dev my-sso", 253);
        check(&env, "https://my-sso-portal.awsapps.com/start", 253);
        check(&env, "", 253);
        check(&env, "--all", 253);
        env.plant_my_sso(&center.sign_in(&[]));
        check(&env, "--sso-session my-sso", 0);
        check(&env, "", 0);
    }
}

#[test]
fn a_selected_session_counts_and_another_one_does_not() {
    let (_center, env) = signed_in_for(HOUR);
    check(&env, "--profile dev", 0);
    check(&env, "-p dev", 0);
    check(&env, "--sso-session my-sso", 0);
    check(&env, "--profile legacy", 253);
    check(&env, "--profile dev --profile prod", 0);
    check(&env, "--profile dev --profile legacy", 253);
    check(&env, "--sso-session my-sso --profile legacy", 253);
    let error = env.run("sso-status --sso-session my-sso --profile legacy");
    assert!(
        error
            .stderr()
            .ends_with("hint: sso-login --profile legacy\n"),
        "{error}"
    );
}

#[test]
fn without_a_selection_a_session_without_a_token_counts_only_if_there_is_no_other() {
    let (center, env) = home();
    check(&env, "", 253);
    env.plant_my_sso(&center.sign_in(&[]));
    check(&env, "", 0);
    check(&env, "--all", 0);
    check(&env, "--all --min-validity 12h", 253);
    let (_center, env) = home();
    sign_in_to_legacy(&center, &env);
    check(&env, "", 0);
    // A corrupt file, and a token of another portal, belong to sessions that the user has signed in to.
    env.write(format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO), "{");
    check(&env, "", 253);
    env.plant_my_sso(&center.sign_in(&[]));
    check(&env, "", 0);
    let moved = TestEnv::SAMPLE_CONFIG.replacen("us-east-1", "eu-west-1", 1);
    env.write_config(&moved);
    check(&env, "", 253);
    env.write_config("[profile keys]\nregion = us-east-1\n");
    check(&env, "", 0);
}

#[test]
fn without_a_usable_session_the_first_problem_is_the_error() {
    let (center, env) = home();
    let session = "[sso-session broken]\nsso_region = us-east-1\n";
    let broken = "lacks sso_start_url\nhint: add sso_start_url to [sso-session broken]\n";
    let of_session = "[profile p]\nsso_session = broken\n";
    let of_missing = "[profile q]\nsso_session = gone\n";
    for (config, error) in [
        (session.to_owned(), broken),
        (format!("{session}{of_session}"), broken),
        (format!("{session}{of_missing}"), broken),
        (of_missing.to_owned(), "\nhint: "),
    ] {
        env.write_config(&config);
        for selection in ["", "--all"] {
            check(&env, selection, 253);
            let status = env.run(&format!("sso-status {selection}"));
            let (warnings, last) = status.stderr().split_once("error: ").unwrap();
            assert!(last.contains(error), "{status}");
            assert!(!warnings.contains("broken"), "{status}");
        }
    }
    env.write_config(&format!("{session}{}", TestEnv::SAMPLE_CONFIG));
    env.plant_my_sso(&center.sign_in(&[]));
    check(&env, "", 0);
    env.write_config("");
    check(&env, "", 0);
}

#[test]
fn a_session_that_the_service_has_ended_counts_without_a_selection() {
    let (center, env) = signed_in_for(HOUR);
    sign_in_to_legacy(&center, &env);
    check(&env, "", 0);
    center.end_session();
    env.run("export-credentials --profile dev").expect_code(253);
    check(&env, "", 253);
}

/// The variable selects only the prompt line.
#[test]
fn the_profile_of_the_environment_does_not_change_the_exit_status_of_the_tables() {
    let (_center, mut env) = signed_in_for(HOUR);
    for (profile, prompt) in [("dev", 0), ("legacy", 253), ("missing", 253)] {
        env.set("AWS_PROFILE", profile);
        check(&env, "", 0);
        check(&env, "--all", 0);
        check(&env, "--sso-session my-sso", 0);
        env.run("sso-status --format prompt").expect_code(prompt);
    }
    let (_center, mut env) = home();
    env.set("AWS_PROFILE", "legacy");
    let error = env.run("sso-status").expect_code(253);
    let hint = "not signed in to SSO session my-sso\nhint: sso-login --sso-session my-sso\n";
    assert!(error.stderr().ends_with(hint), "{error}");
}

#[test]
fn the_table_names_the_session_that_is_signed_out_beside_a_valid_one() {
    let (_center, env) = signed_in_for(HOUR);
    let status = env.run("sso-status").expect_code(0);
    assert_eq!(status.stderr(), "", "{status}");
    let row = "my-sso-portal.awsapps.com/start  signed out";
    assert!(status.stdout().contains(row), "{status}");
    let json = json_of(&env.run("sso-status --json"));
    let state = |index: usize| &json["sessions"][index]["state"];
    assert_eq!([state(0), state(1)], ["valid", "signedOut"], "{json}");
}

#[test]
fn repeated_selections_are_shown_once() {
    let (_center, env) = signed_in_for(HOUR);
    let status = env
        .run("sso-status --json --profile prod --profile dev --profile prod --sso-session my-sso");
    let json = json_of(&status);
    let names = |list: &str, field: &str| {
        let entries = json[list].as_array().unwrap().iter();
        entries.map(|it| it[field].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names("sessions", "sessionName"), ["my-sso"], "{json}");
    assert_eq!(names("profiles", "profile"), ["prod", "dev"], "{json}");
    env.run("sso-status --profile dev --profile missing")
        .expect_error(253, "missing");
}

#[test]
fn a_start_url_selects_its_sessions_in_any_spelling() {
    let (center, env) = signed_in_for(HOUR);
    for url in [
        TestEnv::START_URL,
        "https://My-SSO-portal.awsapps.com:443/start/#/",
    ] {
        check(&env, &format!("--start-url {url}"), 0);
        let json = json_of(&env.run(&format!("sso-status --json --start-url {url}")));
        assert_eq!(json["sessions"].as_array().unwrap().len(), 2, "{json}");
        assert_eq!(json["profiles"].as_array().unwrap().len(), 3, "{json}");
    }
    center.end_session();
    env.run("export-credentials --profile dev").expect_code(253);
    check(&env, &format!("--start-url {}", TestEnv::START_URL), 253);
}

#[test]
fn a_start_url_selects_a_sign_in_without_a_config_file() {
    let (center, env) = home();
    env.write_config("");
    let selection = format!("--start-url {}#/", TestEnv::START_URL);
    check(&env, &selection, 253);
    let missing = env.run(&format!("sso-status {selection}"));
    assert_eq!(
        missing.stderr(),
        "sso-status: error: not signed in to start URL https://my-sso-portal.awsapps.com/start\n\
         hint: sso-login --start-url https://my-sso-portal.awsapps.com/start\n",
        "{missing}"
    );
    sign_in_to_legacy(&center, &env);
    check(&env, &selection, 0);
    let status = env.run(&format!("sso-status {selection}")).expect_code(0);
    assert!(
        status
            .stdout()
            .contains("my-sso-portal.awsapps.com/start  7h 59m"),
        "{status}"
    );
    let verified = env.run(&format!("sso-status {selection} --verify --json"));
    assert_eq!(
        json_of(&verified)["sessions"][0]["accepted"],
        true,
        "{verified}"
    );
}

#[test]
fn a_start_url_without_a_session_must_be_valid() {
    let (_center, env) = home();
    for url in [
        "my-portal.awsapps.com",
        "''",
        "' '",
        "http://x.awsapps.com/start",
    ] {
        for options in ["", "--json", "--format prompt", "-p dev"] {
            let status = env.run(&format!("sso-status --start-url {url} {options}"));
            let status = status.expect_code(253);
            assert_eq!(status.stdout(), "", "{status}");
            assert!(
                status.stderr().ends_with(
                    ": not an https URL\n\
                     hint: use a start URL such as https://my-portal.awsapps.com/start\n"
                ),
                "{status}"
            );
        }
    }
    for (url, problem) in [
        ("https://..", "its host name is not valid"),
        (
            "https://https://x.awsapps.com/start",
            "its host name is not valid",
        ),
        (
            "https://x.awsapps.com/st\u{200b}art",
            "it contains the character U+200B",
        ),
        (
            "https://me:s3cret@x.com",
            "it contains a user name or a password",
        ),
    ] {
        let status = env.run(&format!("sso-status --start-url {url}"));
        assert!(!status.stderr().contains("s3cret"), "{status}");
        status.expect_error(253, problem);
    }
    let status = env.run("sso-status --start-url https://other.awsapps.com/start");
    assert_eq!(status.expect_code(253).stdout(), "");
    // A start URL of the config file selects its session, even if it is invalid.
    let config = TestEnv::SAMPLE_CONFIG.replace("https://", "");
    env.write_config(&config);
    let status = env.run("sso-status --start-url my-sso-portal.awsapps.com/start");
    assert!(status.expect_code(253).stdout().contains("my-sso"));
}

#[test]
fn the_prompt_line_is_about_the_selection() {
    let (_center, mut env) = signed_in_for(HOUR);
    env.set("AWS_PROFILE", "legacy");
    let check = |selection: &str, code, line: &str| {
        let prompt = env.run(&format!("sso-status --format prompt {selection}"));
        assert_eq!(prompt.expect_code(code).stdout(), line);
    };
    check("", 253, "legacy signed out\n");
    check("--sso-session my-sso", 0, "my-sso 59m\n");
    check(
        "--sso-session my-sso --min-validity 2h",
        0,
        "my-sso refreshable\n",
    );
    let url = TestEnv::START_URL;
    check(&format!("--start-url {url}"), 0, "my-sso 59m\n");
    let other = "--start-url https://other.awsapps.com/start";
    check(other, 253, "other.awsapps.com/start signed out\n");
    env.run("sso-status --format prompt --sso-session missing")
        .expect_error(253, "missing");
    let json = env.run("sso-status --format prompt --sso-session my-sso --json");
    let json = json_of(&json.expect_code(0));
    assert_eq!(json["sessions"][0]["sessionName"], "my-sso");
    assert_eq!(json["sessions"].as_array().unwrap().len(), 1, "{json}");
}

#[test]
fn a_failed_refresh_of_an_expired_token_is_shown() {
    let (center, env) = signed_in_for(Duration::ZERO);
    center.fail_always(Operation::CreateToken, Fault::CaptivePortal);
    let export = env.run("export-credentials --profile dev");
    assert_ne!(export.code(), Some(0), "{export}");
    let status = env.run("sso-status --profile dev").expect_code(0);
    assert!(
        status.stdout().contains("expired, last refresh failed"),
        "{status}"
    );
    center.clear_faults();
    center.configure(|settings| settings.access_token_lifetime = HOUR);
    env.run("export-credentials --profile dev").expect_code(0);
    let status = env.run("sso-status --profile dev").expect_code(0);
    assert!(status.stdout().contains("59m"), "{status}");
}

/// Lets an early refresh fail with `fault`, and the token expire.
fn with_failed_refresh(fault: Fault) -> (identity_center_emulator::Emulator, TestEnv) {
    let (center, env) = signed_in_for(Duration::from_secs(600));
    center.fail_always(Operation::CreateToken, fault);
    env.run("export-credentials --profile dev").expect_code(0);
    center.clear_faults();
    let mut token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    token["expiresAt"] = "2020-01-01T00:00:00Z".into();
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    (center, env)
}

#[test]
fn a_failed_refresh_is_shown_until_one_succeeds() {
    for (fault, outcome) in [
        (Fault::CaptivePortal, "failed"),
        (Fault::oidc("invalid_grant"), "refused"),
    ] {
        let (_center, env) = with_failed_refresh(fault);
        let status = env.run("sso-status --profile dev").expect_code(0);
        let words = format!("expired, last refresh {outcome}");
        assert!(status.stdout().contains(&words), "{status}");
        let json = json_of(&env.run("sso-status --profile dev --json"));
        assert_eq!(json["sessions"][0]["lastRefresh"], outcome, "{json}");
        assert_eq!(json["sessions"][0]["state"], "refreshable", "{json}");
        let prompt = env.run("sso-status --profile dev --format prompt");
        assert_eq!(prompt.stdout(), format!("dev last refresh {outcome}\n"));
        env.run("sso-login --profile dev").expect_code(0);
        let json = json_of(&env.run("sso-status --profile dev --json"));
        assert!(json["sessions"][0]["lastRefresh"].is_null(), "{json}");
    }
}
