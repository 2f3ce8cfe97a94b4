//! Hints for profiles and sessions that do not exist or are not selected.

use cli_ux::{Failure, Program, config_hint};
use sso_config::chain::CredentialChain;
use sso_config::network::NetworkSettings;
use sso_config::{AwsEnv, ConfigFiles, Error, SsoChain, SsoProfile, SsoSession};
use sso_test_support::TestEnv;
use sso_types::SessionName;

const PROGRAM: Program = Program::new("acme-login", "1.2.3")
    .with_sign_in_command("acme-login")
    .with_configure_command("acme-configure");

/// A program of a family without a command that maintains the config file.
const OTHER: Program = Program::new("deploy", "1.2.3");

const SESSION: &str = "[sso-session my-sso]\nsso_start_url = https://a\nsso_region = us-east-1\n";
const LIST_PROFILES: &str = "to list the profiles: acme-configure list";
const LIST_SESSIONS: &str = "to list the SSO sessions: acme-configure list";

/// Checks the hints of the error that `load` returns, and those of another family: all without a
/// command.
fn check(
    config: &str,
    credentials: &str,
    load: &dyn Fn(&AwsEnv, &ConfigFiles) -> Error,
    expected: &[&str],
) {
    let home = TestEnv::offline();
    // A program waits for the content of an empty file.
    if !config.is_empty() {
        home.write_config(config);
    }
    if !credentials.is_empty() {
        home.write_credentials(credentials);
    }
    let env: AwsEnv = home.environment(&[]);
    let files = ConfigFiles::load(&env).unwrap();
    let shown = |hint: &str| hint.replace(&format!("{}/", home.aws_dir().display()), "");
    let error = load(&env, &files);
    let first = config_hint(&error, &PROGRAM);
    for failure in [
        Failure::from(error),
        sso_session::Error::from(load(&env, &files)).into(),
        sso_credentials::Error::from(load(&env, &files)).into(),
        sso_credentials::Error::Session(load(&env, &files).into()).into(),
    ] {
        let hints: Vec<_> = failure.hints(&PROGRAM).iter().map(|it| shown(it)).collect();
        assert_eq!(hints, expected, "{failure}");
        assert_eq!(first.as_deref().map(shown), hints.first().cloned());
        let of_other = failure.hints(&OTHER);
        let of_other: Vec<_> = of_other.iter().map(|it| shown(it)).collect();
        let is_text = |hint: &&String| !hint.contains("acme-configure");
        let texts: Vec<_> = hints.iter().filter(is_text).cloned().collect();
        assert_eq!(of_other, texts, "{failure}");
    }
}

fn profile(name: &'static str) -> impl Fn(&AwsEnv, &ConfigFiles) -> Error {
    move |_, files| SsoProfile::load(files, &name.into()).unwrap_err()
}

fn session(name: &'static str) -> impl Fn(&AwsEnv, &ConfigFiles) -> Error {
    move |_, files| SsoSession::named(files, &name.into()).unwrap_err()
}

fn chain(env: &AwsEnv, files: &ConfigFiles) -> Error {
    CredentialChain::load(env, files, &"dev".into()).unwrap_err()
}

fn sso_chain(name: &'static str) -> impl Fn(&AwsEnv, &ConfigFiles) -> Error {
    move |env, files| SsoChain::load(env, files, &name.into()).unwrap_err()
}

#[test]
fn a_profile_of_another_kind_has_a_command_for_the_kind() {
    let check = |config: &str, name: &'static str, hint: &str| {
        check(config, "", &sso_chain(name), &[hint, LIST_PROFILES]);
    };
    let role = "role_arn = arn:aws:iam::2:role/x\n";
    check(
        &format!("[profile 'a b']\n{role}credential_source = Environment\n"),
        "a b",
        "to get its credentials with the AWS CLI: aws configure export-credentials --profile 'a b'",
    );
    check(
        &format!("[profile dev]\n{role}source_profile = -x\n[profile -x]\nlogin_session = y\n"),
        "dev",
        "to sign in with the AWS CLI: aws login --profile=-x",
    );
    check(
        &format!("[profile dev]\n{role}source_profile = x\n[profile x]\nregion = y\n"),
        "dev",
        "to set up the profile: acme-configure --profile x",
    );
}

