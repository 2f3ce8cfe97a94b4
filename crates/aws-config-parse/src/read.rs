//! What the lines mean together: the state machine over [`line`](crate::line).
//!
//! Every rule is that of Python's `configparser.RawConfigParser._read`, as botocore calls it, but
//! that reading goes on after an error, so that all of them are found.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crate::line;
use crate::name::DEFAULTS;
use crate::problem::{Place, Problem, Reason};
use crate::property::{Property, Shape, lower, pieces};
use crate::section::Section;
use crate::span::{Span, offset};

/// What was found in a text, in the order of the text.
#[derive(Clone, Default)]
pub(crate) struct Reading {
    pub(crate) sections: Vec<Section>,
    pub(crate) properties: Vec<Property>,
    pub(crate) problems: Vec<Problem>,
    /// The indexes of the sections that are `[DEFAULT]`.
    pub(crate) defaults: Vec<usize>,
}

/// By how much things move. The numbers wrap, so that they stand for both directions.
#[derive(Clone, Copy)]
pub(crate) struct Shift {
    pub(crate) bytes: u32,
    pub(crate) lines: u32,
    pub(crate) properties: u32,
}

/// Reads `text`, in time linear in its length.
pub(crate) fn read(text: &str) -> Reading {
    let take_line = if text.contains('\r') {
        line::line
    } else {
        line::line_without_return
    };
    let mut reader = Reader::new(text);
    let mut rest = text;
    while !rest.is_empty() {
        let (after, content) = take_line(rest).expect("every text begins with a line");
        reader.line(content);
        rest = after;
    }
    reader.finish()
}

struct Reader<'t> {
    text: &'t str,
    found: Reading,
    line: u32,
    base_indent: usize,
    value: Value,
    /// The sections by their headers.
    headers: Seen,
    in_defaults: bool,
    keys: Keys<'t>,
    default_keys: Keys<'t>,
    /// Problems in the blocks of `[DEFAULT]`, each with the key of its block.
    default_problems: Vec<(Cow<'t, str>, Problem)>,
}

/// Where a deeper line would belong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    /// Nowhere: it is a line of its own.
    None,
    /// To the last property.
    Open,
    /// To the last property, if an unreadable line had not come between.
    Cut,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            found: Reading::default(),
            line: 0,
            base_indent: 0,
            value: Value::None,
            headers: Seen::default(),
            in_defaults: false,
            keys: Keys::default(),
            default_keys: Keys::default(),
            default_problems: Vec::new(),
        }
    }

    fn line(&mut self, content: &'t str) {
        self.line += 1;
        let text = line::trim(content);
        if text.is_empty() || line::is_comment(text) {
            return;
        }
        let indent = Span::of(content, text).start as usize;
        let indent = content[..indent].chars().count();
        if self.value != Value::None && indent > self.base_indent {
            return self.continuation(text, indent);
        }
        self.base_indent = indent;
        let place = (self.line, offset(indent + 1));
        if let Ok((_, header)) = line::header(text) {
            self.header(header, place);
        } else if self.found.sections.is_empty() {
            self.text_before_header(text, place);
        } else if let Ok((_, (key, value))) = line::property(text) {
            self.property(key, value, place);
        } else {
            self.problem(Reason::MissingDelimiter, place);
            if self.value == Value::Open {
                self.value = Value::Cut;
            }
        }
    }

    fn header(&mut self, header: &'t str, place: Place) {
        self.value = Value::None;
        self.in_defaults = header == DEFAULTS;
        self.keys.clear();
        if self.in_defaults {
            self.found.defaults.push(self.found.sections.len());
        } else {
            let sections = &self.found.sections;
            let is_equal = |known: usize| sections[known].header.in_text(self.text) == header;
            let first = self.headers.first(header, sections.len(), is_equal);
            let first = first.map_or(place, |first| sections[first].place);
            self.repeated(Reason::DuplicateSection, place, first);
        }
        self.found.sections.push(Section {
            header: Span::of(self.text, header),
            place,
            properties: offset(self.found.properties.len()),
        });
    }

    fn text_before_header(&mut self, text: &str, place: Place) {
        let is_mark = self.line == 1 && text.starts_with('\u{feff}');
        let reason = if is_mark {
            Reason::ByteOrderMark
        } else {
            Reason::TextBeforeHeader
        };
        self.problem(reason, place);
    }

    fn property(&mut self, key: &'t str, value: &'t str, place: Place) {
        self.value = Value::Open;
        if key.is_empty() {
            self.value = Value::None;
            self.problem(Reason::EmptyKey, place);
        }
        let keys = if self.in_defaults {
            &mut self.default_keys
        } else {
            &mut self.keys
        };
        let first = keys.first(lower(key), place);
        self.repeated(Reason::DuplicateKey, place, first);
        self.found.properties.push(Property {
            key: Span::of(self.text, key),
            value: Span::of(self.text, value),
            line: self.line,
            shape: Shape::Line,
        });
    }

    fn continuation(&mut self, text: &'t str, indent: usize) {
        let property = self.found.properties.last_mut();
        let Some(property) = property.filter(|_| self.value == Value::Open) else {
            return;
        };
        property.continue_to(Span::of(self.text, text).end);
        if property.shape == Shape::Block {
            let key = property.key.in_text(self.text);
            self.block_line(key, text, indent);
        }
    }

    fn block_line(&mut self, key: &'t str, text: &str, indent: usize) {
        let (mut counted, mut column) = (0, indent + 1);
        for piece in pieces(text).filter(|piece| line::pair(piece).is_err()) {
            let start = Span::of(text, piece).start as usize;
            column += text[counted..start].chars().count();
            counted = start;
            let place = (self.line, offset(column));
            let problem = Problem::new(Reason::MissingDelimiterInBlock, place);
            if self.in_defaults {
                self.default_problems.push((lower(key), problem));
            } else {
                self.found.problems.push(problem);
            }
        }
    }

    fn problem(&mut self, reason: Reason, place: Place) {
        self.found.problems.push(Problem::new(reason, place));
    }

    fn repeated(&mut self, reason: Reason, place: Place, first: Place) {
        if place != first {
            let problem = Problem::new(reason, place).repeating(first);
            self.found.problems.push(problem);
        }
    }

    fn finish(mut self) -> Reading {
        if !self.default_problems.is_empty() {
            self.keep_default_problems_that_show();
        }
        self.found.problems.sort_by_key(Problem::place);
        self.found
    }

    /// A block of `[DEFAULT]` is read only as part of a section that lacks its key.
    fn keep_default_problems_that_show(&mut self) {
        let problems = std::mem::take(&mut self.default_problems);
        let mut owners: HashMap<&str, usize> =
            problems.iter().map(|(key, _)| (&**key, 0)).collect();
        let mut sections = 0;
        for (section, properties) in self.found.sections() {
            if section.header.in_text(self.text) == DEFAULTS {
                continue;
            }
            sections += 1;
            for property in properties {
                if let Some(count) = owners.get_mut(&*lower(property.key.in_text(self.text))) {
                    *count += 1;
                }
            }
        }
        let shown = problems.iter().filter(|(key, _)| owners[&**key] < sections);
        let shown = shown.map(|(_, problem)| problem);
        self.found.problems.extend(shown);
    }
}

