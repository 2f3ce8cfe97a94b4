//! Profiles that get another name, because an account was renamed, or the name template has changed.

use std::collections::{HashMap, HashSet};

use aws_config_parse::{Document, EditError, SectionName, SectionRef};
use serde::Serialize;
use sso_config::{ConfigFiles, Location};
use sso_types::sanitize;

use super::desired::DesiredProfile;
use super::write::{EditSummary, ProfileEdit, is_marked};

#[derive(Debug, Serialize)]
pub(super) struct RenamedProfile {
    pub(super) from: String,
    pub(super) to: String,
}

/// Returns the marked profiles that have the session, account, role and Region of a desired profile
/// that does not exist, and a name that is not desired.
///
/// A profile that the credentials file contains too is not renamed, because it would lose the keys
/// there.
pub(super) fn renamed_profiles(
    edit: &ProfileEdit<'_>,
    config: &Document,
    files: &ConfigFiles,
) -> Vec<RenamedProfile> {
    let desired: HashSet<_> = edit.profiles.iter().map(|profile| &*profile.name).collect();
    let is_free = |section: &SectionRef<'_>| {
        let name = section.name();
        let profile = files.profile(&name.as_str().into());
        is_marked(section)
            && name != SectionName::Default
            && !desired.contains(name.as_str())
            && profile.is_none_or(|profile| profile.credentials().is_none())
    };
    let mut free: HashMap<_, Vec<_>> = HashMap::new();
    for section in config.profiles().filter(is_free) {
        let key = (
            value(&section, "sso_account_id"),
            value(&section, "sso_role_name"),
        );
        free.entry(key).or_default().push(section);
    }
    let is_missing =
        |profile: &&DesiredProfile| files.profile(&profile.name.as_str().into()).is_none();
    let missing = edit.profiles.iter().filter(is_missing);
    let renamed = missing.filter_map(|profile| {
        let id = profile.account_id.as_str().to_owned();
        let role = profile.role_name.as_str().to_owned();
        let sections = free.get_mut(&(Some(id), Some(role)))?;
        let is_same = |section: &SectionRef<'_>| {
            edit.may_edit(config, section, profile) && has_region(section, profile)
        };
        let section = sections.remove(sections.iter().position(is_same)?);
        Some(RenamedProfile {
            from: section.name().as_str().to_owned(),
            to: profile.name.clone(),
        })
    });
    renamed.collect()
}

/// Renames the sections, and changes each `source_profile` that contains an old name.
pub(super) fn rename(renamed: &[RenamedProfile], config: &mut Document) -> Result<(), EditError> {
    for RenamedProfile { from, to } in renamed {
        config.rename_section(&SectionName::profile(&**from), &SectionName::profile(&**to))?;
    }
    let names: HashMap<_, _> = renamed
        .iter()
        .map(|renamed| (renamed.from.as_str(), renamed.to.as_str()))
        .collect();
    let references = config.profiles().filter_map(|section| {
        let source = section.own_properties().find(|own| own.key() == SOURCE)?;
        let to = names.get(&*source.value())?;
        Some((section.name().into_owned(), *to))
    });
    let references: Vec<_> = references.collect();
    for (name, source) in references {
        config.add_section(&name)?.set_own(SOURCE, source)?;
    }
    Ok(())
}

const SOURCE: &str = "source_profile";

/// Returns a message for each `source_profile` with the name of a profile that no longer exists after
/// the edit.
pub(super) fn broken_references(
    summary: &EditSummary,
    files: &ConfigFiles,
) -> Vec<(Location, String)> {
    let renamed = summary.renamed.iter();
    let renamed = renamed.map(|renamed| (renamed.from.as_str(), Some(renamed.to.as_str())));
    let removed = summary.removed.iter().map(|name| (name.as_str(), None));
    let gone: HashMap<_, _> = renamed.chain(removed).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let broken = files.profiles().filter_map(|profile| {
        let source = profile.get(SOURCE)?;
        let name = source.value();
        let to = gone.get(&*name)?;
        if files.profile(&(*name).into()).is_some() {
            return None;
        }
        let name = sanitize(&name);
        let message = match to {
            Some(to) => format!("{SOURCE} is {name}, which this run renames to {to}"),
            None => format!("{SOURCE} is {name}, which this run removes"),
        };
        Some((files.location_of(&source), message))
    });
    broken.collect()
}

fn value(section: &SectionRef<'_>, key: &str) -> Option<String> {
    section
        .get(key)
        .map(|property| property.value().into_owned())
}

/// Returns whether the profile has the desired Region, or one of the two has none.
fn has_region(section: &SectionRef<'_>, profile: &DesiredProfile) -> bool {
    let desired = profile.region();
    let region = value(section, "region");
    desired.is_none() || region.is_none() || region.as_deref() == desired
}
