//! Findings of `check` about processes that export a profile, about chains and about sections of other tools.

use sso_test_support::TestEnv;

const SESSION: &str = "[sso-session my-sso]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\
                       sso_region = us-east-1\nsso_registration_scopes = sso:account:access\n";
const SSO: &str = "sso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n";

/// Checks the codes of the findings about a config file with a session.
fn check(config: &str, expected: &[&str]) {
    let mut env = TestEnv::offline();
    env.unset("AWS_ENDPOINT_URL");
    check_in(&env, config, expected);
}

fn check_in(env: &TestEnv, config: &str, expected: &[&str]) {
    env.write_config(&format!("{SESSION}{config}"));
    let run = env.run("sso-configure check --offline");
    let lines = run.stdout().lines().filter(|line| !line.starts_with("  "));
    let codes = lines.filter_map(|line| {
        let mut parts = line.split(": ").filter(|part| !part.starts_with('/'));
        parts.nth(1)
    });
    assert_eq!(codes.collect::<Vec<_>>(), expected, "{config}: {run}");
}

fn process(name: &str, line: &str) -> String {
    format!("[profile {name}]\ncredential_process = {line}\n")
}

fn export(name: &str, exported: &str) -> String {
    process(
        name,
        &format!("export-credentials --profile {exported} --format process"),
    )
}

#[test]
fn processes_that_export_each_other_are_a_cycle() {
    let cycle = &["profile-cycle"];
    check(&export("a", "a"), cycle);
    check(&(export("a", "b") + &export("b", "a")), cycle);
    check(
        &(export("a", "b") + &export("b", "c") + &export("c", "a")),
        cycle,
    );
    check(
        &process("a", "export-credentials a --format process"),
        cycle,
    );
    check(
        &process("a", "aws configure export-credentials --profile a"),
        cycle,
    );
    let role = "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = b\n";
    check(&format!("{role}{}", export("b", "a")), cycle);
    // Another profile leads into the cycle.
    check(&(export("a", "a") + &export("b", "a")), cycle);
    let default = "[default]\ncredential_process = export-credentials --format process\n";
    check(default, cycle);
    // The SSO role takes precedence over the process.
    check(&(export("a", "b") + &export("b", "b") + SSO), &[]);
}

#[test]
fn a_profile_that_no_file_contains_is_found_with_and_without_an_option() {
    let unknown = &["unknown-exported-profile"];
    for line in [
        "export-credentials nope --format process",
        "export-credentials --format process nope",
        "export-credentials --format=process -p nope",
        "export-credentials --profile nope --format process",
        "aws configure export-credentials --profile nope",
        "export-credentials --sso-session nope --account-id 1 --role-name x --format process",
        "export-credentials nope --account-id 1 --role-name x --format process",
    ] {
        check(&process("a", line), unknown);
    }
    for line in [
        "export-credentials --token nope my-sso --format process",
        "export-credentials --start-url https://x.awsapps.com/start --account-id 1 --role-name x --format process",
        "export-credentials --sso-region us-east-1 dev --format process",
        "export-credentials -x dev --format process",
        "export-credentials dev prod --format process",
    ] {
        check(&process("a", line), unknown);
    }
    let role = "export-credentials my-sso --account-id 111122223333 --role-name x --format process";
    check(&process("a", role), &[]);
}

#[test]
fn a_process_prints_the_format_process() {
    let dev = format!("[profile dev]\n{SSO}");
    let check = |line: &str, expected: &[&str]| check(&(process("a", line) + &dev), expected);
    for line in [
        "export-credentials --profile dev",
        "export-credentials dev",
        "export-credentials dev --format shell",
        "export-credentials dev --format=env",
        "export-credentials dev --json",
        "export-credentials dev --output json",
        "export-credentials dev --bearer-token",
        "/bin/../bin/true/export-credentials dev",
        "aws configure export-credentials --profile dev --format env",
    ] {
        let program = line.starts_with('/').then_some("unusable-program");
        let expected: Vec<_> = program.into_iter().chain(["process-format"]).collect();
        check(line, &expected);
    }
    for line in [
        "export-credentials dev --format process",
        "export-credentials --format=process --profile dev",
        "export-credentials dev -- my-tool",
        "aws configure export-credentials --profile dev",
        "aws configure export-credentials --profile dev --format process",
    ] {
        check(line, &[]);
    }
}

