use aws_config_parse::{Document, FileKind, SectionName};

use crate::{config, credentials};

#[test]
fn the_last_section_of_a_name_replaces_earlier_ones() {
    fn check(text: &str, name: &str, line: usize) {
        let document = config(text);
        let section = document.profile(name).expect("the file has the profile");
        assert_eq!(section.line(), line, "{text}");
        assert!(section.get("only_first").is_none(), "{text}");
    }
    check("[profile a]\nonly_first=1\n[profile \"a\"]\n", "a", 3);
    check("[profile  a]\nonly_first=1\n[profiles a]\n", "a", 3);
    check("[default]\nonly_first=1\n[profile default]\n", "default", 3);
    check("[profile default]\nonly_first=1\n[default]\n", "default", 3);
    check("[profile a]\nonly_first=1\n[profile a]\n", "a", 3);
}

#[test]
fn both_names_of_the_default_profile_are_equal() {
    let document = config("[profile default]\n");
    let by_name = document.section(&SectionName::Profile("default".into()));
    assert!(by_name.is_some());
    assert!(document.section(&SectionName::Default).is_some());
    assert!(document.profile("DEFAULT").is_none());
}

#[test]
fn views_return_sections_of_one_type() {
    let document = config("[profile a]\n[sso-session b]\n[services c]\n[d]\n[DEFAULT]\n");
    let names = |sections: Vec<_>| -> Vec<String> {
        sections
            .iter()
            .map(|s: &aws_config_parse::SectionRef<'_>| s.name().as_str().into())
            .collect()
    };
    assert_eq!(names(document.profiles().collect()), ["a"]);
    assert_eq!(names(document.sso_sessions().collect()), ["b"]);
    assert_eq!(names(document.all_services().collect()), ["c"]);
    assert!(document.profile("b").is_none());
    assert!(document.sso_session("a").is_none());
    assert!(document.services("a").is_none());
    assert_eq!(document.sections().len(), 5);
}

#[test]
fn a_credentials_file_has_only_profiles() {
    let document = credentials("[default]\n[sso-session b]\n[profile a]\n[DEFAULT]\n");
    assert!(document.sso_session("b").is_none());
    assert!(document.profile("sso-session b").is_some());
    assert!(document.profile("profile a").is_some());
    assert!(document.profile("a").is_none());
    assert_eq!(document.profiles().count(), 3);
}

#[test]
fn a_file_that_is_not_utf8_has_no_sections_and_keeps_its_bytes() {
    let bytes = b"[a]\r\nx = \xff\n";
    let document = Document::parse(FileKind::Credentials, &bytes[..]);
    assert_eq!(document.as_bytes(), bytes);
    assert_eq!(document.sections().len(), 0);
    assert_eq!(document.to_string(), "[a]\r\nx = \u{fffd}\n");
}

#[test]
fn debug_shows_structure_but_no_values() {
    let text = "[a]\nkey = hunter2\n  hunter3\nb =\n  c = hunter4\nhunter5\n";
    let document = credentials(text);
    let shown = format!(
        "{document:?} {:?}",
        document.profile("a").unwrap().get("b").unwrap().get("c")
    );
    assert!(
        shown.contains("key") && shown.contains("MissingDelimiter"),
        "{shown}"
    );
    assert!(!shown.contains("hunter"), "{shown}");
}