impl Reading {
    /// Returns the sections, each with its properties.
    pub(crate) fn sections(&self) -> impl Iterator<Item = (&Section, &[Property])> {
        (0..self.sections.len()).map(|index| (&self.sections[index], self.properties_of(index)))
    }

    /// Returns the properties of the section at `index`.
    pub(crate) fn properties_of(&self, index: usize) -> &[Property] {
        let next = self.sections.get(index + 1);
        let end = next.map_or(self.properties.len(), |next| next.properties as usize);
        &self.properties[self.sections[index].properties as usize..end]
    }

    /// Moves the sections from index `section` on, and the properties from index `property` on.
    pub(crate) fn shift(&mut self, section: usize, property: usize, by: Shift) {
        for section in &mut self.sections[section..] {
            section.header.shift(by.bytes);
            section.place.0 = section.place.0.wrapping_add(by.lines);
            section.properties = section.properties.wrapping_add(by.properties);
        }
        for property in &mut self.properties[property..] {
            property.key.shift(by.bytes);
            property.value.shift(by.bytes);
            property.line = property.line.wrapping_add(by.lines);
        }
    }
}

/// The keys of a section, lower-cased, each with where it came first.
#[derive(Default)]
struct Keys<'t> {
    all: Vec<(Cow<'t, str>, Place)>,
    /// All of them, if they are many.
    seen: Seen,
}

impl<'t> Keys<'t> {
    /// How many keys are looked through faster than hashed.
    const FEW: usize = 8;

    /// Notes `key` at `place`, and returns where it came first.
    fn first(&mut self, key: Cow<'t, str>, place: Place) -> Place {
        let known = if self.all.len() < Self::FEW {
            self.all.iter().position(|(known, _)| *known == key)
        } else {
            self.first_of_many(&key)
        };
        if let Some(known) = known {
            return self.all[known].1;
        }
        self.all.push((key, place));
        place
    }

    fn first_of_many(&mut self, key: &str) -> Option<usize> {
        if self.seen.is_empty() {
            for (index, (known, _)) in self.all.iter().enumerate() {
                self.seen.first(known, index, |_| false);
            }
        }
        let all = &self.all;
        self.seen.first(key, all.len(), |known| all[known].0 == key)
    }

    fn clear(&mut self) {
        self.all.clear();
        if !self.seen.is_empty() {
            // Emptied in place, a large table would cost its size again at every section.
            self.seen = Seen::default();
        }
    }
}

/// Where texts stand in a list, by their hashes. The texts themselves would have to be fetched
/// from all over the file whenever the table grows.
#[derive(Default)]
struct Seen {
    hasher: RandomState,
    indexes: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
}

impl Seen {
    fn is_empty(&self) -> bool {
        self.indexes.is_empty()
    }

    /// Returns the index of the text that is equal to `text`, or notes that it stands at `next`.
    fn first(
        &mut self,
        text: &str,
        next: usize,
        is_equal: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut hash = self.hasher.hash_one(text);
        loop {
            match self.indexes.entry(hash) {
                Entry::Vacant(entry) => {
                    entry.insert(offset(next));
                    return None;
                }
                Entry::Occupied(entry) if is_equal(*entry.get() as usize) => {
                    return Some(*entry.get() as usize);
                }
                Entry::Occupied(_) => hash = hash.wrapping_add(1),
            }
        }
    }
}

/// The hasher of what is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only hashes, which are u64, are written")
    }
}
