//! Statements for xonsh.

use super::lines::assigned_or_unset;
use super::unsupported_value::UnsupportedValue;
use super::variable::Variable;
use crate::quoting::xonsh_string;

/// Returns statements for `execx($(…))`.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(
        variables,
        |name, value| Ok(format!("${name} = {}\n", xonsh_string(value))),
        unset,
    )
}

/// Returns the statement that unsets a variable.
#[must_use]
pub fn unset(name: &str) -> String {
    format!("${{...}}.pop('{name}', None)\n")
}
