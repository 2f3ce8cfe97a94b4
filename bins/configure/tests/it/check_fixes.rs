//! Fixes of `check`: which corrections are certain, and what remains after them.

use sso_test_support::TestEnv;

use crate::config;

const CHECK: &str = "sso-configure check --offline";
const FIX: &str = "sso-configure check --offline --fix --yes";
const SESSION: &str =
    "[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n";
const PROFILE: &str =
    "[profile a]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = x\n";
const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\n";
const KEYS: &str = "[base]\naws_access_key_id = A\naws_secret_access_key = S\n";

fn env(config: &str, credentials: &str) -> TestEnv {
    let mut env = TestEnv::offline();
    // It cannot be combined with use_fips_endpoint.
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(config);
    env.write_credentials(credentials);
    env
}

/// Returns the line, the code, and the fix or hint of each finding.
fn findings(env: &TestEnv) -> Vec<String> {
    let run = env.run(CHECK);
    let mut findings: Vec<String> = Vec::new();
    for line in run.stdout().lines() {
        match (line.strip_prefix("  "), findings.last_mut()) {
            (Some(advice), Some(last)) if !advice.starts_with("profile") => {
                *last = format!("{last}; {advice}");
            }
            (Some(_), _) => {}
            (None, _) => {
                let mut parts = line.split(": ");
                let (_, number) = parts.next().unwrap().rsplit_once(':').unwrap();
                findings.push(format!("{number} {}", parts.nth(1).unwrap()));
            }
        }
    }
    findings
}

fn check(config: &str, credentials: &str, expected: &[&str]) {
    let env = env(config, credentials);
    assert_eq!(findings(&env), expected, "{config}{credentials}");
}

/// Checks that `--fix` changes nothing, and that no output contains `SECRET`.
fn check_unchanged(config: &str, credentials: &str, expected: &[&str]) {
    let env = env(config, credentials);
    assert_eq!(findings(&env), expected, "{config}{credentials}");
    for command in [CHECK, "sso-configure check --offline --json", FIX] {
        let run = env.run(command).expect_code(1);
        assert!(!run.to_string().contains("SECRET"), "{run}");
    }
    assert_eq!(self::config(&env), config);
    let after = String::from_utf8(env.read(env.credentials_path())).unwrap();
    assert_eq!(after, credentials);
}

const SEVERAL_LINES: &str = "; hint: write each key on its own line, without indentation";

#[test]
fn a_value_of_several_lines_is_neither_changed_nor_shown() {
    let secret = "\n  aws_secret_access_key = SECRET\n";
    for (key, code) in [
        ("sso_account_name", "D13"),
        ("aws_account_id = 1", "invalid-account-id"),
        ("region = us-east-1", "invalid-region"),
        ("output = json", "invalid-choice"),
        ("use_fips_endpoint = true", "invalid-boolean"),
        ("retry_mode = standard", "invalid-choice"),
        ("metadata_service_timeout = 1", "invalid-number"),
        ("services = x", "quoted-value"),
        ("ca_bundle = /dev/null", "quoted-value"),
        (
            "mfa_serial = arn:aws:iam::111122223333:mfa/u",
            "invalid-role-setting",
        ),
        ("external_id = xy", "invalid-role-setting"),
        ("role_session_name = xy", "invalid-role-setting"),
        (
            "ec2_metadata_service_endpoint = http://127.0.0.1",
            "invalid-url",
        ),
        ("endpoint_url = http://127.0.0.1", "invalid-url"),
    ] {
        let (key, hint) = match code {
            "D13" => (format!("{key} = x"), ""),
            _ => (key.to_owned(), SEVERAL_LINES),
        };
        let config = format!("{SESSION}{PROFILE}{key}{secret}");
        check_unchanged(&config, "", &[&format!("8 {code}{hint}")]);
    }
    for (config, expected) in [
        (format!("[profile a]\n{ROLE}source_profile = base{secret}"), "3 quoted-value"),
        (format!("[profile a]\n{ROLE}web_identity_token_file = /gone{secret}"), "3 quoted-value"),
        (format!("[profile a]\n{ROLE}  source_profile = base\n"), "2 invalid-role-arn"),
        (format!("{SESSION}[profile a]\nsso_session = s{secret}"), "5 quoted-value"),
        (format!("{SESSION}sso_registration_scopes = a:b\n  [profile c]\n"), "4 invalid-scopes"),
        (
            format!("{SESSION}[profile a]\nsso_session = s\nsso_account_id = 111122223333\n  sso_role_name = x\n"),
            "6 invalid-account-id",
        ),
        (
            "[sso-session s]\nsso_start_url = https://x.awsapps.com/start\n  sso_region = us-east-1\n"
                .to_owned(),
            "2 invalid-start-url",
        ),
    ] {
        check_unchanged(&config, KEYS, &[&format!("{expected}{SEVERAL_LINES}")]);
    }
    let session_token = KEYS.replace("= S\n", "= S\n  aws_session_token = SECRET\n");
    check_unchanged(
        "",
        &session_token,
        &[&format!("3 quoted-value{SEVERAL_LINES}")],
    );
    // Profiles inherit the keys of [DEFAULT].
    let config = format!("[DEFAULT]\nsource_profile = b{secret}[profile x]\n{ROLE}");
    let expected = format!("2 quoted-value{SEVERAL_LINES}");
    check_unchanged(&config, "", &[&expected, "1 D05"]);
}

