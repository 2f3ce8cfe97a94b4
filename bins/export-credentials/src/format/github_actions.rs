//! Format for GitHub Actions.

use super::{UnsupportedValue, assigned};
use crate::export::Variable;

/// Returns the masks and the variables in one text, for use without a `GITHUB_ENV` file.
pub(super) fn masks_and_lines(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    Ok(masks(variables)? + &lines(variables)?)
}

/// Returns workflow commands that mask the keys and the token in the runner's log, for stdout.
pub(crate) fn masks(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        Ok(if is_secret(name) && !value.is_empty() {
            format!("::add-mask::{}\n", escaped(value))
        } else {
            String::new()
        })
    })
}

/// Returns lines for the `GITHUB_ENV` file. A value with line breaks ends with a delimiter that it
/// does not contain.
pub(crate) fn lines(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        if !value.contains(['\n', '\r']) {
            return Ok(format!("{name}={value}\n"));
        }
        let mut delimiter = String::from("EOF");
        while value.contains(&delimiter) {
            delimiter.push('_');
        }
        Ok(format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"))
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

/// Escapes the data of a workflow command like the Actions toolkit.
fn escaped(value: &str) -> String {
    value
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
