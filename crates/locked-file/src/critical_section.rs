//! Sections of code that an interrupt must not end, and a way for a signal thread to wait for them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Number of critical sections in progress in this process.
static SECTIONS: Mutex<usize> = Mutex::new(0);
static SECTION_ENDED: Condvar = Condvar::new();

/// A section of code that must run to its end, from [`CriticalSection::begin`] until this value is
/// dropped.
///
/// Sections may overlap and nest. A section should be short, and must not wait for user input.
#[derive(Debug)]
#[must_use = "the section ends when this is dropped"]
pub struct CriticalSection(());

/// A guard that proves that no critical section is in progress. [`CriticalSection::begin`] blocks
/// until it is dropped or the process ends.
#[derive(Debug)]
#[must_use = "sections may begin again when this is dropped"]
pub struct Quiescent {
    _no_sections: MutexGuard<'static, usize>,
}

impl CriticalSection {
    /// Begins a section. Blocks while another thread holds a [`Quiescent`], possibly until that
    /// thread ends the process.
    pub fn begin() -> Self {
        *sections() += 1;
        Self(())
    }
}

impl Drop for CriticalSection {
    fn drop(&mut self) {
        *sections() -= 1;
        SECTION_ENDED.notify_all();
    }
}

/// Waits until no critical section is in progress.
///
/// For the thread that handles an interrupt, which ends the process while it holds the result. Must
/// not be called in a critical section of the same thread, which is a deadlock.
pub fn wait_until_quiescent() -> Quiescent {
    let no_sections = SECTION_ENDED.wait_while(sections(), |sections| *sections > 0);
    Quiescent {
        _no_sections: no_sections.unwrap_or_else(PoisonError::into_inner),
    }
}

/// Locks the number of sections. Ignores poisoning, since a panic cannot corrupt a number.
fn sections() -> MutexGuard<'static, usize> {
    SECTIONS.lock().unwrap_or_else(PoisonError::into_inner)
}
