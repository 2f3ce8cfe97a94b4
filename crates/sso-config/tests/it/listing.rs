use sso_config::{ConfigFiles, ListedProfile, ListedProfiles, Resolver};
use sso_test_support::TestEnv;

const CONFIG: &str = "\
[sso-session s]
sso_start_url = https://s
sso_region = us-east-1
[profile base]
sso_session = s
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = eu-west-1
[profile role]
role_arn = arn:aws:iam::222222222222:role/path/admin
source_profile = base
[profile exported]
credential_process = export-credentials --profile role
[profile bearer]
sso_session = s
[profile broken]
role_arn = arn:aws:iam::222222222222:role/x
source_profile = gone
[profile on-broken]
role_arn = arn:aws:iam::222222222222:role/y
source_profile = broken
";

#[test]
fn all_profiles_are_listed_with_the_properties_of_their_credentials() {
    let home = TestEnv::offline();
    home.write_config(CONFIG);
    home.write_credentials("[keys]\naws_access_key_id = AKIA\naws_secret_access_key = hunter2\n");
    let env = home.environment(&[]);
    let files = ConfigFiles::load(&env).unwrap();
    let listed = ListedProfiles::of(&env, &files);
    let line = |profile: &sso_config::ListedProfile| {
        let session = profile.session().map(sso_config::SsoSession::label);
        let account = profile.account_id().map(|it| it.to_string());
        let source = profile.source.as_ref().map(ToString::to_string);
        let role = profile.role_name().map(ToOwned::to_owned);
        let texts = [source, session, account, role, profile.region.clone()];
        let texts = texts.map(|it| it.unwrap_or("-".to_owned())).join(" | ");
        let kinds = format!("{} ({})", profile.kind_name(), profile.kind_label());
        format!("{}: {kinds} | {texts}", profile.name)
    };
    let lines: Vec<_> = listed.profiles.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "base: sso (SSO) | - | SSO session s | 111122223333 | ReadOnly | eu-west-1",
            "role: assumeRole (assume role) | base | SSO session s | 222222222222 | admin | -",
            "exported: exportCredentials (export-credentials) | role | SSO session s | 222222222222 | admin | -",
            "bearer: bearerToken (bearer token) | - | SSO session s | - | - | -",
            "broken: invalid (invalid) | - | - | - | - | -",
            "on-broken: invalid (invalid) | - | - | - | - | -",
            "keys: accessKeys (access keys) | - | - | - | - | -",
        ]
    );
    let problems: Vec<_> = listed.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].ends_with("config:18: profile \"gone\" not found"));
}

#[test]
fn single_profiles_are_read_with_one_resolver() {
    let home = TestEnv::offline();
    home.write_config(CONFIG);
    let env = home.environment(&[]);
    let files = ConfigFiles::load(&env).unwrap();
    let mut resolver = Resolver::new(&env, &files);
    let names = ["role", "missing", "base"];
    let lines = names.map(|name| {
        let (profile, problem) = ListedProfile::read(&mut resolver, name.into());
        assert_eq!(problem.is_some(), name == "missing");
        format!("{} {}", profile.name, profile.kind_name())
    });
    assert_eq!(lines, ["role assumeRole", "missing invalid", "base sso"]);
}
