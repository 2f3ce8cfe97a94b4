//! Format for GitHub Actions.

use cli_ux::shell::{CREDENTIAL_NAMES, UnsupportedValue, Variable, assigned, assigned_or_unset};

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

/// Returns lines for the `GITHUB_ENV` file. A missing token or expiration becomes empty, because a
/// variable of an earlier step cannot be unset, and SDKs ignore an empty one. Other variables are
/// omitted: boto3 takes an empty `AWS_DEFAULT_REGION` for a Region, and the SDK for Java an empty
/// `AWS_ACCOUNT_ID` for an account.
pub(crate) fn lines(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let line = |name: &str, value: &str| Ok(line(name, value));
    assigned_or_unset(variables, line, |name| {
        if is_emptied(name) {
            format!("{name}=\n")
        } else {
            String::new()
        }
    })
}

/// Returns whether the variable becomes empty if it has no value.
pub(crate) fn is_emptied(name: &str) -> bool {
    CREDENTIAL_NAMES.contains(&name)
}

/// A value with line breaks ends with a delimiter that it does not contain.
fn line(name: &str, value: &str) -> String {
    if !value.contains(['\n', '\r']) {
        return format!("{name}={value}\n");
    }
    let mut delimiter = String::from("EOF");
    while value.contains(&delimiter) {
        delimiter.push('_');
    }
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
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
