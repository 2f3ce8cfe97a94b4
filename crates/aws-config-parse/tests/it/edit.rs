use std::error::Error as _;

use aws_config_parse::{Document, EditError, FileKind, Outcome, Reason, SectionMut, SectionName};

use crate::{config, credentials};

type Edited = Result<Outcome, EditError>;

#[track_caller]
fn check(before: &str, edit: impl Fn(&mut SectionMut<'_>) -> Edited, after: &str) {
    let mut document = config(before);
    let mut section = document
        .section_mut(&SectionName::profile("a"))
        .expect("the file has the profile");
    let outcome = edit(&mut section).expect("the edit is possible");
    assert_eq!(document.to_string(), after, "{before:?}");
    let changed = before != after;
    assert_eq!(outcome == Outcome::Changed, changed, "{before:?}");
    let mut section = document
        .section_mut(&SectionName::profile("a"))
        .expect("the file has the profile");
    let again = edit(&mut section);
    assert!(
        matches!(again, Ok(Outcome::Unchanged) | Err(EditError::NotFound)),
        "{again:?}"
    );
    assert_eq!(document.to_string(), after);
}

#[track_caller]
fn refuse(before: &str, edit: impl Fn(&mut SectionMut<'_>) -> Edited, error: &EditError) {
    let mut document = config(before);
    let mut section = document
        .section_mut(&SectionName::profile("a"))
        .expect("the file has the profile");
    assert_eq!(edit(&mut section).as_ref(), Err(error), "{before:?}");
    assert_eq!(document.to_string(), before);
}

#[test]
fn set_replaces_a_value_in_place() {
    #[track_caller]
    fn set(before: &str, after: &str) {
        check(before, |section| section.set("region", "new"), after);
    }
    set("[profile a]\nregion = old\n", "[profile a]\nregion = new\n");
    set(
        "[profile a]\r\n  REGION\t:old  \r\nx=1",
        "[profile a]\r\n  REGION\t:new  \r\nx=1",
    );
    set("[profile a]\nregion=old", "[profile a]\nregion=new");
    set(
        "[profile a]\nregion =\nx = 1\n",
        "[profile a]\nregion = new\nx = 1\n",
    );
    set("[profile a]\nregion=\n", "[profile a]\nregion=new\n");
    set(
        "[profile a]\nregion = \t\n",
        "[profile a]\nregion = \tnew\n",
    );
    set("[profile a]\nregion = new\n", "[profile a]\nregion = new\n");
    set(
        "[profile a]\nregion = x\n[profile 'a']\nregion = y\n",
        "[profile a]\nregion = x\n[profile 'a']\nregion = new\n",
    );
}

#[test]
fn set_replaces_all_lines_of_a_value() {
    #[track_caller]
    fn set(before: &str, after: &str) {
        check(before, |section| section.set("region", "new"), after);
    }
    set(
        "[profile a]\nregion = one\n  two\n# x\n\n  three\n\n# y\nz = 1\n",
        "[profile a]\nregion = new\n\n# y\nz = 1\n",
    );
    set(
        "[profile a]\nregion =\n  b = 1\n  c = 2\nz = 1\n",
        "[profile a]\nregion = new\nz = 1\n",
    );
    set("[profile a]\nregion=\r\n  b = 1", "[profile a]\nregion=new");
}

#[test]
fn set_writes_an_empty_value() {
    let set = |section: &mut SectionMut<'_>| section.set("region", "");
    check(
        "[profile a]\nregion = old\nx = 1\n",
        set,
        "[profile a]\nregion =\nx = 1\n",
    );
    check(
        "[profile a]\nregion =\n b = 1\n",
        set,
        "[profile a]\nregion =\n",
    );
    check("[profile a]\nx=1\n", set, "[profile a]\nx=1\nregion=\n");
}

#[test]
fn set_moves_a_comment_after_the_value_to_its_own_line() {
    #[track_caller]
    fn set(before: &str, after: &str) {
        check(before, |section| section.set("region", "new"), after);
    }
    set(
        "[profile a]\n  region = old # note\nx = 1\n",
        "[profile a]\n  # note\n  region = new\nx = 1\n",
    );
    set(
        "[profile a]\r\nregion = # note\r\n",
        "[profile a]\r\n# note\r\nregion = new\r\n",
    );
    set(
        "[profile a]\nregion = old;not\n",
        "[profile a]\nregion = new\n",
    );
    set(
        "[profile a]\nregion = old\t; a # b",
        "[profile a]\n; a # b\nregion = new",
    );
}

#[test]
fn a_new_key_copies_the_layout_of_the_last_key() {
    #[track_caller]
    fn set(before: &str, after: &str) {
        check(before, |section| section.set("Output", "json"), after);
    }
    set(
        "[profile a]\nx = 1\n\n# about b\n[profile b]\n",
        "[profile a]\nx = 1\noutput = json\n\n# about b\n[profile b]\n",
    );
    set("[profile a]\nx = 1", "[profile a]\nx = 1\noutput = json");
    set(
        "[profile a]\r\n\tx=1\r\n",
        "[profile a]\r\n\tx=1\r\n\toutput=json\r\n",
    );
    set("[profile a]\rx= 1\r", "[profile a]\rx= 1\routput= json\r");
    set("[profile a]\nx: 1\n", "[profile a]\nx: 1\noutput = json\n");
    set(
        "[profile a]\n  s3 =\n    b = 1\n\n",
        "[profile a]\n  s3 =\n    b = 1\n  output = json\n\n",
    );
    set(
        "[profile a]\nx = 1\n  more\n  # odd\n",
        "[profile a]\nx = 1\n  more\noutput = json\n  # odd\n",
    );
    set(
        "[profile a]\n    x = 1\n  y = 2\n",
        "[profile a]\n    x = 1\n  y = 2\n  output = json\n",
    );
    set(
        "[profile a]\nx = 1\n# end",
        "[profile a]\nx = 1\noutput = json\n# end",
    );
}

#[test]
fn a_new_line_copies_the_line_end_of_the_line_above() {
    let before = "# top\r[profile a]\n\r\nx = 1\r\r\n";
    let set = |section: &mut SectionMut<'_>| section.set("y", "2");
    check(before, set, "# top\r[profile a]\n\r\nx = 1\ry = 2\r\r\n");
    let before = "# top\r[profile a]\n\n";
    check(before, set, "# top\r[profile a]\ny = 2\n\n");
}

#[test]
fn the_first_key_of_a_section_copies_the_layout_of_other_sections() {
    #[track_caller]
    fn set(before: &str, after: &str) {
        check(before, |section| section.set("x", "1"), after);
    }
    set("[profile a]", "[profile a]\nx = 1");
    set("[profile a]\n# note\n", "[profile a]\nx = 1\n# note\n");
    set(
        "[profile b]\n  y=1\n[profile a]\n",
        "[profile b]\n  y=1\n[profile a]\n  x=1\n",
    );
    set(
        "[profile a]\n[profile b]\n\ty=1\n",
        "[profile a]\n\tx=1\n[profile b]\n\ty=1\n",
    );
    set(
        "[profile a]\n   [profile b]\ny=1\n",
        "[profile a]\n   x=1\n   [profile b]\ny=1\n",
    );
    set("[profile a] # note\n", "[profile a] # note\nx = 1\n");
}

#[test]
fn setting_an_inherited_key_adds_it_to_the_section() {
    let before = "[DEFAULT]\nregion = d\n[profile a]\nx = 1\n";
    let set =
        |value: &'static str| move |section: &mut SectionMut<'_>| section.set("region", value);
    check(before, set("d"), before);
    check(
        before,
        set("e"),
        "[DEFAULT]\nregion = d\n[profile a]\nx = 1\nregion = e\n",
    );
    let mut document = config("[DEFAULT]\nx = 1\n[profile a]\n[DEFAULT]\ny = 1\n");
    let mut defaults = document
        .section_mut(&SectionName::Other("DEFAULT".into()))
        .unwrap();
    assert_eq!(defaults.set("x", "2"), Ok(Outcome::Changed));
    assert_eq!(
        document.to_string(),
        "[DEFAULT]\nx = 2\n[profile a]\n[DEFAULT]\ny = 1\n"
    );
}

#[test]
fn remove_deletes_all_lines_of_a_key() {
    #[track_caller]
    fn remove(before: &str, after: &str) {
        check(before, |section| section.remove("Region"), after);
    }
    remove("[profile a]\nregion = x\ny = 1\n", "[profile a]\ny = 1\n");
    remove("[profile a]\ny = 1\nREGION: x", "[profile a]\ny = 1");
    remove("[profile a]\r\nregion = x", "[profile a]");
    remove(
        "[profile a]\nregion = x\n  y\n # c\n\n  z\n\n# d\nw = 1\n",
        "[profile a]\n\n# d\nw = 1\n",
    );
    remove("[profile a]\ny = 1\n", "[profile a]\ny = 1\n");
    remove(
        "[DEFAULT]\nregion = x\n[profile a]\n",
        "[DEFAULT]\nregion = x\n[profile a]\n",
    );
}

#[test]
fn rename_changes_a_key_in_place() {
    let rename = |section: &mut SectionMut<'_>| section.rename("region", "Sso_Region");
    check(
        "[profile a]\n Region:x # y\n",
        rename,
        "[profile a]\n sso_region:x # y\n",
    );
    let same = |section: &mut SectionMut<'_>| section.rename("region", "REGION");
    check(
        "[profile a]\nRegion = x\n",
        same,
        "[profile a]\nRegion = x\n",
    );
    refuse(
        "[profile a]\nregion=x\nSSO_REGION=y\n",
        rename,
        &EditError::KeyExists,
    );
    refuse("[profile a]\nx=x\n", rename, &EditError::NotFound);
}

#[test]
fn set_in_edits_a_pair_in_its_block() {
    #[track_caller]
    fn set(before: &str, after: &str) {
        check(
            before,
            |section| section.set_in("S3", "pace", "fast"),
            after,
        );
    }
    set(
        "[profile a]\ns3 =\n  pace = slow # x\n  b = 1\n",
        "[profile a]\ns3 =\n  pace = fast\n  b = 1\n",
    );
    set(
        "[profile a]\ns3 =\n  b=1\n  # c\n\n# d\nx = 1\n",
        "[profile a]\ns3 =\n  b=1\n  pace=fast\n  # c\n\n# d\nx = 1\n",
    );
    set(
        "[profile a]\ns3 =\n\tPace = 1",
        "[profile a]\ns3 =\n\tPace = 1\n\tpace = fast",
    );
    set(
        "[profile a]\r\n  s3=\r\nx = 1\r\n",
        "[profile a]\r\n  s3=\r\n      pace=fast\r\nx = 1\r\n",
    );
    set(
        "[profile a]\nx = 1\n",
        "[profile a]\nx = 1\ns3 =\n    pace = fast\n",
    );
    set("[profile a]", "[profile a]\ns3 =\n    pace = fast");
    set(
        "[profile a]\ns3 =\n  pace =\n",
        "[profile a]\ns3 =\n  pace = fast\n",
    );
    set(
        "[profile a]\ns3 =\n  pace = 1\n  pace = 2\n",
        "[profile a]\ns3 =\n  pace = 1\n  pace = fast\n",
    );
    set(
        "[profile a]\ns3 =\n  a = 1\u{2028}pace =\u{b}b = 2\n",
        "[profile a]\ns3 =\n  a = 1\u{2028}pace = fast\u{b}b = 2\n",
    );
    refuse(
        "[profile a]\ns3 = x\n",
        |section| section.set_in("s3", "pace", "fast"),
        &EditError::NotABlock,
    );
    refuse(
        "[profile a]\ns3 = x\n  y = 1\n",
        |section| section.set_in("s3", "pace", "fast"),
        &EditError::NotABlock,
    );
}

#[test]
fn remove_in_deletes_all_pairs_with_the_key() {
    #[track_caller]
    fn remove(before: &str, after: &str) {
        check(before, |section| section.remove_in("s3", "b"), after);
    }
    remove(
        "[profile a]\ns3 =\n  b = 1\n  c = 2\n",
        "[profile a]\ns3 =\n  c = 2\n",
    );
    remove(
        "[profile a]\ns3 =\n  b = 1\n  c = 2\n  b = 3",
        "[profile a]\ns3 =\n  c = 2",
    );
    remove(
        "[profile a]\ns3 =\n  b = 1\nx = 1\n",
        "[profile a]\nx = 1\n",
    );
    remove(
        "[profile a]\ns3 =\n  c = 0\u{b}b = 1\n",
        "[profile a]\ns3 =\n  c = 0\u{b}\n",
    );
    remove(
        "[profile a]\ns3 =\n  B = 1\n",
        "[profile a]\ns3 =\n  B = 1\n",
    );
    remove("[profile a]\ns3 = b\n", "[profile a]\ns3 = b\n");
    remove(
        "[profile a]\ns3 =\n  a = 0\u{b}b = 1\u{b}#c = 2\n",
        "[profile a]\ns3 =\n  a = 0\u{b}\u{b}#c = 2\n",
    );
}

#[test]
fn a_pair_before_one_that_would_become_a_comment_is_not_removed() {
    for text in [
        "[profile a]\ns3 =\n  b = 1\u{b}#c = 2\n",
        "[profile a]\ns3 =\n  b = 1\u{2028};c = 2\n",
        "[profile a]\ns3 =\n  b = 1\u{b} #c = 2\n  d = 3\n",
        "[profile a]\ns3 =\n  b = 1\u{b}#c = 2\n  b = 3\n",
        "[profile a]\ns3 =\n  b = 1\n  b = 2\u{b}#c = 3\n",
    ] {
        let remove = |section: &mut SectionMut<'_>| section.remove_in("s3", "b");
        refuse(text, remove, &EditError::AffectsOtherLines);
    }
}

#[test]
fn rename_in_changes_the_key_of_a_pair_in_place() {
    let rename = |section: &mut SectionMut<'_>| section.rename_in("s3", "b", "C");
    check(
        "[profile a]\ns3 =\n  b = 1\n  c = 2\n",
        rename,
        "[profile a]\ns3 =\n  C = 1\n  c = 2\n",
    );
    refuse(
        "[profile a]\ns3 =\n  b = 1\n  C = 2\n",
        rename,
        &EditError::KeyExists,
    );
    refuse("[profile a]\ns3 =\n  c = 2\n", rename, &EditError::NotFound);
}

#[test]
fn values_and_keys_that_would_not_read_back_are_refused() {
    let before = "[profile a]\nx = 1\ns3 =\n  b = 1\n";
    for value in ["a\nb", "a\r", " a", "a\t", "\u{a0}a", "a\u{1c}", "a\0b"] {
        refuse(
            before,
            |section| section.set("x", value),
            &EditError::UnwritableValue,
        );
        refuse(
            before,
            |section| section.set_in("s3", "b", value),
            &EditError::UnwritableValue,
        );
    }
    for key in [
        "", "a=b", "a:b", "#a", ";a", "[a", " a", "a ", "a\nb", "a\rb", "a\0",
    ] {
        refuse(
            before,
            |section| section.set(key, "v"),
            &EditError::UnwritableKey,
        );
        refuse(
            before,
            |section| section.rename("x", key),
            &EditError::UnwritableKey,
        );
        refuse(
            before,
            |section| section.set_in("s3", key, "v"),
            &EditError::UnwritableKey,
        );
        refuse(
            before,
            |section| section.rename_in("s3", "b", key),
            &EditError::UnwritableKey,
        );
        refuse(
            before,
            |section| section.set_in(key, "b", "v"),
            &EditError::UnwritableKey,
        );
    }
    for separator in [
        "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}", "\u{2029}",
    ] {
        let text = format!("a{separator}b");
        refuse(
            before,
            |section| section.set_in("s3", "b", &text),
            &EditError::UnwritableValue,
        );
        refuse(
            before,
            |section| section.set_in("s3", &text, "v"),
            &EditError::UnwritableKey,
        );
    }
}

#[test]
fn add_section_adds_a_section_at_the_end() {
    #[track_caller]
    fn add(before: &str, name: &SectionName<'_>, after: &str) {
        let mut document = config(before);
        document
            .add_section(name)
            .expect("the section can be added");
        assert_eq!(document.to_string(), after, "{before:?}");
        document.add_section(name).expect("the section exists");
        assert_eq!(document.to_string(), after);
        if before != after {
            assert_eq!(document.remove_section(name), Ok(Outcome::Changed));
            assert_eq!(document.to_string(), before);
        }
    }
    let b = SectionName::profile("b");
    add("", &b, "[profile b]\n");
    add("\n\n", &b, "[profile b]\n\n\n");
    add("# note\n", &b, "# note\n\n[profile b]\n");
    add("# note", &b, "# note\n\n[profile b]");
    add(
        "[profile a]\nx = 1\n",
        &b,
        "[profile a]\nx = 1\n\n[profile b]\n",
    );
    add(
        "[profile a]\nx = 1",
        &b,
        "[profile a]\nx = 1\n\n[profile b]",
    );
    add(
        "[profile a]\nx = 1\n  # end  ",
        &b,
        "[profile a]\nx = 1\n  # end  \n\n[profile b]",
    );
    add(
        "[profile a]\nx = 1\n\n",
        &b,
        "[profile a]\nx = 1\n\n[profile b]\n\n",
    );
    add(
        "[default]\r\nx=1\r\n[profile a]\r\n",
        &b,
        "[default]\r\nx=1\r\n[profile a]\r\n[profile b]\r\n",
    );
    add(
        "[c]\n\n\n# a\n[profile a]\n",
        &b,
        "[c]\n\n\n# a\n[profile a]\n\n\n[profile b]\n",
    );
    add("[profile 'b']\nx = 1\n", &b, "[profile 'b']\nx = 1\n");
    add(
        "[profile default]\n",
        &SectionName::Default,
        "[profile default]\n",
    );
    add("", &SectionName::Profile("default".into()), "[default]\n");
    add(
        "",
        &SectionName::SsoSession("my sso".into()),
        "[sso-session 'my sso']\n",
    );
    add("", &SectionName::Services("s".into()), "[services s]\n");
    add("", &SectionName::Other("plugins".into()), "[plugins]\n");
}

#[test]
fn names_are_quoted_only_if_necessary() {
    fn check(name: &str, header: &str) {
        let mut document = config("");
        let name = SectionName::profile(name);
        document
            .add_section(&name)
            .expect("the section can be added");
        assert_eq!(document.to_string(), format!("[{header}]\n"));
        assert_eq!(document.sections().next().unwrap().name(), name);
    }
    check("otter", "profile otter");
    check("größe.x/y@z#1;=:,!(]", "profile größe.x/y@z#1;=:,!(]");
    check("a b", "profile 'a b'");
    check("a\u{a0}b", "profile 'a\u{a0}b'");
    check("it's", "profile \"it's\"");
    check("say \"x\"", "profile 'say \"x\"'");
    check("it's \"x\\y\"", "profile \"it's \\\"x\\\\y\\\"\"");
    check("a\\b", "profile 'a\\b'");
    check("", "profile ''");
    check("DEFAULT", "profile DEFAULT");
}

#[test]
fn a_name_that_cannot_be_written_is_refused() {
    #[track_caller]
    fn refuse(mut document: Document, name: &SectionName<'_>) {
        let error = document.add_section(name).map(|_| ()).unwrap_err();
        assert_eq!(error, EditError::UnwritableName, "{name:?}");
        assert_eq!(document.to_string(), "[x]\n");
        let renamed = document.sections().next().unwrap().name().into_owned();
        let error = document.rename_section(&renamed, name).unwrap_err();
        assert_eq!(error, EditError::UnwritableName);
    }
    for name in ["a\nb", "a\rb", "a\0b"] {
        refuse(config("[x]\n"), &SectionName::profile(name));
        refuse(credentials("[x]\n"), &SectionName::profile(name));
    }
    for header in ["", "profile a", "default", "a\nb"] {
        refuse(config("[x]\n"), &SectionName::Other(header.into()));
    }
    for name in ["", "DEFAULT"] {
        refuse(credentials("[x]\n"), &SectionName::profile(name));
    }
    refuse(credentials("[x]\n"), &SectionName::SsoSession("a".into()));
    refuse(credentials("[x]\n"), &SectionName::Services("a".into()));
}

#[test]
fn headers_of_a_credentials_file_are_never_quoted() {
    let mut document = credentials("");
    for name in ["a b", "it's", "profile x", " y "] {
        document
            .add_section(&SectionName::profile(name))
            .expect("the section can be added");
    }
    let expected = "[a b]\n\n[it's]\n\n[profile x]\n\n[ y ]\n";
    assert_eq!(document.to_string(), expected);
}

#[test]
fn remove_section_removes_the_blank_lines_around_a_section() {
    #[track_caller]
    fn remove(before: &str, after: &str) {
        let mut document = config(before);
        let name = SectionName::profile("a");
        let outcome = document
            .remove_section(&name)
            .expect("the section can be removed");
        assert_eq!(document.to_string(), after, "{before:?}");
        assert_eq!(outcome == Outcome::Changed, before != after);
    }
    remove("[x]\n\n[profile a]\ny = 1\n\n[z]\n", "[x]\n\n[z]\n");
    remove("[profile a]\ny = 1\n\n[z]\n", "[z]\n");
    remove("[profile a]\n\n\n# z\n[z]\n", "# z\n[z]\n");
    remove("# top\n[profile a]\n\n[z]\n", "# top\n\n[z]\n");
    remove("[x]\r\n\r\n[profile a]\r\ny = 1\r\n  z", "[x]");
    remove(
        "[x]\n[profile a]\n# c\ny = 1\n# d\n[z]\n",
        "[x]\n# d\n[z]\n",
    );
    remove(
        "[profile a]\nx=1\n[profile \"a\"]\ny=1\n",
        "[profile a]\nx=1\n",
    );
    remove("[profile b]\n", "[profile b]\n");
}

#[test]
fn remove_sections_removes_the_blank_lines_around_sections() {
    #[track_caller]
    fn remove(before: &str, after: &str) {
        let mut document = config(before);
        let names = ["a", "b", "c", "missing"].map(SectionName::profile);
        let outcome = document.remove_sections(&names);
        assert_eq!(document.to_string(), after, "{before:?}");
        assert_eq!(outcome, Ok(Outcome::Changed));
        assert_eq!(document.remove_sections(&names), Ok(Outcome::Unchanged));
    }
    remove(
        "[x]\n\n[profile a]\n\n[y]\n\n[profile b]\n\n[z]\n",
        "[x]\n\n[y]\n\n[z]\n",
    );
    remove(
        "[x]\n\n[profile a]\n\n[profile b]\nx=1\n\n[z]\n",
        "[x]\n\n[z]\n",
    );
    remove(
        "\n[profile a]\n\n[profile b]\n\n\n[profile c]\n\n[z]\n",
        "\n[z]\n",
    );
    remove(
        "[profile a]\n\n# note\n[profile b]\n\n[z]\n",
        "# note\n\n[z]\n",
    );
    remove("[x]\r\n\r\n[profile a]\r\n\r\n[profile b]\r\nx=1", "[x]");
    remove("[x]\n[profile a]\n# note\n[profile b]", "[x]\n# note");
    remove("[profile a]\n\n[profile b]\n", "");
    remove("[profile a]\n[profile b]", "");
    remove(
        "[x]\n\n\n[profile a]\n\n\n[profile b]\n\n\n[z]\n",
        "[x]\n\n\n[z]\n",
    );
    remove(
        "[DEFAULT]\nx=1\n[profile b]\n[profile a]\n",
        "[DEFAULT]\nx=1\n",
    );
}

#[test]
fn remove_sections_removes_all_sections_or_none() {
    let before = "[b]\nx = 1\n\n[profile b]\n[profile a]\n  [c]\n";
    let mut document = config(before);
    let error = document.remove_sections(&["b", "a"].map(SectionName::profile));
    assert_eq!(error, Err(EditError::AffectsOtherLines));
    assert_eq!(document.to_string(), before);
    assert!(document.profile("b").is_some());
}

#[test]
fn rename_section_changes_only_the_text_between_the_brackets() {
    #[track_caller]
    fn rename(before: &str, new: &str, after: &str) {
        let mut document = config(before);
        let (name, new) = (SectionName::profile("a"), SectionName::profile(new));
        let outcome = document
            .rename_section(&name, &new)
            .expect("the section can be renamed");
        assert_eq!(document.to_string(), after);
        assert_eq!(outcome == Outcome::Changed, before != after);
    }
    rename(
        "  [profile  \"a\" ] # note\nx=1",
        "b c",
        "  [profile 'b c'] # note\nx=1",
    );
    rename("[profile\ta]\n", "default", "[default]\n");
    rename("[profiles 'a']\n", "a", "[profiles 'a']\n");
    let mut document = config("[profile a]\n[profile 'b']\n");
    let [a, b, c] = ["a", "b", "c"].map(SectionName::profile);
    assert_eq!(
        document.rename_section(&a, &b),
        Err(EditError::SectionExists)
    );
    assert_eq!(document.rename_section(&c, &b), Err(EditError::NotFound));
}

#[test]
fn renamed_sections_are_found_by_their_new_names_only() {
    let [a, b, c] = ["a", "b", "c"].map(SectionName::profile);
    let has = |document: &Document, name: &SectionName<'_>, key: &str| {
        let section = document.section(name);
        section.is_some_and(|section| section.get(key).is_some())
    };
    let mut document = config("[profile a]\nx = 1\n[profile b]\ny = 2\n");
    for (name, new) in [(&a, &c), (&b, &a), (&c, &b)] {
        assert!(document.section(new).is_none());
        assert_eq!(document.rename_section(name, new), Ok(Outcome::Changed));
        assert!(document.section(name).is_none());
    }
    assert!(has(&document, &a, "y") && has(&document, &b, "x"));
    assert_eq!(document.profiles().count(), 2);

    let mut replaced = config("[profile a]\nx = 1\n[profile 'a']\ny = 2\n");
    assert!(has(&replaced, &a, "y"));
    assert_eq!(replaced.rename_section(&a, &b), Ok(Outcome::Changed));
    assert!(has(&replaced, &a, "x") && has(&replaced, &b, "y"));
}

#[test]
fn an_edit_that_changes_the_meaning_of_other_lines_is_refused() {
    let before = "[b]\nx = 1\n[profile a]\n  [c]\n";
    let mut document = config(before);
    let error = document.remove_section(&SectionName::profile("a"));
    assert_eq!(error, Err(EditError::AffectsOtherLines));
    assert_eq!(document.to_string(), before);

    let overridden = "[DEFAULT]\nx =\n  bad\n[profile a]\nx = 1\n";
    refuse(
        overridden,
        |section| section.remove("x"),
        &EditError::AffectsOtherLines,
    );
}

#[test]
fn a_file_with_an_error_is_not_edited() {
    for text in [
        "[profile a]\nx = 1\nbad\n",
        "[profile a]\nx = 1\n[b]\ny = 1\nY = 1\n",
        "\u{feff}\n[profile a]\nx = 1\n",
    ] {
        let problem = *config(text).rejection().unwrap();
        let rejected = EditError::Rejected(problem);
        refuse(text, |section| section.set("x", "2"), &rejected);
        refuse(text, |section| section.set("new", "2"), &rejected);
        refuse(text, |section| section.set_in("s3", "b", "2"), &rejected);
        refuse(text, |section| section.remove("x"), &rejected);
        refuse(text, |section| section.rename("x", "z"), &rejected);
        assert!(
            config(text)
                .add_section(&SectionName::profile("z"))
                .is_err()
        );
    }
    let mut bytes = Document::parse(FileKind::Config, &b"\xff"[..]);
    let error = bytes
        .add_section(&SectionName::Default)
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(error, EditError::Rejected(problem) if problem.reason() == Reason::NotUtf8));
    assert_eq!(bytes.as_bytes(), b"\xff");
}

