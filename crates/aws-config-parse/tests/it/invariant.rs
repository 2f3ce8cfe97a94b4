//! Invariants of all files and all edits, as functions that panic if an invariant is violated.
//!
//! The property tests and the fuzz targets share them.

use aws_config_parse::{
    Document, EditError, FileKind, Outcome, PropertyRef, SectionMut, SectionName, SectionRef,
};

#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Set(String, String),
    Remove(String),
    Rename(String, String),
    SetIn(String, String, String),
    RemoveIn(String, String),
    RenameIn(String, String, String),
}

/// Checks that a document returns the bytes that it was parsed from, and that its views agree.
pub(crate) fn check_parse(kind: FileKind, bytes: &[u8]) {
    let document = Document::parse(kind, bytes);
    assert_eq!(document.as_bytes(), bytes);
    assert_eq!(document.to_bytes(), bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        assert_eq!(document.to_string(), text);
    }
    let locations = document
        .problems()
        .iter()
        .map(|problem| (problem.line(), problem.column()));
    assert!(locations.is_sorted());
    assert_eq!(
        document.rejection().is_none(),
        document.problems().is_empty()
    );
    for section in document.sections() {
        assert!(section.line() > 0 && section.column() > 0);
        section
            .properties()
            .for_each(|property| check_property(section, property));
    }
    for section in document.profiles().chain(document.sso_sessions()) {
        let found = document
            .section(&section.name())
            .expect("a listed section can be looked up");
        assert_eq!(found.line(), section.line());
    }
    let lints = document.lints();
    assert!(
        lints
            .iter()
            .map(|lint| (lint.line(), lint.column()))
            .is_sorted()
    );
    assert!(format!("{document:?}").starts_with("Document"));
}

fn check_property(section: SectionRef<'_>, property: PropertyRef<'_>) {
    assert!(property.line() > 0 && property.column() > 0);
    assert_eq!(property.value().starts_with('\n'), property.is_block());
    let found = section
        .get(&property.key())
        .expect("a listed key can be looked up");
    assert_eq!(found.line(), property.line());
    for pair in property.pairs() {
        assert!(pair.line() > property.line() && pair.column() > 0);
    }
}

/// Checks that a refused edit changes nothing, that another edit changes nothing but its target,
/// and that it changes nothing when it is repeated.
pub(crate) fn check_edit(kind: FileKind, text: &str, section: usize, edit: &Edit) {
    let before = Document::parse(kind, text);
    let Some(name) = nth_name(&before, section) else {
        return;
    };
    let mut after = before.clone();
    let outcome = apply(&mut after, &name, edit);
    match &outcome {
        Err(_) | Ok(Outcome::Unchanged) => assert_eq!(after.as_bytes(), text.as_bytes()),
        Ok(Outcome::Changed) => {
            assert_ne!(after.as_bytes(), text.as_bytes());
            assert!(after.problems().is_empty());
            check_unedited_properties(&before, &after, &name, edit);
            check_bytes_outside_section(&before, &after, &name);
        }
    }
    let reparsed = Document::parse(kind, after.as_bytes());
    assert_eq!(model(&after), model(&reparsed));
    assert_eq!(format!("{after:?}"), format!("{reparsed:?}"));
    if let (Ok(_), true) = (&outcome, before.problems().is_empty()) {
        let edited = after.section(&name).expect("the edit keeps its section");
        check_reads_back(edited, edit);
        let bytes = after.to_bytes();
        let again = apply(&mut after, &name, edit);
        assert!(
            matches!(again, Ok(Outcome::Unchanged) | Err(EditError::NotFound)),
            "{again:?}"
        );
        assert_eq!(after.as_bytes(), bytes);
    }
}

