//! Keys that a section contains twice, for which the AWS CLI rejects the file.

use std::collections::BTreeSet;

use aws_config_parse::{Document, Problem, PropertyRef, Reason};

/// Returns the file without the second of each two keys, on the same lines, so that the rest can be checked.
/// Returns `None` if other problems remain.
pub(super) fn without_duplicate_keys(document: &Document) -> Option<Document> {
    let lines = lines_of(document, |_, _| true)?;
    let kept = changed(document, |number, line| {
        let end = if line.ends_with(b"\n") { "\n" } else { "" };
        if lines.contains(&number) {
            end.as_bytes()
        } else {
            line
        }
    });
    kept.rejection().is_none().then_some(kept)
}

/// Returns the file without the keys that repeat the value of the first one. Returns `None` if there is none.
pub(super) fn without_repeated_keys(document: &Document) -> Option<Document> {
    let lines = lines_of(document, is_repeated)?;
    let is_kept = |number: usize, line| {
        if lines.contains(&number) {
            &b""[..]
        } else {
            line
        }
    };
    Some(changed(document, is_kept))
}

/// Returns whether the problem is a key that repeats the value of the first one.
pub(super) fn is_repetition(document: &Document, problem: &Problem) -> bool {
    let mut repetitions = pairs(document, is_repeated);
    repetitions.any(|(second, _)| second.line() == problem.line())
}

/// Returns the lines of the keys that `is_selected`. Returns `None` if there is none.
fn lines_of(
    document: &Document,
    is_selected: fn(&PropertyRef<'_>, &PropertyRef<'_>) -> bool,
) -> Option<BTreeSet<usize>> {
    let lines = pairs(document, is_selected).map(|(second, _)| second.line());
    let lines: BTreeSet<_> = lines.collect();
    (!lines.is_empty()).then_some(lines)
}

/// Returns the second and the first of each two equal keys, if the second has one line.
fn pairs(
    document: &Document,
    is_selected: fn(&PropertyRef<'_>, &PropertyRef<'_>) -> bool,
) -> impl Iterator<Item = (PropertyRef<'_>, PropertyRef<'_>)> {
    let problems = document.problems().iter();
    let mut lines = problems
        .filter(|it| it.reason() == Reason::DuplicateKey)
        .peekable();
    let properties = lines.peek().is_some().then(|| document.sections());
    let properties = properties.into_iter().flatten();
    let properties = properties.flat_map(|section| section.own_properties());
    let properties: Vec<_> = properties.map(|it| (it.line(), it)).collect();
    let at = move |line: usize| {
        let index = properties.binary_search_by_key(&line, |(line, _)| *line);
        Some(properties[index.ok()?].1)
    };
    lines.filter_map(move |problem| {
        let (second, first) = (at(problem.line())?, at(problem.first()?.0)?);
        let is_one_line = !second.is_block() && !second.value().contains('\n');
        (is_one_line && is_selected(&second, &first)).then_some((second, first))
    })
}

fn is_repeated(second: &PropertyRef<'_>, first: &PropertyRef<'_>) -> bool {
    !first.is_block() && second.value() == first.value()
}

/// Returns the file in which `change` has replaced each line; lines count from 1.
fn changed<'d>(document: &'d Document, change: impl Fn(usize, &'d [u8]) -> &'d [u8]) -> Document {
    let lines = document.as_bytes().split_inclusive(|byte| *byte == b'\n');
    let lines = lines.enumerate();
    let lines = lines.map(|(index, line)| change(index + 1, line));
    Document::parse(document.kind(), lines.collect::<Vec<_>>().concat())
}
