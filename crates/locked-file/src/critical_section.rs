//! Sections of code that an interrupt must not cut short, and a way to wait until none is running.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

static STATE: Mutex<State> = Mutex::new(State {
    sections: 0,
    quiescence: None,
});
static CHANGED: Condvar = Condvar::new();

struct State {
    /// Number of sections in progress.
    sections: usize,
    quiescence: Option<Quiescence>,
}

/// State in which no section can begin.
struct Quiescence {
    /// Thread that holds each [`Quiescent`].
    holder: ThreadId,
    /// Number of [`Quiescent`] values.
    count: usize,
}

thread_local! {
    /// Number of sections of this thread.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

/// A section of code that must run to its end, from [`CriticalSection::begin`] until this value is
/// dropped.
///
/// Sections may overlap and nest. A section should be short, and must not wait for user input.
#[derive(Debug)]
#[must_use = "the section ends when this is dropped"]
pub struct CriticalSection {
    /// A section ends in the thread in which it began.
    _not_send: PhantomData<*const ()>,
}

/// Proof that no critical section is in progress. [`CriticalSection::begin`] blocks until this
/// value is dropped or the process ends.
///
/// Only one thread has proofs at a time. It may get several, for example if it panics.
#[derive(Debug)]
#[must_use = "sections may begin again when this is dropped"]
pub struct Quiescent {
    /// The thread that holds the proof drops it.
    _not_send: PhantomData<*const ()>,
}

impl CriticalSection {
    /// Begins a section. Blocks while a thread holds a [`Quiescent`], possibly until the process
    /// ends.
    pub fn begin() -> Self {
        let mut state = wait_while(|state| state.quiescence.is_some());
        state.sections += 1;
        OWN.set(OWN.get() + 1);
        Self {
            _not_send: PhantomData,
        }
    }
}

impl Drop for CriticalSection {
    fn drop(&mut self) {
        state().sections -= 1;
        OWN.set(OWN.get() - 1);
        CHANGED.notify_all();
    }
}

impl Quiescent {
    fn new(state: &mut State) -> Self {
        let first = Quiescence {
            holder: thread::current().id(),
            count: 0,
        };
        state.quiescence.get_or_insert(first).count += 1;
        Self {
            _not_send: PhantomData,
        }
    }
}

impl Drop for Quiescent {
    fn drop(&mut self) {
        let mut state = state();
        let quiescence = state.quiescence.take();
        state.quiescence = quiescence
            .filter(|quiescence| quiescence.count > 1)
            .map(|quiescence| Quiescence {
                count: quiescence.count - 1,
                ..quiescence
            });
        CHANGED.notify_all();
    }
}

/// Returns a proof if no critical section is in progress, without waiting for one. Waits while
/// another thread holds a proof. Use this to show a message before [`wait_until_quiescent`].
#[must_use]
pub fn quiescent_now() -> Option<Quiescent> {
    let mut state = wait_while(|state| state.is_held_by_another_thread());
    (state.sections == 0).then(|| Quiescent::new(&mut state))
}

/// Waits until no critical section is in progress, and no other thread holds a proof.
///
/// Call this in the thread that handles interrupts, and hold the result until the process ends.
/// Deadlocks if the calling thread is in a critical section.
pub fn wait_until_quiescent() -> Quiescent {
    let is_busy = |state: &mut State| state.sections > 0 || state.is_held_by_another_thread();
    Quiescent::new(&mut wait_while(is_busy))
}

/// Waits until no other thread is in a critical section, for `timeout` at most. Returns `None` after
/// the timeout.
///
/// Call this in a panic hook: the sections of the thread that panics do not end, and another thread
/// may wait for a lock of that thread. Hold the result until the process ends.
#[must_use]
pub fn wait_for_other_threads(timeout: Duration) -> Option<Quiescent> {
    let own = OWN.get();
    let is_busy = |state: &mut State| state.sections > own || state.is_held_by_another_thread();
    let waited = CHANGED.wait_timeout_while(state(), timeout, is_busy);
    let (mut state, result) = waited.unwrap_or_else(PoisonError::into_inner);
    (!result.timed_out()).then(|| Quiescent::new(&mut state))
}

impl State {
    fn is_held_by_another_thread(&self) -> bool {
        let this = thread::current().id();
        let quiescence = self.quiescence.as_ref();
        quiescence.is_some_and(|quiescence| quiescence.holder != this)
    }
}

fn wait_while(condition: impl FnMut(&mut State) -> bool) -> MutexGuard<'static, State> {
    let waited = CHANGED.wait_while(state(), condition);
    waited.unwrap_or_else(PoisonError::into_inner)
}

/// Ignores poisoning, since no code panics while it holds the state.
fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}
