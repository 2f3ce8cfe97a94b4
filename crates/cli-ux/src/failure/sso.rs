//! Kinds and hints for the errors of the config, of sessions and of credentials.

mod cache;
mod config;
mod credentials;
mod owner;
mod session;

pub use session::sign_in_arguments;

use super::hint::Hint;
use super::{Failure, FailureKind};
#[cfg(feature = "sign-in")]
use crate::program::Program;

type Advice = (FailureKind, Option<Hint>);

impl Failure {
    fn with_advice(error: impl Into<anyhow::Error>, (kind, hint): Advice) -> Self {
        let mut failure = Self::new(kind, error);
        let cause = failure.error.as_ref();
        let of_cause = owner::hint(cause).or_else(|| cache::immutable_hint(cause));
        let hint = of_cause.or(hint);
        failure.hints.extend(hint);
        failure
    }
}

/// Returns the hint of the failure of `error`, with the commands of the program's family.
#[cfg(feature = "sign-in")]
pub(crate) fn hint_for(error: &sso_session::Error, program: &Program) -> Option<String> {
    let of_cause = owner::hint(error).or_else(|| cache::immutable_hint(error));
    let hint = of_cause.or_else(|| session::advice(error).1);
    hint?.for_program(program)
}

impl From<sso_config::Error> for Failure {
    fn from(error: sso_config::Error) -> Self {
        let advice = config::advice(&error);
        Self::with_advice(error, advice)
    }
}

impl From<sso_session::Error> for Failure {
    fn from(error: sso_session::Error) -> Self {
        let advice = session::advice(&error);
        Self::with_advice(error, advice)
    }
}

impl From<sso_credentials::Error> for Failure {
    fn from(error: sso_credentials::Error) -> Self {
        let advice = credentials::advice(&error);
        let more = credentials::more_hints(&error);
        let mut failure = Self::with_advice(error, advice);
        failure.hints.extend(more);
        failure
    }
}
