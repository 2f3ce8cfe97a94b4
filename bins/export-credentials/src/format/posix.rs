//! sh, bash, dash, ksh, zsh.

use std::borrow::Cow;

use super::{UnsupportedValue, assigned, assigned_or_unset, is_plain};
use crate::export::Variable;

/// Statements that each end with `;`, so that they stay apart where an unquoted `$(…)` has made
/// one line of them.
pub(super) fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(
        variables,
        |name, value| Ok(format!("export {name}={};\n", quoted(value))),
        |name| format!("unset {name};\n"),
    )
}

/// As `aws configure export-credentials --format env` has it.
pub(super) fn exports(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        Ok(format!("export {name}={}\n", quoted(value)))
    })
}

/// As `aws configure export-credentials --format env-no-export` has it.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        Ok(format!("{name}={}\n", quoted(value)))
    })
}

fn quoted(value: &str) -> Cow<'_, str> {
    if is_plain(value) {
        value.into()
    } else {
        shell_words::quote(value)
    }
}
