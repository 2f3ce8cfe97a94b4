//! A model of the environment of the refresh protocol: a disk, a lock and a service that accepts
//! each refresh token once. It runs the code of the protocol in several processes, in every
//! interleaving of their steps, and kills them after every step.
//!
//! A process is a function of the results of its previous steps. To take a step, the model runs the
//! process again with these results, up to the first step without a result. No threads are needed,
//! and the states of the model can be compared.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use time::OffsetDateTime;
use token_cache::CachedToken;
use token_cache::refresh::protocol::RefreshSteps;
use token_cache::refresh::{RefreshError, RefreshGrant};

use crate::home::{at, token};

/// Number of a token, in the order of issue. Token 0 is due for a refresh.
pub(crate) type Generation = usize;

pub(crate) type Program = fn(&Process) -> Result<CachedToken, RefreshError<Stop>>;

pub(crate) fn now() -> OffsetDateTime {
    at("2026-11-22T20:00:00Z")
}

fn token_of(generation: Generation) -> CachedToken {
    let lifetime = Duration::from_secs(if generation == 0 { 60 } else { 3600 });
    CachedToken {
        expires_at: now() + lifetime,
        ..token(&generation.to_string())
    }
}

fn generation_of(token: &CachedToken) -> Generation {
    token.access_token.expose().parse().unwrap()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Read,
    Lock,
    Reserve,
    Request(Generation),
    Tear,
    Save(Generation),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum StepResult {
    Found(Generation),
    Done,
    DiskFull,
    Issued(Generation),
    Rejected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stop {
    Suspended,
    DiskFull,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) ignores_locks: bool,
    pub(crate) writes_in_place: bool,
    pub(crate) reserves_after_request: bool,
}

/// One run of a process, up to the first step without a result.
pub(crate) struct Process {
    faults: Faults,
    results: RefCell<std::vec::IntoIter<StepResult>>,
    next: Rc<Cell<Option<Step>>>,
    has_lock: Rc<Cell<bool>>,
}

pub(crate) struct HeldLock {
    next: Rc<Cell<Option<Step>>>,
    has_lock: Rc<Cell<bool>>,
}

impl Drop for HeldLock {
    /// Keeps the lock if the run is only suspended.
    fn drop(&mut self) {
        if self.next.get().is_none() {
            self.has_lock.set(false);
        }
    }
}

impl Process {
    fn take(&self, step: Step) -> Result<StepResult, Stop> {
        if self.next.get().is_some() {
            return Err(Stop::Suspended);
        }
        let result = self.results.borrow_mut().next();
        result.ok_or_else(|| {
            self.next.set(Some(step));
            Stop::Suspended
        })
    }

    fn take_reserve(&self) -> Result<(), Stop> {
        match self.take(Step::Reserve)? {
            StepResult::DiskFull => Err(Stop::DiskFull),
            _ => Ok(()),
        }
    }

    fn try_save(&self, generation: Generation) -> Result<(), Stop> {
        if self.faults.reserves_after_request {
            self.take_reserve()?;
        }
        if self.faults.writes_in_place {
            self.take(Step::Tear)?;
        }
        self.take(Step::Save(generation)).map(drop)
    }

    /// Refreshes like a tool that takes no lock and writes in place.
    pub(crate) fn run_foreign_tool(&self) -> Result<CachedToken, RefreshError<Stop>> {
        let found = self.read()?.expect("a token is cached");
        if generation_of(&found) > 0 {
            return Ok(found);
        }
        match self.take(Step::Request(0))? {
            StepResult::Issued(generation) => {
                self.take(Step::Tear)?;
                self.take(Step::Save(generation))?;
                Ok(token_of(generation))
            }
            _ => Err(RefreshError::SessionEnded),
        }
    }
}

impl RefreshSteps for Process {
    type Lock = HeldLock;
    type Reservation<'lock> = ();
    type Error = Stop;

    fn now(&self) -> OffsetDateTime {
        now()
    }

    fn read(&self) -> Result<Option<CachedToken>, Stop> {
        match self.take(Step::Read)? {
            StepResult::Found(generation) => Ok(Some(token_of(generation))),
            result => panic!("{result:?} is not the result of a read"),
        }
    }

    fn lock(&self) -> Result<HeldLock, Stop> {
        if !self.faults.ignores_locks {
            self.take(Step::Lock)?;
            self.has_lock.set(true);
        }
        Ok(HeldLock {
            next: Rc::clone(&self.next),
            has_lock: Rc::clone(&self.has_lock),
        })
    }

    fn reserve<'lock>(&'lock self, _: &'lock HeldLock) -> Result<Self::Reservation<'lock>, Stop> {
        if self.faults.reserves_after_request {
            return Ok(());
        }
        self.take_reserve()
    }

    fn request(&self, old: &CachedToken, _: RefreshGrant<'_>) -> Result<Option<CachedToken>, Stop> {
        match self.take(Step::Request(generation_of(old)))? {
            StepResult::Issued(generation) => Ok(Some(token_of(generation))),
            _ => Ok(None),
        }
    }

    fn save<'lock>(
        &'lock self,
        (): Self::Reservation<'lock>,
        _old: &CachedToken,
        new: &CachedToken,
    ) {
        // A lost token is found by `check`.
        let _ = self.try_save(generation_of(new));
    }
}

