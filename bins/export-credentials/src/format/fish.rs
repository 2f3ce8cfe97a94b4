//! fish.

use super::{UnsupportedValue, assigned};
use crate::export::Variable;

/// As `aws configure export-credentials --format fish` has it, to be piped into `source`.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        Ok(format!("set -gx {name} {}\n", quoted(value)))
    })
}

/// Between double quotes `\`, `"` and `$` mean something. A line end stands outside of them, as
/// `\n`, so that a statement is one line.
fn quoted(value: &str) -> String {
    let mut quoted = String::from('"');
    for character in value.chars() {
        match character {
            '\\' | '"' | '$' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str(r#""\n""#),
            '\r' => quoted.push_str(r#""\r""#),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
