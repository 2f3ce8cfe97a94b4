//! A model of everything around the refresh protocol: a disk, a lock and a service whose refresh
//! tokens are good for one use. It runs the protocol's own code in several processes at once, in
//! every order of their steps, and kills them at every point.
//!
//! A process is a function of the answers that it got so far. To take one step it is run again
//! from its beginning with those answers, up to the first step without an answer. So no threads
//! are needed, and a state of the model is a value that can be compared.

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

/// The tokens of a session, in the order in which they were issued. 0 is due for a refresh.
pub(crate) type Generation = usize;

/// The function that a process runs.
pub(crate) type Program = fn(&Process) -> Result<CachedToken, RefreshError<Stop>>;

pub(crate) fn now() -> OffsetDateTime {
    at("2026-11-22T20:00:00Z")
}

fn token_of(generation: Generation) -> CachedToken {
    let lives = Duration::from_secs(if generation == 0 { 60 } else { 3600 });
    CachedToken {
        expires_at: now() + lives,
        ..token(&generation.to_string())
    }
}

fn generation_of(token: &CachedToken) -> Generation {
    token.access_token.expose().parse().unwrap()
}

/// A step that a process is about to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Read,
    Lock,
    Reserve,
    Request(Generation),
    Tear,
    Save(Generation),
}

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Answer {
    Found(Generation),
    Done,
    DiskFull,
    Issued(Generation),
    Rejected,
}

/// The reason why a run of a process stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stop {
    /// Its next step has no answer yet.
    Suspended,
    /// The disk is full.
    DiskFull,
}

/// Planted bugs of a process or a disk.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) locks_nothing: bool,
    pub(crate) writes_in_place: bool,
    pub(crate) reserves_after_the_request: bool,
}

/// One run of a process, up to its first step without an answer.
pub(crate) struct Process {
    faults: Faults,
    answers: RefCell<std::vec::IntoIter<Answer>>,
    next: Rc<Cell<Option<Step>>>,
    has_lock: Rc<Cell<bool>>,
}

/// Held by a process from its `Lock` on.
pub(crate) struct Held {
    next: Rc<Cell<Option<Step>>>,
    has_lock: Rc<Cell<bool>>,
}

impl Drop for Held {
    /// Keeps the lock if the run only stops at a step without an answer.
    fn drop(&mut self) {
        if self.next.get().is_none() {
            self.has_lock.set(false);
        }
    }
}

impl Process {
    fn take(&self, step: Step) -> Result<Answer, Stop> {
        if self.next.get().is_some() {
            return Err(Stop::Suspended);
        }
        let answer = self.answers.borrow_mut().next();
        answer.ok_or_else(|| {
            self.next.set(Some(step));
            Stop::Suspended
        })
    }

    fn take_reserve(&self) -> Result<(), Stop> {
        match self.take(Step::Reserve)? {
            Answer::DiskFull => Err(Stop::DiskFull),
            _ => Ok(()),
        }
    }

    fn try_save(&self, generation: Generation) -> Result<(), Stop> {
        if self.faults.reserves_after_the_request {
            self.take_reserve()?;
        }
        if self.faults.writes_in_place {
            self.take(Step::Tear)?;
        }
        self.take(Step::Save(generation)).map(drop)
    }

    /// Refreshes like a tool that takes no lock and writes in place.
    pub(crate) fn as_a_foreign_tool(&self) -> Result<CachedToken, RefreshError<Stop>> {
        let found = self.read()?.expect("there is a token");
        if generation_of(&found) > 0 {
            return Ok(found);
        }
        match self.take(Step::Request(0))? {
            Answer::Issued(generation) => {
                self.take(Step::Tear)?;
                self.take(Step::Save(generation))?;
                Ok(token_of(generation))
            }
            _ => Err(RefreshError::SessionEnded),
        }
    }
}

impl RefreshSteps for Process {
    type Lock = Held;
    type Reservation<'lock> = ();
    type Error = Stop;

    fn now(&self) -> OffsetDateTime {
        now()
    }

    fn read(&self) -> Result<Option<CachedToken>, Stop> {
        match self.take(Step::Read)? {
            Answer::Found(generation) => Ok(Some(token_of(generation))),
            answer => panic!("{answer:?} to a read"),
        }
    }

