//! The document: a file and its sections.

use std::collections::HashSet;
use std::fmt;
use std::sync::OnceLock;

use crate::encoding;
use crate::file_kind::FileKind;
use crate::index::Index;
use crate::line::lines;
use crate::name::SectionName;
use crate::parse::{Parsed, parse};
use crate::problem::{Location, Problem, Reason};
use crate::property::PropertyRef;
use crate::section::SectionRef;
use crate::span::offset;
use crate::syntax::Property;

/// A config or credentials file: its bytes, and the sections and properties that the AWS CLI reads
/// in them.
///
/// `Debug` shows the structure but no values. `Display` writes the file; bytes that are not UTF-8
/// become replacement characters.
#[derive(Clone)]
pub struct Document {
    kind: FileKind,
    /// The text, or the bytes if they are not UTF-8, in UTF-16 or too large for a `Span`.
    source: Result<String, Vec<u8>>,
    parsed: Parsed,
    /// The last section of each name.
    effective: OnceLock<Index>,
}

impl Document {
    /// Parses a file, in time linear in its size.
    ///
    /// Never fails: invalid lines stay in place and are listed by [`problems`](Self::problems).
    #[must_use]
    pub fn parse(kind: FileKind, bytes: impl Into<Vec<u8>>) -> Self {
        let source = decode(bytes.into());
        let parsed = match &source {
            Ok(text) => parse(text),
            Err(bytes) => Parsed {
                problems: vec![decode_problem(bytes)],
                ..Parsed::default()
            },
        };
        Self {
            kind,
            source,
            parsed,
            effective: OnceLock::new(),
        }
    }

