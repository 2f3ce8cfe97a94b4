//! Format for fish.

use super::{UnsupportedValue, assigned};
use crate::export::Variable;

/// Returns the output of `aws configure export-credentials --format fish`, for `source`.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        Ok(format!("set -gx {name} {}\n", quoted(value)))
    })
}

/// Returns a statement that ends with `;`, so that it stays separate in `eval (…)`.
pub(super) fn unset(name: &str) -> String {
    format!("set -eg {name};\n")
}

/// Escapes `\`, `"` and `$`, which are special in double quotes. Writes line breaks outside of the
/// quotes as `\n`, so that a statement is one line.
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
