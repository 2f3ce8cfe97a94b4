//! tcsh and csh.

use super::{UnsupportedValue, assigned_or_unset};
use crate::export::Variable;

/// Statements for ``eval "`…`"``, which makes words of the lines and one line of the words.
pub(super) fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(
        variables,
        |name, value| {
            UnsupportedValue::where_line_end(name, value)?;
            Ok(format!("setenv {name} {};\n", quoted(value)))
        },
        |name| format!("unsetenv {name};\n"),
    )
}

/// Between single quotes `!` still recalls a command; a backslash before it says otherwise.
fn quoted(value: &str) -> String {
    let mut quoted = String::from('\'');
    for character in value.chars() {
        match character {
            '\'' | '!' => quoted.extend(['\'', '\\', character, '\'']),
            _ => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}
