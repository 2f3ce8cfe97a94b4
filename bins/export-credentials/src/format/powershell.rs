//! PowerShell.

use super::{UnsupportedValue, assigned};
use crate::export::Variable;

/// As `aws configure export-credentials --format powershell` has it, for `Invoke-Expression`.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        Ok(format!("$Env:{name}={}\n", quoted(value)))
    })
}

/// Between double quotes a backtick takes the next character's meaning away. Curly quotes are
/// quotes (`about_Quoting_Rules`). A statement is one line, since a pipe hands on line by line.
fn quoted(value: &str) -> String {
    let mut quoted = String::from('"');
    for character in value.chars() {
        match character {
            '`' | '"' | '$' | '\u{201c}' | '\u{201d}' | '\u{201e}' => {
                quoted.extend(['`', character]);
            }
            '\n' => quoted.push_str("`n"),
            '\r' => quoted.push_str("`r"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
