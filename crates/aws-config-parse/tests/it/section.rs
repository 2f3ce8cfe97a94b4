use crate::config;

#[test]
fn look_up_of_a_key_ignores_case() {
    let document = config("[profile a]\nREGION = x\nÜBER = y\n");
    let section = document.profile("a").unwrap();
    for key in ["region", "Region", "REGION"] {
        assert_eq!(section.get(key).unwrap().value(), "x");
    }
    assert_eq!(section.get("über").unwrap().value(), "y");
    assert_eq!(section.get("region").unwrap().spelling(), "REGION");
    assert_eq!(section.get("Region").unwrap().key(), "region");
    assert!(section.get("output").is_none());
}

#[test]
fn the_last_of_equal_keys_is_effective() {
    let document = config("[profile a]\nx = 1\ny = 2\nX = 3\n");
    let section = document.profile("a").unwrap();
    assert_eq!(section.get("x").unwrap().value(), "3");
    let lines: Vec<_> = section
        .properties()
        .map(|property| property.line())
        .collect();
    assert_eq!(lines, [3, 4]);
}

#[test]
fn sections_inherit_missing_keys_from_default() {
    let text = "[DEFAULT]\na = d\nb = d\n[profile p]\nB = p\n[DEFAULT]\nc = d\n";
    let document = config(text);
    let section = document.profile("p").unwrap();
    let found: Vec<_> = section
        .properties()
        .map(|p| (p.key().into_owned(), p.line(), p.section().is_defaults()))
        .collect();
    let expected = [("b", 5, false), ("a", 2, true), ("c", 7, true)];
    assert_eq!(
        found,
        expected.map(|(key, line, default)| (key.to_owned(), line, default))
    );
    assert!(section.get("c").unwrap().section().is_defaults());
    assert_eq!(section.get("b").unwrap().section().header(), "profile p");
}

#[test]
fn a_header_has_a_location() {
    fn check(text: &str, header: &str, line: usize, column: usize) {
        let document = config(text);
        let section = document.sections().last().unwrap();
        assert_eq!(section.header(), header);
        assert_eq!(
            (section.line(), section.column()),
            (line, column),
            "{text:?}"
        );
    }
    check("[a]", "a", 1, 1);
    check("# x\r\n\r\n  [profile a] # ]x\n", "profile a] # ", 3, 3);
    check("[x]\r\u{3000}\t[ä]", "ä", 2, 3);
}

#[test]
fn own_properties_include_repeated_keys_and_exclude_defaults() {
    let document = config("[DEFAULT]\na = d\n[profile p]\nx = 1\ny = 2\nX = 3\n");
    let section = document.profile("p").unwrap();
    let lines: Vec<_> = section.own_properties().map(|own| own.line()).collect();
    assert_eq!(lines, [4, 5, 6]);
}

#[test]
fn a_header_range_includes_the_brackets() {
    fn check(text: &str, expected: &str) {
        let document = config(text);
        let section = document.sections().last().unwrap();
        assert_eq!(&text[section.header_range()], expected, "{text:?}");
    }
    check("[a]", "[a]");
    check("# x\r\n  [profile ä] # y\n", "[profile ä]");
}
