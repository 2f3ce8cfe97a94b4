//! Statements for PowerShell.

use super::lines::{assigned, assigned_or_unset, unset_first};
use super::unsupported_value::UnsupportedValue;
use super::variable::Variable;
use crate::quoting::powershell_string;

/// Returns the output of `aws configure export-credentials --format powershell`, for
/// `Invoke-Expression`, after statements for the variables without a value.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let assigned = assigned(variables, set)?;
    Ok(unset_first(variables, unset) + &assigned)
}

/// Returns a statement that removes the variable (`about_Environment_Variables`).
#[must_use]
pub fn unset(name: &str) -> String {
    format!("$Env:{name}=$null\n")
}

/// Returns a statement for each variable, in their order.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(variables, set, unset)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "other shells cannot represent every value"
)]
fn set(name: &str, value: &str) -> Result<String, UnsupportedValue> {
    Ok(format!("$Env:{name}={}\n", powershell_string(value)))
}