#[test]
fn a_duplicate_can_be_removed_or_renamed() {
    let keys = "[profile a]\nx = 1\ny = 2\nX = 3\n";
    let mut document = config(keys);
    let mut section = document.section_mut(&SectionName::profile("a")).unwrap();
    assert_eq!(section.rename("x", "z"), Ok(Outcome::Changed));
    assert_eq!(document.to_string(), "[profile a]\nx = 1\ny = 2\nz = 3\n");
    let mut document = config(keys);
    let mut section = document.section_mut(&SectionName::profile("a")).unwrap();
    assert_eq!(section.remove("x"), Ok(Outcome::Changed));
    assert_eq!(document.to_string(), "[profile a]\nx = 1\ny = 2\n");

    let sections = "[profile a]\nx = 1\n[profile a]\ny = 2\n";
    let [a, b] = ["a", "b"].map(SectionName::profile);
    let mut document = config(sections);
    assert_eq!(document.rename_section(&a, &b), Ok(Outcome::Changed));
    assert_eq!(
        document.to_string(),
        "[profile a]\nx = 1\n[profile b]\ny = 2\n"
    );
    let mut document = config(sections);
    assert_eq!(document.remove_section(&a), Ok(Outcome::Changed));
    assert_eq!(document.to_string(), "[profile a]\nx = 1\n");
}

#[test]
fn the_error_of_a_rejected_file_has_its_problem_as_source() {
    let mut document = config("[a]\n[a]\n");
    let error = document
        .add_section(&SectionName::profile("b"))
        .map(drop)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file has an error that must be fixed first"
    );
    let source = error.source().unwrap().to_string();
    assert_eq!(source, document.rejection().unwrap().to_string());
    assert!(EditError::KeyExists.source().is_none());
}