#[test]
fn an_error_in_a_chain_has_the_hints_of_its_cause() {
    let role = |name: &str, source: &str| {
        format!("[profile {name}]\nrole_arn = arn:aws:iam::2:role/x\nsource_profile = {source}\n")
    };
    check(
        &format!("{}{}", role("dev", "base"), role("base", "bas")),
        "",
        &sso_chain("dev"),
        &[
            "did you mean base?",
            "set source_profile in line 6 of config to an existing profile",
            LIST_PROFILES,
        ],
    );
    check(
        "[profile dev]\ncredential_process = export-credentials -p prod\n",
        "",
        &sso_chain("dev"),
        &[
            "set the profile of credential_process in line 2 of config to an existing profile",
            LIST_PROFILES,
        ],
    );
}

#[test]
fn a_profile_that_does_not_exist_has_hints() {
    let check = |config: &str, credentials: &str, name: &'static str, expected: &[&str]| {
        check(config, credentials, &profile(name), expected);
    };
    let dev = "[profile dev]\n";
    check(dev, "", "dve", &["did you mean dev?", LIST_PROFILES]);
    check(dev, "", "prod", &[LIST_PROFILES]);
    check(
        "[profile a1]\n[profile a2]\n[profile a3]\n[profile a4]\n",
        "",
        "a5",
        &["did you mean a1, a2 or a3?", LIST_PROFILES],
    );
    check(
        "[profile a1]\n[profile a2]\n",
        "",
        "a5",
        &["did you mean a1 or a2?", LIST_PROFILES],
    );
    check(
        SESSION,
        "",
        "my-sso",
        &[
            "my-sso is an SSO session; select it with --sso-session",
            LIST_PROFILES,
        ],
    );
    check("", "", "dev", &["acme-configure"]);
    check(
        "[other]\n",
        "",
        "dev",
        &["to find the sections that cannot be used: acme-configure check"],
    );
    check(
        "\n[dev]\n",
        "",
        "dev",
        &["write [profile dev] in line 2 of config"],
    );
    check(
        "[Profile my own]\n",
        "",
        "my own",
        &["write [profile 'my own'] in line 1 of config"],
    );
    check(
        "",
        "[profile dev]\n",
        "dev",
        &["write [dev] in line 1 of credentials"],
    );
}

#[test]
fn a_session_that_does_not_exist_has_hints() {
    let check = |config: &str, credentials: &str, name: &'static str, expected: &[&str]| {
        check(config, credentials, &session(name), expected);
    };
    check(
        SESSION,
        "",
        "mysso",
        &["did you mean my-sso?", LIST_SESSIONS],
    );
    check(SESSION, "", "corp", &[LIST_SESSIONS]);
    check(
        "",
        "",
        "corp",
        &["acme-configure session --sso-session corp"],
    );
    check(
        "[profile dev]\n",
        "",
        "dev",
        &["dev is a profile; select it with --profile", LIST_SESSIONS],
    );
    check(
        "[sso_session my-sso]\n",
        "",
        "my-sso",
        &["write [sso-session my-sso] in line 1 of config"],
    );
    check(
        "",
        "[sso-session my-sso]\n",
        "my-sso",
        &["move the section in line 1 of credentials to the config file, as [sso-session my-sso]"],
    );
}

#[test]
fn a_name_in_the_config_file_has_hints_with_its_location() {
    let in_profile = |lines: &str, expected: &[&str]| {
        check(
            &format!("[profile dev]\n{lines}{SESSION}"),
            "",
            &chain,
            expected,
        );
    };
    let key = "set sso_session in line 2 of config to an existing SSO session";
    let role = "sso_account_id = 1\nsso_role_name = x\n";
    in_profile(
        &format!("sso_session = \"my-sso\"\n{role}"),
        &["did you mean my-sso, without quotes?", key, LIST_SESSIONS],
    );
    in_profile(
        &format!("sso_session = mysso\n{role}"),
        &["did you mean my-sso?", key, LIST_SESSIONS],
    );
    in_profile(
        &format!("sso_session = corp\n{role}"),
        &[key, LIST_SESSIONS],
    );
    in_profile(
        &format!("sso_session = dev\n{role}"),
        &["dev is a profile, not an SSO session", key, LIST_SESSIONS],
    );
    let key = "set source_profile in line 2 of config to an existing profile";
    let role = "role_arn = arn:aws:iam::222222222222:role/x\n";
    in_profile(
        &format!("source_profile = 'dve'\n{role}"),
        &["did you mean dev, without quotes?", key, LIST_PROFILES],
    );
    in_profile(
        &format!("source_profile = base\n{role}"),
        &[key, LIST_PROFILES],
    );
    in_profile(
        &format!("source_profile = my-sso\n{role}"),
        &[
            "my-sso is an SSO session, not a profile",
            key,
            LIST_PROFILES,
        ],
    );
}

