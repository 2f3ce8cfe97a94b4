use aws_config_parse::Reason::{self, *};
use aws_config_parse::{Document, FileKind, Problem};

use crate::config;

fn problems(document: &Document) -> Vec<(Reason, usize, usize)> {
    let problems = document.problems().iter();
    problems
        .map(|p| (p.reason(), p.line(), p.column()))
        .collect()
}

#[test]
fn every_problem_is_listed() {
    fn check(text: &str, expected: &[(Reason, usize, usize)]) {
        assert_eq!(problems(&config(text)), expected, "{text:?}");
    }
    check("", &[]);
    check(
        "a\n \u{3000}b=1\n[c]",
        &[(TextBeforeHeader, 1, 1), (TextBeforeHeader, 2, 3)],
    );
    check(
        "\u{feff}[a]\nb",
        &[(ByteOrderMark, 1, 1), (TextBeforeHeader, 2, 1)],
    );
    check("\n\u{feff}[a]", &[(TextBeforeHeader, 2, 1)]);
    check("[a]\r[b]\r\n [a]", &[(DuplicateSection, 3, 2)]);
    check(
        "[a]\nx=1\n x=2\nX:3\n\n   X=4\nx=5",
        &[(DuplicateKey, 4, 1), (DuplicateKey, 7, 1)],
    );
    check(
        "[a]\n[b\n =\n = x",
        &[
            (MissingDelimiter, 2, 1),
            (EmptyKey, 3, 2),
            (EmptyKey, 4, 2),
            (DuplicateKey, 4, 2),
        ],
    );
    check(
        "[a]\nx=\n  b = 1\n  ü\u{b}\u{b}d\ny=1",
        &[
            (MissingDelimiterInBlock, 4, 3),
            (MissingDelimiterInBlock, 4, 6),
        ],
    );
    check(
        "[a]\nx=\n  b = 1\u{b} \u{a0}c",
        &[(MissingDelimiterInBlock, 3, 11)],
    );
    check(
        "[DEFAULT]\nx=\n  b\n[a]\nc",
        &[(MissingDelimiterInBlock, 3, 3), (MissingDelimiter, 5, 1)],
    );
    check("[DEFAULT]\nx=\n  b\n[a]\nX=1", &[]);
}

#[test]
fn utf16_is_a_problem_of_its_own() {
    let text = "[default]\r\nregion = größe\r\n";
    let units: Vec<u16> = text.encode_utf16().collect();
    let marked: Vec<u16> = [0xfeff].into_iter().chain(units.iter().copied()).collect();
    for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        for units in [&units, &marked] {
            let bytes: Vec<u8> = units.iter().copied().flat_map(to_bytes).collect();
            let document = Document::parse(FileKind::Config, bytes.clone());
            assert_eq!(problems(&document), [(Utf16, 1, 1)]);
            assert_eq!(document.as_bytes(), bytes);
            let converted = document.to_utf8().unwrap();
            assert_eq!(converted.to_string(), text);
            assert_eq!(converted.problems(), []);
        }
    }
    assert!(config(text).to_utf8().is_none());
}

#[test]
fn bytes_that_are_not_utf8_have_a_location() {
    fn check(bytes: &[u8], line: usize, column: usize) {
        let document = Document::parse(FileKind::Config, bytes);
        assert_eq!(problems(&document), [(NotUtf8, line, column)], "{bytes:?}");
    }
    check(b"\xff", 1, 1);
    check(b"[a]\n\xff\n\xff", 2, 1);
    check(b"[a]\r\n\xc3\xbc\xc3", 2, 2);
    check(b"[a]\r\r\x80", 3, 1);
}

#[test]
fn a_duplicate_names_the_first_line() {
    let document = config("[a]\n  x = 1\n  y = 1\n  X = 2\n[a]\n");
    let first: Vec<_> = document.problems().iter().map(Problem::first).collect();
    assert_eq!(first, [Some((2, 3)), Some((1, 1))]);
    let shown: Vec<_> = document
        .problems()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        shown,
        [
            "line 4, column 3: duplicate key in the section, first on line 2",
            "line 5, column 1: duplicate section, first on line 1",
        ]
    );
}

#[test]
fn the_cli_reports_fatal_errors_first() {
    let document = config("[a]\nx\ny =\n  z\n[b]\n[a]\n");
    assert_eq!(document.problems()[0].reason(), MissingDelimiter);
    assert_eq!(document.rejection().unwrap().reason(), DuplicateSection);
}

#[test]
fn problems_of_the_encoding_can_be_fixed() {
    assert!(Reason::Utf16.is_encoding());
    assert!(Reason::ByteOrderMark.is_encoding());
    assert!(!Reason::NotUtf8.is_encoding());
    assert!(!MissingDelimiter.is_encoding());
}
