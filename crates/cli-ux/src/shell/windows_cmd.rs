//! Statements for the Windows command interpreter.

use super::lines::{assigned, unset_first};
use super::unsupported_value::UnsupportedValue;
use super::variable::Variable;
use crate::quoting::windows_cmd;

/// Maximum length of a command line, in UTF-16 code units.
const MAX_LINE_LENGTH: usize = 8191;

/// Returns the output of `aws configure export-credentials --format windows-cmd`, for a batch file
/// or `for /f "delims=" %i in ('…') do %i`, after statements for the variables without a value.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL, a line break, `"`, `%` or `!`, and a value that is too long.
pub fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let assigned = assigned(variables, |name, value| {
        let line = assignment(name, value)?;
        if line.encode_utf16().count() > MAX_LINE_LENGTH {
            return Err(UnsupportedValue::new(name, "more than 8,000 characters"));
        }
        Ok(line + "\n")
    })?;
    // Set first, because `set` sets `ERRORLEVEL` if the variable to unset is not set.
    let unset = unset_first(variables, |name| {
        format!("set {name}=none\n") + &unset(name)
    });
    Ok(unset + &assigned)
}

/// Returns the statement that unsets a variable.
#[must_use]
pub fn unset(name: &str) -> String {
    format!("set {name}=\n")
}

fn assignment(name: &str, value: &str) -> Result<String, UnsupportedValue> {
    UnsupportedValue::reject_line_break(name, value)?;
    let word = windows_cmd(&format!("{name}={value}"));
    let word = word.ok_or_else(|| UnsupportedValue::new(name, "one of \" % !"))?;
    Ok(format!("set {word}"))
}
