//! GitHub Actions.

use super::{UnsupportedValue, assigned};
use crate::export::Variable;

/// What the runner's log has to hide, and what its file of variables is told.
pub(super) fn masks_and_lines(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    Ok(masks(variables)? + &lines(variables)?)
}

/// Commands to the runner that hide the keys and the token in its log, for the standard output.
pub(crate) fn masks(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        Ok(if is_secret(name) && !value.is_empty() {
            format!("::add-mask::{}\n", escaped(value))
        } else {
            String::new()
        })
    })
}

/// Lines for the file that `GITHUB_ENV` names. A value of several lines ends with a word that it
/// does not hold.
pub(crate) fn lines(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        if !value.contains(['\n', '\r']) {
            return Ok(format!("{name}={value}\n"));
        }
        let mut end = String::from("EOF");
        while value.contains(&end) {
            end.push('_');
        }
        Ok(format!("{name}<<{end}\n{value}\n{end}\n"))
    })
}

fn is_secret(name: &str) -> bool {
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ]
    .contains(&name)
}

/// As the runner's own toolkit escapes the data of a command.
fn escaped(value: &str) -> String {
    value
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
