//! Findings of `check` about keys and values of the config files, and about role chains.

use sso_test_support::TestEnv;

use crate::config;

const CHECK: &str = "sso-configure check --offline";
const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\n";

/// Returns the codes of the findings, each with its line.
fn findings(env: &TestEnv) -> Vec<String> {
    let run = env.run(CHECK);
    let lines = run.stdout().lines().filter(|line| !line.starts_with("  "));
    let codes = lines.map(|line| {
        let mut parts = line.split(": ");
        let line = parts.next().and_then(|it| it.rsplit_once(':')).unwrap().1;
        format!("{line} {}", parts.nth(1).unwrap())
    });
    codes.collect()
}

fn check(config: &str, expected: &[&str]) {
    let mut env = TestEnv::offline();
    // It cannot be combined with use_fips_endpoint.
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(config);
    assert_eq!(findings(&env), expected, "{config}");
}

/// Checks lines that are added to a complete profile, from line 5.
fn check_profile(lines: &str, expected: &[&str]) {
    let profile = "[profile a]\nsso_session = my-sso\nsso_account_id = 111122223333\n\
                   sso_role_name = x\n";
    let session = "[sso-session my-sso]\nsso_start_url = https://x.awsapps.com/start\n\
                   sso_region = us-east-1\n";
    check(&format!("{profile}{lines}\n{session}"), expected);
}

/// Checks that `--fix` changes a line of a healthy config, and that nothing remains.
fn check_fix(wrong: &str, right: &str) {
    let healthy = TestEnv::SAMPLE_CONFIG;
    assert!(healthy.contains(right), "{right}");
    let env = TestEnv::offline();
    env.write_config(&healthy.replacen(right, wrong, 1));
    env.run(&format!("{CHECK} --fix --yes")).expect_code(0);
    assert_eq!(config(&env), healthy, "{wrong}");
    env.run(CHECK).expect_code(0);
}

#[test]
fn misspelled_keys_and_values_are_corrected() {
    for (wrong, right) in [
        ("sso_role_nmae = ReadOnly", "sso_role_name = ReadOnly"),
        ("sso_rolename = ReadOnly", "sso_role_name = ReadOnly"),
        ("sso-role-name = ReadOnly", "sso_role_name = ReadOnly"),
        (
            "sso_acount_id = 111122223333",
            "sso_account_id = 111122223333",
        ),
        ("sso-region = us-east-1", "sso_region = us-east-1"),
        ("sso_sesion = my-sso", "sso_session = my-sso"),
        ("regoin = us-west-2", "region = us-west-2"),
        ("region = US-West-2", "region = us-west-2"),
        ("region = 'us-west-2'", "region = us-west-2"),
        (
            "sso_account_id = 1111-2222-3333",
            "sso_account_id = 111122223333",
        ),
        ("sso_session = \"my-sso\"", "sso_session = my-sso"),
        ("sso_session = my-sso\u{200b}", "sso_session = my-sso"),
        (
            "sso_registration_scopes = [\"sso:account:access\"]",
            "sso_registration_scopes = sso:account:access",
        ),
        ("[sso_session my-sso]", "[sso-session my-sso]"),
        ("[sso-sesion my-sso]", "[sso-session my-sso]"),
        ("[Profile dev]", "[profile dev]"),
        ("[porfile dev]", "[profile dev]"),
    ] {
        check_fix(wrong, right);
    }
}

#[test]
fn keys_of_other_tools_are_not_misspelled() {
    for line in [
        "x_account = a",
        "granted_sso_region = us-east-1",
        "azure_tenant_id = a",
        "sso_account_name = a",
        "sso_auto_populated = true",
        "_region = us-east-1",
        "xregion = us-east-1",
        "region2 = us-east-1",
        "color = red",
        "session_name = a",
        "account_id = 1",
        "cli_alias = a",
        "include_profile = b",
        "parent_profile = b",
        "s3api =\n  a = b",
    ] {
        check_profile(line, &[]);
    }
    // The correct key exists.
    check_profile("region = us-east-1\nregions = us-west-2", &[]);
}

