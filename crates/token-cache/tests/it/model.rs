//! A model of the environment of the refresh protocol: a disk, a lock, a service that accepts each
//! refresh token once, and other programs. It runs the code of the protocol in several processes, in
//! every interleaving of their steps, and kills or ends them after every step.
//!
//! A process is a function of the results of its previous steps. To take a step, the model runs the
//! process again with these results, up to the first step without a result. No threads are needed,
//! and the states of the model can be compared.
//!
//! Three assumptions keep it small. A comparison and the rename after it are one step. A reader
//! waits until another tool has completed a write in place. The wait after a rejected request is
//! longer than any process takes to save its response, except a [`Writes::TooLate`].

mod actor;
mod process;
mod state;

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use token_cache::CachedToken;

use crate::home::{at, token};

pub(crate) use actor::{Actor, Writes};
pub(crate) use process::{Held, Process, Program, Stop};
use state::State;

/// Number of a token, in the order of issue. Token 0 is valid, but due for a refresh.
pub(crate) type Generation = usize;

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

/// Bugs of the programs, which the model has to find.
#[expect(clippy::struct_excessive_bools, reason = "each bug is independent")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) ignores_locks: bool,
    pub(crate) writes_in_place: bool,
    pub(crate) reserves_after_request: bool,
    /// Reads only once after a rejected request.
    pub(crate) does_not_wait: bool,
    /// Saves without a comparison with the token that was refreshed.
    pub(crate) does_not_compare: bool,
    /// Ends normally without waiting for the step in progress.
    pub(crate) ends_at_once: bool,
    /// Remembers the end of the session before the file is read again.
    pub(crate) remembers_at_once: bool,
    /// Stops to wait before the response arrives.
    pub(crate) drops_late_responses: bool,
    /// Returns a token that was not saved because another one is cached.
    pub(crate) uses_unsaved_token: bool,
}

/// Behaviour of the service if a refresh token is used a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reuse {
    IsRejected,
    /// It is rejected, and the session ends.
    EndsSession,
}

#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) programs: Vec<Program>,
    pub(crate) actors: Vec<Actor>,
    pub(crate) reuse: Reuse,
    pub(crate) has_locks: bool,
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

    fn processes(&self) -> usize {
        self.programs.len() + self.actors.len()
    }

    /// Returns the actor with this process number; `None` for one of our programs.
    fn actor(&self, number: usize) -> Option<&Actor> {
        let number = number.checked_sub(self.programs.len())?;
        Some(&self.actors[number])
    }

    fn is_ours(&self, number: usize) -> bool {
        number < self.programs.len()
    }
}

impl Explored {
    fn count(&mut self, state: &State) {
        self.states += 1;
        if !state.is_any_running() {
            self.final_states += 1;
            self.final_states_with_lost_session += usize::from(state.is_lost_by_kill());
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
