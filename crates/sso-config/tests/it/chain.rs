use sso_config::chain::{CredentialChain, CredentialSource};
use sso_config::{ConfigFiles, Error};
use sso_test_support::TestEnv;

const KEYS: &str = "aws_access_key_id = AKIA\naws_secret_access_key = hunter2\n";
const SSO: &str = "sso_start_url = https://a\nsso_region = us-east-1\n\
                   sso_account_id = 1\nsso_role_name = r\n";
const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\n";

fn files(home: &TestEnv, config: &str, credentials: &str) -> ConfigFiles {
    home.write_config(config);
    home.write_credentials(credentials);
    ConfigFiles::load(&home.environment(&[])).unwrap()
}

fn chain_of(home: &TestEnv, config: &str, credentials: &str) -> Result<CredentialChain, Error> {
    let files = files(home, config, credentials);
    CredentialChain::load(&home.environment(&[]), &files, &"dev".into())
}

fn describe(config: &str, credentials: &str) -> String {
    let home = TestEnv::offline();
    match chain_of(&home, config, credentials) {
        Ok(chain) => {
            let source = match &chain.source {
                CredentialSource::Sso(role) => format!("sso {}", role.role_name),
                CredentialSource::Static(keys) => format!("keys {}", keys.access_key_id),
                CredentialSource::Process(_) => "process".to_owned(),
            };
            let roles = chain.roles.iter().map(|role| role.profile.to_string());
            [source]
                .into_iter()
                .chain(roles)
                .collect::<Vec<_>>()
                .join(" → ")
        }
        Err(error) => error
            .to_string()
            .replace(&format!("{}/", home.aws_dir().display()), ""),
    }
}

#[track_caller]
fn check(config: &str, credentials: &str, expected: &str) {
    assert_eq!(describe(config, credentials), expected, "{config}");
}

#[test]
fn credential_sources_have_the_precedence_of_the_aws_cli() {
    let dev = |lines: &[&str]| format!("[profile dev]\n{}[profile base]\n{KEYS}", lines.concat());
    let source = "source_profile = base\n";
    let process = "credential_process = tool\n";
    let login = "login_session = arn:x\n";
    let web = "web_identity_token_file = /token\n";
    let in_credentials = "[dev]\naws_access_key_id = AKIACREDENTIALS\naws_secret_access_key = s\n";
    let rest = [SSO, login, process, KEYS];

    check(
        &dev(&[ROLE, source, &rest.concat()]),
        in_credentials,
        "keys AKIA → dev",
    );
    let unsupported = "of profile \"dev\" is not supported";
    check(
        &dev(&[web, ROLE, source, &rest.concat()]),
        in_credentials,
        &format!("config:2: web_identity_token_file {unsupported}"),
    );
    check(&dev(&[&rest.concat()]), in_credentials, "sso r");
    check(
        &dev(&[&rest[1..].concat()]),
        in_credentials,
        "keys AKIACREDENTIALS",
    );
    check(
        &dev(&[&rest[1..].concat()]),
        "",
        &format!("config:2: login_session {unsupported}"),
    );
    check(&dev(&[&rest[2..].concat()]), "", "process");
    check(&dev(&[&rest[3..].concat()]), "", "keys AKIA");
    check(
        &dev(&[]),
        "",
        "profile \"dev\" at config:1 has no credentials",
    );
}

#[test]
fn a_profile_with_only_a_session_has_no_credentials() {
    let session = "[sso-session s]\nsso_start_url = https://a\nsso_region = us-east-1\n\
                   [profile dev]\nsso_session = s\n";
    check(&format!("{session}{KEYS}"), "", "keys AKIA");
    check(
        session,
        "",
        "[profile dev] at config:4 lacks sso_account_id and sso_role_name",
    );
}

#[test]
fn static_keys_are_not_combined_from_two_files() {
    let id = "aws_access_key_id = AKIA\n";
    let secret = "aws_secret_access_key = hunter2\n";
    check(
        &format!("[profile dev]\n{secret}"),
        &format!("[dev]\n{id}"),
        "[dev] at credentials:2 lacks aws_secret_access_key",
    );
    check(
        &format!("[profile dev]\n{id}{secret}"),
        &format!("[dev]\n{secret}"),
        "keys AKIA",
    );
    check(
        &format!("[profile dev]\n{id}aws_secret_access_key =\n"),
        "",
        "[profile dev] at config:2 lacks aws_secret_access_key",
    );
}

