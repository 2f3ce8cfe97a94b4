//! Format for Nushell.

use std::collections::BTreeMap;

use super::{UnsupportedValue, json};
use crate::export::Variable;

/// Returns a record for `from json | load-env`, because Nushell has no `eval`. A variable without a
/// value becomes `null`, which Nushell does not pass to programs.
pub(super) fn record(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let mut record = BTreeMap::new();
    for variable in variables {
        let value = variable.text();
        UnsupportedValue::reject_nul(variable.name, value.unwrap_or_default())?;
        record.insert(variable.name, value);
    }
    Ok(json::pretty(&record))
}
