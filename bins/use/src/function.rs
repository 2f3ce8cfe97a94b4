//! Shell function that runs the program.

use std::ffi::OsString;
use std::path::Path;

use anyhow::anyhow;
use clap::ValueEnum as _;
use cli_ux::Failure;
use sso_config::AwsEnv;

use crate::shell::Shell;

/// Returns the failure of a program that no function of a shell has started. The variable `SHELL` contains
/// the login shell, so the hint names the shell.
pub(crate) fn missing(env: &AwsEnv) -> Failure {
    let error =
        anyhow!("cannot change the profile of the shell: the function sso-use is not defined");
    let failure = Failure::configuration(error);
    let shell = env.get_os("SHELL").map(Path::new);
    let failure = match shell.and_then(Shell::of_program).and_then(definition) {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    };
    failure.with_hint("for the startup file of each shell, see sso-use init --help")
}

/// Returns the hint that defines the function, for shells that evaluate text.
fn definition(shell: Shell) -> Option<&'static str> {
    Some(match shell {
        Shell::Bash => "in bash, run: eval \"$(sso-use init bash)\"",
        Shell::Zsh => "in zsh, run: eval \"$(sso-use init zsh)\"",
        Shell::Fish => "in fish, run: sso-use init fish | source",
        Shell::Tcsh => "in tcsh, run: eval \"`sso-use init tcsh`\"",
        Shell::Xonsh => {
            "in xonsh, run: execx(__import__(\"subprocess\").getoutput(\"sso-use init xonsh\"))"
        }
        Shell::Pwsh => "in PowerShell, run: sso-use init pwsh | Out-String | Invoke-Expression",
        Shell::Nu => return None,
    })
}

/// Returns the output for the function after a failure.
pub(crate) fn after_failure(arguments: &[OsString]) -> Option<String> {
    requested(arguments)?.failure().map(ToOwned::to_owned)
}

/// Returns the output for the function in place of the help, which the function must not evaluate.
pub(crate) fn in_place_of_help(arguments: &[OsString]) -> Option<String> {
    Some(requested(arguments)?.run_again().to_owned())
}

/// Returns the shell of the function, which passes the option first. The other arguments may be invalid.
fn requested(arguments: &[OsString]) -> Option<Shell> {
    match arguments {
        [option, shell, ..] if option == "--shell" => Shell::from_str(shell.to_str()?, false).ok(),
        _ => None,
    }
}
