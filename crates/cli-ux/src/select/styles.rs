//! Styles of the rows.

use std::ops::Range;

use anstyle::{AnsiColor, Style};

use super::filter::Folded;

const MATCH: Style = AnsiColor::Cyan.on_default().bold();
const MARKED: Style = Style::new().bold();

/// Returns the styles of a row: the characters that match, and the rest of the marked row.
pub(super) fn styles(
    row: &str,
    start: usize,
    is_marked: bool,
    words: &[String],
) -> Vec<(Range<usize>, Style)> {
    let mut matches = Folded::new(&row[start..]).matches(words);
    matches.sort_unstable_by_key(|range| range.start);
    matches.dedup();
    let mut styles = Vec::new();
    let mut end = 0;
    for range in matches {
        let range = start + range.start..start + range.end;
        styles.push((end..range.start, MARKED));
        end = range.end;
        styles.push((range, MATCH));
    }
    styles.push((end..row.len(), MARKED));
    styles.retain(|(range, style)| !range.is_empty() && (is_marked || *style == MATCH));
    styles
}
