//! The state of the disk, the lock, the service and the processes, and the properties.

use std::time::Duration;

use super::process::{Outcome, Process, Step, StepResult};
use super::{Generation, Model, Reuse, generation_of, token_of};

use token_cache::refresh::RefreshError;
use token_cache::refresh::protocol::EarlyFailure;

use super::process::Stop;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    file: File,
    disk_is_full: bool,
    lock_holder: Option<usize>,
    /// The token whose end is remembered.
    ended: Option<Generation>,
    /// The last early refresh that is remembered.
    early: Option<Early>,
    tokens: Vec<Token>,
    processes: Vec<Running>,
    excuses: Excuses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum File {
    Complete(Generation),
    Partial { by: usize },
    Missing,
}

/// A token, as the service knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Token {
    /// Number of the sign-in.
    session: usize,
    /// The process that used the refresh token.
    used_by: Option<usize>,
    /// True if the service has ended the session.
    has_ended: bool,
}

/// A start or a failure of an early refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Early {
    of: Generation,
    /// True within a minute.
    is_recent: bool,
    /// True if its last failure was a rejection, more than a minute ago.
    is_old_rejection: bool,
    is_rejection: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Running {
    results: Vec<StepResult>,
    /// `None` if the process has ended or was killed.
    next: Option<Step>,
    is_critical: bool,
}

/// Events after which a session may be lost, or a token missing, without our fault.
#[expect(clippy::struct_excessive_bools, reason = "the events are independent")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Excuses {
    /// A process was killed between the request and the save.
    is_lost_by_kill: bool,
    /// Another tool has not saved its response, or saved it too late.
    is_lost_by_actor: bool,
    /// The token or the cache was removed.
    is_removed: bool,
    /// The lock was removed while a process held it.
    is_lock_removed: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Move {
    Step(usize),
    Kill(usize),
    End(usize),
    FillDisk,
    /// A minute passes after the last early refresh.
    LetMinutePass,
}

/// Time in which the AWS SDKs save the response to their request, see [`Writes`](super::Writes).
const LONGEST_SAVE: Duration = Duration::from_secs(2);

type Checked = Result<(), &'static str>;

impl State {
    pub(super) fn initial(model: &Model) -> Self {
        let idle = Running {
            results: Vec::new(),
            next: None,
            is_critical: false,
        };
        let mut state = Self {
            file: File::Complete(0),
            disk_is_full: false,
            lock_holder: None,
            ended: None,
            early: None,
            tokens: vec![Token {
                session: 0,
                used_by: None,
                has_ended: false,
            }],
            processes: vec![idle; model.processes()],
            excuses: Excuses::default(),
        };
        for number in 0..model.processes() {
            let (process, _) = state.run(number, model);
            state.processes[number].next = process.next();
        }
        state
    }

    pub(super) fn is_any_running(&self) -> bool {
        self.processes.iter().any(|process| process.next.is_some())
    }

    pub(super) fn is_lost_by_kill(&self) -> bool {
        self.excuses.is_lost_by_kill
    }

    /// Runs a process with its results so far. The outcome is valid if the process has no next step.
    fn run(&self, number: usize, model: &Model) -> (Process, Outcome) {
        let process = Process::new(model.faults, self.processes[number].results.clone());
        let outcome = match model.actor(number) {
            None => (model.programs[number].run)(&process),
            Some(actor) => actor.run(&process),
        };
        (process, outcome)
    }

    pub(super) fn moves(&self, model: &Model) -> Vec<Move> {
        let is_running = |number: &usize| self.processes[*number].next.is_some();
        let running: Vec<_> = (0..self.processes.len()).filter(is_running).collect();
        let steps = running
            .iter()
            .filter(|number| self.can_step(**number, model));
        // An actor that is killed during its write leaves a partial file, which this crate cannot
        // prevent.
        let ours = running.iter().filter(|number| model.is_ours(**number));
        let can_end = ours
            .clone()
            .filter(|number| !self.processes[**number].is_critical || model.faults.ends_at_once);
        let can_fill = model.disk_may_be_full && !self.disk_is_full && !running.is_empty();
        steps
            .map(|number| Move::Step(*number))
            .chain(can_end.map(|number| Move::End(*number)))
            .chain(ours.map(|number| Move::Kill(*number)))
            .chain(can_fill.then_some(Move::FillDisk))
            .chain(
                self.can_let_minute_pass(model)
                    .then_some(Move::LetMinutePass),
            )
            .collect()
    }

