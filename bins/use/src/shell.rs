//! Shells, and their statements.

use clap::ValueEnum;
use cli_ux::shell::{UnsupportedValue, Variable, fish, nushell, posix, powershell, tcsh, xonsh};
use sso_types::Secret;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "nushell")]
    Nu,
    #[value(alias = "powershell")]
    Pwsh,
    Tcsh,
    Xonsh,
}

impl Shell {
    /// Returns the statements that set and unset the variables.
    ///
    /// # Errors
    ///
    /// [`UnsupportedValue`] if the shell cannot represent a value.
    pub(crate) fn statements(self, variables: &[Variable]) -> Result<Secret, UnsupportedValue> {
        let text = match self {
            Self::Bash | Self::Zsh => posix::statements_without_aliases(variables),
            Self::Fish => fish::statements(variables),
            Self::Nu => nushell::record(variables).map(|record| {
                let text = serde_json::to_string(&record);
                text.expect("strings can be serialized") + "\n"
            }),
            Self::Pwsh => powershell::statements(variables),
            Self::Tcsh => tcsh::statements_in_words(variables)
                .map(|statements| statements + "unset _sso_use _sso_use_statements;\n"),
            Self::Xonsh => xonsh::statements(variables),
        }?;
        Ok(text.into())
    }

    /// Returns the output for which the function runs the program again, without `--shell`: nothing, or for
    /// tcsh, whose alias cannot branch, a statement with the variable of the alias.
    pub(crate) fn run_again(self) -> &'static str {
        match self {
            Self::Tcsh => "\\sso-use $_sso_use:q && unset _sso_use _sso_use_statements;\n",
            _ => "",
        }
    }

    /// Returns the output after a failure: nothing, or for tcsh, which ignores the exit status, a statement
    /// that fails.
    pub(crate) fn failure(self) -> Option<&'static str> {
        match self {
            Self::Tcsh => Some("false;\n"),
            _ => None,
        }
    }

    /// Returns the shell with the name of a program, such as `/bin/zsh`.
    pub(crate) fn of_program(path: &std::path::Path) -> Option<Self> {
        let name = path.file_stem()?.to_str()?;
        Self::from_str(name, false).ok()
    }

    /// Returns the name, as in an argument.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Nu => "nu",
            Self::Pwsh => "pwsh",
            Self::Tcsh => "tcsh",
            Self::Xonsh => "xonsh",
        }
    }
}
