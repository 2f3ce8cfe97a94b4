//! Unified diffs of edits.

mod changes;
mod mask;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use aws_config_parse::Document;

use self::changes::{Change, changes};

/// Number of unchanged lines around a change.
const CONTEXT: usize = 3;

/// A unified diff of a file before and after an edit; its `Display` is empty if nothing changed.
///
/// `patch` can apply it: lines end at `\n`, and a carriage return before it is printed unchanged.
/// Bytes that are not UTF-8 are printed as replacement characters. Printed values may be secrets:
/// see [`Diff::masked`].
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
    is_shown: Option<fn(&str) -> bool>,
}

impl<'a> Diff<'a> {
    /// Creates a diff of two states of the file `name`.
    #[must_use]
    pub fn new(name: &'a str, before: &'a Document, after: &'a Document) -> Self {
        Self {
            name,
            before,
            after,
            is_shown: None,
        }
    }

    /// Masks with `****` the values of all keys for which `is_shown` returns `false`, and the
    /// continuation lines of all values. `is_shown` gets the keys in lower case.
    ///
    /// Invalid lines and text after a header are masked too. A comment that looks like a key with a
    /// value is masked like one. If only the masked part of a line has changed, the line ends with
    /// `(old value)` or `(new value)`. The value of a renamed key is shown if that of its new or old name is.
    #[must_use]
    pub fn masked(self, is_shown: fn(&str) -> bool) -> Self {
        let is_shown = Some(is_shown);
        Self { is_shown, ..self }
    }

    /// Returns whether the two states are equal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.before.as_bytes() == self.after.as_bytes()
    }

    /// Returns the byte ranges that differ, in file order and in whole lines. Each pair is a range
    /// of the file before the edit, and the range of the file after the edit that replaces it.
    #[must_use]
    pub fn replacements(&self) -> Vec<(Range<usize>, Range<usize>)> {
        let (before, after) = (lines(self.before.as_bytes()), lines(self.after.as_bytes()));
        let (old, new) = (Offsets::of(&before), Offsets::of(&after));
        let changes = changes(&before, &after).into_iter();
        let in_bytes = |change: Change| (old.range(change.before), new.range(change.after));
        changes.map(in_bytes).collect()
    }

    fn shown(&self, document: &'a Document, other: &Document) -> Cow<'a, [u8]> {
        match self.is_shown {
            Some(is_shown) => Cow::Owned(mask::masked(document, other, is_shown)),
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
        let before = self.shown(self.before, self.after);
        let after = self.shown(self.after, self.before);
        let (before, after) = (lines(&before), lines(&after));
        writeln!(f, "--- {name}\n+++ {name}", name = self.name)?;
        for hunk in
            changes.chunk_by(|change, next| next.before.start - change.before.end <= 2 * CONTEXT)
        {
            self.write_hunk(f, hunk, &before, &after)?;
        }
        Ok(())
    }
}

impl Diff<'_> {
    fn write_hunk(
        &self,
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
        writeln!(f, "@@ -{} +{} @@", HunkRange(&old), HunkRange(&new))?;
        let mut at = old.start;
        for change in hunk {
            write_lines(f, ' ', &before[at..change.before.start])?;
            let (removed, added) = (&before[change.before.clone()], &after[change.after.clone()]);
            self.write_changed(f, '-', removed, added)?;
            self.write_changed(f, '+', added, removed)?;
            at = change.before.end;
        }
        write_lines(f, ' ', &before[at..old.end])
    }

    /// Writes removed or added lines. Labels those whose masked text equals that of one of the others.
    fn write_changed(
        &self,
        f: &mut fmt::Formatter<'_>,
        sign: char,
        lines: &[&[u8]],
        others: &[&[u8]],
    ) -> fmt::Result {
        let label: &[u8] = if sign == '-' {
            b" (old value)"
        } else {
            b" (new value)"
        };
        let others: HashSet<_> = others.iter().map(|line| line.trim_ascii_end()).collect();
        for line in lines {
            let content = line.trim_ascii_end();
            if self.is_shown.is_some() && mask::is_masked(content) && others.contains(content) {
                let labelled = [content, label, &line[content.len()..]].concat();
                write_lines(f, sign, &[&labelled])?;
            } else {
                write_lines(f, sign, &[line])?;
            }
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

/// Byte offsets of the line starts, and of the end of the last line.
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

fn write_lines(f: &mut fmt::Formatter<'_>, sign: char, lines: &[&[u8]]) -> fmt::Result {
    for line in lines {
        write!(f, "{sign}{}", String::from_utf8_lossy(line))?;
        if !line.ends_with(b"\n") {
            writeln!(f, "\n\\ No newline at end of file")?;
        }
    }
    Ok(())
}

/// Range of lines in a hunk header: the number of its first line, from 1, and the number of lines.
/// An empty range has the number of the line above it.
struct HunkRange<'a>(&'a Range<usize>);

impl fmt::Display for HunkRange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            0 => write!(f, "{},0", self.0.start),
            1 => write!(f, "{}", self.0.start + 1),
            count => write!(f, "{},{count}", self.0.start + 1),
        }
    }
}
