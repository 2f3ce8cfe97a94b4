//! Statements for fish.

use super::lines::{assigned, unset_first};
use super::unsupported_value::UnsupportedValue;
use super::variable::{CREDENTIAL_NAMES, Variable};
use crate::quoting::fish;

/// Returns the output of `aws configure export-credentials --format fish`, for `source`, after
/// statements for the variables without a value.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let assigned = assigned(variables, set)?;
    // `set` fails for a variable that is not set, and does not change the status if it succeeds.
    let mut statements = unset_first(variables, unset);
    if !statements.is_empty() {
        statements.push_str("true;\n");
    }
    Ok(statements + &assigned)
}

/// Returns a statement for each variable, first for those without a value. The status is that of an
/// assignment, or 0 without one.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let without_value = variables.iter().filter(|it| it.value.is_none());
    let unset: String = without_value.map(|it| unset(it.name)).collect();
    Ok(unset + "true;\n" + &assigned(variables, set)?)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "other shells cannot represent every value"
)]
fn set(name: &str, value: &str) -> Result<String, UnsupportedValue> {
    Ok(format!("set -gx {name} {}\n", fish(value)))
}

/// Returns statements that end with `;`, so that they stay separate in `eval (…)`. They erase the
/// variable in all scopes of this shell. A universal variable belongs to all shells of the user: a
/// credential is hidden by an empty variable, which the SDKs ignore.
#[must_use]
pub fn unset(name: &str) -> String {
    let erase = format!("while set -el {name}; end; set -eg {name};");
    if CREDENTIAL_NAMES.contains(&name) {
        format!("{erase} set -qU {name}; and set -gx {name} \"\";\n")
    } else {
        erase + "\n"
    }
}
