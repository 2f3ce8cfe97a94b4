//! The edit that writes the profiles: marked profiles in place, new profiles at the end.

use std::collections::{HashMap, HashSet};

use aws_config_parse::{Document, EditError, Outcome, SectionMut, SectionName, SectionRef};
use serde::Serialize;
use sso_config::SsoSession;
use sso_session::start_url::is_same_start_url;
use sso_types::{AccountId, RegistrationScope, SessionName, StartUrl};

use super::desired::DesiredProfile;
use super::left_behind::Owners;
use super::renaming::{NameChanges, RenamedProfile, rename};

/// Key that marks the profiles that `populate` writes. aws-sso-util uses the same key.
pub(super) const MARK: &str = "sso_auto_populated";

pub(super) const OWN_KEYS: [&str; 7] = [
    "sso_session",
    "sso_start_url",
    "sso_region",
    "sso_account_id",
    "sso_account_name",
    "sso_role_name",
    MARK,
];

pub(super) struct ProfileEdit<'a> {
    pub(super) sessions: &'a [SsoSession],
    pub(super) profiles: &'a [DesiredProfile],
    /// Set if marked profiles of `sessions` that are not in `profiles` are removed.
    pub(super) prunes: bool,
    /// Accounts of `sessions` whose roles are unknown, so that their profiles are not removed.
    pub(super) refused: HashSet<(Option<SessionName>, AccountId)>,
    /// Sessions whose profiles are not removed, because one of their rules matches nothing.
    pub(super) kept: HashSet<SessionName>,
}

#[derive(Debug, Default)]
pub(super) struct EditSummary {
    pub(super) added: Vec<String>,
    pub(super) changed: Vec<String>,
    pub(super) renamed: Vec<RenamedProfile>,
    pub(super) removed: Vec<String>,
    pub(super) unchanged: Vec<String>,
    pub(super) replaced: Vec<ReplacedName>,
    pub(super) removed_keys: Vec<RemovedKeys>,
}

/// Removed profile with keys that the user may have added.
#[derive(Debug, Serialize)]
pub(super) struct RemovedKeys {
    pub(super) profile: String,
    pub(super) keys: Vec<String>,
}

/// Name of a profile that differs from the text of its template.
#[derive(Debug, Serialize)]
pub(super) struct ReplacedName {
    pub(super) name: String,
    pub(super) text: String,
}