#[test]
fn fixes_and_diffs_do_not_show_passwords() {
    let profile = "[profile b]\nendpoint_ulr = \"https://u:SECRET@x.example\"\n\
                   external_id = \"SECRET\"\nec2_metadata_service_endpoint = 'http://u:SECRET@x.example'\n";
    let env = env(&format!("{SESSION}{PROFILE}{profile}"), "");
    for command in [CHECK, "sso-configure check --offline --json", FIX] {
        let run = env.run(command);
        assert!(!run.to_string().contains("SECRET"), "{run}");
    }
    assert!(config(&env).contains("external_id = SECRET\n"));
    // A token in place of the path of its file.
    let token = format!("web_identity_token_file = {}.SECRET\n", "eyJ0".repeat(20));
    let hint =
        "unusable-token-file; hint: correct the path in web_identity_token_file, or remove it";
    check_unchanged(
        &format!("[profile a]\n{ROLE}{token}"),
        "",
        &[&format!("3 {hint}")],
    );
}

#[test]
fn keys_in_the_plural_are_not_misspelled() {
    for line in [
        "regions = us-east-1,eu-west-1",
        "regions = us-east-1 eu-west-1",
        "service = s3",
        "role_arns = a,b",
        "sso_account_ids = 1,2",
        "sso_regions = us-east-1;us-east-2",
        "outputs = json,text",
        "mfa_serials = arn:aws:iam::111122223333:mfa/u,arn:aws:iam::111122223333:mfa/v",
        "external_ids = ab,cd",
        "endpoint_urls = http://127.0.0.1,http://127.0.0.2",
        "login_sessions = a",
        "data_paths = /a",
        "source_profiles = base",
        "max_attempt = 3",
        "s3 =\n  addressing_styles = path,auto",
    ] {
        check(&format!("{SESSION}{PROFILE}{line}\n"), KEYS, &[]);
    }
    let expected = "8 misspelled-key; hint: if you mean output, rename it";
    check_unchanged(
        &format!("{SESSION}{PROFILE}outputs = json\n"),
        "",
        &[expected],
    );
}

