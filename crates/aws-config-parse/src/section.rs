//! Sections: headers with the properties below them.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use crate::document::Document;
use crate::file_kind::FileKind;
use crate::line::lines;
use crate::name::{DEFAULTS, SectionName};
use crate::problem::Location;
use crate::property::PropertyRef;
use crate::syntax::{Property, Section, lower};

/// A section of a document.
///
/// `Debug` shows the header and the keys, but no values.
#[derive(Clone, Copy)]
pub struct SectionRef<'a> {
    document: &'a Document,
    index: usize,
}

impl<'a> SectionRef<'a> {
    pub(crate) fn new(document: &'a Document, index: usize) -> Self {
        Self { document, index }
    }

    pub(crate) fn index(&self) -> usize {
        self.index
    }

    pub(crate) fn location(&self) -> Location {
        self.section().location
    }

    pub(crate) fn text_after_header(&self) -> &'a str {
        let after = &self.document.text()[self.section().header.end as usize + 1..];
        lines(after).next().unwrap_or_default()
    }

    pub(crate) fn property_ref(&self, property: Property) -> PropertyRef<'a> {
        PropertyRef::new(self.document, property)
    }

    /// Returns the last property `key` of this section, without inherited ones. For `[DEFAULT]`,
    /// the property may be in any `[DEFAULT]` section.
    pub(crate) fn own_property(&self, key: &str) -> Option<&'a Property> {
        let text = self.document.text();
        let key = lower(key);
        let named = |property: &&Property| lower(property.key.in_text(text)) == key;
        if self.is_defaults() {
            self.document.defaults().rfind(named)
        } else {
            self.document
                .parsed()
                .properties_of(self.index)
                .iter()
                .rfind(named)
        }
    }

    fn section(&self) -> &'a Section {
        &self.document.parsed().sections[self.index]
    }

    /// Returns the type and name of the section.
    #[must_use]
    pub fn name(&self) -> SectionName<'a> {
        SectionName::of_header(self.document.kind(), self.header())
    }

    /// Returns the text between the brackets of the header, unchanged.
    #[must_use]
    pub fn header(&self) -> &'a str {
        self.section().header.in_text(self.document.text())
    }

    /// Returns the byte range of the header in the file, including the brackets.
    #[must_use]
    pub fn header_range(&self) -> Range<usize> {
        let inside = self.section().header.range();
        inside.start - 1..inside.end + 1
    }

    /// Returns whether this is `[DEFAULT]`, whose properties all other sections inherit.
    #[must_use]
    pub fn is_defaults(&self) -> bool {
        self.header() == DEFAULTS
    }

    /// Returns the line of the header, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.section().location.0 as usize
    }

    /// Returns the column of the header in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.section().location.1 as usize
    }

    /// Returns the kind of file that contains the section.
    #[must_use]
    pub fn file(&self) -> FileKind {
        self.document.kind()
    }

    /// Returns the property `key`, ignoring case: the last one of the section, or the one inherited
    /// from `[DEFAULT]` if the section has none.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<PropertyRef<'a>> {
        let key = lower(key);
        let named = |property: &&Property| lower(property.key.in_text(self.document.text())) == key;
        let own = self.document.parsed().properties_of(self.index);
        let property = own.iter().rfind(named);
        let property = property.or_else(|| self.document.defaults().rfind(named));
        Some(PropertyRef::new(self.document, *property?))
    }

    /// Returns the properties below this header in file order, without those inherited from
    /// `[DEFAULT]`, but including those that a later property with the same key replaces.
    pub fn own_properties(&self) -> impl Iterator<Item = PropertyRef<'a>> + use<'a> {
        let document = self.document;
        let own = document.parsed().properties_of(self.index).iter();
        own.map(move |property| PropertyRef::new(document, *property))
    }

    /// Returns the properties as the CLI reads them, each key once: the section's own properties in
    /// file order, then those inherited from `[DEFAULT]`. Of equal keys, the last one is returned.
    pub fn properties(&self) -> impl Iterator<Item = PropertyRef<'a>> + use<'a> {
        let document = self.document;
        let text = document.text();
        let mut seen = HashSet::new();
        let mut is_last = |property: &&Property| seen.insert(lower(property.key.in_text(text)));
        let own = document.parsed().properties_of(self.index).iter();
        let mut own: Vec<_> = own.rev().filter(&mut is_last).collect();
        own.reverse();
        let mut defaults: Vec<_> = document.defaults().rev().filter(is_last).collect();
        defaults.reverse();
        let all = own.into_iter().chain(defaults);
        all.map(move |property| PropertyRef::new(document, *property))
    }
}

impl fmt::Debug for SectionRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SectionRef")
            .field("header", &self.header())
            .field("line", &self.line())
            .field("properties", &self.own_properties().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
