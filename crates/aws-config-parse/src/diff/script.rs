//! The fewest lines that differ: Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).

use std::ops::Range;

/// Above so many differing lines, all from the first to the last count as one change: the search
/// takes time and space by their square.
const SEARCHED: usize = 1_000;

/// Lines of one text that stand in the place of lines of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// Returns what differs, in order, with equal lines between any two changes.
pub(super) fn changes(before: &[&[u8]], after: &[&[u8]]) -> Vec<Change> {
    let is_equal = |(old, new): &(&&[u8], &&[u8])| old == new;
    let above = before.iter().zip(after).take_while(is_equal).count();
    let (old, new) = (&before[above..], &after[above..]);
    let below = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(is_equal)
        .count();
    let (old, new) = (&old[..old.len() - below], &new[..new.len() - below]);
    let mut changes = Vec::new();
    let (mut x, mut y) = (0, 0);
    let end = (old.len(), new.len(), 0);
    for (old_at, new_at, length) in kept(old, new).into_iter().chain([end]) {
        if (x, y) != (old_at, new_at) {
            changes.push(Change {
                before: above + x..above + old_at,
                after: above + y..above + new_at,
            });
        }
        (x, y) = (old_at + length, new_at + length);
    }
    changes
}

/// Equal lines: where in the old text, where in the new one, and how many.
type Run = (usize, usize, usize);

/// Returns the lines that a shortest edit script keeps; none if it is too long to be searched.
fn kept(old: &[&[u8]], new: &[&[u8]]) -> Vec<Run> {
    let mut rounds: Vec<Vec<Reached>> = Vec::new();
    for edits in 0..=SEARCHED.min(old.len() + new.len()) {
        let mut round = Vec::with_capacity(edits + 1);
        for removed in 0..=edits {
            let (x, y, _) = last_edit(rounds.last(), edits, removed);
            let rest = old.get(x..).unwrap_or_default().iter();
            let rest = rest.zip(new.get(y..).unwrap_or_default());
            let length = rest.take_while(|(old, new)| old == new).count();
            round.push(Reached { x, y, length });
            if (x + length, y + length) == (old.len(), new.len()) {
                rounds.push(round);
                return walk_back(&rounds, removed);
            }
        }
        rounds.push(round);
    }
    Vec::new()
}

/// Where a script of some edits, so many of them removals, is after its last edit, and how many
/// equal lines follow.
#[derive(Clone, Copy)]
struct Reached {
    x: usize,
    y: usize,
    length: usize,
}

/// Returns where the furthest reaching script of `edits`, `removed` of them removals, is after its
/// last edit, and whether that was a removal; `before` are the scripts of one edit less.
fn last_edit(before: Option<&Vec<Reached>>, edits: usize, removed: usize) -> (usize, usize, bool) {
    let Some(before) = before else {
        return (0, 0, false);
    };
    let end = |script: Reached| (script.x + script.length, script.y + script.length);
    let removal = removed.checked_sub(1).map(|removed| end(before[removed]));
    let insertion = (removed < edits).then(|| end(before[removed]));
    match (removal, insertion) {
        (Some((x, y)), insertion) if insertion.is_none_or(|(other, _)| x + 1 > other) => {
            (x + 1, y, true)
        }
        (_, Some((x, y))) => (x, y + 1, false),
        _ => (0, 0, false),
    }
}

/// Returns the equal lines on the way to the end of the last script, in order.
fn walk_back(rounds: &[Vec<Reached>], removed: usize) -> Vec<Run> {
    let mut removed = removed;
    let mut runs = Vec::new();
    for (edits, round) in rounds.iter().enumerate().rev() {
        let script = round[removed];
        runs.push((script.x, script.y, script.length));
        let before = edits.checked_sub(1).map(|before| &rounds[before]);
        let (.., is_removal) = last_edit(before, edits, removed);
        removed -= usize::from(is_removal);
    }
    runs.retain(|(.., length)| *length > 0);
    runs.reverse();
    runs
}
