use sso_config::kind::ProfileKind;
use sso_config::{ConfigFiles, Error};
use sso_test_support::TestEnv;
use sso_types::ProfileName;

const KEYS: &str = "aws_access_key_id = AKIA\naws_secret_access_key = hunter2\n";
const LEGACY: &str = "sso_start_url = https://a\nsso_region = us-east-1\n";
const ACCOUNT: &str = "sso_account_id = 1\nsso_role_name = r\n";
const SESSION: &str = "sso_session = s\n";
const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\n";
const OTHERS: &str = "\
[sso-session s]
sso_start_url = https://s
sso_region = us-east-1
[profile sso]
sso_session = s
sso_account_id = 1
sso_role_name = r
[profile nothing]
region = eu-west-1
[profile web]
role_arn = arn:aws:iam::222222222222:role/y
web_identity_token_file = /token
[profile token]
sso_session = s
[profile half]
aws_access_key_id = AKIA
[profile on-half]
credential_process = export-credentials --profile half
";

fn kind_of(dev: &str, credentials: &str) -> Result<(ProfileKind, Option<ProfileName>), Error> {
    let home = TestEnv::offline();
    home.write_config(&format!("{OTHERS}[profile dev]\n{dev}"));
    home.write_credentials(credentials);
    let env = home.environment(&[]);
    let files = ConfigFiles::load(&env).unwrap();
    ProfileKind::and_source(&env, &files, &"dev".into())
}

#[track_caller]
fn check(dev: &[&str], kind: ProfileKind, source: Option<&str>) {
    let dev = dev.concat();
    let found = kind_of(&dev, "").unwrap();
    assert_eq!(found, (kind, source.map(Into::into)), "{dev}");
}

#[test]
fn each_credential_source_has_a_kind() {
    let login = "login_session = arn:x\n";
    let web = "web_identity_token_file = /token\n";
    check(&[SESSION, ACCOUNT], ProfileKind::Sso, None);
    check(&[LEGACY, ACCOUNT], ProfileKind::LegacySso, None);
    check(&[SESSION], ProfileKind::BearerToken, None);
    check(&[LEGACY], ProfileKind::BearerToken, None);
    check(&[ROLE, web], ProfileKind::WebIdentity, None);
    check(&["credential_process = tool\n"], ProfileKind::Process, None);
    check(&[KEYS], ProfileKind::AccessKeys, None);
    check(&[login], ProfileKind::ConsoleLogin, None);
    check(&["region = eu-west-1\n"], ProfileKind::Settings, None);
    check(&[], ProfileKind::Settings, None);
}

#[test]
fn the_source_is_the_next_profile_of_the_chain() {
    let role = |source: &str| format!("{ROLE}source_profile = {source}\n");
    check(&[&role("sso")], ProfileKind::AssumeRole, Some("sso"));
    check(&[&role("web")], ProfileKind::AssumeRole, Some("web"));
    check(&[&role("dev"), KEYS], ProfileKind::AssumeRole, None);
    let instance = "credential_source = Ec2InstanceMetadata\n";
    check(&[ROLE, instance], ProfileKind::AssumeRole, None);

    let export = |options: &str| format!("credential_process = export-credentials {options}\n");
    let kind = ProfileKind::ExportCredentials;
    check(&[&export("--profile sso")], kind, Some("sso"));
    check(&[&export("-p web")], kind, Some("web"));
    let role = "--sso-session s --account-id 1 --role-name r";
    check(&[&export(role)], kind, None);
}

#[test]
fn the_kind_is_the_source_that_the_aws_cli_selects() {
    let rest = [
        (
            "web_identity_token_file = /token\n",
            ProfileKind::WebIdentity,
        ),
        ("source_profile = sso\n", ProfileKind::AssumeRole),
        (ACCOUNT, ProfileKind::Sso),
        ("login_session = arn:x\n", ProfileKind::ConsoleLogin),
        ("credential_process = tool\n", ProfileKind::Process),
        (KEYS, ProfileKind::AccessKeys),
        ("", ProfileKind::BearerToken),
    ];
    for (at, (_, kind)) in rest.iter().enumerate() {
        let mut dev: String = rest[at..].iter().map(|(keys, _)| *keys).collect();
        dev.push_str(SESSION);
        if at < 2 {
            dev.push_str(ROLE);
        }
        assert_eq!(kind_of(&dev, "").unwrap().0, *kind, "{dev}");
    }
    let in_credentials = format!("[dev]\n{KEYS}");
    let process = "credential_process = tool\nlogin_session = arn:x\n";
    let (kind, _) = kind_of(process, &in_credentials).unwrap();
    assert_eq!(kind, ProfileKind::AccessKeys);
}

#[test]
fn invalid_sources_are_errors() {
    let check = |dev: &[&str], expected: &str| {
        let error = kind_of(&dev.concat(), "").unwrap_err().root().to_string();
        assert!(error.contains(expected), "{dev:?}: {error}");
    };
    let role = |source: &str| format!("{ROLE}source_profile = {source}\n");
    check(&["sso_session = gone\n"], "[sso-session gone] not found");
    check(&[SESSION, "sso_account_id = 1\n"], "lacks sso_role_name");
    check(&[ROLE], "lacks source_profile");
    check(&[ROLE, SESSION], "lacks source_profile");
    check(&[&role("gone")], "\"gone\" not found");
    check(&[&role("gone"), SESSION], "\"gone\" not found");
    check(&[&role("dev")], "form a cycle");
    check(&[&role("token")], "[profile token]");
    check(&[&role("nothing")], "profile \"nothing\"");
    check(
        &["aws_access_key_id = AKIA\n"],
        "lacks aws_secret_access_key",
    );
    check(&["credential_process = 'tool\n"], "credential_process");
    let export = |name| format!("credential_process = export-credentials -p {name}\n");
    check(&[&export("gone")], "\"gone\" not found");
    check(&[&export("dev")], "form a cycle");
    check(&[&export("token"), SESSION], "[profile token]");
    check(&[&export("nothing")], "profile \"nothing\"");
    check(&[&export("half")], "lacks aws_secret_access_key");
    check(&[&export("on-half")], "lacks aws_secret_access_key");
    check(&[&role("half")], "lacks aws_secret_access_key");
}
