//! Hints: sentences, or command lines whose program depends on the family.

use crate::program::Program;

/// Advice on an error.
#[derive(Clone, Debug)]
pub(crate) enum Hint {
    /// A complete text.
    Text(String),
    /// Text after the command that signs in.
    SignIn(String),
    /// Text after the command that gets credentials.
    Credentials(String),
}

impl Hint {
    /// Returns the text of the hint, with the commands of the program's family.
    pub(crate) fn for_program(&self, program: &Program) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::SignIn(rest) => format!("{}{rest}", program.sign_in_command()),
            Self::Credentials(rest) => format!("{}{rest}", program.credentials_command()),
        }
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
