//! Format for PowerShell.

use super::{UnsupportedValue, assigned, unset_first};
use crate::export::Variable;

/// Ends a script, but not an interactive shell.
pub(super) const FAIL: &str = "throw \"export-credentials failed\"\n";

/// Returns the output of `aws configure export-credentials --format powershell`, for
/// `Invoke-Expression`, after statements for the variables without a value.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let assigned = assigned(variables, |name, value| {
        Ok(format!("$Env:{name}={}\n", quoted(value)))
    })?;
    Ok(unset_first(variables, unset) + &assigned)
}

/// Returns a statement that removes the variable (`about_Environment_Variables`).
pub(super) fn unset(name: &str) -> String {
    format!("$Env:{name}=$null\n")
}

/// Escapes special characters with a backtick. Curly quotes are quotes as well
/// (`about_Quoting_Rules`). Line breaks are escaped, because a pipeline passes the output to
/// `Invoke-Expression` line by line.
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
