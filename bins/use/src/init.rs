//! Functions of the shells, which evaluate the statements of the program.

use cli_ux::quoting::posix;
use cli_ux::{Failure, Ui, completion_script};

use crate::args::Args;
use crate::shell::Shell;

/// Line of a script in place of the completion.
const COMPLETION: &str = "COMPLETION\n";

/// Prints the function of `shell`.
pub(crate) fn print(shell: Shell, ui: &Ui) -> Result<(), Failure> {
    let completion = completion_script::<Args>(ui.program(), shell.name());
    ui.print(&script(shell, &completion.unwrap_or_default()))
}

fn script(shell: Shell, completion: &str) -> String {
    match shell {
        Shell::Bash => include_str!("init/bash.sh").replace(COMPLETION, completion),
        Shell::Zsh => zsh(completion),
        Shell::Fish => include_str!("init/fish.fish").to_owned() + completion,
        Shell::Nu => include_str!("init/nu.nu").to_owned(),
        Shell::Pwsh => include_str!("init/pwsh.ps1").to_owned() + completion,
        Shell::Tcsh => include_str!("init/tcsh.csh").to_owned(),
        Shell::Xonsh => include_str!("init/xonsh.py").to_owned(),
    }
}

/// Returns both parts in one word each, because zsh would replace aliases in all lines of an `eval` before
/// it runs the first. The function keeps the options of `emulate`. The completion must not: the functions
/// that it calls have options of their own.
fn zsh(completion: &str) -> String {
    let function = include_str!("init/zsh.zsh").trim_end();
    let completion = include_str!("init/zsh_completion.zsh").replace(COMPLETION, completion);
    // An interactive shell reads a comment as a command.
    let lines = completion.lines().filter(|line| !line.starts_with('#'));
    let completion = lines.collect::<Vec<_>>().join("\n");
    format!(
        "\\builtin emulate zsh -o no_aliases -c {}\n() {{\n\\builtin setopt local_options no_aliases\n\
         \\builtin eval {}\n}}\n",
        posix(function),
        posix(&completion),
    )
}