#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) programs: Vec<Program>,
    /// Adds a process that refreshes [without a lock](Process::run_foreign_tool).
    pub(crate) with_foreign_tool: bool,
    pub(crate) disk_may_be_full: bool,
    pub(crate) faults: Faults,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Explored {
    pub(crate) states: usize,
    /// States in which every process has ended.
    pub(crate) final_states: usize,
    /// Final states in which the session is lost, because a process was killed between the request
    /// and the save.
    pub(crate) final_states_with_lost_session: usize,
}

pub(crate) struct CounterExample {
    property: &'static str,
    steps: Vec<String>,
}

impl fmt::Display for CounterExample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:", self.property)?;
        self.steps
            .iter()
            .try_for_each(|step| writeln!(f, "  {step}"))
    }
}

impl Model {
    /// Visits all reachable states, breadth first, so that a counterexample has the fewest steps.
    pub(crate) fn explore(&self) -> Result<Explored, CounterExample> {
        let mut reached = Reached::default();
        reached.add(State::initial(self), 0, String::new());
        let mut explored = Explored::default();
        while let Some(state) = reached.states.get(explored.states).cloned() {
            let at = explored.states;
            explored.count(&state);
            let property = state.check(self);
            property.map_err(|property| reached.counter_example(property, at, String::new()))?;
            for next in state.moves(self) {
                let mut after = state.clone();
                let (step, property) = after.apply(next, self);
                property.map_err(|property| reached.counter_example(property, at, step.clone()))?;
                reached.add(after, at, step);
            }
        }
        Ok(explored)
    }

    fn foreign_number(&self) -> Option<usize> {
        self.with_foreign_tool.then_some(self.programs.len())
    }
}

impl Explored {
    fn count(&mut self, state: &State) {
        self.states += 1;
        if !state.is_any_running() {
            self.final_states += 1;
            self.final_states_with_lost_session += usize::from(state.is_lost_by_kill);
        }
    }
}

/// The reached states, in the order of discovery, and the path to each.
#[derive(Default)]
struct Reached {
    known: HashSet<State>,
    states: Vec<State>,
    /// The previous state of each state, and the step from there.
    predecessors: Vec<(usize, String)>,
}

impl Reached {
    fn add(&mut self, state: State, before: usize, step: String) {
        if self.known.insert(state.clone()) {
            self.states.push(state);
            self.predecessors.push((before, step));
        }
    }

