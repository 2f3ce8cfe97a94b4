//! What the lines mean together: the state machine over [`line`](crate::line).
//!
//! Every rule is that of Python's `configparser.RawConfigParser._read`, as botocore calls it, but
//! that reading goes on after an error, so that all of them are found.

mod duplicates;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::line;
use crate::name::DEFAULTS;
use crate::problem::{Location, Problem, Reason};
use crate::span::{Span, offset};
use crate::syntax::{Property, Section, Shape, lower, pieces};

use duplicates::duplicates;

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
    in_defaults: bool,
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
            in_defaults: false,
            default_problems: Vec::new(),
        }
    }

    fn line(&mut self, content: &'t str) {
        self.line += 1;
        let (indent, text) = line::trim_and_indent(content);
        if text.is_empty() || line::is_comment(text) {
            return;
        }
        if self.value != Value::None && indent > self.base_indent {
            return self.continuation(text, indent);
        }
        self.base_indent = indent;
        let location = (self.line, offset(indent + 1));
        if let Ok((_, header)) = line::header(text) {
            self.header(header, location);
        } else if self.found.sections.is_empty() {
            self.text_before_header(text, location);
        } else if let Ok((_, (key, value))) = line::property(text) {
            self.property(key, value, location);
        } else {
            self.problem(Reason::MissingDelimiter, location);
            if self.value == Value::Open {
                self.value = Value::Cut;
            }
        }
    }

    fn header(&mut self, header: &'t str, location: Location) {
        self.end_section();
        self.value = Value::None;
        self.in_defaults = header == DEFAULTS;
        if self.in_defaults {
            self.found.defaults.push(self.found.sections.len());
        }
        self.found.sections.push(Section {
            header: Span::of(self.text, header),
            location,
            properties: offset(self.found.properties.len()),
        });
    }

    fn text_before_header(&mut self, text: &str, location: Location) {
        let is_mark = self.line == 1 && text.starts_with('\u{feff}');
        let reason = if is_mark {
            Reason::ByteOrderMark
        } else {
            Reason::TextBeforeHeader
        };
        self.problem(reason, location);
    }

    fn property(&mut self, key: &'t str, value: &'t str, location: Location) {
        self.value = Value::Open;
        if key.is_empty() {
            self.value = Value::None;
            self.problem(Reason::EmptyKey, location);
        }
        self.found.properties.push(Property {
            key: Span::of(self.text, key),
            value: Span::of(self.text, value),
            location,
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
        for (indent, piece) in pieces(indent, text) {
            if line::pair(piece).is_ok() {
                continue;
            }
            let location = (self.line, offset(indent + 1));
            let problem = Problem::new(Reason::MissingDelimiterInBlock, location);
            if self.in_defaults {
                self.default_problems.push((lower(key), problem));
            } else {
                self.found.problems.push(problem);
            }
        }
    }

    fn problem(&mut self, reason: Reason, location: Location) {
        self.found.problems.push(Problem::new(reason, location));
    }

    /// Lists what comes twice in the section that ends here; that of `[DEFAULT]` goes on in others.
    fn end_section(&mut self) {
        if let Some(section) = self.found.sections.last().filter(|_| !self.in_defaults) {
            let first = section.properties as usize;
            let count = self.found.properties.len() - first;
            self.duplicate_keys(count, |number| first + number);
        }
    }

    /// Lists the keys that come twice in `count` properties, which have these indexes.
    fn duplicate_keys(&mut self, count: usize, index: impl Fn(usize) -> usize) {
        let Reading {
            properties,
            problems,
            ..
        } = &mut self.found;
        let property = |number| &properties[index(number)];
        let key = |number| lower(property(number).key.in_text(self.text));
        duplicates(count, key, |again, first| {
            let [again, first] = [again, first].map(|number| property(number).location);
            problems.push(Problem::new(Reason::DuplicateKey, again).repeating(first));
        });
    }

    fn duplicate_headers(&mut self) {
        let Reading {
            sections, problems, ..
        } = &mut self.found;
        let header = |number: usize| sections[number].header.in_text(self.text).into();
        duplicates(sections.len(), header, |again, first| {
            let [again, first] = [again, first].map(|number| &sections[number]);
            if again.header.in_text(self.text) != DEFAULTS {
                let problem = Problem::new(Reason::DuplicateSection, again.location);
                problems.push(problem.repeating(first.location));
            }
        });
    }

    fn finish(mut self) -> Reading {
        self.end_section();
        self.duplicate_headers();
        let defaults = self.found.defaults.iter();
        let of_defaults: Vec<usize> = defaults
            .flat_map(|section| self.found.indexes_of(*section))
            .collect();
        self.duplicate_keys(of_defaults.len(), |number| of_defaults[number]);
        if !self.default_problems.is_empty() {
            self.keep_default_problems_that_show();
        }
        self.found.problems.sort_by_key(Problem::location);
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
        &self.properties[self.indexes_of(index)]
    }

    fn indexes_of(&self, index: usize) -> Range<usize> {
        let next = self.sections.get(index + 1);
        let end = next.map_or(self.properties.len(), |next| next.properties as usize);
        self.sections[index].properties as usize..end
    }

    /// Moves the sections from index `section` on, and the properties from index `property` on.
    pub(crate) fn shift(&mut self, section: usize, property: usize, by: Shift) {
        for section in &mut self.sections[section..] {
            section.header.shift(by.bytes);
            section.location.0 = section.location.0.wrapping_add(by.lines);
            section.properties = section.properties.wrapping_add(by.properties);
        }
        for property in &mut self.properties[property..] {
            property.key.shift(by.bytes);
            property.value.shift(by.bytes);
            property.location.0 = property.location.0.wrapping_add(by.lines);
        }
    }
}
