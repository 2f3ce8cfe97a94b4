//! Nushell.

use std::collections::BTreeMap;

use super::{UnsupportedValue, json};
use crate::export::Variable;

/// A record for `from json | load-env`: Nushell evaluates no text that a program prints.
pub(super) fn record(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let mut record = BTreeMap::new();
    for variable in variables {
        if let Some(value) = variable.text() {
            UnsupportedValue::where_nul(variable.name, value)?;
            record.insert(variable.name, value);
        }
    }
    Ok(json::pretty(&record))
}