#[test]
fn a_misspelled_key_is_reported_instead_of_the_missing_one() {
    let session =
        "[sso-session s]\nsso_start_ur = https://x.awsapps.com/start\nsso_regio = us-east-1\n";
    check(session, &["2 misspelled-key", "3 misspelled-key"]);
    check(
        "[profile a]\nrol_arn = arn:aws:iam::222222222222:role/x\nsource_profile = a\n",
        &["2 misspelled-key"],
    );
    check(
        &format!("[profile a]\n{ROLE}source_profil = b\n"),
        &["3 misspelled-key"],
    );
    let legacy = "[profile a]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
                  sso_account_id = 111122223333\nsso_role_nam = x\n";
    check(legacy, &["5 misspelled-key"]);
    // Two legacy profiles are two problems.
    let two = format!("{legacy}{}", legacy.replace("profile a", "profile b"));
    check(&two, &["5 misspelled-key", "10 misspelled-key"]);
    // A key that is missing besides is still reported.
    check(
        "[sso-session s]\nsso_start_ur = https://x.awsapps.com/start\n",
        &["2 misspelled-key", "1 missing-keys"],
    );
}

#[test]
fn a_broken_or_missing_session_is_one_finding_for_all_its_profiles() {
    let role = "sso_session = s\nsso_account_id = 111122223333\nsso_role_name = x\n";
    let profiles = ["a", "b", "c"].map(|name| format!("[profile {name}]\n{role}"));
    let profiles = profiles.concat();
    check(&profiles, &["2 unknown-session"]);
    let of = |section: &str| format!("{section}{profiles}");
    let url = "sso_start_url = https://x.awsapps.com/start\n";
    check(&of(&format!("[sso-session s]\n{url}")), &["1 missing-keys"]);
    check(
        &of(&format!("[sso-session s]\n{url}sso_region = us/east\n")),
        &["3 invalid-region"],
    );
    check(
        &of(&format!("[session s]\n{url}sso_region = us-east-1\n")),
        &["1 ignored-section"],
    );
    check(
        &of(&format!("[s]\n{url}sso_region = us-east-1\n")),
        &["1 ignored-section"],
    );
}

#[test]
fn half_of_an_sso_role_is_found() {
    let session =
        "[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n";
    let of = |lines: &str| format!("{session}[profile a]\nsso_session = s\n{lines}");
    check(&of(""), &[]);
    check(&of("sso_account_id = 111122223333\n"), &["4 missing-keys"]);
    check(&of("sso_role_name = x\n"), &["4 missing-keys"]);
    check(
        &of("sso_account_id =\nsso_role_name = x\n"),
        &["4 missing-keys"],
    );
}

#[test]
fn values_that_programs_reject_are_found_once() {
    for (line, expected) in [
        ("region = us-east-1 # home", "5 invalid-region"),
        ("region = us east", "5 invalid-region"),
        ("region =", "5 empty-value"),
        ("region = us-east-9", "5 unknown-region"),
        ("region = ${AWS_REGION}", "5 placeholder"),
        ("retry_mode = STANDARD", "5 invalid-choice"),
        ("retry_mode =", "5 empty-value"),
        ("defaults_mode = fast", "5 invalid-choice"),
        ("account_id_endpoint_mode = always", "5 invalid-choice"),
        ("request_checksum_calculation = never", "5 invalid-choice"),
        ("sts_regional_endpoints = Regional", "5 invalid-choice"),
        (
            "ec2_metadata_service_endpoint_mode = v6",
            "5 invalid-choice",
        ),
        ("output = xml", "5 invalid-choice"),
        ("cli_timestamp_format = rfc3339", "5 invalid-choice"),
        ("metadata_service_timeout = 0.5", "5 invalid-number"),
        (
            "request_min_compression_size_bytes = -1",
            "5 invalid-number",
        ),
        ("duration_seconds = 1h", "5 invalid-number"),
        ("use_fips_endpoint = yes", "5 invalid-boolean"),
        ("ec2_metadata_service_endpoint = localhost", "5 invalid-url"),
        ("aws_account_id = 1234", "5 invalid-account-id"),
        ("s3 = path", "5 not-a-block"),
        ("s3 =\n  addressing_style = Path", "6 invalid-choice"),
        ("s3 =\n  adressing_style = path", "6 misspelled-key"),
        ("s3 =\n  region = us-east-1", "6 misplaced-key"),
        ("addressing_style = path", "5 misplaced-key"),
        (
            "sso_registration_scopes = sso:account:access",
            "5 misplaced-key",
        ),
        ("mfa_serial = a b", "5 invalid-role-setting"),
        ("external_id = a", "5 invalid-role-setting"),
        ("role_session_name = Jörg", "5 invalid-role-setting"),
        ("ca_bundle =", "5 empty-value"),
        ("max_attempts =", "5 empty-value"),
        ("max_attempts = 0", "5 network-setting"),
        ("credential_source = env", "5 invalid-choice"),
    ] {
        check_profile(line, &[expected]);
    }
}