#[test]
fn a_process_that_exports_the_identity_of_its_profile_is_no_other_source() {
    let check = |line: &str, expected: &[&str]| {
        check(
            &format!("[profile dev]\n{SSO}credential_process = {line}\n"),
            expected,
        );
    };
    for line in [
        "export-credentials --profile dev --format process",
        "export-credentials dev --format process",
        "aws configure export-credentials --profile dev",
        "export-credentials my-sso --account-id 111122223333 --role-name ReadOnly --format process",
    ] {
        check(line, &[]);
    }
    for line in [
        "export-credentials --profile default --format process",
        "export-credentials --format process",
        "export-credentials my-sso --account-id 111122223333 --role-name Other --format process",
        "true --profile dev",
    ] {
        let unknown = line
            .contains(" default ")
            .then_some("unknown-exported-profile");
        let expected: Vec<_> = unknown.into_iter().chain(["different-sources"]).collect();
        check(line, &expected);
    }
}

#[test]
fn a_long_chain_is_checked() {
    // In quadratic time, the test would take minutes.
    let link = |number: usize| {
        format!(
            "[profile p{number}]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = p{}\n",
            number + 1
        )
    };
    let chain: String = (0..2000).map(link).collect();
    check(&format!("{chain}[profile p2000]\n{SSO}"), &[]);
    check(&chain, &["unknown-source-profile"]);
    check(
        &format!("{chain}[profile p2000]\nregion = us-east-1\n"),
        &["unusable-source"],
    );
}

#[test]
fn sections_and_blocks_of_other_tools_are_not_reported() {
    for config in [
        "[granted_registry_start team]\n[granted_registry_end team]\n",
        "[okta]\naws_saml_url = home/x\n",
        "[other tool]\nregion = us-east-1\n",
        "[plugins]\nendpoint = awscli_plugin_endpoint\n[profile a]\nregion = us-east-1\ns3 =\n  \
         endpoint_url = http://localhost:1\n  ca_bundle = x\n  verify_ssl = false\n",
    ] {
        check(config, &[]);
    }
    for (config, expected) in [
        ("[dev]\nregion = us-east-1\n", "ignored-section"),
        ("[profil my name]\n", "ignored-section"),
        ("[profile a b]\n", "ignored-section"),
        ("[sso my]\n", "ignored-section"),
        (
            "[profile a]\nregion = us-east-1\ns3 =\n  endpoint_url = http://localhost:1\n",
            "misplaced-key",
        ),
    ] {
        check(config, &[expected]);
    }
    // A section that is not reported does not hide the profile that is missing.
    let role = "[profile a]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = okta\n";
    check(
        &format!("{role}[okta]\nx = y\n"),
        &["unknown-source-profile"],
    );
}

#[test]
fn pages_that_are_not_an_access_portal_are_no_start_urls() {
    for start_url in [
        "https://console.aws.amazon.com/console/home",
        "https://eu-west-1.console.aws.amazon.com/singlesignon/home",
        "https://111122223333.signin.aws.amazon.com/console",
        "https://us-east-1.signin.aws/platform/d-1/login",
        "https://oidc.us-east-1.amazonaws.com",
        "https://https://sso.example.com/start",
        "https://https//sso.example.com/start",
    ] {
        let session =
            format!("[sso-session s]\nsso_start_url = {start_url}\nsso_region = us-east-1\n");
        check(&session, &["invalid-start-url"]);
    }
}

#[test]
fn an_unknown_region_in_a_variable_is_found() {
    for (value, expected) in [
        ("us-east1", &["unknown-region"] as &[_]),
        ("us-east-1", &[]),
        ("my-cloud-1", &[]),
    ] {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            let mut env = TestEnv::offline();
            env.set(name, value);
            check_in(&env, "", expected);
        }
    }
}

#[test]
fn exchanged_access_keys_are_found_in_files_and_variables() {
    let check = |id: &str, secret: &str, expected: &[&str]| {
        let mut env = TestEnv::offline();
        let keys =
            format!("[profile a]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
        check_in(&env, &keys, expected);
        env.set("AWS_ACCESS_KEY_ID", id);
        env.set("AWS_SECRET_ACCESS_KEY", secret);
        check_in(&env, "", expected);
    };
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    check(secret, "AKIAIOSFODNN7EXAMPLE", &["swapped-keys"]);
    check(secret, "ASIAIOSFODNN7EXAMPLE", &["swapped-keys"]);
    check("AKIAIOSFODNN7EXAMPLE", secret, &[]);
    check("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE", &[]);
    check("test", "AKIA", &[]);
}
