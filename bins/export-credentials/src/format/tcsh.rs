//! Format for tcsh and csh.

use cli_ux::quoting::tcsh;

use super::{UnsupportedValue, assigned_or_unset};
use crate::export::Variable;

/// Returns statements for ``eval "`…`"``, which splits the output into words and joins them in
/// one line.
pub(super) fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(
        variables,
        |name, value| {
            UnsupportedValue::reject_line_break(name, value)?;
            Ok(format!("setenv {name} {};\n", tcsh(value)))
        },
        unset,
    )
}

pub(super) fn unset(name: &str) -> String {
    format!("unsetenv {name};\n")
}
