use std::fs;
use std::path::Path;

use aws_config_parse::split_words;
use serde_json::Value;

#[test]
fn lines_are_split_like_shlex() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/process-words.json");
    let fixture = fs::read(file).expect("`xtask fixtures` writes process-words.json");
    let rows: Vec<Value> = serde_json::from_slice(&fixture).expect("the fixture is a JSON array");
    assert!(rows.len() > 500, "{}", rows.len());
    for row in rows {
        let line = row["line"].as_str().expect("`line` is a string");
        let words = split_words(line).map_or(Value::Null, Value::from);
        assert_eq!(words, row["unix"], "{line:?}");
    }
}
