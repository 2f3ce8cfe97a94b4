//! Format for Nushell.

use std::collections::BTreeMap;

use super::{UnsupportedValue, json};
use crate::export::Variable;

/// Returns a record for `from json | load-env`, because Nushell has no `eval`.
pub(super) fn record(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let mut record = BTreeMap::new();
    for variable in variables {
        if let Some(value) = variable.text() {
            UnsupportedValue::reject_nul(variable.name, value)?;
            record.insert(variable.name, value);
        }
    }
    Ok(json::pretty(&record))
}
