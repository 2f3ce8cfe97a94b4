//! Differences between lines, by Myers' algorithm.

use std::convert::Infallible;
use std::ops::Range;

use similar::algorithms::{Algorithm, DiffHook, diff_slices};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// Returns the changes in order, with equal lines between any two of them.
///
/// The changes are minimal unless the texts differ in hundreds of locations. The time is bounded,
/// even for texts without a common line.
pub(super) fn changes(before: &[&[u8]], after: &[&[u8]]) -> Vec<Change> {
    let mut gaps = Gaps::default();
    let Ok(()) = diff_slices(Algorithm::Myers, &mut gaps, before, after);
    gaps.close(before.len(), after.len());
    gaps.changes
}

/// Collects the gaps between runs of equal lines.
#[derive(Default)]
struct Gaps {
    changes: Vec<Change>,
    /// Ends of the last run of equal lines, in the text before and the text after.
    end: (usize, usize),
}

impl Gaps {
    fn close(&mut self, before: usize, after: usize) {
        if self.end != (before, after) {
            self.changes.push(Change {
                before: self.end.0..before,
                after: self.end.1..after,
            });
        }
    }
}

impl DiffHook for Gaps {
    type Error = Infallible;

    fn equal(&mut self, before: usize, after: usize, count: usize) -> Result<(), Infallible> {
        self.close(before, after);
        self.end = (before + count, after + count);
        Ok(())
    }
}
