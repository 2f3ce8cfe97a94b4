//! Properties of the sections and blocks whose keys are known.

use aws_config_parse::{Document, EditError, FileKind, PropertyRef, SectionName, SectionRef};

use super::fix::Fix;
use super::key::{Key, Kind};

/// Hints for values that contain more than the value.
pub(super) const MOVE_COMMENT: &str = "move the comment to its own line";
pub(super) const SEPARATE_LINES: &str = "write each key on its own line, without indentation";

/// Property of a section, or pair of a block in it.
pub(super) struct Entry<'a> {
    pub(super) kind: Kind,
    pub(super) section: SectionRef<'a>,
    /// The block that contains the pair.
    pub(super) block: Option<PropertyRef<'a>>,
    pub(super) property: PropertyRef<'a>,
}

impl<'a> Entry<'a> {
    /// Returns the entries of all effective sections.
    pub(super) fn all(document: &'a Document) -> impl Iterator<Item = Self> {
        let sections = document.profiles().chain(document.sso_sessions());
        let sections = sections.filter_map(|section| Some((Kind::of(&section.name())?, section)));
        let entries = sections.flat_map(|(kind, section)| Self::of_section(kind, section));
        entries.chain(document.all_services().flat_map(Self::of_services))
    }

    /// Returns the properties of the sections `[DEFAULT]`, which all sections inherit.
    pub(super) fn of_defaults(document: &'a Document) -> impl Iterator<Item = Self> {
        let sections = document.sections().filter(SectionRef::is_defaults);
        sections.flat_map(|section| Self::of_section(Kind::Profile, section))
    }

    /// Returns the properties of a section, and the pairs of its block `s3`.
    pub(super) fn of_section(kind: Kind, section: SectionRef<'a>) -> impl Iterator<Item = Self> {
        section.own_properties().flat_map(move |property| {
            let own = Self {
                kind,
                section,
                block: None,
                property,
            };
            let is_s3 = kind == Kind::Profile && property.key() == "s3";
            let block = is_s3.then_some(property).into_iter();
            let pairs = block.flat_map(move |block| Self::of_block(Kind::S3, section, block));
            std::iter::once(own).chain(pairs)
        })
    }

    fn of_services(section: SectionRef<'a>) -> impl Iterator<Item = Self> {
        let blocks = section.own_properties();
        blocks.flat_map(move |block| Self::of_block(Kind::Service, section, block))
    }

    fn of_block(
        kind: Kind,
        section: SectionRef<'a>,
        block: PropertyRef<'a>,
    ) -> impl Iterator<Item = Self> {
        block.pairs().map(move |property| Self {
            kind,
            section,
            block: Some(block),
            property,
        })
    }

    pub(super) fn key(&self) -> Option<&'static Key> {
        self.kind.key(&self.property.key())
    }

    /// Returns whether the section or the block contains `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        match &self.block {
            Some(block) => block.get(key).is_some(),
            None => self.section.get(key).is_some(),
        }
    }

    /// Returns whether a comment is part of the value.
    pub(super) fn has_comment(&self) -> bool {
        let begins = self.property.value().starts_with(['#', ';']);
        begins || self.property.sdk_value().is_some()
    }

    /// Returns whether the section selects the endpoint of another service.
    pub(super) fn has_endpoint(&self) -> bool {
        let mut keys = ["endpoint_url", "services"].iter();
        keys.any(|key| self.section.get(key).is_some())
    }

    /// Returns the section that the value of a key names, as the AWS CLI reads both.
    pub(super) fn target<'v>(key: &str, value: &'v str) -> SectionName<'v> {
        match key {
            "sso_session" => SectionName::SsoSession(value.into()),
            "services" => SectionName::Services(value.into()),
            _ => SectionName::profile(value),
        }
    }

    pub(super) fn rename(&self, new: &'static str) -> Fix {
        let key = self.property.key().into_owned();
        let description = format!("rename {key} to {new}");
        self.fix(&description, move |config, section, block| {
            let Some(mut section) = config.section_mut(section) else {
                return Ok(());
            };
            match block {
                Some(block) => section.rename_in(block, &key, new).map(drop),
                None => section.rename(&key, new).map(drop),
            }
        })
    }

    pub(super) fn set(&self, description: &str, value: String) -> Fix {
        let key = self.property.key().into_owned();
        self.fix(description, move |config, section, block| {
            let Some(mut section) = config.section_mut(section) else {
                return Ok(());
            };
            match block {
                Some(block) => section.set_in(block, &key, &value).map(drop),
                None => section.set_own(&key, &value).map(drop),
            }
        })
    }

    pub(super) fn remove(&self) -> Fix {
        let key = self.property.key().into_owned();
        let description = format!("remove {key}");
        self.fix(&description, move |config, section, block| {
            let Some(mut section) = config.section_mut(section) else {
                return Ok(());
            };
            match block {
                Some(block) => section.remove_in(block, &key).map(drop),
                None => section.remove(&key).map(drop),
            }
        })
    }

    fn fix(
        &self,
        description: &str,
        edit: impl FnOnce(&mut Document, &SectionName<'_>, Option<&str>) -> Result<(), EditError>
        + 'static,
    ) -> Fix {
        let file: FileKind = self.section.file();
        let section = self.section.name().into_owned();
        let block = self.block.map(|block| block.key().into_owned());
        Fix::edit_file(file, description, move |config| {
            edit(config, &section, block.as_deref())
        })
    }
}
