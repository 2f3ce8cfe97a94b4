//! The command interpreter of Windows.

use super::{UnsupportedValue, assigned, is_plain};
use crate::export::Variable;

/// The longest line that it takes.
const LINE_CHARACTERS: usize = 8191;

/// As `aws configure export-credentials --format windows-cmd` has it, in a batch file or by
/// `for /f "delims=" %i in ('…') do %i`.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        let line = assignment(name, value)?;
        if line.encode_utf16().count() > LINE_CHARACTERS {
            return Err(UnsupportedValue::new(name, "more than 8,000 characters"));
        }
        Ok(line + "\n")
    })
}

/// Quotes around the whole take the meaning of `&`, `|`, `<`, `>`, `^` and `(` away. What `"`, `%`
/// and `!` mean depends on where the line is read, so that no spelling is right.
fn assignment(name: &str, value: &str) -> Result<String, UnsupportedValue> {
    if is_plain(value) {
        return Ok(format!("set {name}={value}"));
    }
    UnsupportedValue::where_line_end(name, value)?;
    UnsupportedValue::where_any(name, value, &['"', '%', '!'], "one of \" % !")?;
    Ok(format!("set \"{name}={value}\""))
}
