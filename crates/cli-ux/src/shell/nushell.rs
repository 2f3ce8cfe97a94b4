//! Variables for Nushell, which has no `eval`.

use std::collections::BTreeMap;

use super::unsupported_value::UnsupportedValue;
use super::variable::Variable;

/// Returns a record for `from json | load-env`. A variable without a value becomes `null`, which Nushell
/// does not pass to programs.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn record(
    variables: &[Variable],
) -> Result<BTreeMap<&'static str, Option<&str>>, UnsupportedValue> {
    let mut record = BTreeMap::new();
    for variable in variables {
        let value = variable.text();
        UnsupportedValue::reject_nul(variable.name, value.unwrap_or_default())?;
        record.insert(variable.name, value);
    }
    Ok(record)
}
