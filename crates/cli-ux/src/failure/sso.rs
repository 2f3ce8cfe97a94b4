//! Kinds and hints for the errors of the config, of sessions and of credentials.

mod cache;
mod config;
mod credentials;
mod names;
mod other_source;
mod owner;
mod session;

pub use names::{no_sessions_configured, nothing_configured, nothing_configured_in};
pub use session::sign_in_arguments;

use sso_config::ConfigFiles;
use sso_types::{ProfileName, SessionName};

use super::hint::{Hint, Related};
use super::{Failure, FailureKind};
use crate::command_line::Arguments;
use crate::program::Program;

type Advice = (FailureKind, Option<Hint>);

impl Failure {
    /// Adds the hint for files without a session: to create one, or to find the sections that are
    /// ignored.
    #[must_use]
    pub fn with_session_hint(mut self, files: &ConfigFiles) -> Self {
        self.hints.push(if files.has_ignored_sections() {
            names::set_up(true)
        } else {
            Hint::Related(Related::Configure, Arguments::new().flag("session"))
        });
        self
    }

    /// Adds the hint for files in which nothing can be used.
    #[must_use]
    pub fn with_set_up_hint(mut self, files: &ConfigFiles) -> Self {
        self.hints.push(names::set_up(files.has_ignored_sections()));
        self
    }

    /// Adds the hint to select one of `sessions`.
    #[must_use]
    pub fn with_choice_hint(mut self, sessions: &[SessionName]) -> Self {
        self.hints.push(names::one_of_sessions(sessions));
        self
    }

    /// Adds the hint to select one of `profiles`. Without any, adds the hint to create one, with `session`.
    #[must_use]
    pub fn with_profile_hint(
        mut self,
        profiles: &[&ProfileName],
        session: Option<&SessionName>,
    ) -> Self {
        self.hints.push(names::one_of_profiles(profiles, session));
        self
    }

    /// Removes the hint to sign in, for a failure that has a better hint.
    #[must_use]
    pub fn without_sign_in_hint(mut self) -> Self {
        let is_sign_in = |hint: &Hint| matches!(hint, Hint::Related(Related::SignIn, _));
        self.hints.retain(|hint| !is_sign_in(hint));
        self
    }

    fn with_advice(error: impl Into<anyhow::Error>, (kind, hint): Advice) -> Self {
        let mut failure = Self::new(kind, error);
        let cause = failure.error.as_ref();
        let of_cause = owner::hint(cause).or_else(|| cache::immutable_hint(cause));
        let hint = of_cause.or(hint);
        failure.hints.extend(hint);
        failure
    }

    fn with_more_hints(mut self, hints: Vec<Hint>) -> Self {
        self.hints.extend(hints);
        self
    }

    fn with_first_hint(mut self, hint: Option<Hint>) -> Self {
        self.hints.splice(0..0, hint);
        self
    }
}

/// Returns the hint of the failure of `error`, with the commands of the program's family.
#[cfg(feature = "sign-in")]
pub(crate) fn hint_for(error: &sso_session::Error, program: &Program) -> Option<String> {
    let of_cause = owner::hint(error).or_else(|| cache::immutable_hint(error));
    let hint = of_cause.or_else(|| session::advice(error).1);
    hint?.for_program(program)
}

/// Returns the first hint of the failure of `error`, with the commands of the program's family.
#[must_use]
pub fn config_hint(error: &sso_config::Error, program: &Program) -> Option<String> {
    config::advice(error).1?.for_program(program)
}

impl From<sso_config::Error> for Failure {
    fn from(error: sso_config::Error) -> Self {
        let (advice, more) = (config::advice(&error), config::more_hints(&error));
        Self::with_advice(error, advice).with_more_hints(more)
    }
}

impl From<sso_session::Error> for Failure {
    fn from(error: sso_session::Error) -> Self {
        let (clock, advice) = (session::clock_hint(&error), session::advice(&error));
        let more = session::more_hints(&error);
        let failure = Self::with_advice(error, advice).with_first_hint(clock);
        failure.with_more_hints(more)
    }
}

impl From<sso_credentials::Error> for Failure {
    fn from(error: sso_credentials::Error) -> Self {
        let advice = credentials::advice(&error);
        let more = credentials::more_hints(&error);
        let clock = credentials::clock_hint(&error);
        let failure = Self::with_advice(error, advice).with_first_hint(clock);
        failure.with_more_hints(more)
    }
}
