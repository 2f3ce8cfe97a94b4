//! A model of everything around the refresh protocol: a disk, a lock and a service whose refresh
//! tokens are good for one use. It runs the protocol's own code in several processes at once, in
//! every order of their steps, and kills them at every point.
//!
//! A process is a function of the answers that it got so far. To take one step it is run again
//! from its beginning with those answers, up to the first question that has none yet. So no
//! threads are needed, and a state of the model is a value that can be compared.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use time::OffsetDateTime;
use token_cache::{CachedToken, NoToken, RefreshSteps, Renewal};

use crate::home::{at, token};

/// The tokens of a session, in the order in which they were issued. 0 is due for a refresh.
pub(crate) type Generation = usize;

/// What a process runs.
pub(crate) type Program = fn(&Process) -> Result<CachedToken, NoToken<Stop>>;

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
    MakeRoom,
    Request(Generation),
    Tear,
    Save(Generation),
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Answer {
    Found(Generation),
    Done,
    NoRoom,
    Issued(Generation),
    Refused,
}

/// Why a process did not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stop {
    /// Its next step has no answer yet.
    Suspended,
    /// The disk is full.
    NoRoom,
}

/// What is wrong with a process, or with a disk, on purpose.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) locks_nothing: bool,
    pub(crate) writes_in_place: bool,
    pub(crate) makes_room_after_the_request: bool,
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
    /// What is dropped because the run is cut short is not given back.
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

    fn take_room(&self) -> Result<(), Stop> {
        match self.take(Step::MakeRoom)? {
            Answer::NoRoom => Err(Stop::NoRoom),
            _ => Ok(()),
        }
    }

    fn try_save(&self, generation: Generation) -> Result<(), Stop> {
        if self.faults.makes_room_after_the_request {
            self.take_room()?;
        }
        if self.faults.writes_in_place {
            self.take(Step::Tear)?;
        }
        self.take(Step::Save(generation)).map(drop)
    }

    /// Refreshes as tools do that take no lock and write in place.
    pub(crate) fn as_a_stranger(&self) -> Result<CachedToken, NoToken<Stop>> {
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
            _ => Err(NoToken::SessionEnded),
        }
    }
}

impl RefreshSteps for Process {
    type Lock = Held;
    type Room<'lock> = ();
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

    fn make_room<'lock>(&self, _: &'lock Held) -> Result<Self::Room<'lock>, Stop> {
        if self.faults.makes_room_after_the_request {
            return Ok(());
        }
        self.take_room()
    }

    fn request(&self, old: &CachedToken, _: Renewal<'_>) -> Result<Option<CachedToken>, Stop> {
        match self.take(Step::Request(generation_of(old)))? {
            Answer::Issued(generation) => Ok(Some(token_of(generation))),
            _ => Ok(None),
        }
    }

    fn save<'lock>(&'lock self, (): Self::Room<'lock>, new: &CachedToken) {
        // That it is lost is for the model to see.
        let _ = self.try_save(generation_of(new));
    }
}

/// What is explored: who runs, and what may happen to them.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) programs: Vec<Program>,
    /// One more process, which refreshes [as a stranger](Process::as_a_stranger).
    pub(crate) with_stranger: bool,
    pub(crate) disk_may_be_full: bool,
    pub(crate) faults: Faults,
}

/// What the exploration found.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Explored {
    pub(crate) states: usize,
    /// In how many of them everybody had come to an end.
    pub(crate) ends: usize,
    /// In how many of these the session was lost, since somebody was killed between the
    /// service's use of a refresh token and the save.
    pub(crate) ends_with_the_session_lost: usize,
}

/// A law that was broken, and the steps that led there.
pub(crate) struct CounterExample {
    law: &'static str,
    steps: Vec<String>,
}

impl fmt::Display for CounterExample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:", self.law)?;
        self.steps
            .iter()
            .try_for_each(|step| writeln!(f, "  {step}"))
    }
}

impl Model {
    /// Goes through every state that can be reached, nearest first, so that a counter-example is
    /// as short as can be.
    pub(crate) fn explore(&self) -> Result<Explored, CounterExample> {
        let mut reached = Reached::default();
        reached.add(State::initial(self), 0, String::new());
        let mut explored = Explored::default();
        while let Some(state) = reached.states.get(explored.states).cloned() {
            let at = explored.states;
            explored.count(&state);
            let law = state.check(self);
            law.map_err(|law| reached.counter_example(law, at, String::new()))?;
            for next in state.moves(self) {
                let mut after = state.clone();
                let (step, law) = after.make(next, self);
                law.map_err(|law| reached.counter_example(law, at, step.clone()))?;
                reached.add(after, at, step);
            }
        }
        Ok(explored)
    }

    fn strangers_number(&self) -> Option<usize> {
        self.with_stranger.then_some(self.programs.len())
    }
}

impl Explored {
    fn count(&mut self, state: &State) {
        self.states += 1;
        if !state.is_anybody_running() {
            self.ends += 1;
            self.ends_with_the_session_lost += usize::from(state.is_lost_by_nature);
        }
    }
}

