use aws_config_parse::SectionName::{Default, Other, Profile, Services, SsoSession};
use aws_config_parse::{FileKind, SectionName};

use crate::{config, credentials};

#[test]
fn headers_of_a_config_file_are_parsed_like_the_cli() {
    fn check(header: &str, expected: &SectionName<'_>) {
        let document = config(&format!("[{header}]"));
        let section = document.sections().next().unwrap();
        assert_eq!(section.name(), *expected, "{header}");
        assert_eq!(section.file(), FileKind::Config);
    }
    check("default", &Default);
    check("profile default", &Default);
    check("profile 'default'", &Default);
    check("DEFAULT", &Other("DEFAULT".into()));
    check("profile DEFAULT", &Profile("DEFAULT".into()));
    check("profile a", &Profile("a".into()));
    check("profile \t a ", &Profile("a".into()));
    check("profiles \"a b\"c", &Profile("a bc".into()));
    check("profile \"a\\\"\\\\\\n\"", &Profile("a\"\\\\n".into()));
    check("profile 'a\\'", &Profile("a\\".into()));
    check("profile a\\ \\'b", &Profile("a 'b".into()));
    check("profile \"\"", &Profile("".into()));
    check("sso-session default", &SsoSession("default".into()));
    check("services x", &Services("x".into()));
    for ignored in [
        "profile",
        "profile a b",
        "profile 'a",
        "profile a\\",
        " profile a",
        "default ",
    ] {
        check(ignored, &Other(ignored.into()));
    }
    check("profile\u{a0}a", &Other("profile\u{a0}a".into()));
}

#[test]
fn headers_of_a_credentials_file_are_profile_names() {
    fn check(header: &str, expected: &SectionName<'_>) {
        let document = credentials(&format!("[{header}]"));
        assert_eq!(document.sections().next().unwrap().name(), *expected);
    }
    check("default", &Default);
    check("DEFAULT", &Other("DEFAULT".into()));
    for name in ["a", "\"a\"", "profile a", " a ", "sso-session x"] {
        check(name, &Profile(name.into()));
    }
}

#[test]
fn an_owned_name_outlives_its_document() {
    let name = config("[services x]")
        .sections()
        .next()
        .unwrap()
        .name()
        .into_owned();
    assert_eq!(name, Services("x".into()));
    assert!(!name.is_profile() && SectionName::profile("default").is_profile());
}
