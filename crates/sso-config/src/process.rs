//! Command lines of `credential_process`.

use std::fmt;

use sso_types::ProfileName;

use crate::ancestry::Ancestry;
use crate::error::Error;
pub use crate::exported::{Exported, ExportedSession, OPTIONS_WITH_VALUE, OPTIONS_WITHOUT_VALUE};
use crate::location::Location;
pub use crate::shell_syntax::ShellSyntax;
use crate::words;

/// Splits a command line into the words with which these programs run it: see
/// [`CredentialProcess`]. Returns `None` if a quote is not closed.
#[must_use]
pub fn command_words(line: &str) -> Option<Vec<String>> {
    words::split(line)
}

/// Returns the part of the first word of a command line that messages may contain: the characters of a
/// path before any other one. The rest may be a secret, as in `TOKEN=VALUE`, a URL or a whole command
/// line in quotes.
///
/// ```
/// use sso_config::process::shown_program;
///
/// assert_eq!(shown_program("~/bin/my-tool"), "~/bin/my-tool");
/// assert_eq!(shown_program("TOKEN=secret"), "TOKEN…");
/// assert_eq!(shown_program("--token"), "…");
/// ```
#[must_use]
pub fn shown_program(word: &str) -> String {
    let is_of_path = |c: char| c.is_alphanumeric() || "/\\._-+~$!".contains(c);
    let is_drive = |at| at == 1 && word.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_other = |(at, c): &(usize, char)| !(is_of_path(*c) || *c == ':' && is_drive(*at));
    match word.char_indices().find(is_other) {
        _ if word.starts_with('-') => "…".to_owned(),
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

/// Command line of a profile's `credential_process`, split into words.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialProcess {
    profile: ProfileName,
    location: Location,
    program: String,
    arguments: Vec<String>,
    shell_syntax: Option<ShellSyntax>,
    ancestry: String,
}

impl CredentialProcess {
    pub(crate) fn new(
        line: &str,
        profile: &ProfileName,
        location: Location,
    ) -> Result<Self, Error> {
        let words = words::split(line).map(Vec::into_iter);
        let program = words.and_then(|mut words| Some((words.next()?, words.collect())));
        let Some((program, arguments)) = program else {
            let profile = profile.clone();
            return Err(Error::InvalidProcess { profile, location });
        };
        Ok(Self {
            profile: profile.clone(),
            location,
            program,
            arguments,
            shell_syntax: ShellSyntax::find(line),
            ancestry: String::new(),
        })
    }

    /// Sets the profiles that lead to the command line, for the program.
    pub(crate) fn started_by(self, ancestry: &Ancestry<'_>) -> Self {
        Self {
            ancestry: ancestry.variable_value(),
            ..self
        }
    }

    /// Returns the profile that contains the command line.
    #[must_use]
    pub fn profile(&self) -> &ProfileName {
        &self.profile
    }

    /// Returns the location of the command line.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Returns the program to run: the first word.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Returns the other words. They may contain secrets.
    #[must_use]
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// Returns the shell syntax of the command line, which is passed literally.
    #[must_use]
    pub fn shell_syntax(&self) -> Option<&ShellSyntax> {
        self.shell_syntax.as_ref()
    }

    /// Returns the source of the credentials that the program prints, if it is `export-credentials`
    /// or `aws configure export-credentials`.
    #[must_use]
    pub fn exported(&self) -> Option<Exported> {
        Exported::of_command(&self.program, &self.arguments)
    }

    /// Returns the name and value of an environment variable to set for the program. If the program
    /// uses this crate, it then detects `credential_process` commands that start each other.
    #[must_use]
    pub fn ancestry_variable(&self) -> (&'static str, &str) {
        (Ancestry::VARIABLE, &self.ancestry)
    }
}

/// Omits the arguments, which may contain secrets.
impl fmt::Debug for CredentialProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialProcess")
            .field("profile", &self.profile)
            .field("location", &self.location)
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}
