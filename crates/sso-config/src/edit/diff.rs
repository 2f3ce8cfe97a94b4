//! The changes of an edit as a unified diff.

mod changes;
mod mask;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use aws_config_parse::Document;

use self::changes::{Change, changes};

/// Number of unchanged lines that are shown around a change.
const CONTEXT: usize = 3;

/// A unified diff of a file before and after an edit; its `Display` is empty if nothing changed.
///
/// `patch` can apply it: lines end at `\n`, and a carriage return before it is shown as it is.
/// Bytes that are not UTF-8 show as replacement characters. Values are shown, which may be
/// secrets: see [`Diff::masked`].
///
/// ```
/// use aws_config_parse::{Document, FileKind};
/// use sso_config::edit::Diff;
///
/// let before = Document::parse(FileKind::Config, "[default]\nregion = eu-west-1\n");
/// let after = Document::parse(FileKind::Config, "[default]\nregion = us-east-1\n");
/// let expected = "\
/// --- config
/// +++ config
/// @@ -1,2 +1,2 @@
///  [default]
/// -region = eu-west-1
/// +region = us-east-1
/// ";
/// assert_eq!(Diff::new("config", &before, &after).to_string(), expected);
/// ```
#[derive(Clone, Copy)]
pub struct Diff<'a> {
    name: &'a str,
    before: &'a Document,
    after: &'a Document,
    shows: Option<fn(&str) -> bool>,
}

impl<'a> Diff<'a> {
    /// Compares two states of the file `name`.
    #[must_use]
    pub fn new(name: &'a str, before: &'a Document, after: &'a Document) -> Self {
        Self {
            name,
            before,
            after,
            shows: None,
        }
    }

    /// Shows only the values of keys that `shows` accepts, and of a value on several lines only
    /// the first. `shows` gets the keys in lower case.
    ///
    /// `****` replaces any other value, each line that cannot be read, and text after a header. A
    /// comment that looks like a key with a value is treated like one. A line whose only change is
    /// masked is still shown as changed.
    #[must_use]
    pub fn masked(self, shows: fn(&str) -> bool) -> Self {
        let shows = Some(shows);
        Self { shows, ..self }
    }

    /// Returns whether the two states are equal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.before.as_bytes() == self.after.as_bytes()
    }

    /// Returns the ranges of bytes that differ, by whole lines and in order: each range of the
    /// state before with the range of the state after that replaces it.
    #[must_use]
    pub fn replacements(&self) -> Vec<(Range<usize>, Range<usize>)> {
        let (before, after) = (lines(self.before.as_bytes()), lines(self.after.as_bytes()));
        let (old, new) = (Offsets::of(&before), Offsets::of(&after));
        let changes = changes(&before, &after).into_iter();
        let in_bytes = |change: Change| (old.range(change.before), new.range(change.after));
        changes.map(in_bytes).collect()
    }

    fn shown(&self, document: &'a Document) -> Cow<'a, [u8]> {
        match self.shows {
            Some(shows) => Cow::Owned(mask::masked(document, shows)),
            None => Cow::Borrowed(document.as_bytes()),
        }
    }
}

impl fmt::Display for Diff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return Ok(());
        }
        let changes = changes(
            &lines(self.before.as_bytes()),
            &lines(self.after.as_bytes()),
        );
        let (before, after) = (self.shown(self.before), self.shown(self.after));
        let (before, after) = (lines(&before), lines(&after));
        writeln!(f, "--- {name}\n+++ {name}", name = self.name)?;
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

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Offsets of the starts of the lines, and of the end of the last one.
struct Offsets(Vec<usize>);

impl Offsets {
    fn of(lines: &[&[u8]]) -> Self {
        let mut offsets = vec![0];
        for line in lines {
            offsets.push(offsets[offsets.len() - 1] + line.len());
        }
        Self(offsets)
    }

    fn range(&self, lines: Range<usize>) -> Range<usize> {
        self.0[lines.start]..self.0[lines.end]
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

/// A range of lines as it is written in the header of a hunk: the first line, from 1, and the
/// number of lines. For an empty range, the line above it.
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
