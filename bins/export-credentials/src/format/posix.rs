//! Formats for sh, bash, dash, ksh and zsh.

use cli_ux::quoting::posix;

use super::{UnsupportedValue, assigned, assigned_or_unset, unset_first};
use crate::export::Variable;

/// Returns statements that end with `;`, so that they stay separate in an unquoted `$(…)`, which
/// joins the lines.
pub(super) fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(
        variables,
        |name, value| Ok(format!("export {name}={};\n", posix(value))),
        unset,
    )
}

pub(super) fn unset(name: &str) -> String {
    format!("unset {name};\n")
}

/// Returns the output of `aws configure export-credentials --format env`, after statements for the
/// variables without a value.
pub(super) fn exports(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let assigned = assigned(variables, |name, value| {
        Ok(format!("export {name}={}\n", posix(value)))
    })?;
    Ok(unset_first(variables, unset) + &assigned)
}

/// Returns the output of `aws configure export-credentials --format env-no-export`.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        Ok(format!("{name}={}\n", posix(value)))
    })
}
