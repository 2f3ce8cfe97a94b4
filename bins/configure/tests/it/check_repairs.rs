//! Fixes and hints of `check` that are certain, and those that are not.

use sso_test_support::TestEnv;

use crate::{SESSION, config};

const CHECK: &str = "sso-configure check --offline";
const FIX: &str = "sso-configure check --offline --fix --yes";
const PROFILE: &str =
    "[profile a]\nsso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = x\n";

fn env(config: &str) -> TestEnv {
    let mut env = TestEnv::offline();
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(config);
    env
}

fn check_fixed(before: &str, after: &str) {
    let env = env(&format!("{SESSION}{before}"));
    env.run(FIX).expect_code(0);
    assert_eq!(config(&env), format!("{SESSION}{after}"));
}

fn check_unfixed(config: &str, expected: &str) {
    let env = env(&format!("{SESSION}{config}"));
    let run = env.run(FIX).expect_code(1);
    assert!(run.stdout().contains(expected), "{run}");
    assert_eq!(self::config(&env), format!("{SESSION}{config}"));
}

#[test]
fn a_repeated_key_is_removed() {
    check_fixed(&format!("{PROFILE}sso_session = my-sso\n"), PROFILE);
    check_fixed(
        &format!("{PROFILE}sso_session = my-sso\nSSO_ROLE_NAME=x\noutput = json\noutput = json"),
        &format!("{PROFILE}output = json\n"),
    );
    let other = "remove one of the two, or merge them";
    check_unfixed(&format!("{PROFILE}sso_role_name = y\n"), other);
    check_unfixed(
        &format!("{PROFILE}output = json\noutput = json\n  x = y\n"),
        other,
    );
    check_unfixed(&format!("{PROFILE}[profile a]\n"), other);
}

#[test]
fn a_fix_of_a_repeated_key_is_followed_by_the_other_fixes() {
    let wrong = PROFILE.replace("111122223333", "1111-2222-3333");
    check_fixed(&format!("{wrong}sso_session = my-sso\n"), PROFILE);
}

#[test]
fn sessions_and_profiles_are_checked_in_spite_of_a_duplicate_key() {
    let config =
        format!("{PROFILE}output = json\noutput = text\n[profile b]\nsso_session = nope\n");
    let run = env(&format!("{SESSION}{config}")).run(CHECK).expect_code(1);
    assert!(
        run.stdout().contains(":12: error: unknown-session: "),
        "{run}"
    );
    assert!(run.stdout().contains(": error: syntax: "), "{run}");
    assert!(!run.stderr().contains("are not checked"), "{run}");
}

#[test]
fn a_contradiction_to_the_session_is_not_fixed() {
    let hint = "error: inconsistent: ";
    check_unfixed(
        &format!("{PROFILE}sso_start_url = https://other.awsapps.com/start\n"),
        hint,
    );
    check_unfixed(&format!("{PROFILE}sso_region = eu-west-1\n"), hint);
}

#[test]
fn a_section_without_keys_of_ours_is_not_renamed_to_a_session() {
    let hint = "hint: if you mean [sso-session x], write it";
    for header in ["session", "sessions", "sso", "Session"] {
        check_unfixed(&format!("[{header} x]\nfoo = 1\n"), hint);
    }
    let keys = "sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n";
    for header in ["session", "sso", "sso-sesion"] {
        check_fixed(
            &format!("[{header} x]\n{keys}foo = 1\n"),
            &format!("[sso-session x]\n{keys}foo = 1\n"),
        );
    }
}

#[test]
fn a_header_without_a_closing_bracket_has_a_hint() {
    check_unfixed("[profile a\n", "hint: add ] at the end of line 5");
    let run = env("[profile a\n").run(CHECK).expect_code(1);
    assert!(
        run.stdout().contains("hint: add ] at the end of line 1"),
        "{run}"
    );
}

#[test]
fn a_name_that_sdks_do_not_read_has_a_hint() {
    for name in ["two words", "a;b", "$a", "\"a\""] {
        let profile = PROFILE.replace("[profile a]", &format!("[profile {name}]"));
        let run = env(&format!("{SESSION}{profile}"))
            .run(CHECK)
            .expect_code(1);
        for finding in run.stdout().split("\n/").filter(|it| it.contains(": ")) {
            assert!(finding.contains("\n  hint: "), "{name}: {run}");
        }
    }
}

#[test]
fn a_region_unlike_those_of_aws_is_unknown() {
    let check = |lines: &str, is_found: bool| {
        let run = env(&format!("{SESSION}{PROFILE}{lines}")).run(CHECK);
        let found = run
            .stdout()
            .contains(":9: advice: unknown-region: region is not");
        assert_eq!(found, is_found, "{lines}{run}");
        assert_eq!(run.stdout().contains("  hint: "), is_found, "{run}");
    };
    for region in [
        "mars",
        "Europe",
        "frankfurt",
        "x",
        "eu",
        "us-east1",
        "eu-wst-1",
    ] {
        check(&format!("region = {region}\n"), true);
    }
    // The wizard accepts the form of a Region, which may be newer than the program.
    for region in ["eu-mars-1", "eu-west-99", "aws-global"] {
        check(&format!("region = {region}\n"), false);
    }
    // Other services have Regions of any name.
    check(
        "region = auto\nendpoint_url = https://s3.example.com\n",
        false,
    );
    check(
        "region = us-east1\nendpoint_url = https://s3.example.com\n",
        true,
    );
}