/// Checks that the removal of a pair, if it is not refused, removes only the pairs with its key.
pub(crate) fn check_pair_removal(kind: FileKind, text: &str, chosen: usize) {
    let before = Document::parse(kind, text);
    let pairs = pairs(&before);
    let Some(chosen) = chosen.checked_rem(pairs.len()) else {
        return;
    };
    let (section, block, key, _) = &pairs[chosen];
    let section_ref = before
        .sections()
        .nth(*section)
        .expect("the pair has a section");
    let name = section_ref.name().into_owned();
    if !is_effective(&before, section_ref) {
        return;
    }
    let mut after = before.clone();
    match apply(
        &mut after,
        &name,
        &Edit::RemoveIn(block.clone(), key.clone()),
    ) {
        Ok(Outcome::Changed) => {
            let is_other = |pair: &&Pair| (pair.0, &pair.1, &pair.2) != (*section, block, key);
            let others: Vec<_> = pairs.iter().filter(is_other).cloned().collect();
            assert_eq!(self::pairs(&after), others);
        }
        _ => assert_eq!(after.as_bytes(), text.as_bytes()),
    }
}

/// A pair: the number of its section, its block, its key and its value.
type Pair = (usize, String, String, String);

fn pairs(document: &Document) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (number, section) in document.sections().enumerate() {
        let own = |property: &PropertyRef<'_>| property.section().line() == section.line();
        for block in section.properties().filter(own) {
            let name = block.key();
            pairs.extend(block.pairs().map(|pair| {
                let (key, value) = (pair.spelling().to_owned(), pair.value().into_owned());
                (number, name.to_string(), key, value)
            }));
        }
    }
    pairs
}

/// Checks that a document equals its parsed bytes after each of several edits.
pub(crate) fn check_edit_sequence(kind: FileKind, text: &str, edits: &[(usize, Edit)]) {
    let mut document = Document::parse(kind, text);
    for (section, edit) in edits {
        let Some(name) = nth_name(&document, *section) else {
            return;
        };
        let _ = apply(&mut document, &name, edit);
        if let Edit::Rename(old, new) = edit {
            let [old, new] = [old, new].map(|name| SectionName::profile(&**name));
            let _ = document.add_section(&old).map(|_| ());
            let _ = document.rename_section(&name, &new);
            let _ = document.remove_section(&old);
        }
        let reparsed = Document::parse(kind, document.as_bytes());
        assert_eq!(format!("{document:?}"), format!("{reparsed:?}"));
        assert_eq!(model(&document), model(&reparsed));
        assert_eq!(with_inherited(&document), with_inherited(&reparsed));
        for section in reparsed.sections() {
            let found = document.section(&section.name()).map(|found| found.line());
            let expected = reparsed.section(&section.name()).map(|found| found.line());
            assert_eq!(found, expected);
        }
    }
}

/// Checks that adding a key or a section and removing it again restores all bytes.
pub(crate) fn check_undo(kind: FileKind, text: &str, section: usize, key: &str, value: &str) {
    let before = Document::parse(kind, text);
    let Some(name) = nth_name(&before, section) else {
        return;
    };
    let set = Edit::Set(key.to_owned(), value.to_owned());
    let is_new = before
        .section(&name)
        .is_some_and(|section| section.get(key).is_none());
    let mut after = before.clone();
    if is_new && apply(&mut after, &name, &set) == Ok(Outcome::Changed) {
        assert_eq!(
            apply(&mut after, &name, &Edit::Remove(key.to_owned())),
            Ok(Outcome::Changed)
        );
        assert_eq!(after.as_bytes(), text.as_bytes());
    }
    let new = SectionName::profile(value);
    let mut after = before.clone();
    if before.section(&new).is_none() && after.add_section(&new).is_ok() {
        assert!(after.section(&new).is_some());
        assert_eq!(after.remove_section(&new), Ok(Outcome::Changed));
        assert_eq!(after.as_bytes(), text.as_bytes());
    }
}

