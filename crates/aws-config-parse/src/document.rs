//! A file as a whole.

use std::fmt;
use std::sync::OnceLock;

use crate::file_kind::FileKind;
use crate::index::Index;
use crate::line::lines;
use crate::name::SectionName;
use crate::problem::{Location, Problem, Reason};
use crate::property::PropertyRef;
use crate::read::{Reading, read};
use crate::section::SectionRef;
use crate::span::offset;
use crate::syntax::Property;

/// A config or credentials file, byte for byte, with what the AWS CLI reads in it.
///
/// Its `Debug` shows the structure, never values. Its `Display` is the file; bytes that are not
/// UTF-8, which only a file rejected as a whole can have, show as replacement characters.
#[derive(Clone)]
pub struct Document {
    kind: FileKind,
    /// The text, or the bytes that cannot be one.
    source: Result<String, Vec<u8>>,
    reading: Reading,
    /// The section that counts for a name, which is its last.
    effective: OnceLock<Index>,
}

impl Document {
    /// Reads a file. Never fails: what cannot be read stays in place and is listed by
    /// [`problems`](Self::problems). Takes time linear in the number of bytes.
    #[must_use]
    pub fn parse(kind: FileKind, bytes: impl Into<Vec<u8>>) -> Self {
        let source = decode(bytes.into());
        let reading = match &source {
            Ok(text) => read(text),
            Err(bytes) => Reading {
                problems: vec![undecodable(bytes)],
                ..Reading::default()
            },
        };
        Self {
            kind,
            source,
            reading,
            effective: OnceLock::new(),
        }
    }

    /// Returns which of the two files this is.
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

    /// Copies the bytes of the file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    /// Returns the places that the AWS CLI cannot read, in the order of the file.
    ///
    /// It rejects the whole file if there is one, and reads all of it if there is none. The
    /// document's views show nonetheless what can be made out: of equal sections or keys, the
    /// last.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.reading.problems
    }

    /// Returns the problem that the AWS CLI reports when it rejects the file: it does not always
    /// come to the first one first.
    #[must_use]
    pub fn rejection(&self) -> Option<&Problem> {
        let problems = self.problems().iter();
        problems.min_by_key(|problem| problem.reason().precedence())
    }

    /// Returns every section in the order of the file, `[DEFAULT]` and those that a later one
    /// replaces among them.
    pub fn sections(&self) -> impl DoubleEndedIterator<Item = SectionRef<'_>> + ExactSizeIterator {
        (0..self.reading.sections.len()).map(|index| SectionRef::new(self, index))
    }

    /// Returns the section that counts for `name`: the last one, which replaces earlier ones as a
    /// whole however they are spelled.
    #[must_use]
    pub fn section(&self, name: &SectionName<'_>) -> Option<SectionRef<'_>> {
        let name = name.normal();
        let effective = self.effective.get_or_init(|| self.index_names());
        let index = effective.get(&name, |index| self.name_of(index) == name)?;
        Some(SectionRef::new(self, index))
    }

    /// Returns the section of the profile `name`.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<SectionRef<'_>> {
        self.section(&SectionName::profile(name))
    }

    /// Returns the section of the sso-session `name`.
    #[must_use]
    pub fn sso_session(&self, name: &str) -> Option<SectionRef<'_>> {
        self.section(&SectionName::SsoSession(name.into()))
    }

    /// Returns the section `[services NAME]`.
    #[must_use]
    pub fn services(&self, name: &str) -> Option<SectionRef<'_>> {
        self.section(&SectionName::Services(name.into()))
    }

    /// Returns the profiles, each by the section that counts, in the order of the file.
    pub fn profiles(&self) -> impl Iterator<Item = SectionRef<'_>> {
        self.effective_sections()
            .filter(|section| section.name().is_profile())
    }

    /// Returns the sso-sessions, each by the section that counts, in the order of the file.
    pub fn sso_sessions(&self) -> impl Iterator<Item = SectionRef<'_>> {
        let is_session = |name| matches!(name, SectionName::SsoSession(_));
        self.effective_sections()
            .filter(move |section| is_session(section.name()))
    }

    /// Returns the sections `[services NAME]`, each by the one that counts, in the order of the
    /// file.
    pub fn all_services(&self) -> impl Iterator<Item = SectionRef<'_>> {
        let is_services = |name| matches!(name, SectionName::Services(_));
        self.effective_sections()
            .filter(move |section| is_services(section.name()))
    }

    fn effective_sections(&self) -> impl Iterator<Item = SectionRef<'_>> {
        let counts = |section: &SectionRef<'_>| {
            let effective = self.section(&section.name());
            effective.is_some_and(|effective| effective.index() == section.index())
        };
        self.sections().filter(counts)
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

    /// Adds the name of the last section, which is new, to those that are known.
    pub(crate) fn name_last_section(&mut self, name: &SectionName<'_>) {
        if let Some(mut names) = self.effective.take() {
            let last = self.reading.sections.len() - 1;
            names.insert(name, last, |other| self.name_of(other) == *name);
            self.effective = names.into();
        }
    }

    /// Forgets the names of the sections, which are others now.
    pub(crate) fn forget_names(&mut self) {
        self.effective = OnceLock::new();
    }

    /// Returns text and reading of a document that has sections, for both to be changed.
    pub(crate) fn parts_mut(&mut self) -> (&mut String, &mut Reading) {
        let text = self.source.as_mut().ok();
        (text.expect("only a text has sections"), &mut self.reading)
    }

    pub(crate) fn text(&self) -> &str {
        self.source.as_deref().unwrap_or_default()
    }

    pub(crate) fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Returns all properties in the order of the file.
    pub(crate) fn own_properties(&self) -> impl Iterator<Item = PropertyRef<'_>> {
        let properties = self.reading.properties.iter();
        properties.map(|property| PropertyRef::new(self, *property))
    }

    /// Returns the properties that appear in every section.
    pub(crate) fn defaults(&self) -> impl DoubleEndedIterator<Item = &Property> {
        let defaults = self.reading.defaults.iter();
        defaults.flat_map(|section| self.reading.properties_of(*section))
    }

    /// Returns the section in which the property at byte `start` stands.
    pub(crate) fn section_at(&self, start: u32) -> SectionRef<'_> {
        let sections = &self.reading.sections;
        let after = sections.partition_point(|section| section.header.start < start);
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

/// Returns `bytes` as text, if they are UTF-8 and few enough for a `Span`.
fn decode(bytes: Vec<u8>) -> Result<String, Vec<u8>> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(bytes);
    }
    String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes)
}

fn undecodable(bytes: &[u8]) -> Problem {
    if u32::try_from(bytes.len()).is_err() {
        return Problem::new(Reason::TooLarge, (1, 1));
    }
    let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    Problem::new(Reason::NotUtf8, end_of(valid))
}

/// Returns the place where `text` ends.
fn end_of(text: &str) -> Location {
    let last = text.rsplit(['\n', '\r']).next().unwrap_or(text);
    let ends_open = !last.is_empty();
    let line = lines(text).count() + usize::from(!ends_open);
    (offset(line), offset(last.chars().count() + 1))
}
