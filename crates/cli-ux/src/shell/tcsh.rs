//! Statements for tcsh and csh.

use super::lines::assigned_or_unset;
use super::unsupported_value::UnsupportedValue;
use super::variable::{CREDENTIAL_NAMES, Variable};
use crate::quoting::{is_plain, tcsh};

/// Returns statements for ``eval "`…`"``, which splits the output into words and joins them in
/// one line.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL or a line break.
pub fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(
        variables,
        |name, value| {
            UnsupportedValue::reject_line_break(name, value)?;
            Ok(format!("setenv {name} {};\n", tcsh(value)))
        },
        unset,
    )
}

/// Returns statements for ``eval `…` ``, which splits the output at white space, and replaces patterns.
/// Therefore a value with special characters is printed by `printf`, from a word without any.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL, a line break, and a credential with special characters, which the
/// arguments of `printf` would show to other users.
pub fn statements_in_words(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let line = |name: &str, value: &str| {
        UnsupportedValue::reject_line_break(name, value)?;
        if is_plain(value) {
            return Ok(format!("setenv {name} {value};\n"));
        }
        if CREDENTIAL_NAMES.contains(&name) {
            return Err(UnsupportedValue::new(name, "special characters"));
        }
        Ok(format!(
            "setenv {name} \"`\\printf {}`\";\n",
            escaped(value)
        ))
    };
    assigned_or_unset(variables, line, unset)
}

/// Returns `text` as a format of `printf` in single quotes.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'/' => {
            char::from(byte).to_string()
        }
        _ => format!("\\{byte:03o}"),
    };
    let escaped: String = text.bytes().map(escape).collect();
    format!("'{escaped}'")
}

/// Returns the statement that unsets a variable.
#[must_use]
pub fn unset(name: &str) -> String {
    format!("unsetenv {name};\n")
}