impl ProfileEdit<'_> {
    /// Edits `config`. Keeps unmarked profiles, and the keys and comments of the user.
    pub(super) fn apply(
        &self,
        config: &mut Document,
        NameChanges { renamed, removed }: NameChanges,
    ) -> Result<EditSummary, EditError> {
        let mut summary = EditSummary {
            replaced: self.replaced(),
            removed_keys: self.removed_keys(&removed, config),
            renamed,
            removed,
            ..EditSummary::default()
        };
        let removed = summary.removed.iter();
        let removed = removed.map(|name| SectionName::profile(&**name));
        config.remove_sections(&removed.collect::<Vec<_>>())?;
        rename(&summary.renamed, config)?;
        let new_names: HashSet<_> = summary.renamed.iter().map(|new| new.to.clone()).collect();
        for session in self.sessions {
            write_session(config, session)?;
        }
        for profile in self.profiles {
            let names = match config.profile(&profile.name) {
                None => &mut summary.added,
                // The profile has the desired content; otherwise it would be a collision.
                Some(section) if !self.may_edit(config, &section, profile) => {
                    summary.unchanged.push(profile.name.clone());
                    continue;
                }
                Some(_) => &mut summary.changed,
            };
            let mut section = config.add_section(&SectionName::profile(&*profile.name))?;
            let names = match self.write_profile(&mut section, profile)? {
                _ if new_names.contains(&profile.name) => continue,
                Outcome::Changed => names,
                Outcome::Unchanged => &mut summary.unchanged,
            };
            names.push(profile.name.clone());
        }
        Ok(summary)
    }

    fn replaced(&self) -> Vec<ReplacedName> {
        let profiles = self.profiles.iter();
        let replaced = profiles.filter(|profile| profile.name != profile.name_text);
        let names = replaced.map(|profile| ReplacedName {
            name: profile.name.clone(),
            text: profile.name_text.clone(),
        });
        names.collect()
    }

    fn write_profile(
        &self,
        section: &mut SectionMut<'_>,
        profile: &DesiredProfile,
    ) -> Result<Outcome, EditError> {
        let mut outcome = section.set_own("sso_session", profile.session.as_str())?;
        for (key, value) in self.legacy_keys(&section.section(), &profile.session) {
            outcome = outcome.and(section.set_own(key, value)?);
        }
        outcome = outcome.and(section.set_own("sso_account_id", profile.account_id.as_str())?);
        if let Some(name) = &profile.account_name {
            outcome = outcome.and(section.set_own("sso_account_name", name)?);
        }
        outcome = outcome.and(section.set_own("sso_role_name", profile.role_name.as_str())?);
        for (key, value) in &profile.settings {
            outcome = outcome.and(section.set_own(key, value)?);
        }
        Ok(outcome.and(section.set_own(MARK, "true")?))
    }

    /// Returns the session's values for the legacy keys in the section. The section may keep these
    /// keys, but SDKs reject a profile that contradicts its session.
    fn legacy_keys(
        &self,
        section: &SectionRef<'_>,
        session: &SessionName,
    ) -> Vec<(&'static str, &str)> {
        let Some(session) = self.session(session) else {
            return Vec::new();
        };
        let keys = [
            ("sso_start_url", session.start_url.as_str()),
            ("sso_region", session.region.as_str()),
        ];
        let keys = keys.into_iter();
        keys.filter(|(key, _)| section.get(key).is_some()).collect()
    }

    /// Returns the marked profiles that `--prune` removes, unless they are renamed: the run does not
    /// write them, and would have to write another account to those whose name it needs.
    pub(super) fn surplus(&self, config: &Document) -> Vec<String> {
        if !self.prunes {
            return Vec::new();
        }
        let profiles = self.profiles.iter();
        let desired: HashMap<_, _> = profiles.map(|it| (it.name.as_str(), it)).collect();
        let owners = Owners::of(self, config);
        let removable = config.profiles().filter(|section| {
            let is_kept =
                |session: &&SsoSession| self.keeps(session) || self.is_refused(section, session);
            let sessions = owners.sessions(section);
            let has_other_account = |profile: &&DesiredProfile| {
                self.may_edit(config, section, profile)
                    && !self.is_in_place(config, section, profile)
            };
            let profile = desired.get(section.name().as_str());
            !sessions.is_empty()
                && !sessions.iter().any(is_kept)
                && profile.is_none_or(has_other_account)
        });
        let names = removable.map(|section| section.name().as_str().to_owned());
        names.collect()
    }

    pub(super) fn is_refused(&self, section: &SectionRef<'_>, session: &SsoSession) -> bool {
        let Some(account) = section.get("sso_account_id") else {
            return false;
        };
        let account = AccountId::from(&*account.value());
        self.refused.contains(&(session.name.clone(), account))
    }

    /// Returns the keys of the profiles that this run would not set. The Region of a profile that is
    /// named after it comes from an earlier run.
    fn removed_keys(&self, profiles: &[String], config: &Document) -> Vec<RemovedKeys> {
        let settings = self.profiles.iter().flat_map(|profile| &profile.settings);
        let set: HashSet<_> = settings.map(|(key, _)| key.as_str()).collect();
        let removed = profiles.iter().filter_map(|name| {
            let keys = config.profile(name)?.own_properties();
            let keys = keys.filter_map(|property| {
                let key = property.key().to_lowercase();
                let is_own = OWN_KEYS.contains(&&*key)
                    || set.contains(&*key)
                    || key == "region" && name.contains(&*property.value());
                (!is_own).then_some(key)
            });
            let keys: Vec<_> = keys.collect();
            let profile = name.clone();
            (!keys.is_empty()).then_some(RemovedKeys { profile, keys })
        });
        removed.collect()
    }

    pub(super) fn keeps(&self, session: &SsoSession) -> bool {
        let name = session.name.as_ref();
        name.is_some_and(|name| self.kept.contains(name))
    }

    /// Returns the names of the profiles to write.
    pub(super) fn names(&self) -> HashSet<&str> {
        let profiles = self.profiles.iter();
        profiles.map(|profile| profile.name.as_str()).collect()
    }

    /// Returns whether neither the run nor a section has a session of this name.
    pub(super) fn is_unknown(&self, config: &Document, name: &str) -> bool {
        self.session(&name.into()).is_none() && config.sso_session(name).is_none()
    }

    /// Returns whether a session of this run or a section, `name`, has the start URL of `session`.
    pub(super) fn has_start_url_of(
        &self,
        config: &Document,
        name: &str,
        session: &SsoSession,
    ) -> bool {
        let in_section = || {
            let start_url = config.sso_session(name)?.get("sso_start_url")?;
            Some(StartUrl::from(&*start_url.value()))
        };
        let in_run = self.session(&name.into());
        let start_url = in_run.map(|session| session.start_url.clone());
        let start_url = start_url.or_else(in_section);
        start_url.is_some_and(|start_url| is_same_start_url(&session.start_url, &start_url))
    }

    pub(super) fn session(&self, name: &SessionName) -> Option<&SsoSession> {
        let mut sessions = self.sessions.iter();
        sessions.find(|session| session.name.as_ref() == Some(name))
    }
}

