use sso_config::{ConfigFiles, Error, SsoProfile, SsoSession};
use sso_test_support::TestEnv;

const SESSION: &str = "[sso-session my-sso]\n\
                       sso_start_url = https://my-sso-portal.awsapps.com/start\n\
                       sso_region = us-east-1\n";

fn files(home: &TestEnv, config: &str) -> ConfigFiles {
    home.write_config(config);
    ConfigFiles::load(&home.environment(&[])).unwrap()
}

fn load(config: &str) -> Result<SsoProfile, Error> {
    SsoProfile::load(&files(&TestEnv::offline(), config), &"dev".into())
}

fn describe(home: &TestEnv, error: &Error) -> String {
    let kind = format!("{error:?}");
    let kind = kind.split([' ', '(']).next().unwrap();
    format!("{kind}: {error}").replace(&format!("{}/", home.aws_dir().display()), "")
}

#[test]
fn a_profile_with_a_session_has_the_values_of_the_session() {
    let profile = load(&format!(
        "{SESSION}[profile dev]\nsso_session = my-sso\n\
         sso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
    ))
    .unwrap();
    assert_eq!(profile.name.as_str(), "dev");
    assert_eq!(profile.account_id.unwrap().as_str(), "111122223333");
    assert_eq!(profile.role_name.unwrap().as_str(), "ReadOnly");
    let session = profile.session;
    assert_eq!(session.name, Some("my-sso".into()));
    assert_eq!(session.start_url.as_str(), TestEnv::START_URL);
    assert_eq!(session.region.as_str(), "us-east-1");
    assert_eq!(session.scopes, None);
    assert_eq!(session.profile, Some("dev".into()));
    assert_eq!(session.label(), "SSO session my-sso");
}

#[test]
fn a_legacy_profile_has_its_own_values_and_no_scopes() {
    let profile = load(
        "[profile dev]\nsso_start_url = https://a.awsapps.com/start#/\nsso_region = eu-west-1\n\
         sso_registration_scopes = x\nsso_session =\n",
    )
    .unwrap();
    let session = profile.session;
    assert_eq!(
        (session.name.as_ref(), session.scopes.as_ref()),
        (None, None)
    );
    assert_eq!(session.start_url.as_str(), "https://a.awsapps.com/start#/");
    assert_eq!(session.region.as_str(), "eu-west-1");
    assert_eq!(session.label(), "start URL https://a.awsapps.com/start#/");
    assert_eq!((profile.account_id, profile.role_name), (None, None));
}

