use sso_config::ConfigFiles;
use sso_config::named::Named;
use sso_test_support::TestEnv;

const BOTH: &str = "\
[sso-session corp]
sso_start_url = https://a
[sso-session both]
sso_start_url = https://a
[profile both]
[profile dev]
[default]
";

/// Returns the profile or session in short, or the error.
fn named(config: &str, name: &str) -> String {
    let home = TestEnv::offline();
    if !config.is_empty() {
        home.write_config(config);
    }
    home.write_credentials("[keys]\naws_access_key_id = A\n");
    let files = ConfigFiles::load(&home.environment(&[])).unwrap();
    match files.named(name) {
        Ok(Named::Profile(name)) => format!("profile {name}"),
        Ok(Named::Session(name)) => format!("session {name}"),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn a_name_is_a_profile_or_else_a_session() {
    let check = |name: &str, expected: &str| assert_eq!(named(BOTH, name), expected);
    check("dev", "profile dev");
    check("keys", "profile keys");
    check("default", "profile default");
    check("corp", "session corp");
    check("both", "profile both");
}

#[test]
fn an_unknown_name_is_compared_with_profiles_and_sessions() {
    let check = |name: &str, expected: &str| {
        let error = named(BOTH, name);
        assert!(
            error.starts_with("UnknownName") && error.contains(expected),
            "{error}"
        );
    };
    check("crop", r#"Similar(["corp"])"#);
    check("dve", r#"Similar(["dev"])"#);
    check("bohh", r#"Similar(["both"])"#);
    check("something", "Unlike");
    check("", "Unlike");
    let error = named("[profile a\u{1}]", "x");
    assert!(error.contains("Unlike"), "{error}");
}

#[test]
fn the_header_of_a_section_shows_the_kind_that_is_meant() {
    let check = |header: &str, expected: &str| {
        let error = named(header, "dev");
        assert!(
            error.starts_with(expected) && error.contains("OddHeader"),
            "{error}"
        );
    };
    check("[dev]", "UnknownProfile");
    check("[profile:dev]", "UnknownProfile");
    check("[sso_session dev]", "UnknownSession");
}

#[test]
fn an_unusable_credentials_file_explains_an_unknown_name() {
    let home = TestEnv::offline();
    home.write_config(BOTH);
    home.write_credentials("[keys\n");
    let files = ConfigFiles::load(&home.environment(&[])).unwrap();
    assert!(files.named("corp").is_ok());
    let error = format!("{:?}", files.named("keys").unwrap_err());
    assert!(error.starts_with("ConfigSyntax"), "{error}");
}
