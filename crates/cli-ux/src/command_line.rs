//! Command lines in hints and other messages, which the user pastes into a shell.

use std::ffi::OsStr;
use std::fmt;

use sso_types::shown_in_text;

use crate::quoting::{for_eval, for_every_shell};

/// Stands for a value that cannot be pasted.
const PLACEHOLDER: &str = "VALUE";

/// Arguments of a [`CommandLine`].
///
/// Displayed with a space before each argument, such that every shell of the platform passes them on
/// unchanged, as described in [`quoting`](crate::quoting). A value without a form that all these shells
/// understand is replaced with a placeholder. Values show `****` in place of secrets: see [`shown_in_text`].
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
    words: Vec<Word>,
}

/// Word of a command line: a fixed start, and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    start: String,
    /// `None` if the value is not Unicode.
    value: Option<String>,
}

impl Arguments {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an option without a value.
    pub fn flag(self, name: &'static str) -> Self {
        self.word(name.to_owned(), "")
    }

    /// Adds an option with a value: as one argument if the value is empty or begins with a hyphen.
    pub fn option(self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        match value.as_ref().as_encoded_bytes() {
            [] | [b'-', ..] => self.word(format!("{name}="), value),
            _ => self.flag(name).word(String::new(), value),
        }
    }

    /// Adds an argument that is not an option: after `--` if it begins with a hyphen. Options must
    /// be added before it.
    pub fn operand(self, value: impl AsRef<OsStr>) -> Self {
        if value.as_ref().as_encoded_bytes().starts_with(b"-") {
            self.flag("--").argument(value)
        } else {
            self.argument(value)
        }
    }

    /// Adds an argument of this process, which may be an option.
    pub fn argument(self, argument: impl AsRef<OsStr>) -> Self {
        self.word(String::new(), argument)
    }

    /// Adds an assignment to a variable, for `export`.
    pub fn assignment(self, variable: &'static str, value: impl AsRef<OsStr>) -> Self {
        self.word(format!("{variable}="), value)
    }

    fn word(mut self, start: String, value: impl AsRef<OsStr>) -> Self {
        let value = value.as_ref().to_str().map(str::to_owned);
        self.words.push(Word { start, value });
        self
    }

    fn quoted(&self, quote: Quote) -> impl Iterator<Item = (&Word, Option<String>)> {
        self.words
            .iter()
            .map(move |word| (word, word.quoted(quote)))
    }

    fn write(&self, quote: Quote, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quoted(quote)
            .try_for_each(|(word, quoted)| match quoted {
                Some(quoted) => write!(f, " {quoted}"),
                None => write!(f, " {}{PLACEHOLDER}", word.start),
            })
    }
}

impl Word {
    /// Returns `None` if the word cannot be pasted.
    fn quoted(&self, quote: Quote) -> Option<String> {
        match self.value.as_deref()? {
            "" if !self.start.is_empty() => Some(self.start.clone()),
            // The mask would be a pattern without quotes.
            value => quote(&format!("{}{}", self.start, shown_in_text(value))),
        }
    }
}

/// Function from a word to the form for the shells.
type Quote = fn(&str) -> Option<String>;

impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(for_every_shell, f)
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
        let (start, quote, end): (_, Quote, _) = if self.is_in_eval {
            ("eval \"$(", for_eval, ")\"")
        } else {
            ("", for_every_shell, "")
        };
        write!(f, "{start}{}", self.command)?;
        self.arguments.write(quote, f)?;
        write!(f, "{end}")?;
        if self
            .arguments
            .quoted(quote)
            .any(|(_, quoted)| quoted.is_none())
        {
            write!(
                f,
                ", where {PLACEHOLDER} contains characters that cannot be pasted"
            )?;
        }
        Ok(())
    }
}