#[test]
fn every_error_names_the_profile_and_the_location() {
    let check = |config: &str, expected: &str| {
        let home = TestEnv::offline();
        let error = SsoProfile::load(&files(&home, config), &"dev".into()).unwrap_err();
        assert_eq!(describe(&home, &error), expected, "{config}");
    };
    let session = |rest: &str| format!("{SESSION}[profile dev]\n{rest}");
    check("", r#"UnknownProfile: profile "dev" not found in config"#);
    check(
        "[dev]\n",
        r#"UnknownProfile: profile "dev" not found in config"#,
    );
    check(
        "[profile dev]\nregion = x\n",
        r#"NotSso: profile "dev" at config:1 does not use IAM Identity Center: it has no SSO keys"#,
    );
    check(
        "[profile dev]\nsso_session = gone\n",
        "UnknownSession: section [sso-session gone] not found in config, referenced by sso_session at config:2",
    );
    check(
        "[sso-session s]\n[profile dev]\nsso_session = s\n",
        "MissingKeys: [sso-session s] at config:1 lacks sso_start_url and sso_region",
    );
    check(
        "[sso-session s]\nsso_start_url =\nsso_region = x\n[profile dev]\nsso_session = s\n",
        "MissingKeys: [sso-session s] at config:1 lacks sso_start_url",
    );
    for key in [
        "sso_start_url = https://a",
        "sso_account_id = 1",
        "sso_role_name = r",
    ] {
        let lacks = if key.contains("url") {
            "sso_region"
        } else {
            "sso_start_url and sso_region"
        };
        check(
            &format!("[profile dev]\n{key}\n"),
            &format!("MissingKeys: [profile dev] at config:1 lacks {lacks}"),
        );
    }
    check(
        &session("sso_session = my-sso\nsso_region = eu-west-1\n"),
        "Inconsistent: sso_region at config:6 differs from the value at config:3",
    );
    check(
        &session(
            "sso_start_url = https://my-sso-portal.awsapps.com/start/\nsso_session = my-sso\n",
        ),
        "Inconsistent: sso_start_url at config:5 differs from the value at config:2",
    );
    check(
        "[profile dev]\nsso_start_url = https://a\nsso_region = evil.example.com/\n",
        "InvalidRegion: config:3: sso_region is not valid",
    );
    check(
        &session("sso_session = my-sso\n").replace("us-east-1", "-x"),
        "InvalidRegion: config:3: sso_region is not valid",
    );
}

#[test]
fn a_profile_may_repeat_the_values_of_its_session() {
    let repeated = SESSION.lines().skip(1).collect::<Vec<_>>().join("\n");
    load(&format!(
        "{SESSION}[profile dev]\nsso_session = my-sso\n{repeated}\n"
    ))
    .unwrap();
}

#[test]
fn the_session_may_be_named_in_the_credentials_file() {
    let home = TestEnv::offline();
    home.write_credentials("[dev]\nsso_session = my-sso\n");
    let profile = SsoProfile::load(&files(&home, SESSION), &"dev".into()).unwrap();
    assert_eq!(profile.session.name, Some("my-sso".into()));
}

#[test]
fn scopes_are_separated_by_commas() {
    let check = |line: &str, expected: Option<&[&str]>| {
        let config = format!("{SESSION}{line}\n[profile dev]\nsso_session = my-sso\n");
        let scopes = load(&config).unwrap().session.scopes;
        let scopes =
            scopes.map(|scopes| scopes.iter().map(ToString::to_string).collect::<Vec<_>>());
        let expected = expected.map(|scopes| scopes.iter().map(ToString::to_string).collect());
        assert_eq!(scopes, expected, "{line:?}");
    };
    check("", None);
    check("sso_registration_scopes =", Some(&[]));
    check("sso_registration_scopes = , ,", Some(&[]));
    check(
        "sso_registration_scopes = sso:account:access",
        Some(&["sso:account:access"]),
    );
    check("sso_registration_scopes = b , a,,c", Some(&["b", "a", "c"]));
    check("sso_registration_scopes = a b", Some(&["a b"]));
}

#[test]
fn a_session_is_loaded_by_its_name() {
    let home = TestEnv::offline();
    let files = files(&home, SESSION);
    let session = SsoSession::named(&files, &"my-sso".into()).unwrap();
    assert_eq!(
        (session.region.as_str(), session.profile),
        ("us-east-1", None)
    );
    let error = SsoSession::named(&files, &"gone".into()).unwrap_err();
    let expected = "UnknownSession: section [sso-session gone] not found in config";
    assert_eq!(describe(&home, &error), expected);
}

#[test]
fn a_role_requires_an_account_and_a_name() {
    let check = |lines: &str, lacks: &str| {
        let home = TestEnv::offline();
        let files = files(
            &home,
            &format!("{SESSION}[profile dev]\nsso_session = my-sso\n{lines}"),
        );
        let profile = SsoProfile::load(&files, &"dev".into()).unwrap();
        let error = profile.into_role(&files).unwrap_err();
        let expected = format!("MissingKeys: [profile dev] at config:4 lacks {lacks}");
        assert_eq!(describe(&home, &error), expected);
    };
    check("", "sso_account_id and sso_role_name");
    check("sso_account_id = 1\nsso_role_name =\n", "sso_role_name");
    check("sso_role_name = r\n", "sso_account_id");
}
