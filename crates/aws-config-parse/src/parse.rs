//! The parser of a whole file: a state machine over [`line`](crate::line).
//!
//! The rules are those of Python's `configparser.RawConfigParser._read`, as botocore calls it. This
//! parser continues after an error, so that it finds all of them.

mod duplicates;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::line;
use crate::name::DEFAULTS;
use crate::problem::{Location, Problem, Reason};
use crate::span::{Span, offset};
use crate::syntax::{Property, Section, Shape, lower, pieces};

use duplicates::find_duplicates;

#[derive(Clone, Default)]
pub(crate) struct Parsed {
    pub(crate) sections: Vec<Section>,
    pub(crate) properties: Vec<Property>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) default_sections: Vec<usize>,
}

/// Distances by which sections and properties move. Negative distances wrap.
#[derive(Clone, Copy)]
pub(crate) struct Shift {
    pub(crate) bytes: u32,
    pub(crate) lines: u32,
    pub(crate) properties: u32,
}

pub(crate) fn parse(text: &str) -> Parsed {
    let take_line = if text.contains('\r') {
        line::line
    } else {
        line::line_without_return
    };
    let mut parser = Parser::new(text);
    let mut rest = text;
    while !rest.is_empty() {
        let (after, content) = take_line(rest).expect("every text begins with a line");
        parser.line(content);
        rest = after;
    }
    parser.finish()
}

struct Parser<'t> {
    text: &'t str,
    parsed: Parsed,
    line: u32,
    base_indent: usize,
    value: ValueState,
    in_defaults: bool,
    /// Problems in blocks of `[DEFAULT]`, each with the key of its block.
    default_problems: Vec<(Cow<'t, str>, Problem)>,
}

