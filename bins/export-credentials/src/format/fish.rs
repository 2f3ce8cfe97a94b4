//! Format for fish.

use cli_ux::quoting::fish;

use super::{UnsupportedValue, assigned, unset_first};
use crate::export::Variable;

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

/// Returns a statement that ends with `;`, so that it stays separate in `eval (…)`.
pub(super) fn unset(name: &str) -> String {
    format!("set -eg {name};\n")
}