    fn can_step(&self, number: usize, model: &Model) -> bool {
        match self.processes[number].next {
            Some(Step::Lock) => self.lock_holder.is_none(),
            Some(Step::Read | Step::Save { old: Some(_), .. }) => match self.file {
                File::Partial { by } => model.is_ours(by),
                File::Complete(_) | File::Missing => true,
            },
            Some(Step::Wait(duration)) => {
                duration < LONGEST_SAVE || !self.is_any_about_to_save(model)
            }
            _ => true,
        }
    }

    fn is_any_about_to_save(&self, model: &Model) -> bool {
        (0..self.processes.len()).any(|other| {
            let is_in_time = model.actor(other).is_none_or(|actor| actor.is_in_time());
            is_in_time && self.has_unsaved_token(other)
        })
    }

    /// A minute is longer than any process takes to save its response.
    fn can_let_minute_pass(&self, model: &Model) -> bool {
        self.early.is_some_and(|early| early.is_recent)
            && self.is_any_running()
            && !self.is_any_about_to_save(model)
    }

    /// Returns true if the process has a response that it has not saved yet.
    fn has_unsaved_token(&self, number: usize) -> bool {
        let process = &self.processes[number];
        let is_issued = |result: &StepResult| matches!(result, StepResult::Issued(_));
        process.next.is_some() && process.results.iter().any(is_issued)
    }

    pub(super) fn apply(&mut self, next: Move, model: &Model) -> (String, Checked) {
        match next {
            Move::FillDisk => {
                self.disk_is_full = true;
                ("the disk is full".to_owned(), Ok(()))
            }
            Move::LetMinutePass => {
                self.early = self.early.map(|early| Early {
                    is_recent: false,
                    is_old_rejection: early.is_rejection,
                    ..early
                });
                ("a minute passes".to_owned(), Ok(()))
            }
            Move::Kill(number) => {
                self.excuses.is_lost_by_kill |= self.has_unsaved_token(number);
                self.end(number);
                (format!("process {number} is killed"), Ok(()))
            }
            Move::End(number) => {
                self.end(number);
                (format!("process {number} ends normally"), Ok(()))
            }
            Move::Step(number) => {
                let step = self.processes[number].next.expect("the process is running");
                match self.execute(number, step, model) {
                    Err(property) => (format!("process {number}: {step:?}"), Err(property)),
                    Ok(result) => {
                        self.processes[number].results.push(result);
                        let property = self.resume(number, model);
                        (format!("process {number}: {step:?}, {result:?}"), property)
                    }
                }
            }
        }
    }

    /// Forgets the results, so that equal states are found.
    fn end(&mut self, number: usize) {
        self.processes[number] = Running {
            results: Vec::new(),
            next: None,
            is_critical: false,
        };
        self.release_lock(number);
    }

    fn release_lock(&mut self, number: usize) {
        if self.lock_holder == Some(number) {
            self.lock_holder = None;
        }
    }

