//! Format for fish.

use cli_ux::quoting::fish;

use super::{UnsupportedValue, assigned, unset_first};
use crate::export::{CREDENTIAL_NAMES, Variable};

/// Returns the output of `aws configure export-credentials --format fish`, for `source`, after
/// statements for the variables without a value.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let assigned = assigned(variables, |name, value| {
        Ok(format!("set -gx {name} {}\n", fish(value)))
    })?;
    // `set` fails for a variable that is not set, and does not change the status if it succeeds.
    let mut statements = unset_first(variables, unset);
    if !statements.is_empty() {
        statements.push_str("true;\n");
    }
    Ok(statements + &assigned)
}

/// Returns statements that end with `;`, so that they stay separate in `eval (…)`. They erase the
/// variable in all scopes of this shell. A universal variable belongs to all shells of the user: a
/// credential is hidden by an empty variable, which the SDKs ignore.
pub(super) fn unset(name: &str) -> String {
    let erase = format!("while set -el {name}; end; set -eg {name};");
    if CREDENTIAL_NAMES.contains(&name) {
        format!("{erase} set -qU {name}; and set -gx {name} \"\";\n")
    } else {
        erase + "\n"
    }
}