#[test]
fn valid_values_have_no_findings() {
    for line in [
        "region = eu-west-99",
        "region = auto",
        "region = aws-global",
        "defaults_mode = Standard",
        "ec2_metadata_service_endpoint_mode = ipv6",
        "use_fips_endpoint = TRUE",
        "use_fips_endpoint =",
        "endpoint_discovery_enabled = auto",
        "output =",
        "output = yaml-stream",
        "cli_pager =",
        "cli_pager = \"cat\"",
        "s3 =\n  addressing_style = path\n  max_bandwidth = 10MB/s\n  multipart_threshold = 64MB",
        "mfa_serial = arn:aws:iam::111122223333:mfa/user",
        "mfa_serial = GAHT12345678",
        "role_session_name = user@example.com",
    ] {
        check_profile(line, &[]);
    }
}

#[test]
fn start_urls_that_cannot_be_used_are_found() {
    let check = |url: &str, expected: &[&str]| {
        check(
            &format!("[sso-session s]\nsso_start_url = {url}\nsso_region = us-east-1\n"),
            expected,
        );
    };
    check("https://x.awsapps.com/start#/", &[]);
    check("http://127.0.0.1:8080/start", &[]);
    for url in [
        "http://x.awsapps.com/start",
        "x.awsapps.com/start",
        "https://",
        "https:///start",
        "d-1234567890",
        "https://x .awsapps.com/start",
        "https://x.awsapps.com/start\u{200b}",
        "'https://x.awsapps.com/start'",
        "https://x.awsapps.com/start ; comment",
        "https://user:password@x.awsapps.com/start",
    ] {
        check(url, &["2 invalid-start-url"]);
    }
    check("<start-url>", &["2 placeholder"]);
    check("https://x.awsapps.com", &["2 unusual-start-url"]);
    check("https://sso.example.com", &[]);
}

#[test]
fn passwords_and_secrets_are_not_in_the_output() {
    let env = TestEnv::offline();
    env.write_config(
        "[sso-session s]\nsso_start_url = https://u:pa55word@x.example/\nsso_region = us-east-1\n\
         [profile a]\nregion = pa55word/x\nsso_account_id = pa55word\nsso_session = s\nsso_role_name = pa55word:\n",
    );
    env.write_credentials("[b]\naws_access_key_id = A\naws_secret_access_key = \"pa55word\"\n");
    for command in [CHECK, "sso-configure check --offline --fix --yes"] {
        let run = env.run(command);
        assert!(run.stdout().contains("invalid-start-url"), "{run}");
        assert!(!run.to_string().contains("pa55word"), "{run}");
    }
    let credentials = String::from_utf8(env.read(env.credentials_path())).unwrap();
    assert!(credentials.contains("aws_secret_access_key = pa55word\n"));
}

const KEYS: &str = "[profile base]\naws_access_key_id = A\naws_secret_access_key = S\n";

#[test]
fn chains_are_reported_at_the_profile_that_breaks_them() {
    let role = |name: &str, lines: &str| format!("[profile {name}]\n{ROLE}{lines}\n");
    let of = |name: &str, source: &str| role(name, &format!("source_profile = {source}"));
    check(&format!("{KEYS}{}", of("a", "base")), &[]);
    check(&format!("{KEYS}{}{}", of("a", "base"), of("b", "a")), &[]);
    check(&role("a", "credential_source = Environment"), &[]);
    check(&role("a", "web_identity_token_file = /dev/null"), &[]);
    // A profile with static keys may be its own source.
    let own = role(
        "a",
        "source_profile = a\naws_access_key_id = A\naws_secret_access_key = S",
    );
    let env = TestEnv::offline();
    env.write_config(&own);
    assert!(
        !findings(&env)
            .iter()
            .any(|it| it.ends_with("profile-cycle"))
    );
    // Each chain through `b` has the same problem.
    let through = of("a", "b") + &of("c", "b");
    check(
        &format!("{through}{}", of("b", "gone")),
        &["9 unknown-source-profile"],
    );
    check(
        &format!("{through}{}", role("b", "")),
        &["8 role-without-source"],
    );
    check(&format!("{through}{}", of("b", "b")), &["9 profile-cycle"]);
    check(&format!("{through}{}", of("b", "a")), &["3 profile-cycle"]);
    check(
        &format!("{through}[profile b]\nregion = us-east-1\n"),
        &["7 unusable-source"],
    );
    check(
        &format!(
            "{through}{}",
            role("b", "source_profile = x\ncredential_source = Environment")
        ),
        &["9 two-sources"],
    );
    check(
        &format!("{through}[Profile b]\nregion = us-east-1\n"),
        &["7 ignored-section"],
    );
    let bearer = "[profile b]\nsso_session = s\n[sso-session s]\n\
                  sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n";
    check(&format!("{through}{bearer}"), &["7 unusable-source"]);
}