fn write_session(config: &mut Document, session: &SsoSession) -> Result<Outcome, EditError> {
    let Some(name) = &session.name else {
        return Ok(Outcome::Unchanged);
    };
    let name = SectionName::SsoSession(name.as_str().into());
    if config.section(&name).is_some() {
        return Ok(Outcome::Unchanged);
    }
    let mut section = config.add_section(&name)?;
    section.set_own("sso_start_url", session.start_url.as_str())?;
    section.set_own("sso_region", session.region.as_str())?;
    if let Some(scopes) = &session.scopes {
        let scopes: Vec<_> = scopes.iter().map(RegistrationScope::as_str).collect();
        section.set_own("sso_registration_scopes", &scopes.join(","))?;
    }
    Ok(Outcome::Changed)
}

/// Returns whether a profile is marked and belongs to `session`. Profiles that aws-sso-util wrote
/// have a start URL instead of a session.
pub(super) fn is_marked_of(section: &SectionRef<'_>, session: &SsoSession) -> bool {
    let value = |key| section.get(key).map(|property| property.value());
    let is_of_session = match value("sso_session") {
        Some(name) => session
            .name
            .as_ref()
            .is_some_and(|own| name == own.as_str()),
        None => value("sso_start_url")
            .is_some_and(|start_url| is_same_start_url(&session.start_url, &(*start_url).into())),
    };
    is_marked(section) && is_of_session
}

/// Returns whether a profile has the mark itself. A mark in `[DEFAULT]` is not the mark of a profile:
/// every section inherits it.
pub(super) fn is_marked(section: &SectionRef<'_>) -> bool {
    let mark = section.get(MARK);
    let own = mark.filter(|mark| !mark.section().is_defaults());
    own.is_some_and(|mark| mark.value().eq_ignore_ascii_case("true"))
}

/// Returns the keys that decide what a profile gives access to, and its settings.
pub(super) fn desired_values(profile: &DesiredProfile) -> Vec<(&str, &str)> {
    let own = [
        ("sso_session", profile.session.as_str()),
        ("sso_account_id", profile.account_id.as_str()),
        ("sso_role_name", profile.role_name.as_str()),
    ];
    let settings = profile.settings.iter();
    let settings = settings.map(|(key, value)| (key.as_str(), value.as_str()));
    own.into_iter().chain(settings).collect()
}
