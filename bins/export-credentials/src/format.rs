//! Output formats of credentials, with one module per language or file format.

mod posix;

mod fish;
mod nushell;
mod tcsh;
mod xonsh;

mod powershell;
mod windows_cmd;

mod env_file;
pub(crate) mod github_actions;

mod ini;
mod json;

mod unsupported_value;

use unsupported_value::UnsupportedValue;

use sso_types::Secret;

use crate::args::Format;
use crate::export::{Export, SECURITY_TOKEN, SESSION_TOKEN, Variable};

/// Returns the credentials in `format`, with a trailing newline.
///
/// Values are quoted, so that they are read back unchanged and no part of them is executed.
///
/// # Errors
///
/// [`UnsupportedValue`] if the format cannot represent a value.
pub(crate) fn render(export: &Export, format: Format) -> Result<Secret, UnsupportedValue> {
    let variables = &export.variables();
    let text = match format {
        Format::Shell => posix::statements(variables),
        Format::Process => Ok(json::process(export)),
        Format::Env => posix::exports(variables),
        Format::EnvNoExport => posix::assignments(variables),
        Format::Powershell => powershell::assignments(variables),
        Format::WindowsCmd => windows_cmd::assignments(variables),
        Format::Fish => fish::assignments(variables),
        Format::Json => Ok(json::document(export)),
        Format::Dotenv => env_file::dotenv(variables),
        Format::DockerEnv => env_file::docker(variables),
        Format::GithubActions => github_actions::masks_and_lines(variables),
        Format::Nushell => nushell::record(variables),
        Format::Ini => ini::section(export),
        Format::Tcsh => tcsh::statements(variables),
        Format::Xonsh => xonsh::statements(variables),
    }?;
    Ok(text.into())
}

/// Returns true if the output sets variables of the calling shell.
pub(crate) fn is_for_shells(format: Format) -> bool {
    format == Format::Nushell || failure(&[], format).is_some()
}

/// Returns statements that unset `names` and then fail without ending an interactive shell; `None`
/// for formats that are data.
///
/// Like all statements, they are also valid if an unquoted command substitution joins their lines.
pub(crate) fn failure(names: &[&str], format: Format) -> Option<String> {
    let (unset, fail): (fn(&str) -> String, _) = match format {
        Format::Shell | Format::Env | Format::EnvNoExport => (posix::unset, "false;\n"),
        Format::Fish => (fish::unset, "false;\n"),
        Format::Tcsh => (tcsh::unset, "false;\n"),
        Format::Xonsh => (xonsh::unset, xonsh::FAIL),
        Format::Powershell => (powershell::unset, powershell::FAIL),
        Format::WindowsCmd => (windows_cmd::unset, windows_cmd::FAIL),
        Format::Process
        | Format::Json
        | Format::Dotenv
        | Format::DockerEnv
        | Format::GithubActions
        | Format::Nushell
        | Format::Ini => return None,
    };
    let statements: String = names.iter().map(|name| unset(name)).collect();
    Some(statements + fail)
}

fn assigned(
    variables: &[Variable],
    line: impl Fn(&str, &str) -> Result<String, UnsupportedValue>,
) -> Result<String, UnsupportedValue> {
    assigned_or_unset(variables, line, |_| String::new())
}

/// Returns a line for each variable, from `unset` for variables without a value.
fn assigned_or_unset(
    variables: &[Variable],
    line: impl Fn(&str, &str) -> Result<String, UnsupportedValue>,
    unset: impl Fn(&str) -> String,
) -> Result<String, UnsupportedValue> {
    let line_of = |variable: &Variable| match variable.text() {
        Some(value) => {
            UnsupportedValue::reject_nul(variable.name, value)?;
            line(variable.name, value)
        }
        None => Ok(unset(variable.name)),
    };
    variables.iter().map(line_of).collect()
}

/// Returns statements that unset the variables without a value, for the formats of the AWS CLI. If there
/// is a session token, `AWS_SECURITY_TOKEN` is not unset, so that the output is that of the AWS CLI.
///
/// They precede the assignments, because unsetting a variable that is not set fails in some shells.
fn unset_first(variables: &[Variable], unset: impl Fn(&str) -> String) -> String {
    let has_value = |name: &str| {
        let mut with_value = variables.iter().filter(|it| it.text().is_some());
        with_value.any(|it| it.name == name)
    };
    let without_value = variables.iter().filter(|it| it.text().is_none());
    let unset_names = without_value
        .map(|variable| variable.name)
        .filter(|name| *name != SECURITY_TOKEN || !has_value(SESSION_TOKEN));
    unset_names.map(unset).collect()
}