#[test]
fn keys_that_need_a_role_are_found_without_one() {
    check(
        "[profile a]\nweb_identity_token_file = /dev/null\n",
        &["2 missing-role-arn"],
    );
    check(
        "[profile a]\ncredential_source = Environment\n",
        &["2 missing-role-arn"],
    );
    check(
        &format!("{KEYS}[profile a]\nsource_profile = base\n"),
        &["5 unused-source"],
    );
    // Other tools pass the settings of a profile with keys on to others.
    check(
        &format!("{KEYS}source_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/u\n"),
        &[],
    );
    check(
        "[profile a]\nrole_arn =\nsource_profile = b\n",
        &["2 empty-value"],
    );
}

#[test]
fn incomplete_access_keys_are_found() {
    let check = |config: &str, credentials: &str, expected: &[&str]| {
        let env = TestEnv::offline();
        env.write_config(config);
        env.write_credentials(credentials);
        assert_eq!(findings(&env), expected, "{config}{credentials}");
    };
    let pair = "[a]\naws_access_key_id = A\naws_secret_access_key = S\n";
    check("", pair, &[]);
    check("", "[a]\naws_access_key_id = A\n", &["2 half-key-pair"]);
    check("", "[a]\naws_secret_access_key = S\n", &["2 half-key-pair"]);
    check(
        "",
        "[a]\naws_access_key_id = A\naws_secret_acces_key = S\n",
        &["3 misspelled-key"],
    );
    check(
        "[profile a]\naws_access_key_id = A\n",
        "[a]\naws_secret_access_key = S\n",
        &["2 half-key-pair"],
    );
    check("[profile a]\naws_secret_access_key = S\n", pair, &[]);
    check("[profile a]\naws_access_key_id = A\n", pair, &[]);
    let temporary = pair.replace("= A", "= ASIA1");
    check("", &temporary, &["2 missing-session-token"]);
    check("", &format!("{temporary}aws_session_token = T\n"), &[]);
    check("", &format!("{temporary}aws_security_token = T\n"), &[]);
    check(
        "",
        &format!("{temporary}aws_sesion_token = T\n"),
        &["4 misspelled-key"],
    );
    check(
        "",
        "[a]\naws_access_key_id = <id>\naws_secret_access_key = S\n",
        &["2 placeholder"],
    );
}

#[test]
fn services_with_names_and_keys_that_no_program_reads_are_found() {
    let check = |lines: &str, expected: &[&str]| {
        check(
            &format!("[profile a]\nservices = s\n[services s]\n{lines}"),
            expected,
        );
    };
    check("dynamodb =\n  endpoint_url = http://127.0.0.1:8000\n", &[]);
    check(
        "elastic_beanstalk =\n  endpoint_url = http://127.0.0.1:8000\n",
        &[],
    );
    check(
        "elastic-beanstalk =\n  endpoint_url = http://127.0.0.1:8000\n",
        &["4 service-name"],
    );
    check(
        "ssooidc =\n  endpoint_url = http://127.0.0.1:8000\n",
        &["4 service-name"],
    );
    check(
        "dynamodb =\n  endpoint_ulr = http://127.0.0.1:8000\n",
        &["5 misspelled-key"],
    );
    check(
        "dynamodb =\n  endpoint_url = 127.0.0.1:8000\n",
        &["5 invalid-url"],
    );
}

#[test]
fn a_scope_for_accounts_is_required_only_for_profiles_with_a_role() {
    let session = "[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n\
                   sso_registration_scopes = codewhisperer:completions\n";
    let role = "sso_account_id = 111122223333\nsso_role_name = x\n";
    check(&format!("{session}[profile a]\nsso_session = s\n"), &[]);
    check(
        &format!("{session}[profile a]\nsso_session = s\n{role}"),
        &["4 missing-scope"],
    );
    let empty = session.replace("codewhisperer:completions", "");
    check(&format!("{empty}[profile a]\nsso_session = s\n{role}"), &[]);
}

#[track_caller]
fn check_suggestion(section: &str, expected: &str) {
    let env = TestEnv::offline();
    env.write_config(section);
    let run = env.run(CHECK);
    assert!(run.stdout().contains(expected), "{run}");
}

