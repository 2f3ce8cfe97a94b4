//! Reads and edits test cases with this crate, for the comparison with botocore by
//! `xtask/oracle/differential.py`.
//!
//! Each line of stdin is a case, `{"kind": "config", "bytes": HEX, "edit": EDIT}`, where EDIT is
//! null or `[TYPE, NAME, KEY, VALUE]`. For each case, prints a line
//! `{"read": FILE, "edited": HEX}`, without `edited` if the edit was refused.

mod json;

use std::io::{self, BufRead, Write};

use aws_config_parse::{Document, EditError, FileKind, SectionName};
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    for case in io::stdin().lock().lines() {
        let case: Value = serde_json::from_str(&case?)?;
        writeln!(output, "{}", run(&case).ok_or(io::ErrorKind::InvalidInput)?)?;
    }
    output.flush()
}

fn run(case: &Value) -> Option<Value> {
    let kind = match case["kind"].as_str()? {
        "config" => FileKind::Config,
        _ => FileKind::Credentials,
    };
    let mut document = Document::parse(kind, bytes(case["bytes"].as_str()?)?);
    let mut result = json!({"read": json::file(&document)});
    if let Some(edit) = case["edit"].as_array() {
        let [kind, name, key, value] = &edit[..] else {
            return None;
        };
        let name = section_name(kind.as_str()?, name.as_str()?);
        if set(&mut document, &name, key.as_str()?, value.as_str()?).is_ok() {
            result["edited"] = hex(document.as_bytes()).into();
        }
    }
    Some(result)
}

fn section_name<'a>(kind: &str, name: &'a str) -> SectionName<'a> {
    match kind {
        "sso-session" => SectionName::SsoSession(name.into()),
        "services" => SectionName::Services(name.into()),
        _ => SectionName::profile(name),
    }
}

fn set(
    document: &mut Document,
    name: &SectionName<'_>,
    key: &str,
    value: &str,
) -> Result<(), EditError> {
    let mut section = document.add_section(name)?;
    match key.split_once('.') {
        Some((block, key)) => section.set_in(block, key, value)?,
        None => section.set(key, value)?,
    };
    Ok(())
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2);
    let byte = |digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok();
    digits.map(byte).collect()
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
