//! Undo of an edit in a file that has changed since.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use aws_config_parse::Document;

use super::diff::Diff;

/// Replacement of a range of bytes in the common state.
struct Replacement {
    bytes: Range<usize>,
    text: String,
}

/// Returns `present` with the changes that lead from `edited` to `before`. `edited` is the common
/// state: the result of the edit to undo, from which other changes led to `present`.
///
/// Returns `None` if a line of the edit has changed since, if a property would move to another
/// section, or if a state is not UTF-8.
pub(super) fn undone_in(
    present: &Document,
    edited: &Document,
    before: &Document,
) -> Option<Document> {
    let texts = [
        merged(present, edited, before),
        replaced(present, edited, before),
    ];
    let documents = texts.into_iter().flatten();
    let mut documents = documents.map(|text| Document::parse(present.kind(), text));
    documents.find(|undone| is_merged(undone, present, edited, before))
}

fn merged(present: &Document, edited: &Document, before: &Document) -> Option<String> {
    let mut changes = replacements(edited, before)?;
    changes.extend(replacements(edited, present)?);
    changes.sort_by_key(|change| (change.bytes.start, change.bytes.end));
    let mut text = text(edited)?.to_owned();
    for pair in changes.windows(2) {
        let [first, second] = [&pair[0].bytes, &pair[1].bytes];
        let is_same_place = first.is_empty() && first == second;
        if second.start < first.end || is_same_place {
            return None;
        }
    }
    for change in changes.iter().rev() {
        text.replace_range(change.bytes.clone(), &change.text);
    }
    Some(text)
}

/// Replaces the lines of the edit in `present`, which may have been moved there.
fn replaced(present: &Document, edited: &Document, before: &Document) -> Option<String> {
    let mut undone = text(present)?.to_owned();
    for change in replacements(edited, before)? {
        let lines = only_occurrence(&text(edited)?[change.bytes], &undone)?;
        undone.replace_range(lines, &change.text);
    }
    Some(undone)
}

/// Returns the range of `lines` in `text`, or `None` if there is not exactly one.
fn only_occurrence(lines: &str, text: &str) -> Option<Range<usize>> {
    let ranges = text
        .match_indices(lines)
        .map(|(start, _)| start..start + lines.len());
    let mut ranges = ranges.filter(|range| {
        let is_start = range.start == 0 || text[..range.start].ends_with('\n');
        let is_end = range.end == text.len() || lines.ends_with('\n');
        is_start && is_end
    });
    let range = ranges.next().filter(|range| !range.is_empty())?;
    ranges.next().is_none().then_some(range)
}

fn text(document: &Document) -> Option<&str> {
    str::from_utf8(document.as_bytes()).ok()
}

fn replacements(from: &Document, to: &Document) -> Option<Vec<Replacement>> {
    let text = text(to)?;
    let changes = Diff::new("", from, to).replacements().into_iter();
    let changes = changes.map(|(old, new)| Replacement {
        bytes: old,
        text: text[new].to_owned(),
    });
    Some(changes.collect())
}

/// Returns whether each section and property of `undone` is that of `present`, unless the edit
/// changed it.
fn is_merged(undone: &Document, present: &Document, edited: &Document, before: &Document) -> bool {
    let [undone, present, edited, before] = [undone, present, edited, before].map(values);
    let all = [&undone, &present, &edited, &before];
    let names: BTreeSet<_> = all.into_iter().flat_map(BTreeMap::keys).collect();
    names.into_iter().all(|name| {
        let [undone, present, edited, before] =
            [&undone, &present, &edited, &before].map(|values| values.get(name));
        let expected = if edited == before { present } else { before };
        let is_conflict = edited != before && edited != present && present != before;
        undone == expected && !is_conflict
    })
}

/// Returns whether `present` contains a change of a section or property that leads from `before` to
/// `after`.
pub(super) fn contains_change(present: &Document, before: &Document, after: &Document) -> bool {
    let [present, before, after] = [present, before, after].map(values);
    let mut names = before.keys().chain(after.keys());
    names.any(|name| before.get(name) != after.get(name) && after.get(name) == present.get(name))
}

/// Returns the values by section and key. A section has an entry without a key.
fn values(document: &Document) -> BTreeMap<(String, Option<String>), String> {
    let sections = document.sections().flat_map(|section| {
        let header = section.header().to_owned();
        let own = section.own_properties().map({
            let header = header.clone();
            move |it| {
                let name = (header.clone(), Some(it.key().into_owned()));
                (name, it.value().into_owned())
            }
        });
        std::iter::once(((header, None), String::new())).chain(own)
    });
    sections.collect()
}
