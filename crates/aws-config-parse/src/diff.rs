//! What edits changed, for people to see.

mod script;

use std::fmt;
use std::ops::Range;

use crate::Document;
use script::{Change, changes};

/// How many unchanged lines are shown around a change.
const CONTEXT: usize = 3;

/// A unified diff of a file before and after it was edited; its `Display` is empty if nothing
/// changed.
///
/// It is what `patch` applies: lines are divided at `\n`, and a carriage return before it is shown
/// as it is. Bytes that are not UTF-8 show as replacement characters. Unlike the other types of
/// this crate it shows values, which in a credentials file are secrets.
#[derive(Clone, Copy)]
pub struct Diff<'a> {
    name: &'a str,
    before: &'a [u8],
    after: &'a [u8],
}

impl<'a> Diff<'a> {
    /// Compares two states of the file that is called `name`.
    #[must_use]
    pub fn new(name: &'a str, before: &'a Document, after: &'a Document) -> Self {
        Self {
            name,
            before: before.as_bytes(),
            after: after.as_bytes(),
        }
    }

    /// Says whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.before == self.after
    }
}

impl fmt::Display for Diff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return Ok(());
        }
        let before: Vec<&[u8]> = self.before.split_inclusive(|byte| *byte == b'\n').collect();
        let after: Vec<&[u8]> = self.after.split_inclusive(|byte| *byte == b'\n').collect();
        writeln!(f, "--- {name}\n+++ {name}", name = self.name)?;
        let changes = changes(&before, &after);
        for hunk in changes.chunk_by(|one, next| next.before.start - one.before.end <= 2 * CONTEXT)
        {
            write_hunk(f, hunk, &before, &after)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Diff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diff")
            .field("name", &self.name)
            .field("is_empty", &self.is_empty())
            .finish_non_exhaustive()
    }
}

fn write_hunk(
    f: &mut fmt::Formatter<'_>,
    hunk: &[Change],
    before: &[&[u8]],
    after: &[&[u8]],
) -> fmt::Result {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else {
        return Ok(());
    };
    let above = first.before.start.min(CONTEXT);
    let below = (before.len() - last.before.end).min(CONTEXT);
    let old = first.before.start - above..last.before.end + below;
    let new = first.after.start - above..last.after.end + below;
    writeln!(f, "@@ -{} +{} @@", Shown(&old), Shown(&new))?;
    let mut at = old.start;
    for change in hunk {
        write_lines(f, ' ', &before[at..change.before.start])?;
        write_lines(f, '-', &before[change.before.clone()])?;
        write_lines(f, '+', &after[change.after.clone()])?;
        at = change.before.end;
    }
    write_lines(f, ' ', &before[at..old.end])
}

fn write_lines(f: &mut fmt::Formatter<'_>, sign: char, lines: &[&[u8]]) -> fmt::Result {
    for line in lines {
        write!(f, "{sign}{}", String::from_utf8_lossy(line))?;
        if !line.ends_with(b"\n") {
            writeln!(f, "\n\\ No newline at end of file")?;
        }
    }
    Ok(())
}

/// A range of lines as the header of a hunk has it: first line, from 1, and number; of no lines,
/// the line above.
struct Shown<'a>(&'a Range<usize>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            0 => write!(f, "{},0", self.0.start),
            1 => write!(f, "{}", self.0.start + 1),
            count => write!(f, "{},{count}", self.0.start + 1),
        }
    }
}