/// Meaning of a line that is indented deeper than the last property.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueState {
    /// A line of its own: there is no property.
    None,
    /// A continuation of the property's value.
    Open,
    /// Ignored: an invalid line follows the property.
    Interrupted,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            parsed: Parsed::default(),
            line: 0,
            base_indent: 0,
            value: ValueState::None,
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
        if self.value != ValueState::None && indent > self.base_indent {
            return self.continuation(text, indent);
        }
        self.base_indent = indent;
        let location = (self.line, offset(indent + 1));
        if let Ok((_, header)) = line::header(text) {
            self.header(header, location);
        } else if self.parsed.sections.is_empty() {
            self.text_before_header(text, location);
        } else if let Ok((_, (key, value))) = line::property(text) {
            self.property(key, value, location);
        } else {
            self.problem(Reason::MissingDelimiter, location);
            if self.value == ValueState::Open {
                self.value = ValueState::Interrupted;
            }
        }
    }

    fn header(&mut self, header: &'t str, location: Location) {
        self.end_section();
        self.value = ValueState::None;
        self.in_defaults = header == DEFAULTS;
        if self.in_defaults {
            self.parsed
                .default_sections
                .push(self.parsed.sections.len());
        }
        self.parsed.sections.push(Section {
            header: Span::of(self.text, header),
            location,
            properties: offset(self.parsed.properties.len()),
        });
    }

    fn text_before_header(&mut self, text: &str, location: Location) {
        let is_byte_order_mark = self.line == 1 && text.starts_with('\u{feff}');
        let reason = if is_byte_order_mark {
            Reason::ByteOrderMark
        } else {
            Reason::TextBeforeHeader
        };
        self.problem(reason, location);
    }

    fn property(&mut self, key: &'t str, value: &'t str, location: Location) {
        self.value = ValueState::Open;
        if key.is_empty() {
            self.value = ValueState::None;
            self.problem(Reason::EmptyKey, location);
        }
        self.parsed.properties.push(Property {
            key: Span::of(self.text, key),
            value: Span::of(self.text, value),
            location,
            shape: Shape::Line,
        });
    }

    fn continuation(&mut self, text: &'t str, indent: usize) {
        let property = self.parsed.properties.last_mut();
        let Some(property) = property.filter(|_| self.value == ValueState::Open) else {
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
                self.parsed.problems.push(problem);
            }
        }
    }

    fn problem(&mut self, reason: Reason, location: Location) {
        self.parsed.problems.push(Problem::new(reason, location));
    }

    /// Reports duplicate keys of the last section. Duplicate keys of `[DEFAULT]` are reported at
    /// the end of the file, since the file may have several `[DEFAULT]` sections.
    fn end_section(&mut self) {
        if let Some(section) = self.parsed.sections.last().filter(|_| !self.in_defaults) {
            let first = section.properties as usize;
            let count = self.parsed.properties.len() - first;
            self.duplicate_keys(count, |number| first + number);
        }
    }

    /// `index` maps 0 to `count - 1` to the indexes of the properties to compare.
    fn duplicate_keys(&mut self, count: usize, index: impl Fn(usize) -> usize) {
        let Parsed {
            properties,
            problems,
            ..
        } = &mut self.parsed;
        let property = |number| &properties[index(number)];
        let key = |number| lower(property(number).key.in_text(self.text));
        find_duplicates(count, key, |duplicate, first| {
            let [duplicate, first] = [duplicate, first].map(|number| property(number).location);
            problems.push(Problem::new(Reason::DuplicateKey, duplicate).with_first(first));
        });
    }

    fn duplicate_headers(&mut self) {
        let Parsed {
            sections, problems, ..
        } = &mut self.parsed;
        let header = |number: usize| sections[number].header.in_text(self.text).into();
        find_duplicates(sections.len(), header, |duplicate, first| {
            let [duplicate, first] = [duplicate, first].map(|number| &sections[number]);
            if duplicate.header.in_text(self.text) != DEFAULTS {
                let problem = Problem::new(Reason::DuplicateSection, duplicate.location);
                problems.push(problem.with_first(first.location));
            }
        });
    }

    fn finish(mut self) -> Parsed {
        self.end_section();
        self.duplicate_headers();
        let defaults = self.parsed.default_sections.iter();
        let of_defaults: Vec<usize> = defaults
            .flat_map(|section| self.parsed.indexes_of(*section))
            .collect();
        self.duplicate_keys(of_defaults.len(), |number| of_defaults[number]);
        if !self.default_problems.is_empty() {
            self.report_default_problems();
        }
        self.parsed.problems.sort_by_key(Problem::location);
        self.parsed
    }

    /// Reports a problem in a block of `[DEFAULT]` if a section inherits the block. botocore does
    /// not parse a block that every section overrides.
    fn report_default_problems(&mut self) {
        let problems = std::mem::take(&mut self.default_problems);
        let mut overrides: HashMap<&str, usize> =
            problems.iter().map(|(key, _)| (&**key, 0)).collect();
        let mut sections = 0;
        for (section, properties) in self.parsed.sections() {
            if section.header.in_text(self.text) == DEFAULTS {
                continue;
            }
            sections += 1;
            for property in properties {
                if let Some(count) = overrides.get_mut(&*lower(property.key.in_text(self.text))) {
                    *count += 1;
                }
            }
        }
        let inherited = problems
            .iter()
            .filter(|(key, _)| overrides[&**key] < sections);
        let inherited = inherited.map(|(_, problem)| problem);
        self.parsed.problems.extend(inherited);
    }
}

impl Parsed {
    pub(crate) fn sections(&self) -> impl Iterator<Item = (&Section, &[Property])> {
        (0..self.sections.len()).map(|index| (&self.sections[index], self.properties_of(index)))
    }

    pub(crate) fn properties_of(&self, index: usize) -> &[Property] {
        &self.properties[self.indexes_of(index)]
    }

    fn indexes_of(&self, index: usize) -> Range<usize> {
        let next = self.sections.get(index + 1);
        let end = next.map_or(self.properties.len(), |next| next.properties as usize);
        self.sections[index].properties as usize..end
    }

    /// Moves the sections and properties whose indexes are at least `section` and `property`.
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
