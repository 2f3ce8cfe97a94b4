//! One of our processes, or another program, up to its first step without a result.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use time::OffsetDateTime;
use token_cache::CachedToken;
use token_cache::refresh::protocol::{EarlyFailure, REREAD_PAUSES, RefreshSteps};
use token_cache::refresh::{RefreshError, RefreshGrant, RefreshResponse};

use super::{Faults, Generation, generation_of, now, token_of};

pub(crate) type Outcome = Result<CachedToken, RefreshError<Stop>>;

/// One of our programs.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    pub(crate) run: fn(&Process) -> Outcome,
    /// True if it may return a token that is due for a refresh.
    pub(crate) is_early: bool,
    /// True if it must claim an early refresh before it sends or starts it.
    pub(crate) claims: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Read,
    Lock,
    TryLock,
    Reserve,
    Request(Generation),
    Tear,
    /// Saves a token in place of another one; of any for a tool without locks.
    Save {
        old: Option<Generation>,
        new: Generation,
    },
    /// Waits before the file is read again.
    Wait(Duration),
    /// Waits for another process, and holds the lock.
    WaitWithLock,
    RememberEnd(Generation),
    /// Claims an early refresh.
    Claim(Generation),
    /// Starts another process for an early refresh.
    Start,
    RememberFailure(Generation, EarlyFailure),
    SignIn,
    EndSession,
    /// Removes the token, as a sign-out does.
    Remove,
    /// Removes the token, the lock and all state files.
    RemoveCache,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum StepResult {
    Found(Generation),
    /// A token whose refresh token counts as rejected.
    FoundEnded(Generation),
    Missing,
    Done,
    /// The token was not saved, because another one is cached.
    Superseded,
    Busy,
    Claimed,
    /// A second rejection, long after the first.
    Confirmed,
    DiskFull,
    Issued(Generation),
    Rejected(Generation),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stop {
    Suspended,
    DiskFull,
    TimedOut,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => f.write_str("Read"),
            Self::Lock => f.write_str("Lock"),
            Self::TryLock => f.write_str("TryLock"),
            Self::Reserve => f.write_str("Reserve"),
            Self::Request(old) => write!(f, "Request({old})"),
            Self::Tear => f.write_str("Tear"),
            Self::Save { new, .. } => write!(f, "Save({new})"),
            Self::Wait(_) => f.write_str("Wait"),
            Self::WaitWithLock => f.write_str("WaitWithLock"),
            Self::RememberEnd(old) => write!(f, "RememberEnd({old})"),
            Self::Claim(old) => write!(f, "Claim({old})"),
            Self::Start => f.write_str("Start"),
            Self::RememberFailure(old, failure) => write!(f, "RememberFailure({old}, {failure:?})"),
            Self::SignIn => f.write_str("SignIn"),
            Self::EndSession => f.write_str("EndSession"),
            Self::Remove => f.write_str("Remove"),
            Self::RemoveCache => f.write_str("RemoveCache"),
        }
    }
}

impl Program {
    pub(crate) const fn needed(run: fn(&Process) -> Outcome) -> Self {
        Self {
            run,
            is_early: false,
            claims: false,
        }
    }

    pub(crate) const fn early(run: fn(&Process) -> Outcome) -> Self {
        Self {
            run,
            is_early: true,
            claims: true,
        }
    }

    /// A program that another one has started for an early refresh.
    pub(crate) const fn in_background(run: fn(&Process) -> Outcome) -> Self {
        Self {
            run,
            is_early: true,
            claims: false,
        }
    }
}

/// One run of a process, up to the first step without a result.
pub(crate) struct Process {
    faults: Faults,
    results: RefCell<std::vec::IntoIter<StepResult>>,
    next: Rc<Cell<Option<Step>>>,
    has_lock: Rc<Cell<bool>>,
    is_critical: Rc<Cell<bool>>,
    /// True if another process refreshes a token that is still valid.
    is_in_background: Cell<bool>,
    /// The sum of the pauses.
    pause: [Duration; 1],
}

/// A resource that a process keeps if its run is only suspended.
pub(crate) struct Held {
    next: Rc<Cell<Option<Step>>>,
    is_held: Rc<Cell<bool>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.next.get().is_none() {
            self.is_held.set(false);
        }
    }
}

impl Process {
    pub(super) fn new(faults: Faults, results: Vec<StepResult>) -> Self {
        Self {
            faults,
            results: RefCell::new(results.into_iter()),
            next: Rc::default(),
            has_lock: Rc::default(),
            is_critical: Rc::default(),
            is_in_background: Cell::new(false),
            pause: [REREAD_PAUSES.iter().sum()],
        }
    }

    /// Lets another process refresh a token that is still valid. The model has a program that does so.
    pub(crate) fn in_background(&self) -> &Self {
        self.is_in_background.set(true);
        self
    }

    /// Returns the step without a result, if the process has not ended.
    pub(super) fn next(&self) -> Option<Step> {
        self.next.get()
    }