    fn execute(
        &mut self,
        number: usize,
        step: Step,
        model: &Model,
    ) -> Result<StepResult, &'static str> {
        match step {
            Step::Read => return self.read(),
            Step::TryLock if self.lock_holder.is_some() => return Ok(StepResult::Busy),
            Step::Lock | Step::TryLock => self.lock_holder = model.has_locks.then_some(number),
            Step::Reserve if self.disk_is_full => return Ok(StepResult::DiskFull),
            Step::Reserve | Step::Wait(_) => {}
            Step::WaitWithLock => {
                return Err("a process waits for another one that needs its lock");
            }
            Step::Request(generation) => return self.request(number, generation, model),
            Step::Tear => self.file = File::Partial { by: number },
            Step::Save { old, new } => return self.save(number, old, new, model),
            Step::RememberEnd(generation) => {
                if !self.has_really_ended(generation, model) {
                    return Err("an end was remembered that is not one");
                }
                self.ended = Some(generation);
            }
            Step::Claim(generation) => return Ok(self.claim(generation)),
            Step::Start => self.check_claim(number, model)?,
            Step::RememberFailure(generation, failure) => {
                return Ok(self.remember_failure(generation, failure));
            }
            Step::SignIn => {
                let session = self.tokens.iter().map(|token| token.session).max();
                self.file = File::Complete(self.issue(session.map_or(0, |last| last + 1)));
            }
            Step::EndSession => self.end_session(0),
            Step::Remove => self.remove(),
            Step::RemoveCache => {
                self.remove();
                self.excuses.is_lock_removed |= self.lock_holder.take().is_some();
            }
        }
        Ok(StepResult::Done)
    }

    fn early(&self, generation: Generation) -> Option<Early> {
        self.early.filter(|early| early.of == generation)
    }

    fn claim(&mut self, generation: Generation) -> StepResult {
        let last = self.early(generation);
        if last.is_some_and(|last| last.is_recent) {
            return StepResult::Busy;
        }
        self.early = Some(Early {
            of: generation,
            is_recent: true,
            is_old_rejection: last.is_some_and(|last| last.is_old_rejection),
            is_rejection: last.is_some_and(|last| last.is_rejection),
        });
        StepResult::Claimed
    }

    fn remember_failure(&mut self, generation: Generation, failure: EarlyFailure) -> StepResult {
        let last = self.early(generation);
        let is_rejection = failure == EarlyFailure::Rejected;
        self.early = Some(Early {
            of: generation,
            is_recent: true,
            is_old_rejection: false,
            is_rejection,
        });
        if is_rejection && last.is_some_and(|last| last.is_old_rejection) {
            StepResult::Confirmed
        } else {
            StepResult::Done
        }
    }

    /// Checks that the process has claimed the early refresh that it sends or starts.
    fn check_claim(&self, number: usize, model: &Model) -> Checked {
        let must_claim = model.programs.get(number).is_some_and(|it| it.claims);
        let results = &self.processes[number].results;
        if must_claim && !results.contains(&StepResult::Claimed) {
            return Err("an early refresh was not claimed");
        }
        Ok(())
    }

    fn read(&self) -> Result<StepResult, &'static str> {
        match self.file {
            File::Complete(generation) if self.ended == Some(generation) => {
                Ok(StepResult::FoundEnded(generation))
            }
            File::Complete(generation) => Ok(StepResult::Found(generation)),
            File::Missing => Ok(StepResult::Missing),
            File::Partial { .. } => Err("a process read a partial file"),
        }
    }

    fn issue(&mut self, session: usize) -> Generation {
        self.tokens.push(Token {
            session,
            used_by: None,
            has_ended: false,
        });
        self.tokens.len() - 1
    }

    fn end_session(&mut self, session: usize) {
        let tokens = self.tokens.iter_mut();
        for token in tokens.filter(|token| token.session == session) {
            token.has_ended = true;
        }
    }

    fn remove(&mut self) {
        self.file = File::Missing;
        self.ended = None;
        self.early = None;
        self.excuses.is_removed = true;
    }

    fn save(
        &mut self,
        number: usize,
        old: Option<Generation>,
        new: Generation,
        model: &Model,
    ) -> Result<StepResult, &'static str> {
        let found = match self.file {
            File::Complete(found) => Some(token_of(found)),
            File::Partial { .. } | File::Missing => None,
        };
        if old.is_some_and(|old| !token_of(old).is_still_cached(found.as_ref())) {
            return Ok(StepResult::Superseded);
        }
        let overwrites = match self.file {
            File::Complete(found) if self.tokens[found].session > self.tokens[new].session => {
                Some("a newer sign-in was overwritten")
            }
            File::Complete(found) if found > new => Some("a newer token was overwritten"),
            File::Missing => Some("a removed token was restored"),
            _ => None,
        };
        match overwrites {
            Some(property) if model.is_ours(number) => return Err(property),
            Some(_) => self.excuses.is_lost_by_actor = true,
            None => {}
        }
        self.file = File::Complete(new);
        Ok(StepResult::Done)
    }

    /// Accepts only the first use of each refresh token.
    fn request(
        &mut self,
        number: usize,
        generation: Generation,
        model: &Model,
    ) -> Result<StepResult, &'static str> {
        self.check_claim(number, model)?;
        let Token {
            session,
            used_by,
            has_ended,
        } = self.tokens[generation];
        if let Some(user) = used_by {
            self.check_second_use(number, user, model)?;
            if model.reuse == Reuse::EndsSession {
                self.end_session(session);
            }
            return Ok(StepResult::Rejected(generation));
        }
        if has_ended {
            return Ok(StepResult::Rejected(generation));
        }
        let first = self.processes[number].results.first();
        if matches!(first, Some(StepResult::Found(seen)) if *seen < generation) {
            return Err("a process requested a token although another had saved a new one");
        }
        self.tokens[generation].used_by = Some(number);
        let is_never_saved = model.actor(number).is_some_and(|actor| !actor.is_in_time());
        self.excuses.is_lost_by_actor |= is_never_saved;
        Ok(StepResult::Issued(self.issue(session)))
    }

    fn check_second_use(&self, number: usize, user: usize, model: &Model) -> Checked {
        let are_both_ours = model.is_ours(number) && model.is_ours(user);
        let is_excused = self.excuses.is_lost_by_kill || self.excuses.is_lock_removed;
        if are_both_ours && model.has_locks && !is_excused {
            return Err("a refresh token was used twice");
        }
        Ok(())
    }

    /// Returns true if no process can use the session of the token any more.
    fn has_really_ended(&self, generation: Generation, model: &Model) -> bool {
        let token = self.tokens[generation];
        let user = token.used_by.and_then(|user| model.actor(user));
        token.has_ended
            || self.excuses.is_lost_by_kill
            || user.is_some_and(|actor| !actor.is_in_time())
    }

    /// Runs a process with its latest result, up to its next step or its end.
    fn resume(&mut self, number: usize, model: &Model) -> Checked {
        let (process, outcome) = self.run(number, model);
        self.processes[number].next = process.next();
        self.processes[number].is_critical = process.is_critical();
        if !process.has_lock() {
            self.release_lock(number);
        }
        if process.next().is_some() {
            return Ok(());
        }
        let checked = self.check_outcome(number, &outcome, model);
        self.end(number);
        checked
    }

    fn check_outcome(&self, number: usize, outcome: &Outcome, model: &Model) -> Checked {
        let Some(program) = model.programs.get(number) else {
            return Ok(());
        };
        if let Ok(token) = outcome
            && (self.is_of_older_sign_in(generation_of(token))
                || self.is_superseded(number, generation_of(token)))
        {
            return Err("a process ended with the token of an older sign-in");
        }
        if matches!(outcome, Err(RefreshError::SessionEnded)) {
            self.check_end(number)?;
        }
        let is_expected = match outcome {
            Ok(token) if generation_of(token) > 0 || program.is_early => true,
            Ok(_) => return Err("a process ended with the old token"),
            Err(RefreshError::SessionEnded) => {
                let results = self.processes[number].results.iter();
                let mut rejected = results.filter_map(|result| match result {
                    StepResult::Rejected(generation) => Some(*generation),
                    _ => None,
                });
                rejected.any(|generation| self.has_really_ended(generation, model))
            }
            Err(RefreshError::NotCached) => self.excuses.is_removed,
            // The remembered end was checked before.
            Err(RefreshError::NotRefreshable) => {
                matches!(self.last_read(number), Some(StepResult::FoundEnded(_)))
            }
            // A lost response is found by `check`.
            Err(RefreshError::Failed(Stop::TimedOut)) => true,
            Err(RefreshError::Failed(Stop::DiskFull)) => self.disk_is_full,
            Err(RefreshError::Failed(Stop::Suspended)) => false,
        };
        is_expected
            .then_some(())
            .ok_or("a process ended without a token although one was available")
    }

    /// Checks the reported end of a session. The step before it has remembered the end.
    fn check_end(&self, number: usize) -> Checked {
        match self.last_read(number) {
            Some(StepResult::Missing) => Err("a removed token was reported as an ended session"),
            Some(StepResult::FoundEnded(_)) => Ok(()),
            _ if self.ended.is_none() => Err("the end of the session was not remembered"),
            _ => Ok(()),
        }
    }

    fn last_read(&self, number: usize) -> Option<StepResult> {
        let is_read = |result: &StepResult| {
            use StepResult::{Found, FoundEnded, Missing};
            matches!(result, Found(_) | FoundEnded(_) | Missing)
        };
        let mut results = self.processes[number].results.iter().copied();
        results.rfind(is_read)
    }

    /// Returns true if the process has found another token in place of this one.
    fn is_superseded(&self, number: usize, generation: Generation) -> bool {
        let results = &self.processes[number].results;
        let at = results.iter().position(|it| *it == StepResult::Superseded);
        at.is_some_and(|at| !results[at..].contains(&StepResult::Found(generation)))
    }

    /// Returns true if the user has signed out or in since the sign-in of the token. Token 0 may have been
    /// read before.
    fn is_of_older_sign_in(&self, generation: Generation) -> bool {
        generation > 0
            && match self.file {
                File::Complete(found) => {
                    self.tokens[found].session > self.tokens[generation].session
                }
                File::Partial { .. } => false,
                File::Missing => true,
            }
    }

    pub(super) fn check(&self, model: &Model) -> Checked {
        if self.is_any_running() {
            let is_step = |next: &Move| matches!(next, Move::Step(_));
            let can_continue = self.moves(model).iter().any(is_step);
            return can_continue
                .then_some(())
                .ok_or("the processes are deadlocked");
        }
        let Excuses {
            is_lost_by_kill,
            is_lost_by_actor,
            is_removed,
            ..
        } = self.excuses;
        let is_excused = is_lost_by_kill || is_lost_by_actor || is_removed;
        if self.file != File::Complete(self.newest()) && !is_excused {
            return Err("an issued token was lost although no process was killed");
        }
        Ok(())
    }

    /// Returns the last token of the last sign-in.
    fn newest(&self) -> Generation {
        let tokens = self.tokens.iter().enumerate();
        let newest = tokens.max_by_key(|(generation, token)| (token.session, *generation));
        newest.expect("a token was issued").0
    }
}
