//! Format for the Windows command interpreter.

use cli_ux::quoting::windows_cmd;

use super::{UnsupportedValue, assigned, unset_first};
use crate::export::Variable;

/// Maximum length of a command line, in UTF-16 code units.
const MAX_LINE_LENGTH: usize = 8191;

/// Sets `ERRORLEVEL`. `exit /b` would end a prompt.
pub(super) const FAIL: &str = "cmd /c exit 1\n";

/// Returns the output of `aws configure export-credentials --format windows-cmd`, for a batch file
/// or `for /f "delims=" %i in ('…') do %i`, after statements for the variables without a value.
pub(super) fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
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

pub(super) fn unset(name: &str) -> String {
    format!("set {name}=\n")
}

fn assignment(name: &str, value: &str) -> Result<String, UnsupportedValue> {
    UnsupportedValue::reject_line_break(name, value)?;
    let word = windows_cmd(&format!("{name}={value}"));
    let word = word.ok_or_else(|| UnsupportedValue::new(name, "one of \" % !"))?;
    Ok(format!("set {word}"))
}