    fn lock(&self) -> Result<Held, Stop> {
        if !self.faults.locks_nothing {
            self.take(Step::Lock)?;
            self.has_lock.set(true);
        }
        Ok(Held {
            next: Rc::clone(&self.next),
            has_lock: Rc::clone(&self.has_lock),
        })
    }

    fn reserve<'lock>(&'lock self, _: &'lock Held) -> Result<Self::Reservation<'lock>, Stop> {
        if self.faults.reserves_after_the_request {
            return Ok(());
        }
        self.take_reserve()
    }

    fn request(&self, old: &CachedToken, _: RefreshGrant<'_>) -> Result<Option<CachedToken>, Stop> {
        match self.take(Step::Request(generation_of(old)))? {
            Answer::Issued(generation) => Ok(Some(token_of(generation))),
            _ => Ok(None),
        }
    }

    fn save<'lock>(&'lock self, (): Self::Reservation<'lock>, new: &CachedToken) {
        // The model checks whether the token is lost.
        let _ = self.try_save(generation_of(new));
    }
}

/// The programs to explore, and the events that may happen to them.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) programs: Vec<Program>,
    /// One more process that refreshes [without a lock](Process::as_a_foreign_tool).
    pub(crate) with_foreign_tool: bool,
    pub(crate) disk_may_be_full: bool,
    pub(crate) faults: Faults,
}

/// The result of an exploration.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Explored {
    pub(crate) states: usize,
    /// Number of states in which every process has ended.
    pub(crate) ends: usize,
    /// Number of them in which the session was lost, because a process was killed between the
    /// service's use of a refresh token and the save.
    pub(crate) ends_with_the_session_lost: usize,
}

/// A violated property, and the steps that led to it.
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
    /// Visits every reachable state, nearest first, so that a counterexample is as short as
    /// possible.
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
                let (step, property) = after.make(next, self);
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
            self.ends += 1;
            self.ends_with_the_session_lost += usize::from(state.is_lost_by_a_kill);
        }
    }
}

/// The states that were reached, in this order, and the path to each.
#[derive(Default)]
struct Reached {
    known: HashSet<State>,
    states: Vec<State>,
    /// The previous state, and the step from there.
    came_from: Vec<(usize, String)>,
}

impl Reached {
    fn add(&mut self, state: State, before: usize, step: String) {
        if self.known.insert(state.clone()) {
            self.states.push(state);
            self.came_from.push((before, step));
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
            let (before, step) = &self.came_from[at];
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
    has_lock: Option<usize>,
    /// The process that used the refresh token of each generation but the last.
    used_by: Vec<usize>,
    processes: Vec<Running>,
    is_lost_by_a_kill: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum File {
    Whole(Generation),
    Part { by: usize },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Running {
    answers: Vec<Answer>,
    /// `None` after the process has ended or was killed.
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
            file: File::Whole(0),
            disk_is_full: false,
            has_lock: None,
            used_by: Vec::new(),
            processes: vec![
                Running {
                    answers: Vec::new(),
                    next: None,
                };
                processes
            ],
            is_lost_by_a_kill: false,
        };
        for number in 0..processes {
            let (next, _) = state
                .run(number, model)
                .expect_err("the first step has no answer");
            state.processes[number].next = Some(next);
        }
        state
    }

    /// Runs a process with the answers it has: to its end, or to its next step and whether it has
    /// the lock there.
    fn run(
        &self,
        number: usize,
        model: &Model,
    ) -> Result<Result<CachedToken, RefreshError<Stop>>, (Step, bool)> {
        let process = Process {
            faults: model.faults,
            answers: RefCell::new(self.processes[number].answers.clone().into_iter()),
            next: Rc::default(),
            has_lock: Rc::default(),
        };
        let outcome = match model.programs.get(number) {
            Some(program) => program(&process),
            None => process.as_a_foreign_tool(),
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
        // A foreign tool that is killed while it writes leaves a part for ever, which our
        // programs cannot prevent.
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
            Some(Step::Lock) => self.has_lock.is_none(),
            // Readers read again for as long as a foreign tool takes to write.
            Some(Step::Read) => match self.file {
                File::Part { by } => Some(by) != model.foreign_number(),
                File::Whole(_) => true,
            },
            _ => true,
        }
    }

    fn make(&mut self, next: Move, model: &Model) -> (String, Checked) {
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
                let step = self.processes[number].next.expect("it runs");
                match self.answer(number, step, model) {
                    Err(property) => (format!("process {number}: {step:?}"), Err(property)),
                    Ok(answer) => {
                        self.processes[number].answers.push(answer);
                        let property = self.go_on(number, model);
                        (format!("process {number}: {step:?}, {answer:?}"), property)
                    }
                }
            }
        }
    }

