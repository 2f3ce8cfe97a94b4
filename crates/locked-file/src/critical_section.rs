//! Sections of code that an interrupt must not cut short, and a way to wait until none is running.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

static IN_PROGRESS: Mutex<usize> = Mutex::new(0);
static SECTION_ENDED: Condvar = Condvar::new();

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
#[derive(Debug)]
#[must_use = "sections may begin again when this is dropped"]
pub struct Quiescent {
    _no_sections: MutexGuard<'static, usize>,
}

impl CriticalSection {
    /// Begins a section. Blocks while another thread holds a [`Quiescent`], possibly until the
    /// process ends.
    pub fn begin() -> Self {
        *sections() += 1;
        OWN.set(OWN.get() + 1);
        Self {
            _not_send: PhantomData,
        }
    }
}

impl Drop for CriticalSection {
    fn drop(&mut self) {
        *sections() -= 1;
        OWN.set(OWN.get() - 1);
        SECTION_ENDED.notify_all();
    }
}

/// Returns a proof if no critical section is in progress, without waiting for one. Use this to show
/// a message before [`wait_until_quiescent`].
#[must_use]
pub fn quiescent_now() -> Option<Quiescent> {
    let sections = sections();
    (*sections == 0).then_some(Quiescent {
        _no_sections: sections,
    })
}

/// Waits until no critical section is in progress.
///
/// Call this in the thread that handles interrupts, and hold the result until the process ends.
/// Deadlocks if the calling thread is in a critical section.
pub fn wait_until_quiescent() -> Quiescent {
    let no_sections = SECTION_ENDED.wait_while(sections(), |sections| *sections > 0);
    Quiescent {
        _no_sections: no_sections.unwrap_or_else(PoisonError::into_inner),
    }
}

/// Waits until no other thread is in a critical section, for `timeout` at most. Returns `None` after
/// the timeout.
///
/// Call this in a panic hook: the sections of the thread that panics do not end, and another thread
/// may wait for a lock of that thread. Hold the result until the process ends.
#[must_use]
pub fn wait_for_other_threads(timeout: Duration) -> Option<Quiescent> {
    let own = OWN.get();
    let waited = SECTION_ENDED.wait_timeout_while(sections(), timeout, |sections| *sections > own);
    let (sections, result) = waited.unwrap_or_else(PoisonError::into_inner);
    (!result.timed_out()).then_some(Quiescent {
        _no_sections: sections,
    })
}

/// Ignores poisoning, since a panic cannot corrupt a number.
fn sections() -> MutexGuard<'static, usize> {
    IN_PROGRESS.lock().unwrap_or_else(PoisonError::into_inner)
}
