//! Output formats of credentials. Those for shells are in `cli_ux::shell`, the others in one module per
//! file format.

mod env_file;
pub(crate) mod github_actions;

mod ini;
mod json;

use cli_ux::shell::{UnsupportedValue, fish, nushell, posix, powershell, tcsh, windows_cmd, xonsh};
use sso_types::Secret;

use crate::args::Format;
use crate::export::Export;

/// Statement that ends a script, but not an interactive xonsh.
const FAIL_IN_XONSH: &str = "raise RuntimeError('export-credentials failed')\n";

/// Statement that ends a script, but not an interactive PowerShell.
const FAIL_IN_POWERSHELL: &str = "throw \"export-credentials failed\"\n";

/// Statement that sets `ERRORLEVEL`. `exit /b` would end a prompt.
const FAIL_IN_CMD: &str = "cmd /c exit 1\n";

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
        Format::Nushell => nushell::record(variables).map(|record| json::pretty(&record)),
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
        Format::Xonsh => (xonsh::unset, FAIL_IN_XONSH),
        Format::Powershell => (powershell::unset, FAIL_IN_POWERSHELL),
        Format::WindowsCmd => (windows_cmd::unset, FAIL_IN_CMD),
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