#[test]
fn a_key_is_renamed_only_if_its_value_and_the_other_keys_fit() {
    let check = |lines: &str, expected: &[&str]| {
        check_unchanged(&format!("{SESSION}{PROFILE}{lines}\n"), KEYS, expected);
    };
    let both =
        "misspelled-key; hint: keep one of the keys that are similar to region, and rename it";
    check(
        "regoin = us-east-1\nreigon = us-west-2",
        &[&format!("8 {both}"), &format!("9 {both}")],
    );
    let style = both.replace("region", "addressing_style");
    check(
        "s3 =\n  adressing_style = path\n  addresing_style = auto",
        &[&format!("9 {style}"), &format!("10 {style}")],
    );
    let value =
        |key: &str| format!("8 misspelled-key; hint: rename it to {key}, and correct its value");
    check("regoin = us-east-1,us-west-2", &[&value("region")]);
    check("regoin =", &[&value("region")]);
    let other_value =
        |correction: &str| format!("8 misspelled-key; hint: rename it to region, and {correction}");
    let comment = other_value("move the comment to its own line");
    check("regoin = us-west-2 # home", &[&comment]);
    check("regoin = # home\n  us-west-2", &[&comment]);
    let lines = other_value("write each key on its own line, without indentation");
    check("regoin = us-east-1\n  SECRET", &[&lines]);
    check("outptu = a,b", &[&value("output")]);
    check("serices = gone", &[&value("services")]);
    let other = |key: &str| {
        format!(
            "8 misspelled-key; hint: rename it to {key}, or remove it; the profile also contains sso_session"
        )
    };
    check("source_profil = base", &[&other("source_profile")]);
    check(
        "rol_arn = arn:aws:iam::111122223333:role/x",
        &[&other("role_arn")],
    );
    check(
        "credential_proces = /bin/SECRET",
        &[&other("credential_process")],
    );
    check(
        "sso_strat_url = https://y.awsapps.com/start",
        &[&other("sso_start_url")],
    );
    check("ssoRegion = us-west-2", &[&other("sso_region")]);
    check("aws_acces_key_id = SECRET", &[&other("aws_access_key_id")]);
    // The other file contains the key, or another credential source.
    let config = format!("{SESSION}{PROFILE}region = us-west-2\n");
    self::check(&config, "[a]\nregoin = us-east-1\n", &[]);
    let found = other("aws_session_token").replace("8 ", "2 ");
    check_unchanged(&config, "[a]\naws_sesion_token = SECRET\n", &[&found]);
    // Another key of either file is similar, too, or selects another credential source.
    let profile = "[profile b]\nregoin = us-east-1\n";
    let found = format!("2 {both}");
    check_unchanged(profile, "[b]\nreigon = us-west-2\n", &[&found, &found]);
    let rival = |key: &str, other: &str| {
        format!(
            "misspelled-key; hint: rename it to {key}, or remove it; the profile also contains {other}"
        )
    };
    check_unchanged(
        "[profile b]\nsso_sesion = s\n[sso-session s]\nsso_start_url = https://x.awsapps.com/start\n\
         sso_region = us-east-1\n",
        "[b]\naws_acces_key_id = SECRET\naws_secret_access_ky = SECRET\n",
        &[
            &format!("2 {}", rival("sso_session", "aws_acces_key_id")),
            &format!("2 {}", rival("aws_access_key_id", "sso_sesion")),
            &format!("3 {}", rival("aws_secret_access_key", "sso_sesion")),
        ],
    );
    let blocks = "services = t\n[services t]\nsso-oidc =\n  endpoint_url = http://127.0.0.1\n\
                  sso oidc =\n  endpoint_url = http://127.0.0.1";
    let remove = "service-name; hint: remove one of the two blocks";
    check(blocks, &[&format!("10 {remove}"), &format!("12 {remove}")]);
    let merge = "ignored-section; hint: merge the sections that stand for [profile b]";
    check(
        "[porfile b]\nregion = us-east-1\n[Profile b]\nregion = us-east-2",
        &[&format!("8 {merge}"), &format!("10 {merge}")],
    );
}

#[test]
fn a_section_is_renamed_only_if_its_keys_fit() {
    let check = |section: &str, header: &str| {
        let hint = format!("1 ignored-section; hint: if you mean [{header}], write it");
        check_unchanged(section, "", &[&hint]);
    };
    check("[sso a]\nsso_account_id = 111122223333\n", "sso-session a");
    check("[session a]\nregion = us-east-1\n", "sso-session a");
    check("[service a]\nname = b\n", "services a");
    let fixed = SESSION.replace("sso-session", "sso");
    check_fix(&fixed, SESSION, &[]);
}

#[test]
fn an_empty_key_that_others_need_is_not_removed() {
    let hint = "empty-value; hint: write a value, or remove the key";
    let empty = PROFILE.replace("= s\n", "=\n");
    check_unchanged(&format!("{SESSION}{empty}"), "", &[&format!("5 {hint}")]);
    check_unchanged(
        "[profile b]\nrole_arn =\nsource_profile = base\n",
        KEYS,
        &[&format!("2 {hint}")],
    );
}

/// Checks the config after `--fix`, and the findings that remain. A second `--fix` changes nothing.
fn check_fix(config: &str, fixed: &str, expected: &[&str]) {
    let env = env(config, "");
    let code = i32::from(!expected.is_empty());
    env.run(FIX).expect_code(code);
    assert_eq!(self::config(&env), fixed);
    assert_eq!(findings(&env), expected);
    env.run(FIX).expect_code(code);
    assert_eq!(self::config(&env), fixed);
}

