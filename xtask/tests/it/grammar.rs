//! The page on the config file grammar lists all differences between readers.

use std::fs;
use std::path::Path;

#[test]
fn each_difference_code_has_a_row() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = fs::read_to_string(root.join("crates/aws-config-parse/src/lint.rs")).unwrap();
    let page = fs::read_to_string(root.join("docs/config-grammar.md")).unwrap();
    let quoted = source.split('"').skip(1).step_by(2);
    let codes: Vec<_> = quoted
        .filter(|text| text.len() == 3 && text.starts_with('D'))
        .collect();
    assert_eq!(codes.first(), Some(&"D01"));
    for code in codes {
        assert!(page.contains(&format!("\n| {code} | ")), "{code}");
    }
}