#[test]
fn sections_without_a_valid_type_have_a_suggestion() {
    let check = check_suggestion;
    check(
        "[dev]\nregion = us-east-1\n",
        "  hint: write [profile dev]\n",
    );
    check(
        "[portal]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n",
        "  hint: write [sso-session portal] or [profile portal]\n",
    );
    check(
        "[profile]\nregion = us-east-1\n",
        "  hint: write a name after the type: [profile NAME]\n",
    );
    check(
        "[profile dev]\n[Profile dev]\n",
        "  hint: merge its keys into [profile dev], which exists\n",
    );
    check(
        "[sso:dev]\n",
        "  fix: rename the section to [sso-session dev]\n",
    );
}

/// Each reader finds these sections, except `[profiles dev]`, which the SDKs ignore.
#[test]
fn misspelled_profile_headers_have_a_suggestion() {
    for (header, keys, advice) in [
        (
            "profile:dev",
            "",
            "fix: rename the section to [profile dev]",
        ),
        (
            "PROFILE dev",
            "",
            "fix: rename the section to [profile dev]",
        ),
        (
            "\"profile dev\"",
            "",
            "fix: rename the section to [profile dev]",
        ),
        (
            "[profile dev]",
            "",
            "fix: rename the section to [profile dev]",
        ),
        (
            "Profile \"dev\"",
            "",
            "fix: rename the section to [profile dev]",
        ),
        ("Default", "", "fix: rename the section to [default]"),
        ("defaults", "region = a\n", "hint: write [default]"),
        ("profile_dev", "", "hint: write [profile dev]"),
        ("profile.dev", "", "hint: write [profile dev]"),
        ("profiles-dev", "", "hint: write [profile dev]"),
        ("porfile-dev", "region = a\n", "hint: write [profile dev]"),
        ("profiles dev", "", "hint: write [profile dev]"),
        ("profile two words", "", "hint: write [profile two-words]"),
        ("profile1", "region = a\n", "hint: write [profile profile1]"),
        (
            "profiles",
            "",
            "hint: write a name after the type: [profile NAME]",
        ),
        ("profit-a", "region = a\n", "hint: write [profile profit-a]"),
    ] {
        check_suggestion(&format!("[{header}]\n{keys}"), &format!("  {advice}\n"));
    }
}

#[test]
fn misspelled_session_and_services_headers_have_a_suggestion() {
    let session = "sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n";
    let block = "dynamodb =\n  endpoint_url = http://127.0.0.1:8000\n";
    for (header, keys, advice) in [
        (
            "sso session dev",
            session,
            "fix: rename the section to [sso-session dev]",
        ),
        (
            "sso_session dev",
            session,
            "fix: rename the section to [sso-session dev]",
        ),
        ("sso-session-dev", session, "hint: write [sso-session dev]"),
        ("sso_session.dev", session, "hint: write [sso-session dev]"),
        ("sso-sessions dev", session, "hint: write [sso-session dev]"),
        (
            "sso-sessions",
            session,
            "hint: write a name after the type: [sso-session NAME]",
        ),
        (
            "sso-session",
            "region = a\n",
            "hint: write a name after the type: [sso-session NAME]",
        ),
        (
            "sso-dev",
            session,
            "hint: write [sso-session sso-dev] or [profile sso-dev]",
        ),
        ("sso-dev", "role_arn = a\n", "hint: write [profile sso-dev]"),
        (
            "service x",
            block,
            "fix: rename the section to [services x]",
        ),
        ("services-x", block, "hint: write [services x]"),
        (
            "services-x",
            "role_arn = a\n",
            "hint: write [profile services-x]",
        ),
    ] {
        check_suggestion(&format!("[{header}]\n{keys}"), &format!("  {advice}\n"));
    }
}

#[test]
fn an_empty_list_leads_to_check_only_if_check_has_a_finding() {
    for (config, is_found) in [
        ("[okta]\naws_saml_url = home/x\n", false),
        ("[other tool]\nregion = us-east-1\n", false),
        ("[granted_registry_start team]\n", false),
        ("[services-tool]\nname = y\n", false),
        (
            "[services-x]\ndynamodb =\n  endpoint_url = http://127.0.0.1:8000\n",
            true,
        ),
        ("[okta]\nregion = us-east-1\n", true),
        ("[okta]\n", true),
        ("[Profile dev]\nx = y\n", true),
        ("[profile two words]\nx = y\n", true),
    ] {
        let env = TestEnv::offline();
        env.write_config(config);
        let found = findings(&env);
        assert_eq!(
            found.contains(&"1 ignored-section".to_owned()),
            is_found,
            "{config}"
        );
        let list = env.run("sso-configure list");
        assert_eq!(
            list.stdout().contains("sso-configure check"),
            is_found,
            "{config}{list}"
        );
    }
}

#[test]
fn a_healthy_config_has_no_findings() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.run(CHECK).expect_code(0);
}