#[test]
fn fixes_are_applied_until_nothing_can_be_fixed() {
    let portal = "[sso-session s]\nsso_start_ul = x.awsapps.com/start\nsso-region = US_EAST_1\n";
    check_fix(
        &format!("{portal}{PROFILE}"),
        &format!("{SESSION}{PROFILE}"),
        &[],
    );
    check_fix(
        &format!("{SESSION}{PROFILE}[Profile b]\nregoin = US-EAST-1\n"),
        &format!("{SESSION}{PROFILE}[profile b]\nregion = us-east-1\n"),
        &[],
    );
    check_fix(
        &format!("\u{feff}{SESSION}{PROFILE}regoin = US-EAST-1\n"),
        &format!("{SESSION}{PROFILE}region = us-east-1\n"),
        &[],
    );
    // One problem, of which several rules have a finding.
    check_fix(
        &format!(
            "{SESSION}{}",
            PROFILE.replace("sso_role_name", "ssoRoleName")
        ),
        &format!("{SESSION}{PROFILE}"),
        &[],
    );
    check_fix(
        &format!(
            "{SESSION}{PROFILE}services = t\n[services t]\ncloudwatch logs =\n  endpoint_url = http://127.0.0.1\n"
        ),
        &format!(
            "{SESSION}{PROFILE}services = t\n[services t]\ncloudwatch_logs =\n  endpoint_url = http://127.0.0.1\n"
        ),
        &[],
    );
}

#[test]
fn problems_that_a_fix_reveals_are_reported() {
    let session = SESSION.replace("us-east-1", "us-east1");
    check_fix(
        &format!("{}{PROFILE}", session.replace("sso_region", "sso_regon")),
        &format!("{session}{PROFILE}"),
        &["3 unknown-region; hint: did you mean us-east-1?"],
    );
    let process = "credential_process = /bin/true\n";
    let env = env(
        &format!(
            "{SESSION}{}{process}",
            PROFILE.replace("= s\n", "= \"s\"\n")
        ),
        "",
    );
    let run = env.run(FIX).expect_code(1);
    assert!(
        run.stdout().contains(": advice: different-sources: "),
        "{run}"
    );
    assert!(run.stderr().contains("\nProblems fixed: 1\n"), "{run}");
    assert_eq!(config(&env), format!("{SESSION}{PROFILE}{process}"));
}

#[test]
fn a_quoted_name_that_exists_is_correct() {
    let role = |source: &str| format!("[profile a]\n{ROLE}source_profile = {source}\n");
    let keys = "\naws_access_key_id = A\naws_secret_access_key = S\n";
    check(
        &role("\"b\""),
        &format!("[\"b\"]{keys}"),
        &[
            "1 D22; hint: use only letters, digits and the characters - _ . in the name, and change the keys that refer to it",
        ],
    );
    check(
        &role("'b'"),
        &format!("['b']{keys}"),
        &[
            "1 D22; hint: use only letters, digits and the characters - _ . in the name, and change the keys that refer to it",
        ],
    );
    let profile = |header: &str| format!("{}{header}{keys}", role("'b'"));
    check(
        &profile("[profile \"'b'\"]"),
        "",
        &[
            "4 D07; hint: use only letters, digits and the characters - _ . in the name, and change the keys that refer to it",
        ],
    );
    let session = SESSION.replace("[sso-session s]", "[sso-session '\"s\"']");
    let config = format!("{session}{}", PROFILE.replace("= s\n", "= \"s\"\n"));
    check(
        &config,
        "",
        &[
            "1 D07; hint: use only letters, digits and the characters - _ . in the name, and change the keys that refer to it",
        ],
    );
    let services = "services = 't'\n[services \"'t'\"]\nsts =\n  endpoint_url = http://127.0.0.1\n";
    check(
        &format!("{SESSION}{PROFILE}{services}"),
        "",
        &[
            "9 D07; hint: use only letters, digits and the characters - _ . in the name, and change the keys that refer to it",
        ],
    );
    let name = "3 quoted-value; hint: write the name of an existing section, without quotes";
    check_unchanged(&role("\"gone\""), "", &[name]);
    let fixed = "3 quoted-value; fix: set source_profile to base";
    check(&role("\"base\""), KEYS, &[fixed]);
}

