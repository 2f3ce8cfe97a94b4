//! Profiles that a finding affects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aws_config_parse::{Document, SectionName, SectionRef, merged_profiles};
use sso_types::sanitize;

/// Profiles that use each session, `[services]` section and source profile.
pub(super) struct Affected<'a> {
    /// The config file and the credentials file, with their paths.
    files: [(&'a Path, &'a Document); 2],
    /// Profiles that name another section in a key, by that section.
    references: BTreeMap<Target, Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Profile(String),
    Session(String),
    Services(String),
}

/// Keys that name another section.
const REFERENCES: [(&str, fn(String) -> Target); 3] = [
    ("source_profile", Target::Profile),
    ("sso_session", Target::Session),
    ("services", Target::Services),
];

impl<'a> Affected<'a> {
    /// Takes the config file and the credentials file, with their paths.
    pub(super) fn of(files: [(&'a Path, &'a Document); 2]) -> Self {
        let [(_, config), (_, credentials)] = files;
        let mut references: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for profile in merged_profiles(config, credentials) {
            let name = profile.name().as_str().to_owned();
            for (key, target) in REFERENCES {
                if let Some(property) = profile.get(key) {
                    let target = target(property.value().into_owned());
                    references.entry(target).or_default().push(name.clone());
                }
            }
        }
        Self { files, references }
    }

    /// Returns the profiles that use the section at a location `FILE:LINE`: the profile itself, those
    /// that use it as their source, and those that use the session or services section. Returns none for
    /// other locations.
    pub(super) fn at(&self, location: &str) -> BTreeSet<String> {
        let target = location.rsplit_once(':').and_then(|(path, line)| {
            let line = line.parse().ok()?;
            let mut files = self.files.iter();
            let (_, document) = files.find(|(it, _)| sanitize(&it.to_string_lossy()) == path)?;
            target(&section_at(document, line)?)
        });
        target.map(|target| self.users(target)).unwrap_or_default()
    }

    /// Returns the profile and those that use it as their source.
    pub(super) fn by_profile(&self, name: &str) -> BTreeSet<String> {
        self.users(Target::Profile(name.to_owned()))
    }

    /// Returns the profiles that use an SSO session.
    pub(super) fn by_session(&self, name: &str) -> BTreeSet<String> {
        self.users(Target::Session(name.to_owned()))
    }

    /// Returns the profiles that reach the target through any number of references.
    fn users(&self, target: Target) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if let Target::Profile(name) = &target {
            found.insert(name.clone());
        }
        let mut pending = vec![target];
        while let Some(target) = pending.pop() {
            for name in self.references.get(&target).into_iter().flatten() {
                if found.insert(name.clone()) {
                    pending.push(Target::Profile(name.clone()));
                }
            }
        }
        found
    }
}

fn section_at(document: &Document, line: usize) -> Option<SectionRef<'_>> {
    let above = document
        .sections()
        .take_while(|section| section.line() <= line);
    above.last()
}

fn target(section: &SectionRef<'_>) -> Option<Target> {
    let name = section.name().as_str().to_owned();
    match section.name() {
        SectionName::SsoSession(_) => Some(Target::Session(name)),
        SectionName::Services(_) => Some(Target::Services(name)),
        SectionName::Default | SectionName::Profile(_) => Some(Target::Profile(name)),
        SectionName::Other(_) => None,
    }
}
