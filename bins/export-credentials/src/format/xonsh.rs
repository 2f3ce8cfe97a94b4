//! Format for xonsh.

use cli_ux::quoting::xonsh_string;

use super::{UnsupportedValue, assigned_or_unset};
use crate::export::Variable;

/// Ends a script, but not an interactive shell.
pub(super) const FAIL: &str = "raise RuntimeError('export-credentials failed')\n";

/// Returns statements for `execx($(…))`.
pub(super) fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(
        variables,
        |name, value| Ok(format!("${name} = {}\n", xonsh_string(value))),
        unset,
    )
}

pub(super) fn unset(name: &str) -> String {
    format!("${{...}}.pop('{name}', None)\n")
}