    fn kill(&mut self, number: usize) {
        self.processes[number].next = None;
        self.is_lost_by_a_kill |= self.has_unsaved_token(number);
        self.give_back(number);
    }

    fn has_unsaved_token(&self, number: usize) -> bool {
        let answers = &self.processes[number].answers;
        let issued = answers.iter().rev().find_map(|answer| match answer {
            Answer::Issued(generation) => Some(*generation),
            _ => None,
        });
        issued.is_some_and(|generation| self.file != File::Whole(generation))
    }

    fn give_back(&mut self, number: usize) {
        if self.has_lock == Some(number) {
            self.has_lock = None;
        }
    }

    fn answer(&mut self, number: usize, step: Step, model: &Model) -> Result<Answer, &'static str> {
        match (step, self.file) {
            (Step::Read, File::Whole(generation)) => return Ok(Answer::Found(generation)),
            (Step::Read, File::Part { .. }) => return Err("a reader saw a part of a file"),
            (Step::Reserve, _) if self.disk_is_full => return Ok(Answer::DiskFull),
            (Step::Reserve, _) => {}
            (Step::Lock, _) => self.has_lock = Some(number),
            (Step::Request(generation), _) => return self.request(number, generation, model),
            (Step::Tear, _) => self.file = File::Part { by: number },
            (Step::Save(new), File::Whole(old)) if old > new => {
                return Err("a newer token was overwritten");
            }
            (Step::Save(new), _) => self.file = File::Whole(new),
        }
        Ok(Answer::Done)
    }

    /// Rejects every use of a refresh token but the first.
    fn request(
        &mut self,
        number: usize,
        generation: Generation,
        model: &Model,
    ) -> Result<Answer, &'static str> {
        let foreign = model.foreign_number();
        match self.used_by.get(generation) {
            None => {
                let first = self.processes[number].answers.first();
                if matches!(first, Some(Answer::Found(seen)) if *seen < generation) {
                    return Err("a process requested a token although another had saved a new one");
                }
                self.used_by.push(number);
                Ok(Answer::Issued(generation + 1))
            }
            Some(user) if Some(*user) == foreign || Some(number) == foreign => Ok(Answer::Rejected),
            Some(_) if self.is_lost_by_a_kill => Ok(Answer::Rejected),
            Some(_) => Err("a refresh token was used twice"),
        }
    }

    /// Runs a process with its latest answer, to its next step or its end.
    fn go_on(&mut self, number: usize, model: &Model) -> Checked {
        match self.run(number, model) {
            Err((next, has_lock)) => {
                self.processes[number].next = Some(next);
                if !has_lock {
                    self.give_back(number);
                }
                Ok(())
            }
            Ok(outcome) => {
                self.processes[number].next = None;
                self.give_back(number);
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
            Err(RefreshError::SessionEnded)
                if self.is_lost_by_a_kill || foreign_tool_is_writing =>
            {
                Ok(())
            }
            Err(RefreshError::Failed(Stop::DiskFull)) if self.disk_is_full => Ok(()),
            Err(_) => Err("a process ended without a token, although one was available"),
        }
    }

    fn is_any_running(&self) -> bool {
        self.processes.iter().any(|process| process.next.is_some())
    }

    /// Checks the properties of each state.
    fn check(&self, model: &Model) -> Checked {
        if self.is_any_running() {
            let is_step = |next: &Move| matches!(next, Move::Step(_));
            let can_go_on = self.moves(model).iter().any(is_step);
            return can_go_on
                .then_some(())
                .ok_or("processes wait for each other");
        }
        if self.file != File::Whole(self.used_by.len()) && !self.is_lost_by_a_kill {
            return Err("a token that was issued is lost, and no process was killed");
        }
        Ok(())
    }
}