    fn counter_example(
        &self,
        property: &'static str,
        mut at: usize,
        last: String,
    ) -> CounterExample {
        let mut steps = vec![last];
        while at > 0 {
            let (before, step) = &self.predecessors[at];
            steps.push(step.clone());
            at = *before;
        }
        steps.retain(|step| !step.is_empty());
        steps.reverse();
        CounterExample { property, steps }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    file: File,
    disk_is_full: bool,
    lock_holder: Option<usize>,
    /// The process that used the refresh token of each generation, except the last.
    used_by: Vec<usize>,
    processes: Vec<Running>,
    is_lost_by_kill: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum File {
    Complete(Generation),
    Partial { by: usize },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Running {
    results: Vec<StepResult>,
    /// `None` if the process has ended or was killed.
    next: Option<Step>,
}

#[derive(Clone, Copy)]
enum Move {
    Step(usize),
    Kill(usize),
    FillDisk,
}

type Checked = Result<(), &'static str>;

impl State {
    fn initial(model: &Model) -> Self {
        let processes = model.programs.len() + usize::from(model.with_foreign_tool);
        let mut state = Self {
            file: File::Complete(0),
            disk_is_full: false,
            lock_holder: None,
            used_by: Vec::new(),
            processes: vec![
                Running {
                    results: Vec::new(),
                    next: None,
                };
                processes
            ],
            is_lost_by_kill: false,
        };
        for number in 0..processes {
            let (next, _) = state
                .run(number, model)
                .expect_err("the first step has no result");
            state.processes[number].next = Some(next);
        }
        state
    }

    /// Runs a process with its results so far. Returns its outcome, or its next step and true if it
    /// holds the lock then.
    fn run(
        &self,
        number: usize,
        model: &Model,
    ) -> Result<Result<CachedToken, RefreshError<Stop>>, (Step, bool)> {
        let process = Process {
            faults: model.faults,
            results: RefCell::new(self.processes[number].results.clone().into_iter()),
            next: Rc::default(),
            has_lock: Rc::default(),
        };
        let outcome = match model.programs.get(number) {
            Some(program) => program(&process),
            None => process.run_foreign_tool(),
        };
        match process.next.get() {
            Some(next) => Err((next, process.has_lock.get())),
            None => Ok(outcome),
        }
    }

    fn moves(&self, model: &Model) -> Vec<Move> {
        let is_running = |number: &usize| self.processes[*number].next.is_some();
        let running: Vec<_> = (0..self.processes.len()).filter(is_running).collect();
        let steps = running
            .iter()
            .filter(|number| self.can_step(**number, model));
        // A foreign tool that is killed during its write leaves a partial file, which this crate
        // cannot prevent.
        let ours = running
            .iter()
            .filter(|number| **number < model.programs.len());
        let can_fill = model.disk_may_be_full && !self.disk_is_full && !running.is_empty();
        steps
            .map(|number| Move::Step(*number))
            .chain(ours.map(|number| Move::Kill(*number)))
            .chain(can_fill.then_some(Move::FillDisk))
            .collect()
    }

    fn can_step(&self, number: usize, model: &Model) -> bool {
        match self.processes[number].next {
            Some(Step::Lock) => self.lock_holder.is_none(),
            // Readers read again until a foreign tool has completed its write.
            Some(Step::Read) => match self.file {
                File::Partial { by } => Some(by) != model.foreign_number(),
                File::Complete(_) => true,
            },
            _ => true,
        }
    }

    fn apply(&mut self, next: Move, model: &Model) -> (String, Checked) {
        match next {
            Move::FillDisk => {
                self.disk_is_full = true;
                ("the disk is full".to_owned(), Ok(()))
            }
            Move::Kill(number) => {
                self.kill(number);
                (format!("process {number} is killed"), Ok(()))
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

    fn kill(&mut self, number: usize) {
        self.processes[number].next = None;
        self.is_lost_by_kill |= self.has_unsaved_token(number);
        self.release_lock(number);
    }

    fn has_unsaved_token(&self, number: usize) -> bool {
        let results = &self.processes[number].results;
        let issued = results.iter().rev().find_map(|result| match result {
            StepResult::Issued(generation) => Some(*generation),
            _ => None,
        });
        issued.is_some_and(|generation| self.file != File::Complete(generation))
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
        match (step, self.file) {
            (Step::Read, File::Complete(generation)) => return Ok(StepResult::Found(generation)),
            (Step::Read, File::Partial { .. }) => return Err("a process read a partial file"),
            (Step::Reserve, _) if self.disk_is_full => return Ok(StepResult::DiskFull),
            (Step::Reserve, _) => {}
            (Step::Lock, _) => self.lock_holder = Some(number),
            (Step::Request(generation), _) => return self.request(number, generation, model),
            (Step::Tear, _) => self.file = File::Partial { by: number },
            (Step::Save(new), File::Complete(old)) if old > new => {
                return Err("a newer token was overwritten");
            }
            (Step::Save(new), _) => self.file = File::Complete(new),
        }
        Ok(StepResult::Done)
    }

    /// Accepts only the first use of each refresh token.
    fn request(
        &mut self,
        number: usize,
        generation: Generation,
        model: &Model,
    ) -> Result<StepResult, &'static str> {
        let foreign = model.foreign_number();
        match self.used_by.get(generation) {
            None => {
                let first = self.processes[number].results.first();
                if matches!(first, Some(StepResult::Found(seen)) if *seen < generation) {
                    return Err("a process requested a token although another had saved a new one");
                }
                self.used_by.push(number);
                Ok(StepResult::Issued(generation + 1))
            }
            Some(user) if Some(*user) == foreign || Some(number) == foreign => {
                Ok(StepResult::Rejected)
            }
            Some(_) if self.is_lost_by_kill => Ok(StepResult::Rejected),
            Some(_) => Err("a refresh token was used twice"),
        }
    }

    /// Runs a process with its latest result, up to its next step or its end.
    fn resume(&mut self, number: usize, model: &Model) -> Checked {
        match self.run(number, model) {
            Err((next, has_lock)) => {
                self.processes[number].next = Some(next);
                if !has_lock {
                    self.release_lock(number);
                }
                Ok(())
            }
            Ok(outcome) => {
                self.processes[number].next = None;
                self.release_lock(number);
                self.check_outcome(number, &outcome, model)
            }
        }
    }

    fn check_outcome(
        &self,
        number: usize,
        outcome: &Result<CachedToken, RefreshError<Stop>>,
        model: &Model,
    ) -> Checked {
        let foreign = model.foreign_number();
        let foreign_tool_is_writing =
            foreign.is_some_and(|foreign| self.has_unsaved_token(foreign));
        match outcome {
            _ if foreign == Some(number) => Ok(()),
            Ok(token) if generation_of(token) > 0 => Ok(()),
            Ok(_) => Err("a process ended with the old token"),
            Err(RefreshError::SessionEnded) if self.is_lost_by_kill || foreign_tool_is_writing => {
                Ok(())
            }
            Err(RefreshError::Failed(Stop::DiskFull)) if self.disk_is_full => Ok(()),
            Err(_) => Err("a process ended without a token although one was available"),
        }
    }

    fn is_any_running(&self) -> bool {
        self.processes.iter().any(|process| process.next.is_some())
    }

    fn check(&self, model: &Model) -> Checked {
        if self.is_any_running() {
            let is_step = |next: &Move| matches!(next, Move::Step(_));
            let can_continue = self.moves(model).iter().any(is_step);
            return can_continue
                .then_some(())
                .ok_or("the processes are deadlocked");
        }
        if self.file != File::Complete(self.used_by.len()) && !self.is_lost_by_kill {
            return Err("an issued token was lost although no process was killed");
        }
        Ok(())
    }
}
