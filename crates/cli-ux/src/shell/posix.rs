//! Statements for sh, bash, dash, ksh and zsh.

use super::lines::{assigned, assigned_or_unset, unset_first};
use super::unsupported_value::UnsupportedValue;
use super::variable::Variable;
use crate::quoting::posix;

/// Returns statements that end with `;`, so that they stay separate in an unquoted `$(…)`, which
/// joins the lines.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn statements(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned_or_unset(variables, |name, value| Ok(set(name, value)), unset)
}

/// Returns the statement that exports a variable.
fn set(name: &str, value: &str) -> String {
    format!("export {name}={};\n", posix(value))
}

/// Returns the statement that unsets a variable.
#[must_use]
pub fn unset(name: &str) -> String {
    format!("unset {name};\n")
}

/// Returns [`statements`] for bash and zsh as interactive shells, in which an alias must not replace
/// `export` or `unset`. The first failure, such as that of a read-only variable, ends them and is their
/// status.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn statements_without_aliases(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let line = |name: &str, value: &str| Ok(without_alias(&set(name, value)));
    let lines = assigned_or_unset(variables, line, |name| without_alias(&unset(name)))?;
    Ok(lines + "\\builtin true;\n")
}

/// Adds `builtin`, with the backslash for which bash and zsh look up no alias, and the condition for the
/// next statement.
fn without_alias(statement: &str) -> String {
    let statement = statement.strip_suffix(";\n").unwrap_or(statement);
    format!("\\builtin {statement} &&\n")
}

/// Returns the output of `aws configure export-credentials --format env`, after statements for the
/// variables without a value.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn exports(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    let assigned = assigned(variables, |name, value| {
        Ok(format!("export {name}={}\n", posix(value)))
    })?;
    Ok(unset_first(variables, unset) + &assigned)
}

/// Returns the output of `aws configure export-credentials --format env-no-export`.
///
/// # Errors
///
/// [`UnsupportedValue`] for a NUL.
pub fn assignments(variables: &[Variable]) -> Result<String, UnsupportedValue> {
    assigned(variables, |name, value| {
        Ok(format!("{name}={}\n", posix(value)))
    })
}
