//! Format for tcsh and csh.

use super::{UnsupportedValue, assigned_or_unset};
use crate::export::Variable;

/// Returns statements for ``eval "`…`"``, which splits the output into words and joins them in
/// one line.
pub(super) fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(
        variables,
        |name, value| {
            UnsupportedValue::reject_line_break(name, value)?;
            Ok(format!("setenv {name} {};\n", quoted(value)))
        },
        unset,
    )
}

pub(super) fn unset(name: &str) -> String {
    format!("unsetenv {name};\n")
}

/// Escapes `!`, which is a history substitution even in single quotes.
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