#[test]
fn a_hint_works() {
    let role =
        |name: &str, source: &str| format!("[profile {name}]\n{ROLE}source_profile = {source}\n");
    let check_source = |config: &str, hint: &str| {
        let env = env(config, KEYS);
        let run = env.run(CHECK);
        assert!(run.stdout().contains(hint), "{run}");
        assert_eq!(
            run.stdout().contains("did you mean"),
            hint.contains("did you mean"),
            "{run}"
        );
    };
    // The profile itself, or one that depends on it, would be a cycle.
    let existing = "hint: set source_profile in line 3";
    check_source(&role("dev", "dve"), existing);
    check_source(&(role("other", "dve") + &role("dev", "other")), existing);
    check_source(&role("dev", "bsae"), "hint: did you mean base?");
    let region = "\nregion = us-east-1\n";
    for (header, hint) in [
        ("profiledev", "write [profile dev]"),
        ("sso-sessiondev", "write [sso-session dev]"),
        ("profile-dev", "write [profile dev]"),
        ("a", "merge its keys into [profile a], which exists"),
    ] {
        let config = format!("{SESSION}{PROFILE}[{header}]{region}");
        check(&config, "", &[&format!("8 ignored-section; hint: {hint}")]);
    }
    let pager = format!("{SESSION}{PROFILE}cli_pager = \"\"\n");
    check(
        &pager,
        "",
        &["8 quoted-value; fix: set cli_pager to an empty value"],
    );
    check_fix(&pager, &pager.replace(" \"\"", ""), &[]);
}

#[test]
fn a_file_that_the_cli_rejects_has_no_fixes() {
    let duplicate = "syntax; hint: remove one of the two, or merge them";
    let config =
        format!("{SESSION}{PROFILE}region = \"us-east-1\"\noutput = json\noutput = text\n");
    let region = "8 invalid-region; hint: set region to us-east-1";
    check_unchanged(&config, "", &[&format!("10 {duplicate}"), region]);
    let run = env(&config, "").run(CHECK);
    assert!(!run.stderr().contains("--fix"), "{run}");
    // The other file can be fixed.
    let env = env(&config, &KEYS.replace("= S", "= \"S\""));
    env.run(FIX).expect_code(1);
    assert_eq!(env.read(env.credentials_path()), KEYS.as_bytes());
}

#[test]
fn a_line_has_one_finding_for_one_problem() {
    let comment = "hint: move the comment to its own line";
    let check_line = |line: &str, expected: &[&str]| {
        check(&format!("{SESSION}{PROFILE}{line}\n"), "", expected);
    };
    let session = PROFILE.replace("= s\n", "= s # home\n");
    check(
        &format!("{SESSION}{session}"),
        "",
        &[&format!("5 unknown-session; {comment}")],
    );
    check(
        &format!("[profile a]\n{ROLE}source_profile = base # home\n"),
        KEYS,
        &[&format!("3 unknown-source-profile; {comment}")],
    );
    for line in [
        "services = t # x",
        "ca_bundle = /dev/null # x",
        "max_attempts = 3 # x",
    ] {
        check_line(line, &[&format!("8 network-setting; {comment}")]);
    }
    check_line(
        "region = us-east-1 # x",
        &[&format!("8 invalid-region; {comment}")],
    );
    check_line(
        "duration_seconds = 3600 # x",
        &[&format!("8 invalid-number; {comment}")],
    );
    check_line(
        "Regoin = us-east-1",
        &["8 misspelled-key; fix: rename regoin to region"],
    );
    let duplicate = "syntax; hint: remove one of the two, or merge them";
    check_line(
        "region = us-east-1\nregion = us-east-2",
        &[&format!("9 {duplicate}")],
    );
    check_line("[profile a]", &[&format!("8 {duplicate}")]);
    check_line("[]", &["8 syntax"]);
    check_line(
        "[ profile b ]",
        &["8 ignored-section; fix: rename the section to [profile b]"],
    );
    check(
        "[profile a]\rregion = us-east-1\routput = json\r",
        "",
        &["1 D17"],
    );
    let env = TestEnv::offline();
    env.write(
        ".aws/config",
        b"[profile a]\nregion = \xe9\noutput = \xe9\n",
    );
    assert_eq!(findings(&env), ["2 syntax; hint: save the file as UTF-8"]);
}