/// Checks that removing or renaming a section does not change other sections.
pub(crate) fn check_section_edits(kind: FileKind, text: &str, section: usize, new: &str) {
    let before = Document::parse(kind, text);
    let Some(name) = nth_name(&before, section) else {
        return;
    };
    let index = before.sections().position(|section| section.name() == name);
    let last = before.section(&name).map(|section| section.line());
    assert!(index.is_some() && last.is_some());
    let others = |document: &Document, name: &SectionName<'_>| {
        let model = model(document);
        let names: Vec<_> = document
            .sections()
            .map(|section| section.name().into_owned())
            .collect();
        let at = names.iter().rposition(|other| other == name);
        let remaining = model
            .into_iter()
            .enumerate()
            .filter(|(index, _)| Some(*index) != at);
        remaining.map(|(_, section)| section).collect::<Vec<_>>()
    };
    if before
        .section(&name)
        .is_some_and(|section| section.is_defaults())
    {
        return;
    }
    let mut after = before.clone();
    match after.remove_section(&name) {
        Ok(_) => assert_eq!(model(&after), others(&before, &name)),
        Err(_) => assert_eq!(after.as_bytes(), text.as_bytes()),
    }
    let new = SectionName::profile(new);
    let mut after = before.clone();
    match after.rename_section(&name, &new) {
        Ok(Outcome::Changed) => assert_eq!(others(&after, &new), others(&before, &name)),
        _ => assert_eq!(after.as_bytes(), text.as_bytes()),
    }
}

/// Checks that removing several sections at once changes no other sections and adds no bytes, and
/// that sections that can be removed one by one can be removed at once.
pub(crate) fn check_removals(kind: FileKind, text: &str, chosen: u8) {
    let before = Document::parse(kind, text);
    let is_chosen = |index: usize| chosen >> (index % 8) & 1 == 1;
    let effective: Vec<_> = before
        .sections()
        .filter(|section| !section.is_defaults() && is_effective(&before, *section))
        .collect();
    let removed = effective.iter().enumerate();
    let removed = removed.filter(|(index, _)| is_chosen(*index));
    let (names, lines): (Vec<_>, Vec<_>) = removed
        .map(|(_, section)| (section.name(), section.line()))
        .unzip();
    let sections = before.sections().zip(model(&before));
    let remaining = sections.filter(|(section, _)| !lines.contains(&section.line()));
    let remaining: Vec<_> = remaining.map(|(_, model)| model).collect();

    let mut after = before.clone();
    let outcome = after.remove_sections(&names);
    match outcome {
        Ok(Outcome::Changed) => {
            assert!(after.problems().is_empty());
            assert_eq!(model(&after), remaining);
            assert!(is_subsequence(after.as_bytes(), text.as_bytes()));
            let reparsed = Document::parse(kind, after.as_bytes());
            assert_eq!(format!("{after:?}"), format!("{reparsed:?}"));
        }
        _ => assert_eq!(after.as_bytes(), text.as_bytes()),
    }
    let mut one_by_one = before.clone();
    if names
        .iter()
        .all(|name| one_by_one.remove_section(name).is_ok())
    {
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(model(&one_by_one), remaining);
    }
}

fn is_effective(document: &Document, section: SectionRef<'_>) -> bool {
    let effective = document.section(&section.name());
    effective.is_some_and(|effective| effective.line() == section.line())
}

fn is_subsequence(part: &[u8], whole: &[u8]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|byte| whole.any(|other| other == byte))
}

fn nth_name(document: &Document, number: usize) -> Option<SectionName<'static>> {
    let count = document.sections().len();
    let section = document.sections().nth(number.checked_rem(count)?)?;
    Some(section.name().into_owned())
}

fn apply(
    document: &mut Document,
    name: &SectionName<'_>,
    edit: &Edit,
) -> Result<Outcome, EditError> {
    let mut section = document.section_mut(name).expect("the section exists");
    let section: &mut SectionMut<'_> = &mut section;
    match edit {
        Edit::Set(key, value) => section.set(key, value),
        Edit::Remove(key) => section.remove(key),
        Edit::Rename(key, new) => section.rename(key, new),
        Edit::SetIn(block, key, value) => section.set_in(block, key, value),
        Edit::RemoveIn(block, key) => section.remove_in(block, key),
        Edit::RenameIn(block, key, new) => section.rename_in(block, key, new),
    }
}

