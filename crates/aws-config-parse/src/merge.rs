//! Profiles merged from the config file and the credentials file.

use std::collections::HashSet;

use crate::document::Document;
use crate::name::SectionName;
use crate::property::PropertyRef;
use crate::section::SectionRef;

/// A profile as the AWS CLI reads it: merged key by key. The credentials file takes precedence
/// over the config file.
#[derive(Clone, Debug)]
pub struct MergedProfile<'a> {
    name: SectionName<'a>,
    config: Option<SectionRef<'a>>,
    credentials: Option<SectionRef<'a>>,
}

/// Returns the profile `name`, merged from a config file and a credentials file, or `None` if it is
/// in neither.
///
/// Does not check for [`problems`](Document::problems). The AWS CLI fails if either file has one.
#[must_use]
pub fn merged_profile<'a>(
    config: &'a Document,
    credentials: &'a Document,
    name: &str,
) -> Option<MergedProfile<'a>> {
    let (config, credentials) = (config.profile(name), credentials.profile(name));
    Some(MergedProfile {
        name: config.or(credentials)?.name(),
        config,
        credentials,
    })
}

/// Returns all profiles of a config file and a credentials file, in the order of botocore's
/// `Session.available_profiles`: those of the config file, then those that are only in the credentials
/// file, each in the order of [`Document::profiles`].
pub fn merged_profiles<'a>(
    config: &'a Document,
    credentials: &'a Document,
) -> impl Iterator<Item = MergedProfile<'a>> {
    let in_config = config.profiles().map(|section| MergedProfile {
        name: section.name(),
        config: Some(section),
        credentials: credentials.section(&section.name()),
    });
    let only_in_credentials = credentials.profiles().map(|section| MergedProfile {
        name: section.name(),
        config: None,
        credentials: Some(section),
    });
    let is_new = |profile: &MergedProfile<'_>| config.section(&profile.name).is_none();
    in_config.chain(only_in_credentials.filter(is_new))
}

impl<'a> MergedProfile<'a> {
    /// Returns the profile's name.
    #[must_use]
    pub fn name(&self) -> &SectionName<'a> {
        &self.name
    }

    /// Returns the profile's section in the config file.
    #[must_use]
    pub fn config(&self) -> Option<SectionRef<'a>> {
        self.config
    }

    /// Returns the profile's section in the credentials file.
    #[must_use]
    pub fn credentials(&self) -> Option<SectionRef<'a>> {
        self.credentials
    }

    /// Returns the property `key`, ignoring case. [`PropertyRef::file`] returns its file kind.
    ///
    /// Blocks are not merged: a block in the credentials file replaces the one in the config file.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<PropertyRef<'a>> {
        let in_section = |section: Option<SectionRef<'a>>| section?.get(key);
        in_section(self.credentials).or_else(|| in_section(self.config))
    }

    /// Returns the properties of both files, each key once: those that are only in the config file,
    /// then those of the credentials file.
    pub fn properties(&self) -> impl Iterator<Item = PropertyRef<'a>> + use<'a> {
        let of = |section: Option<SectionRef<'a>>| {
            section.into_iter().flat_map(|section| section.properties())
        };
        let in_credentials: HashSet<_> = of(self.credentials)
            .map(|property| property.key())
            .collect();
        of(self.config)
            .filter(move |property| !in_credentials.contains(&property.key()))
            .chain(of(self.credentials))
    }
}
