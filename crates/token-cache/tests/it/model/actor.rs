//! Other programs, which take no lock.

use token_cache::refresh::RefreshError;
use token_cache::refresh::protocol::RefreshSteps as _;

use super::process::{Outcome, Process, Step, StepResult, Stop};
use super::{generation_of, token_of};

/// A program that takes no lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// An SDK or the AWS CLI, which refreshes token 0.
    Refreshes(Writes),
    /// A sign-in starts a new session.
    SignsIn,
    /// A sign-out ends the session at the service, and then removes the token.
    SignsOut,
    /// A user removes the directory of the cache, with the locks.
    RemovesCache,
}

/// The way in which an [`Actor`] saves its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writes {
    /// While our programs wait for it, by a rename.
    InTime,
    /// While our programs wait for it, in place.
    InPlace,
    /// Possibly after our programs have stopped to wait.
    TooLate,
    Never,
}

impl Actor {
    pub(super) fn run(self, process: &Process) -> Outcome {
        match self {
            Self::Refreshes(writes) => refresh(process, writes),
            Self::SignsIn => act(process, &[Step::SignIn]),
            Self::SignsOut => act(process, &[Step::EndSession, Step::Remove]),
            Self::RemovesCache => act(process, &[Step::RemoveCache]),
        }
    }

    /// Returns true if our programs wait until the actor has saved its response.
    pub(super) fn is_in_time(self) -> bool {
        matches!(self, Self::Refreshes(Writes::InTime | Writes::InPlace))
    }
}

fn refresh(process: &Process, writes: Writes) -> Outcome {
    let found = process.read()?.ok_or(RefreshError::NotCached)?;
    if generation_of(&found) > 0 {
        return Ok(found);
    }
    match process.take(Step::Request(0))? {
        StepResult::Issued(new) => {
            if writes == Writes::InPlace {
                process.take(Step::Tear)?;
            }
            if writes != Writes::Never {
                process.take(Step::Save { old: None, new })?;
            }
            Ok(token_of(new))
        }
        _ => Err(RefreshError::SessionEnded),
    }
}

fn act(process: &Process, steps: &[Step]) -> Outcome {
    for step in steps {
        process.take(*step)?;
    }
    Err(RefreshError::Failed(Stop::Suspended))
}