#[test]
fn a_services_section_that_does_not_exist_has_hints() {
    let find = |env: &AwsEnv, files: &ConfigFiles| {
        NetworkSettings::find(env, files, &"dev".into(), None).unwrap_err()
    };
    let key = "set services in line 2 of config to an existing [services] section";
    let dev = "[profile dev]\nservices = mine\n";
    check(dev, "", &find, &[key]);
    check(
        &format!("{dev}[services mien]\n"),
        "",
        &find,
        &["did you mean mien?", key],
    );
}

#[test]
fn a_command_without_a_selection_names_the_choices() {
    let unselected =
        |env: &AwsEnv, files: &ConfigFiles| SsoSession::unselected(env, files).unwrap_err();
    check("", "", &unselected, &["acme-configure"]);
    check(
        "",
        "[keys]\naws_access_key_id = x\n",
        &unselected,
        &["acme-configure"],
    );
    check(
        "[sso-session a]\n",
        "",
        &unselected,
        &["to find the sections that cannot be used: acme-configure check"],
    );
    check(
        &format!(
            "{SESSION}[profile my old]\n[profile -x]\nsso_start_url = https://old\nsso_region = a\n"
        ),
        "",
        &unselected,
        &["use one of --sso-session my-sso, --profile=-x"],
    );
    let no_profile = |env: &AwsEnv, files: &ConfigFiles| {
        files.explain_unselected(env, profile("default")(env, files))
    };
    check(SESSION, "", &no_profile, &["acme-configure"]);
    check("[profile dev]\n", "", &no_profile, &["use --profile dev"]);
    let profiles = (1..=12).map(|it| format!("[profile a{it}]\n"));
    let profiles = profiles.collect::<Vec<_>>().concat();
    check(
        &profiles,
        "",
        &no_profile,
        &[
            "use one of --profile a1, --profile a2, --profile a3, --profile a4, --profile a5, \
           --profile a6, --profile a7, --profile a8, --profile a9, --profile a10 and 2 more",
        ],
    );
}

#[test]
fn a_choice_of_sessions_is_quoted_and_short() {
    let names = ["b$(x)", "q r", "-x"].into_iter().map(SessionName::from);
    let others = (1..=9).map(|number| SessionName::from(format!("s{number}").as_str()));
    let sessions: Vec<_> = names.chain(others).collect();
    let failure = Failure::configuration(anyhow::anyhow!("several")).with_choice_hint(&sessions);
    let options = "--sso-session 'b$(x)', --sso-session 'q r', --sso-session=-x, --sso-session s1, \
                   --sso-session s2, --sso-session s3, --sso-session s4, --sso-session s5, \
                   --sso-session s6, --sso-session s7";
    assert_eq!(
        failure.hints(&PROGRAM),
        [format!("use one of {options} and 2 more")]
    );
}

#[test]
fn hostile_names_in_suggestions_are_quoted() {
    let check = |name: &str, typed: &'static str, expected: &str| {
        check(
            &format!("[profile \"{name}\"]\n"),
            "",
            &profile(typed),
            &[expected, LIST_PROFILES],
        );
    };
    check("my dev", "my dve", r#"did you mean "my dev"?"#);
    check("dev?", "dve?", r#"did you mean "dev?"?"#);
    check(
        "dev\u{1b}[31m",
        "dev\u{1b}[32m",
        r#"did you mean "dev\u{1b}[31m"?"#,
    );
    check(
        "dev\u{202e}x",
        "dev\u{202e}y",
        r#"did you mean "dev\u{202e}x"?"#,
    );
    check("$(rm x)", "$(rm y)", r#"did you mean "$(rm x)"?"#);
}
