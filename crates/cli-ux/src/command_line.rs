//! Command lines in hints and other messages, which the user pastes into a shell.

mod quote;

use std::ffi::OsStr;
use std::fmt;

use quote::quote;

/// Stands for a value that cannot be pasted.
const PLACEHOLDER: &str = "VALUE";

/// Arguments of a [`CommandLine`].
///
/// Displayed with a space before each argument. Values are quoted such that every shell of the
/// platform passes them on unchanged: on Unix, bash, dash, fish, ksh, tcsh and zsh, also with history
/// expansion; on Windows, cmd and PowerShell. A value with control characters, or without a form
/// that all these shells understand, is replaced with a placeholder.
///
/// ```
/// use cli_ux::Arguments;
///
/// let arguments = Arguments::new().option("--profile", "-x").flag("--force");
/// assert_eq!(arguments.to_string(), " --profile=-x --force");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Arguments {
    words: Vec<String>,
    has_placeholder: bool,
}

impl Arguments {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an option without a value.
    pub fn flag(mut self, name: &'static str) -> Self {
        self.words.push(name.to_owned());
        self
    }

    /// Adds an option with a value: as one argument if the value begins with a hyphen.
    pub fn option(mut self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        let value = value.as_ref();
        let separator = match value.as_encoded_bytes() {
            [b'-', ..] => '=',
            _ => ' ',
        };
        let value = self.value(value);
        self.words.push(format!("{name}{separator}{value}"));
        self
    }

    /// Adds an argument that is not an option: after `--` if it begins with a hyphen. Options must
    /// be added before it.
    pub fn operand(mut self, value: impl AsRef<OsStr>) -> Self {
        let value = value.as_ref();
        if value.as_encoded_bytes().starts_with(b"-") {
            self.words.push("--".to_owned());
        }
        let value = self.value(value);
        self.words.push(value);
        self
    }

    /// Adds an argument of this process, which may be an option.
    pub fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        let argument = self.value(argument.as_ref());
        self.words.push(argument);
        self
    }

    /// Adds an assignment to a variable, for `export`.
    pub fn assignment(mut self, variable: &'static str, value: impl AsRef<OsStr>) -> Self {
        let value = self.value(value.as_ref());
        self.words.push(format!("{variable}={value}"));
        self
    }

    fn value(&mut self, value: &OsStr) -> String {
        value.to_str().and_then(quote).unwrap_or_else(|| {
            self.has_placeholder = true;
            PLACEHOLDER.to_owned()
        })
    }
}

impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.iter().try_for_each(|word| write!(f, " {word}"))
    }
}

/// A command for the user to paste. A hint that contains a command is made of it, so that no value
/// reaches a shell without quotes.
///
/// ```
/// use cli_ux::{Arguments, CommandLine};
///
/// let arguments = Arguments::new().option("--profile", "dev");
/// let command = CommandLine::new("sso-login", arguments);
/// assert_eq!(command.to_string(), "sso-login --profile dev");
/// assert_eq!(command.in_eval().to_string(), r#"eval "$(sso-login --profile dev)""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct CommandLine {
    command: &'static str,
    arguments: Arguments,
    is_in_eval: bool,
}

impl CommandLine {
    /// Creates the command line of `command`, which may contain subcommands.
    pub fn new(command: &'static str, arguments: Arguments) -> Self {
        Self {
            command,
            arguments,
            is_in_eval: false,
        }
    }

    /// Encloses the command in `eval "$(…)"`.
    pub fn in_eval(self) -> Self {
        Self {
            is_in_eval: true,
            ..self
        }
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            command, arguments, ..
        } = self;
        if self.is_in_eval {
            write!(f, "eval \"$({command}{arguments})\"")?;
        } else {
            write!(f, "{command}{arguments}")?;
        }
        if arguments.has_placeholder {
            write!(
                f,
                ", where {PLACEHOLDER} contains characters that cannot be pasted"
            )?;
        }
        Ok(())
    }
}