    pub(super) fn has_lock(&self) -> bool {
        self.has_lock.get()
    }

    pub(super) fn is_critical(&self) -> bool {
        self.is_critical.get()
    }

    pub(super) fn take(&self, step: Step) -> Result<StepResult, Stop> {
        if self.next.get().is_some() {
            return Err(Stop::Suspended);
        }
        let result = self.results.borrow_mut().next();
        result.ok_or_else(|| {
            self.next.set(Some(step));
            Stop::Suspended
        })
    }

    fn hold(&self, is_held: &Rc<Cell<bool>>) -> Held {
        is_held.set(true);
        Held {
            next: Rc::clone(&self.next),
            is_held: Rc::clone(is_held),
        }
    }

    fn take_reserve(&self) -> Result<(), Stop> {
        match self.take(Step::Reserve)? {
            StepResult::DiskFull => Err(Stop::DiskFull),
            _ => Ok(()),
        }
    }

    fn try_save(&self, old: Generation, new: Generation) -> Result<StepResult, Stop> {
        if self.faults.reserves_after_request {
            self.take_reserve()?;
        }
        if self.faults.writes_in_place {
            self.take(Step::Tear)?;
        }
        let old = (!self.faults.does_not_compare).then_some(old);
        self.take(Step::Save { old, new })
    }
}

impl RefreshSteps for Process {
    type Lock = Option<Held>;
    type Reservation<'lock> = Held;
    type Background = ();
    type Error = Stop;

    fn now(&self) -> OffsetDateTime {
        now()
    }

    fn read(&self) -> Result<Option<CachedToken>, Stop> {
        Ok(match self.take(Step::Read)? {
            StepResult::Found(generation) => Some(token_of(generation)),
            StepResult::FoundEnded(generation) => Some(CachedToken {
                refresh_token: None,
                ..token_of(generation)
            }),
            StepResult::Missing => None,
            result => panic!("{result:?} is not the result of a read"),
        })
    }

    fn lock(&self) -> Result<Self::Lock, Stop> {
        if self.faults.ignores_locks {
            return Ok(None);
        }
        self.take(Step::Lock)?;
        Ok(Some(self.hold(&self.has_lock)))
    }

    fn try_lock(&self) -> Result<Option<Self::Lock>, Stop> {
        Ok(match self.take(Step::TryLock)? {
            StepResult::Busy => None,
            _ => Some(Some(self.hold(&self.has_lock))),
        })
    }

    fn reserve<'lock>(&'lock self, _: &'lock Self::Lock) -> Result<Self::Reservation<'lock>, Stop> {
        if !self.faults.reserves_after_request {
            self.take_reserve()?;
        }
        Ok(self.hold(&self.is_critical))
    }

    fn request(
        &self,
        old: &CachedToken,
        _: RefreshGrant<'_>,
    ) -> Result<RefreshResponse<Stop>, Stop> {
        let old = generation_of(old);
        if let StepResult::Issued(generation) = self.take(Step::Request(old))? {
            if self.faults.drops_late_responses {
                return Err(Stop::TimedOut);
            }
            return Ok(RefreshResponse::Issued(token_of(generation)));
        }
        if self.faults.remembers_at_once {
            self.take(Step::RememberEnd(old))?;
        }
        Ok(RefreshResponse::Rejected)
    }

    fn save<'lock>(
        &'lock self,
        reservation: Self::Reservation<'lock>,
        old: &CachedToken,
        new: &CachedToken,
    ) -> bool {
        // A lost token is found by `check`.
        let saved = self.try_save(generation_of(old), generation_of(new));
        drop(reservation);
        self.faults.uses_unsaved_token || saved != Ok(StepResult::Superseded)
    }

    /// Returns one pause for all.
    fn reread_pauses(&self) -> &[Duration] {
        &self.pause[..usize::from(!self.faults.does_not_wait)]
    }

    fn pause(&self, duration: Duration) -> Result<(), Stop> {
        self.take(Step::Wait(duration)).map(drop)
    }

    fn remember_end(&self, old: &CachedToken) -> Result<(), Stop> {
        self.take(Step::RememberEnd(generation_of(old))).map(drop)
    }

    fn has_failed_lately(&self, _: &CachedToken) -> bool {
        false
    }

    fn claim(&self, due: &CachedToken) -> bool {
        self.take(Step::Claim(generation_of(due))) == Ok(StepResult::Claimed)
    }

    fn start_in_background(&self) -> Option<()> {
        self.is_in_background.get().then_some(())?;
        self.take(Step::Start).ok().map(drop)
    }

    /// The other process may take any number of steps.
    fn wait_for(&self, (): ()) {
        if self.has_lock() {
            let _ = self.take(Step::WaitWithLock);
        }
    }

    fn retry_after(&self, _: &Stop) -> Option<Duration> {
        None
    }

    fn remember_failure(&self, old: &CachedToken, failure: EarlyFailure) -> bool {
        let step = Step::RememberFailure(generation_of(old), failure);
        self.take(step) == Ok(StepResult::Confirmed)
    }
}