fn check_reads_back(section: SectionRef<'_>, edit: &Edit) {
    let pair = |block: &str, key: &str| section.get(block)?.get(key);
    match edit {
        Edit::Set(key, value) => {
            assert_eq!(section.get(key).expect("the key was set").value(), **value);
        }
        Edit::SetIn(block, key, value) => {
            assert_eq!(pair(block, key).expect("the pair was set").value(), **value);
        }
        Edit::Rename(_, new) => assert!(section.get(new).is_some()),
        Edit::RenameIn(block, _, new) => assert!(pair(block, new).is_some()),
        Edit::Remove(key) => {
            let left = section.get(key);
            assert!(left.is_none_or(|left| left.section().is_defaults()));
        }
        Edit::RemoveIn(block, key) => {
            let left = section
                .get(block)
                .filter(|left| !left.section().is_defaults());
            assert!(left.is_none_or(|left| left.get(key).is_none()));
        }
    }
}

/// A section: its header and its own properties.
type Model = (String, Vec<(String, String)>);

/// Returns the sections with their own and inherited properties.
fn with_inherited(document: &Document) -> Vec<Model> {
    let sections = document.sections().map(|section| {
        let properties = section.properties();
        let properties = properties.map(|it| (it.key().into_owned(), it.value().into_owned()));
        (section.header().to_owned(), properties.collect())
    });
    sections.collect()
}

fn model(document: &Document) -> Vec<Model> {
    let own = |section: SectionRef<'_>| {
        let properties = section.properties();
        let own = properties.filter(|property| property.section().line() == section.line());
        own.map(|property| (property.key().into_owned(), property.value().into_owned()))
            .collect()
    };
    document
        .sections()
        .map(|section| (section.header().to_owned(), own(section)))
        .collect()
}

fn check_unedited_properties(
    before: &Document,
    after: &Document,
    name: &SectionName<'_>,
    edit: &Edit,
) {
    let edited: Vec<String> = match edit {
        Edit::Set(key, _) | Edit::Remove(key) => vec![key.to_lowercase()],
        Edit::Rename(key, new) => vec![key.to_lowercase(), new.to_lowercase()],
        Edit::SetIn(block, ..) | Edit::RemoveIn(block, _) | Edit::RenameIn(block, ..) => {
            vec![block.to_lowercase()]
        }
    };
    let rest = |document: &Document| {
        let mut rest = model(document);
        let names: Vec<_> = document
            .sections()
            .map(|section| section.name().into_owned())
            .collect();
        for (section, other) in rest.iter_mut().zip(names) {
            if other == *name {
                section.1.retain(|(key, _)| !edited.contains(key));
            }
        }
        rest
    };
    assert_eq!(rest(before), rest(after));
}

fn check_bytes_outside_section(before: &Document, after: &Document, name: &SectionName<'_>) {
    let section = before
        .section(name)
        .expect("the edited section existed before");
    if section.is_defaults() {
        return;
    }
    let next = before
        .sections()
        .find(|other| other.line() > section.line());
    let (bytes, edited) = (before.as_bytes(), after.as_bytes());
    assert!(edited.starts_with(&bytes[..start_of_line(bytes, section.line())]));
    if let Some(next) = next {
        assert!(edited.ends_with(&bytes[start_of_line(bytes, next.line())..]));
    }
}

fn start_of_line(bytes: &[u8], line: usize) -> usize {
    let ends_line = |at: &usize| {
        let next = bytes.get(at + 1);
        bytes[*at] == b'\n' || (bytes[*at] == b'\r' && next != Some(&b'\n'))
    };
    let ends = (0..bytes.len()).filter(ends_line).map(|end| end + 1);
    std::iter::once(0)
        .chain(ends)
        .nth(line - 1)
        .expect("the file has that many lines")
}