#[test]
fn static_keys_include_the_session_token_and_the_account() {
    let home = TestEnv::offline();
    let token = |lines: &str| {
        let config = format!("[profile dev]\n{KEYS}{lines}");
        let CredentialSource::Static(keys) = chain_of(&home, &config, "").unwrap().source else {
            panic!("{config}")
        };
        let token = keys.session_token.map(|token| token.expose().to_owned());
        (token, keys.account_id.map(|id| id.to_string()))
    };
    assert_eq!(token(""), (None, None));
    assert_eq!(token("aws_session_token = t\n").0.as_deref(), Some("t"));
    let both = token("aws_session_token = t\naws_security_token = u\naws_account_id = 12\n");
    assert_eq!(both, (Some("u".to_owned()), Some("12".to_owned())));
}

#[test]
fn a_chain_lists_its_roles_in_order_and_ends_with_the_role_of_the_profile() {
    let config = format!(
        "[profile dev]\n{ROLE}source_profile = a\nexternal_id = e\nrole_session_name = n\n\
         mfa_serial = m\nduration_seconds = 900\n\
         [profile a]\n{ROLE}source_profile = b\n[profile b]\n{SSO}"
    );
    check(&config, "", "sso r → a → dev");
    let chain = chain_of(&TestEnv::offline(), &config, "").unwrap();
    let role = &chain.roles[1];
    assert_eq!(role.role_arn, "arn:aws:iam::222222222222:role/x");
    assert_eq!(role.external_id.as_deref(), Some("e"));
    assert_eq!(role.role_session_name.as_deref(), Some("n"));
    assert_eq!(role.mfa_serial.as_deref(), Some("m"));
    assert_eq!(role.duration_seconds, Some(900));
    assert_eq!(
        chain.with_duration(1800).unwrap().roles[1].duration_seconds,
        Some(1800)
    );

    let process =
        format!("[profile dev]\n{ROLE}source_profile = a\n[profile a]\ncredential_process = x\n");
    check(&process, "", "process → dev");
}

#[test]
fn a_chain_of_many_profiles_is_resolved() {
    let link = |number| {
        format!(
            "[profile p{number}]\n{ROLE}source_profile = p{}\n",
            number + 1
        )
    };
    let links: String = (0..300).map(link).collect();
    let config = format!("[profile dev]\n{ROLE}source_profile = p0\n{links}[profile p300]\n{KEYS}");
    let chain = chain_of(&TestEnv::offline(), &config, "").unwrap();
    assert_eq!(chain.roles.len(), 301);
}

#[test]
fn the_role_of_a_source_profile_with_keys_is_not_assumed() {
    let config = format!(
        "[profile dev]\n{ROLE}source_profile = base\n\
         [profile base]\n{ROLE}source_profile = base\n{KEYS}"
    );
    check(&config, "", "keys AKIA → dev");
    let unknown_source = config.replace("source_profile = base\naws", "source_profile = gone\naws");
    check(&unknown_source, "", "keys AKIA → dev");
    let secret_only = format!(
        "[profile dev]\n{ROLE}source_profile = base\n\
         [profile base]\n{ROLE}source_profile = base\naws_secret_access_key = hunter2\n\
         credential_process = tool\n"
    );
    check(&secret_only, "", "process → dev");
}

#[test]
fn a_profile_can_be_its_own_source_profile() {
    let own = format!("[profile dev]\n{ROLE}source_profile = dev\n");
    check(&format!("{own}{KEYS}"), "", "keys AKIA → dev");
    check(&own, &format!("[dev]\n{KEYS}"), "keys AKIA → dev");
    check(&own, "", "config:3: the profiles form a cycle: dev → dev");
    check(
        &format!("{own}credential_process = tool\n"),
        "",
        "config:3: the profiles form a cycle: dev → dev",
    );
}

#[test]
fn a_cycle_of_source_profiles_is_an_error_that_lists_them() {
    let cycle = format!(
        "[profile dev]\n{ROLE}source_profile = a\n[profile a]\n{ROLE}source_profile = b\n\
         [profile b]\n{ROLE}source_profile = "
    );
    let message = "config:9: the profiles form a cycle";
    check(
        &format!("{cycle}dev\n"),
        "",
        &format!("{message}: dev → a → b → dev"),
    );
    check(
        &format!("{cycle}a\n"),
        "",
        &format!("{message}: dev → a → b → a"),
    );
    check(
        &format!("{cycle}dev\n"),
        &format!("[dev]\n{KEYS}"),
        &format!("{message}: dev → a → b → dev"),
    );
}