    /// Returns the kind of the file.
    #[must_use]
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Returns the bytes of the file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.source {
            Ok(text) => text.as_bytes(),
            Err(bytes) => bytes,
        }
    }

    /// Returns a copy of the bytes of the file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    /// Returns this file in UTF-8 without a byte order mark, if it is in UTF-16 or begins with a byte
    /// order mark. The text is otherwise unchanged.
    #[must_use]
    pub fn to_utf8(&self) -> Option<Self> {
        encoding::convert(self.as_bytes()).map(|text| Self::parse(self.kind, text))
    }

    /// Returns the problems in the file, sorted by location.
    ///
    /// The AWS CLI rejects the whole file if there is at least one. The other methods still return
    /// the parts that can be read; of duplicate sections or keys, the last one is effective.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.parsed.problems
    }

    /// Returns the problem that the AWS CLI reports when it rejects the file, which is not always
    /// the first one.
    #[must_use]
    pub fn rejection(&self) -> Option<&Problem> {
        let problems = self.problems().iter();
        problems.min_by_key(|problem| problem.reason().precedence())
    }

    /// Returns all sections in file order, including `[DEFAULT]` and sections that a later section
    /// of the same name replaces.
    pub fn sections(&self) -> impl DoubleEndedIterator<Item = SectionRef<'_>> + ExactSizeIterator {
        (0..self.parsed.sections.len()).map(|index| SectionRef::new(self, index))
    }

    /// Returns the effective section of `name`: the last one, in any spelling, which replaces all
    /// earlier ones.
    #[must_use]
    pub fn section(&self, name: &SectionName<'_>) -> Option<SectionRef<'_>> {
        let name = name.normal();
        let effective = self.effective.get_or_init(|| self.index_names());
        let index = effective.get(&name, |index| self.name_of(index) == name)?;
        Some(SectionRef::new(self, index))
    }

    /// Returns the effective section of the profile `name`.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<SectionRef<'_>> {
        self.section(&SectionName::profile(name))
    }

    /// Returns the effective section `[sso-session NAME]`.
    #[must_use]
    pub fn sso_session(&self, name: &str) -> Option<SectionRef<'_>> {
        self.section(&SectionName::SsoSession(name.into()))
    }

    /// Returns the effective section `[services NAME]`.
    #[must_use]
    pub fn services(&self, name: &str) -> Option<SectionRef<'_>> {
        self.section(&SectionName::Services(name.into()))
    }

    /// Returns the effective sections of all profiles, in the order of the first section of each name.
    pub fn profiles(&self) -> impl Iterator<Item = SectionRef<'_>> {
        self.effective_sections()
            .filter(|section| section.name().is_profile())
    }

    /// Returns the effective sections of all SSO sessions, in the same order.
    pub fn sso_sessions(&self) -> impl Iterator<Item = SectionRef<'_>> {
        let is_session = |name| matches!(name, SectionName::SsoSession(_));
        self.effective_sections()
            .filter(move |section| is_session(section.name()))
    }

    /// Returns all effective sections `[services NAME]`, in the same order.
    pub fn all_services(&self) -> impl Iterator<Item = SectionRef<'_>> {
        let is_services = |name| matches!(name, SectionName::Services(_));
        self.effective_sections()
            .filter(move |section| is_services(section.name()))
    }

    /// A section that replaces an earlier one has its position, as in the AWS CLI.
    fn effective_sections(&self) -> impl Iterator<Item = SectionRef<'_>> {
        let effective = self.effective.get_or_init(|| self.index_names());
        let mut found = effective.has_replaced().then(HashSet::new);
        self.sections().filter_map(move |section| {
            let Some(found) = &mut found else {
                return Some(section);
            };
            let effective = self.section(&section.name())?;
            found.insert(effective.index()).then_some(effective)
        })
    }

    fn index_names(&self) -> Index {
        let mut names = Index::with_capacity(self.sections().len());
        for section in self.sections() {
            let name = section.name();
            names.insert(&name, section.index(), |other| self.name_of(other) == name);
        }
        names
    }

    fn name_of(&self, index: usize) -> SectionName<'_> {
        SectionRef::new(self, index).name()
    }

    pub(crate) fn index_last_section(&mut self, name: &SectionName<'_>) {
        if let Some(mut names) = self.effective.take() {
            let last = self.parsed.sections.len() - 1;
            names.insert(name, last, |other| self.name_of(other) == *name);
            self.effective = names.into();
        }
    }

    /// Must be called after the section was renamed.
    pub(crate) fn index_renamed_section(&mut self, index: usize) {
        // If one section replaces another, the index lacks the other, which may be effective now.
        if let Some(mut names) = self.effective.take()
            && !names.has_replaced()
        {
            let name = self.name_of(index).into_owned();
            names.insert(&name, index, |other| self.name_of(other) == name);
            self.effective = names.into();
        }
    }

    /// Must be called after sections were removed.
    pub(crate) fn clear_index(&mut self) {
        self.effective = OnceLock::new();
    }

    /// Panics if the file is not UTF-8; a document with sections always is.
    pub(crate) fn parts_mut(&mut self) -> (&mut String, &mut Parsed) {
        let text = self.source.as_mut().ok();
        (
            text.expect("a document with sections is UTF-8"),
            &mut self.parsed,
        )
    }

    pub(crate) fn text(&self) -> &str {
        self.source.as_deref().unwrap_or_default()
    }

    pub(crate) fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    pub(crate) fn own_properties(&self) -> impl Iterator<Item = PropertyRef<'_>> {
        let properties = self.parsed.properties.iter();
        properties.map(|property| PropertyRef::new(self, *property))
    }

    pub(crate) fn defaults(&self) -> impl DoubleEndedIterator<Item = &Property> {
        let defaults = self.parsed.default_sections.iter();
        defaults.flat_map(|section| self.parsed.properties_of(*section))
    }

    pub(crate) fn section_at_byte(&self, at: u32) -> SectionRef<'_> {
        let sections = &self.parsed.sections;
        let after = sections.partition_point(|section| section.header.start < at);
        SectionRef::new(self, after - 1)
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.as_bytes()))
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("kind", &self.kind)
            .field("sections", &self.sections().collect::<Vec<_>>())
            .field("problems", &self.problems())
            .finish_non_exhaustive()
    }
}

fn decode(bytes: Vec<u8>) -> Result<String, Vec<u8>> {
    if u32::try_from(bytes.len()).is_err() || encoding::is_utf16(&bytes) {
        return Err(bytes);
    }
    String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes)
}

fn decode_problem(bytes: &[u8]) -> Problem {
    if u32::try_from(bytes.len()).is_err() {
        return Problem::new(Reason::TooLarge, (1, 1));
    }
    if encoding::is_utf16(bytes) {
        return Problem::new(Reason::Utf16, (1, 1));
    }
    let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    Problem::new(Reason::NotUtf8, end_of(valid))
}

fn end_of(text: &str) -> Location {
    let last = text.rsplit(['\n', '\r']).next().unwrap_or(text);
    let ends_open = !last.is_empty();
    let line = lines(text).count() + usize::from(!ends_open);
    (offset(line), offset(last.chars().count() + 1))
}