/// The states that were reached, in this order, and the way to each.
#[derive(Default)]
struct Reached {
    known: HashSet<State>,
    states: Vec<State>,
    /// The state before, and the step from there.
    came_from: Vec<(usize, String)>,
}

impl Reached {
    fn add(&mut self, state: State, before: usize, step: String) {
        if self.known.insert(state.clone()) {
            self.states.push(state);
            self.came_from.push((before, step));
        }
    }

    fn counter_example(&self, law: &'static str, mut at: usize, last: String) -> CounterExample {
        let mut steps = vec![last];
        while at > 0 {
            let (before, step) = &self.came_from[at];
            steps.push(step.clone());
            at = *before;
        }
        steps.retain(|step| !step.is_empty());
        steps.reverse();
        CounterExample { law, steps }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    file: File,
    disk_is_full: bool,
    has_lock: Option<usize>,
    /// Who used the refresh token of each generation but the last.
    used_by: Vec<usize>,
    processes: Vec<Running>,
    is_lost_by_nature: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum File {
    Whole(Generation),
    Part { by: usize },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Running {
    answers: Vec<Answer>,
    /// `None` once it has come to an end, or was killed.
    next: Option<Step>,
}

#[derive(Clone, Copy)]
enum Move {
    Step(usize),
    Kill(usize),
    FillDisk,
}

type Law = Result<(), &'static str>;

impl State {
    fn initial(model: &Model) -> Self {
        let processes = model.programs.len() + usize::from(model.with_stranger);
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
            is_lost_by_nature: false,
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
    ) -> Result<Result<CachedToken, NoToken<Stop>>, (Step, bool)> {
        let process = Process {
            faults: model.faults,
            answers: RefCell::new(self.processes[number].answers.clone().into_iter()),
            next: Rc::default(),
            has_lock: Rc::default(),
        };
        let outcome = match model.programs.get(number) {
            Some(program) => program(&process),
            None => process.as_a_stranger(),
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
        // A stranger that is killed while it writes leaves a part for good: that is not ours.
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
            // Readers read again for as long as a stranger takes to write.
            Some(Step::Read) => match self.file {
                File::Part { by } => Some(by) != model.strangers_number(),
                File::Whole(_) => true,
            },
            _ => true,
        }
    }

    fn make(&mut self, next: Move, model: &Model) -> (String, Law) {
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
                    Err(law) => (format!("process {number}: {step:?}"), Err(law)),
                    Ok(answer) => {
                        self.processes[number].answers.push(answer);
                        let law = self.go_on(number, model);
                        (format!("process {number}: {step:?}, {answer:?}"), law)
                    }
                }
            }
        }
    }

    fn kill(&mut self, number: usize) {
        self.processes[number].next = None;
        self.is_lost_by_nature |= self.has_unsaved_token(number);
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
            (Step::MakeRoom, _) if self.disk_is_full => return Ok(Answer::NoRoom),
            (Step::MakeRoom, _) => {}
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

    /// Who is not the first to use a refresh token is refused.
    fn request(
        &mut self,
        number: usize,
        generation: Generation,
        model: &Model,
    ) -> Result<Answer, &'static str> {
        let stranger = model.strangers_number();
        match self.used_by.get(generation) {
            None => {
                let first = self.processes[number].answers.first();
                if matches!(first, Some(Answer::Found(seen)) if *seen < generation) {
                    return Err("who waited asked again, though there was a new token");
                }
                self.used_by.push(number);
                Ok(Answer::Issued(generation + 1))
            }
            Some(user) if Some(*user) == stranger || Some(number) == stranger => {
                Ok(Answer::Refused)
            }
            Some(_) if self.is_lost_by_nature => Ok(Answer::Refused),
            Some(_) => Err("a refresh token was used twice"),
        }
    }

    /// Lets a process go on with the answer that it just got, to its next step or its end.
    fn go_on(&mut self, number: usize, model: &Model) -> Law {
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
        outcome: &Result<CachedToken, NoToken<Stop>>,
        model: &Model,
    ) -> Law {
        let stranger = model.strangers_number();
        let stranger_is_writing = stranger.is_some_and(|stranger| self.has_unsaved_token(stranger));
        match outcome {
            _ if stranger == Some(number) => Ok(()),
            Ok(token) if generation_of(token) > 0 => Ok(()),
            Ok(_) => Err("a process ended with the old token"),
            Err(NoToken::SessionEnded) if self.is_lost_by_nature || stranger_is_writing => Ok(()),
            Err(NoToken::Failed(Stop::NoRoom)) if self.disk_is_full => Ok(()),
            Err(_) => Err("a process ended without a token, though there was one to be had"),
        }
    }

    fn is_anybody_running(&self) -> bool {
        self.processes.iter().any(|process| process.next.is_some())
    }

    /// What has to hold in each state.
    fn check(&self, model: &Model) -> Law {
        if self.is_anybody_running() {
            let is_step = |next: &Move| matches!(next, Move::Step(_));
            let can_go_on = self.moves(model).iter().any(is_step);
            return can_go_on
                .then_some(())
                .ok_or("processes wait for each other");
        }
        if self.file != File::Whole(self.used_by.len()) && !self.is_lost_by_nature {
            return Err("a token that was issued is lost, and nobody was killed");
        }
        Ok(())
    }
}
