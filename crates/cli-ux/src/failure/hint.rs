//! Hints of a failure.

use sso_types::shown_in_text;

use crate::command_line::{Arguments, CommandLine};
use crate::program::Program;

#[derive(Clone, Debug)]
pub(crate) enum Hint {
    Text(String),
    Command(CommandLine),
    /// An introduction that ends with a colon, and a command.
    Step(&'static str, CommandLine),
    /// A command of the program's family.
    Related(Related, Arguments),
    /// An introduction that ends with a colon, and a command of the program's family.
    #[cfg_attr(
        not(feature = "sso"),
        expect(dead_code, reason = "used by the failures of SSO")
    )]
    RelatedStep(&'static str, Related, Arguments),
}

/// A command of the program's family.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Related {
    SignIn,
    Credentials,
    #[cfg_attr(
        not(feature = "sso"),
        expect(dead_code, reason = "used by the failures of SSO")
    )]
    Configure,
}

impl Hint {
    /// Returns whether the hint is a text without a command to copy.
    pub(crate) fn is_prose(&self) -> bool {
        matches!(self, Self::Text(text) if !text.contains("run: "))
    }

    /// Returns `None` if the family has no such command.
    pub(crate) fn for_program(&self, program: &Program) -> Option<String> {
        Some(match self {
            Self::Text(text) => shown_in_text(text).into_owned(),
            Self::Command(command) => command.to_string(),
            Self::Step(introduction, command) => format!("{introduction} {command}"),
            Self::Related(related, arguments) => related.command(arguments, program)?.to_string(),
            Self::RelatedStep(introduction, related, arguments) => {
                format!("{introduction} {}", related.command(arguments, program)?)
            }
        })
    }
}

impl Related {
    fn command(self, arguments: &Arguments, program: &Program) -> Option<CommandLine> {
        let command = match self {
            Self::SignIn => program.sign_in_command(),
            Self::Credentials => program.credentials_command(),
            Self::Configure => program.configure_command()?,
        };
        Some(CommandLine::new(command, arguments.clone()))
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Hint {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<CommandLine> for Hint {
    fn from(command: CommandLine) -> Self {
        Self::Command(command)
    }
}
