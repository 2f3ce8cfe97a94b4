//! Lines as words.

use std::fs;
use std::path::Path;

use aws_config_parse::split_words;
use serde_json::Value;

#[test]
fn lines_are_split_as_shlex_splits_them() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/process-words.json");
    let fixture = fs::read(file).expect("xtask fixtures writes it");
    let rows: Vec<Value> = serde_json::from_slice(&fixture).expect("it is a JSON array");
    assert!(rows.len() > 500, "{}", rows.len());
    for row in rows {
        let line = row["line"].as_str().expect("a line is a string");
        let words = split_words(line).map_or(Value::Null, Value::from);
        assert_eq!(words, row["unix"], "{line:?}");
    }
}
