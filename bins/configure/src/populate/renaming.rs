//! Profiles that get another name, because an account was renamed, or the name template has changed.

use std::collections::{HashMap, HashSet};

use aws_config_parse::{Document, EditError, SectionName, SectionRef};
use serde::Serialize;
use sso_config::{ConfigFiles, Location};
use sso_types::escaped;

use super::desired::DesiredProfile;
use super::write::{EditSummary, ProfileEdit, is_marked};

#[derive(Debug, Serialize)]
pub(super) struct RenamedProfile {
    pub(super) from: String,
    pub(super) to: String,
}

/// Profiles that lose their names.
pub(super) struct NameChanges {
    /// All at once: the new name of one may be the old name of another.
    pub(super) renamed: Vec<RenamedProfile>,
    pub(super) removed: Vec<String>,
}

impl NameChanges {
    /// A new name that another profile keeps is not used.
    pub(super) fn of(edit: &ProfileEdit<'_>, config: &Document, files: &ConfigFiles) -> Self {
        let mut removed = edit.surplus(config);
        let mut renamed = renamed_profiles(edit, config, files);
        let surplus: HashSet<_> = removed.iter().cloned().collect();
        let mut from: HashSet<_> = renamed.iter().map(|renamed| renamed.from.clone()).collect();
        loop {
            let is_free = |RenamedProfile { to, .. }: &RenamedProfile| {
                config.profile(to).is_none() || from.contains(to) || surplus.contains(to)
            };
            let (free, taken): (Vec<_>, Vec<_>) = renamed.into_iter().partition(is_free);
            renamed = free;
            if taken.is_empty() {
                break;
            }
            for renamed in taken {
                from.remove(&renamed.from);
            }
        }
        removed.retain(|name| !from.contains(name));
        Self { renamed, removed }
    }

    /// Returns the old names of the profiles.
    pub(super) fn vacated(&self) -> HashSet<&str> {
        let renamed = self.renamed.iter().map(|renamed| renamed.from.as_str());
        let removed = self.removed.iter().map(String::as_str);
        renamed.chain(removed).collect()
    }
}

/// Returns the marked profiles that have the session, account, role and Region of a desired profile
/// with another name.
///
/// A profile that the credentials file contains too is not renamed, because it would lose the keys
/// there.
fn renamed_profiles(
    edit: &ProfileEdit<'_>,
    config: &Document,
    files: &ConfigFiles,
) -> Vec<RenamedProfile> {
    let is_settled = |profile: &&DesiredProfile| {
        config.profile(&profile.name).is_some_and(|section| {
            edit.is_in_place(config, &section, profile)
                && value(&section, "sso_role_name").as_deref() == Some(profile.role_name.as_str())
                && has_region(&section, profile)
        })
    };
    let (settled, missing): (Vec<_>, Vec<_>) = edit.profiles.iter().partition(is_settled);
    let settled: HashSet<_> = settled.iter().map(|profile| &*profile.name).collect();
    let is_free = |section: &SectionRef<'_>| {
        let name = section.name();
        let profile = files.profile(&name.as_str().into());
        is_marked(section)
            && name != SectionName::Default
            && !settled.contains(name.as_str())
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
    let renamed = missing.into_iter().filter_map(|profile| {
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

/// Renames the sections, and changes each `source_profile` that contains an old name. A section whose new
/// name is the old name of another gets a temporary name first.
pub(super) fn rename(renamed: &[RenamedProfile], config: &mut Document) -> Result<(), EditError> {
    let from: HashSet<_> = renamed.iter().map(|renamed| &*renamed.from).collect();
    let new_names: HashSet<_> = renamed.iter().map(|renamed| &*renamed.to).collect();
    let mut unused = (0..).map(|number| format!("populate-{number}"));
    let mut later = Vec::new();
    for RenamedProfile { from: old, to } in renamed {
        let temporary = from.contains(&**to).then(|| {
            let is_unused =
                |name: &String| config.profile(name).is_none() && !new_names.contains(&**name);
            unused.find(is_unused).unwrap_or_default()
        });
        let new = temporary.as_ref().unwrap_or(to);
        config.rename_section(&SectionName::profile(&**old), &SectionName::profile(&**new))?;
        later.extend(temporary.map(|temporary| (temporary, to)));
    }
    for (temporary, to) in later {
        config.rename_section(
            &SectionName::profile(temporary),
            &SectionName::profile(&**to),
        )?;
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

/// Returns the `source_profile` of each profile that has one.
pub(super) fn sources(files: &ConfigFiles) -> HashMap<String, String> {
    let sources = files.profiles().filter_map(|profile| {
        let source = profile.get(SOURCE)?.value().into_owned();
        Some((profile.name().as_str().to_owned(), source))
    });
    sources.collect()
}

/// Returns a message for each `source_profile` that contains the name of a profile that was renamed or
/// removed, before the edit as in `sources`, and after it as in `files`. Another profile may have this
/// name now.
pub(super) fn broken_references(
    summary: &EditSummary,
    sources: &HashMap<String, String>,
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
        let is_changed = sources
            .get(profile.name().as_str())
            .is_some_and(|old| *old != name);
        let left = files.profile(&(*name).into());
        if is_changed || left.is_some_and(|left| left.config().is_none()) {
            return None;
        }
        let name = escaped(&name);
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