#[test]
fn a_cycle_of_credential_processes_is_detected_with_the_inherited_variable() {
    let home = TestEnv::offline();
    let files = files(
        &home,
        "[profile dev]\ncredential_process = x\n[profile b]\n",
        "",
    );
    let (config, credentials) = (
        files.config_path().display(),
        files.credentials_path().display(),
    );
    let load = |lines: &[String]| {
        let env = home.environment(&[("AWS_SSO_TOOLS_PROFILE_CHAIN", &lines.join("\n"))]);
        CredentialChain::load(&env, &files, &"dev".into())
    };
    let line = |profile: &str| format!("{profile}\t{config}\t{credentials}");
    load(&[line("b")]).unwrap();
    let error = load(&[line("dev"), line("b")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the profiles form a cycle: dev → b → dev"
    );
    let of_other_files = format!("dev\t/other/config\t{credentials}");
    load(&[of_other_files, line("b")]).unwrap();
}

#[test]
fn a_role_without_a_valid_source_is_an_error_with_the_location() {
    let dev = |lines: &str| format!("[profile dev]\n{ROLE}{lines}");
    check(
        &dev(""),
        "",
        "[profile dev] at config:1 lacks source_profile",
    );
    check(
        &dev("source_profile = gone\n"),
        "",
        "config:3: profile \"gone\" not found",
    );
    check(
        &dev("credential_source = Ec2InstanceMetadata\n"),
        "",
        "config:3: credential_source of profile \"dev\" is not supported",
    );
    check(
        &dev("credential_source = Environment\nsource_profile = dev\n"),
        "",
        "source_profile at config:4 must be used without credential_source",
    );
    check(
        &format!("[profile dev]\n{ROLE}source_profile = a\n[profile a]\nregion = x\n"),
        "",
        "profile \"a\" at config:4 has no credentials",
    );
    check("", "", "profile \"dev\" not found in config");
}

#[test]
fn a_duration_that_is_not_a_number_is_ignored() {
    let config = |duration: &str| {
        format!("[profile dev]\n{ROLE}source_profile = dev\n{KEYS}duration_seconds = {duration}\n")
    };
    let home = TestEnv::offline();
    let duration =
        |text: &str| chain_of(&home, &config(text), "").unwrap().roles[0].duration_seconds;
    assert_eq!(duration("900"), Some(900));
    assert_eq!(duration("an hour"), None);
}

#[test]
fn a_duration_can_be_requested_only_for_an_assumed_role() {
    let config = format!("[profile dev]\n{KEYS}");
    let chain = chain_of(&TestEnv::offline(), &config, "").unwrap();
    assert!(matches!(
        chain.with_duration(900),
        Err(Error::DurationNotApplicable)
    ));
}

#[test]
fn credentials_in_the_environment_are_ignored() {
    let home = TestEnv::offline();
    let files = files(&home, "[profile dev]\nregion = x\n", "");
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT"),
        ("AWS_SECRET_ACCESS_KEY", "hunter2"),
    ];
    let chain = CredentialChain::load(&home.environment(&variables), &files, &"dev".into());
    assert!(matches!(chain, Err(Error::NoCredentials { .. })));
}

#[test]
fn debug_of_a_chain_shows_no_secrets() {
    let home = TestEnv::offline();
    let keys = chain_of(&home, &format!("[profile dev]\n{KEYS}"), "").unwrap();
    let process = "[profile dev]\ncredential_process = tool --password hunter2\n";
    let process = chain_of(&home, process, "").unwrap();
    let shown = format!("{keys:?} {process:?}");
    assert!(
        shown.contains("tool") && !shown.contains("hunter2"),
        "{shown}"
    );
}

#[test]
fn the_key_that_takes_precedence_over_sso_is_found() {
    let check = |config: &str, credentials: &str, expected: Option<&str>| {
        let home = TestEnv::offline();
        let files = files(&home, config, credentials);
        let found = files.key_before_sso(&"dev".into());
        let found = found.map(|key| format!("{} {}", key.key(), key.line()));
        assert_eq!(found.as_deref(), expected, "{config}");
    };
    check(&format!("[profile dev]\n{SSO}{KEYS}"), "", None);
    check(&format!("[profile dev]\n{SSO}role_arn =\n"), "", None);
    check(
        &format!("[profile dev]\n{ROLE}{SSO}"),
        "",
        Some("role_arn 2"),
    );
    let web = "[dev]\nweb_identity_token_file = /token\n";
    let both = format!("[profile dev]\n{ROLE}{SSO}");
    check(&both, web, Some("web_identity_token_file 2"));
    check(&format!("[profile other]\n{ROLE}"), "", None);
}
