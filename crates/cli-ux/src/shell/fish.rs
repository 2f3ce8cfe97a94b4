//! Statements for fish.

use super::lines::{assigned, unset_first};
use super::unsupported_value::UnsupportedValue;
use super::variable::{ACCOUNT_ID, CREDENTIAL_NAMES, PROFILE_NAMES, Variable};
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
/// A universal profile is hidden by the profile of the other variable, because botocore does not ignore an
/// empty one.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let without_value = variables.iter().filter(|it| it.value.is_none());
    let mut profiles = variables
        .iter()
        .filter(|it| PROFILE_NAMES.contains(&it.name));
    let profile = profiles.find_map(Variable::text).unwrap_or_default();
    let unset: String = without_value
        .map(|it| unset_or_hide(it.name, profile))
        .collect();
    Ok(unset + "true;\n" + &assigned(variables, set)?)
}

fn unset_or_hide(name: &str, profile: &str) -> String {
    if PROFILE_NAMES.contains(&name) {
        hide(name, profile)
    } else if name == ACCOUNT_ID {
        hide(name, "")
    } else {
        unset(name)
    }
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
    if CREDENTIAL_NAMES.contains(&name) {
        hide(name, "")
    } else {
        erase(name) + "\n"
    }
}

/// Returns statements that erase the variable, and hide a universal one by `value`.
fn hide(name: &str, value: &str) -> String {
    let (erase, value) = (erase(name), fish(value));
    format!("{erase} set -qU {name}; and set -gx {name} {value};\n")
}

fn erase(name: &str) -> String {
    format!("while set -el {name}; end; set -eg {name};")
}
