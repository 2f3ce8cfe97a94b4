//! Steps that an interrupt must not cut in two, and how a signal thread waits for their end.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Number of critical sections in progress in this process.
static SECTIONS: Mutex<usize> = Mutex::new(0);
static SECTION_ENDED: Condvar = Condvar::new();

/// A step that must run to its end, from [`CriticalSection::begin`] until it is dropped.
///
/// Sections may overlap and nest. A section should be short, and must not wait for user input.
#[derive(Debug)]
#[must_use = "the section ends when this is dropped"]
pub struct CriticalSection(());

/// Proof that no critical section is in progress. [`CriticalSection::begin`] blocks until it is
/// dropped or the process ends.
#[derive(Debug)]
#[must_use = "sections may begin again when this is dropped"]
pub struct Quiescent {
    _no_sections: MutexGuard<'static, usize>,
}

impl CriticalSection {
    /// Begins a section. Blocks, if necessary for ever, while another thread holds a
    /// [`Quiescent`] in order to end the process.
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
/// For the thread that handles an interrupt, which ends the process while it holds the result. A
/// thread that is in a critical section itself would wait for ever.
pub fn wait_until_quiescent() -> Quiescent {
    let no_sections = SECTION_ENDED.wait_while(sections(), |sections| *sections > 0);
    Quiescent {
        _no_sections: no_sections.unwrap_or_else(PoisonError::into_inner),
    }
}

/// A panic in another thread cannot leave a number half changed, so poisoning is ignored.
fn sections() -> MutexGuard<'static, usize> {
    SECTIONS.lock().unwrap_or_else(PoisonError::into_inner)
}
