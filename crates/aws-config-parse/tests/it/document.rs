use aws_config_parse::{Document, FileKind, Problem, Reason, SectionName};

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
    let lines = [
        document.profile("a"),
        document.sso_session("b"),
        document.services("c"),
    ];
    assert_eq!(lines.map(|section| section.unwrap().line()), [1, 2, 3]);
    assert_eq!(document.sections().len(), 5);
}

#[test]
fn added_sections_are_found_after_a_search() {
    let mut document = config("[profile old]\n");
    for number in 0..100 {
        let name = format!("p{number}");
        assert!(document.profile(&name).is_none());
        document.add_section(&SectionName::profile(&name)).unwrap();
    }
    let is_found = |number: &i32| document.profile(&format!("p{number}")).is_some();
    assert!(document.profile("old").is_some());
    assert!((0..100).all(|number| is_found(&number)));
}

#[test]
fn utf_16_without_a_mark_is_one_problem() {
    let bytes: Vec<u8> = "[a]\nb = c\n".bytes().flat_map(|byte| [byte, 0]).collect();
    let document = Document::parse(FileKind::Config, bytes.clone());
    let reasons: Vec<_> = document.problems().iter().map(Problem::reason).collect();
    assert_eq!(reasons, [Reason::Utf16]);
    assert_eq!(document.as_bytes(), bytes);
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
    for part in ["SectionRef { header: \"a\"", "key", "MissingDelimiter"] {
        assert!(shown.contains(part), "{shown}");
    }
    assert!(!shown.contains("hunter"), "{shown}");
}
