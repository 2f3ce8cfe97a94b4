//! Format for PowerShell.

use cli_ux::quoting::powershell_string;

use super::{UnsupportedValue, assigned, unset_first};
use crate::export::Variable;

/// Ends a script, but not an interactive shell.
pub(super) const FAIL: &str = "throw \"export-credentials failed\"\n";

/// Returns the output of `aws configure export-credentials --format powershell`, for
/// `Invoke-Expression`, after statements for the variables without a value.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let assigned = assigned(variables, |name, value| {
        Ok(format!("$Env:{name}={}\n", powershell_string(value)))
    })?;
    Ok(unset_first(variables, unset) + &assigned)
}

/// Returns a statement that removes the variable (`about_Environment_Variables`).
pub(super) fn unset(name: &str) -> String {
    format!("$Env:{name}=$null\n")
}
