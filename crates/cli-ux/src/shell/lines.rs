//! Lines of statements, one for each variable.

use super::unsupported_value::UnsupportedValue;
use super::variable::{SECURITY_TOKEN, SESSION_TOKEN, Variable};

/// Returns a line for each variable with a value.
///
/// # Errors
///
/// Those of `line`, and [`UnsupportedValue`] for a NUL.
pub fn assigned(
    variables: &[Variable],
    line: impl Fn(&str, &str) -> Result<String, UnsupportedValue>,
) -> Result<String, UnsupportedValue> {
    assigned_or_unset(variables, line, |_| String::new())
}

/// Returns a line for each variable, from `unset` for variables without a value.
///
/// # Errors
///
/// Those of [`assigned`].
pub fn assigned_or_unset(
    variables: &[Variable],
    line: impl Fn(&str, &str) -> Result<String, UnsupportedValue>,
    unset: impl Fn(&str) -> String,
) -> Result<String, UnsupportedValue> {
    let line_of = |variable: &Variable| match variable.text() {
        Some(value) => {
            UnsupportedValue::reject_nul(variable.name, value)?;
            line(variable.name, value)
        }
        None => Ok(unset(variable.name)),
    };
    variables.iter().map(line_of).collect()
}

/// Returns statements that unset the variables without a value, for the formats of the AWS CLI. If there
/// is a session token, `AWS_SECURITY_TOKEN` is not unset, so that the output is that of the AWS CLI.
///
/// They precede the assignments, because unsetting a variable that is not set fails in some shells.
pub(super) fn unset_first(variables: &[Variable], unset: impl Fn(&str) -> String) -> String {
    let has_value = |name: &str| {
        let mut with_value = variables.iter().filter(|it| it.text().is_some());
        with_value.any(|it| it.name == name)
    };
    let without_value = variables.iter().filter(|it| it.text().is_none());
    let unset_names = without_value
        .map(|variable| variable.name)
        .filter(|name| *name != SECURITY_TOKEN || !has_value(SESSION_TOKEN));
    unset_names.map(unset).collect()
}
