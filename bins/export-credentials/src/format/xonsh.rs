//! Format for xonsh.

use super::{UnsupportedValue, assigned_or_unset};
use crate::export::Variable;

/// Ends a script, but not an interactive shell.
pub(super) const FAIL: &str = "raise RuntimeError('export-credentials failed')\n";

/// Returns statements for `execx($(…))`.
pub(super) fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(
        variables,
        |name, value| Ok(format!("${name} = {}\n", literal(value))),
        unset,
    )
}

pub(super) fn unset(name: &str) -> String {
    format!("${{...}}.pop('{name}', None)\n")
}

fn literal(value: &str) -> String {
    let mut literal = String::from('\'');
    for character in value.chars() {
        match character {
            '\'' | '\\' => literal.extend(['\\', character]),
            ' '..='~' => literal.push(character),
            _ => literal.extend(format!("\\U{:08x}", u32::from(character)).chars()),
        }
    }
    literal.push('\'');
    literal
}
