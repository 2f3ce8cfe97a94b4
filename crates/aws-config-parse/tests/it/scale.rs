//! Parsing and removing sections take time linear in the size of the file. If the time were
//! quadratic, some of these files would take minutes instead of a second.

use aws_config_parse::{Document, FileKind, SectionName};

use crate::config;

const COUNT: usize = 50_000;

fn check(text: &str) {
    for kind in [FileKind::Config, FileKind::Credentials] {
        let document = Document::parse(kind, text);
        let last = document.sections().next_back().into_iter();
        let properties = last.flat_map(|section| section.properties());
        let mut pairs = properties.flat_map(|property| property.pairs());
        assert!(pairs.all(|pair| pair.column() > 0));
        assert!(document.profiles().count() <= document.sections().len());
        assert!(document.problems().len() + document.lints().len() < 8 * text.len());
    }
}

fn many(part: impl Fn(usize) -> String) -> String {
    numbered(COUNT, part)
}

fn numbered(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

fn many_equal(part: &str) -> String {
    part.repeat(COUNT)
}

#[test]
fn many_sections_are_parsed_in_linear_time() {
    check(&many(|number| format!("[profile {number}]\n")));
    check(&many_equal("[profile a]\n"));
    check(&many(|number| format!("[profile{number} a]\n")));
    check(&many_equal("[DEFAULT]\n"));
}

#[test]
fn many_keys_are_parsed_in_linear_time() {
    let keys = many(|number| format!("{number} = 1\n"));
    check(&format!("[a]\n{keys}"));
    check(&format!("[DEFAULT]\n{keys}[a]\n"));
    check(&format!("[a]\n{}", many_equal("key = 1\n")));
    check(&format!(
        "[DEFAULT]\n{}",
        many_equal("[DEFAULT]\nkey = 1\n")
    ));
    check(&format!("[a]\n{}", many_equal("= 1\n")));
}

#[test]
fn duplicates_of_a_deeply_indented_key_are_found_in_linear_time() {
    let indent = many_equal(" ");
    check(&format!(
        "[a]\n{indent}key = 1\n{}",
        many_equal("key = 1\n")
    ));
}

#[test]
fn many_blocks_are_parsed_in_linear_time() {
    let blocks = many(|number| format!("{number} =\n  a = 1\n  b\n"));
    check(&format!("[a]\n{blocks}"));
    check(&format!("[DEFAULT]\n{blocks}[a]\n"));
}

#[test]
fn a_long_block_is_parsed_in_linear_time() {
    check(&format!(
        "[a]\nkey =\n{}",
        many_equal("  = 1 # b\n  c\n# d\n\n")
    ));
}

#[test]
fn a_long_line_of_a_block_is_parsed_in_linear_time() {
    check(&format!("[a]\nkey =\n  {}", many_equal("= # b\u{b}c\u{b}")));
}

#[test]
fn long_lines_are_parsed_in_linear_time() {
    for part in ["]", "[", "=", ":", "#", " ", "'a' ", "\\", "\u{2028}", "\""] {
        let line = many_equal(part);
        check(&line);
        check(&format!(
            "[profile {line}]{line}\n{line}a = {line}\n  {line}\n"
        ));
    }
}

#[test]
fn many_blank_comment_and_invalid_lines_are_parsed_in_linear_time() {
    for part in ["\n", "\r", " # a\n", "a\n", " [\n", "[]\n"] {
        check(&many_equal(part));
        check(&format!("[a]\nkey = 1\n{}", many_equal(part)));
    }
}

#[test]
fn many_sections_are_removed_in_linear_time() {
    let check = |around: &str, is_removed: fn(usize) -> bool| {
        let profile = |number| format!("[profile {number}]\nregion = eu-west-1\n\n");
        let mut document = config(&format!("{around}{}", many(profile)));
        let removed = (0..COUNT).filter(|number| is_removed(*number));
        let names = removed.map(|number| SectionName::profile(number.to_string()));
        document
            .remove_sections(&names.collect::<Vec<_>>())
            .unwrap();
        let left = (0..COUNT).filter(|number| !is_removed(*number));
        let left: String = left.map(profile).collect();
        assert_eq!(document.to_string(), format!("{around}{left}"));
    };
    for around in [
        "",
        "# mine\n\n[profile mine]\n\n",
        "[DEFAULT]\nregion = us-east-1\n\n",
    ] {
        check(around, |number| number % 2 == 0);
        check(around, |number| number < COUNT / 2);
    }
}

#[test]
fn many_sections_are_edited_in_linear_time_below_defaults() {
    let mut document = config("[profile mine]\n\n[DEFAULT]\noutput = json\n");
    for number in 0..COUNT {
        let name = SectionName::profile(number.to_string());
        let mut section = document.add_section(&name).unwrap();
        section.set("region", "eu-west-1").unwrap();
    }
    let last = document.profile("1").unwrap();
    assert_eq!(last.get("output").unwrap().value(), "json");
    assert_eq!(document.profiles().count(), COUNT + 1);
}

/// With this many keys and headers, some have equal 32-bit hashes.
#[test]
fn keys_and_headers_with_equal_hashes_are_distinguished() {
    let count = 300_000;
    let keys: String = numbered(count, |number| format!("{number}=\n"));
    let document = config(&format!("[a]\n{keys}"));
    assert!(document.problems().is_empty());
    let headers: String = numbered(count, |number| format!("[profile {number}]\n"));
    let document = config(&headers);
    assert!(document.problems().is_empty());
    assert_eq!(document.profiles().count(), count);
}
