//! Hints of a failure.

use crate::program::Program;

#[derive(Clone, Debug)]
pub(crate) enum Hint {
    Text(String),
    /// Arguments of the sign-in command, with a leading space.
    SignIn(String),
    /// Arguments of the credentials command, with a leading space.
    Credentials(String),
}

impl Hint {
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
