//! Names that belong to existing profiles.

use aws_config_parse::{Document, SectionRef};
use sso_config::ConfigFiles;
use sso_session::start_url::is_same_start_url;
use sso_types::escaped;

use super::desired::DesiredProfile;
use super::renaming::NameChanges;
use super::write::{ProfileEdit, desired_values, is_marked, is_marked_of};

impl ProfileEdit<'_> {
    /// Returns a message for each profile whose name belongs to an existing profile that may not
    /// be edited, and keeps its name.
    pub(super) fn collisions(
        &self,
        config: &Document,
        files: &ConfigFiles,
        changes: &NameChanges,
    ) -> Vec<String> {
        let vacated = changes.vacated();
        let taken = self.profiles.iter().filter_map(|profile| {
            let merged = files.profile(&profile.name.as_str().into())?;
            let is_free = |section: &SectionRef<'_>| {
                vacated.contains(&*profile.name) || self.is_in_place(config, section, profile)
            };
            let existing = match config.profile(&profile.name) {
                Some(section) => Some(section).filter(|section| !is_free(section))?,
                None => merged.credentials()?,
            };
            let location = files.location_of_section(&existing);
            Some(format!(
                "{:?} would be the name of {profile}, but the profile at {location} has this name{}",
                profile.name,
                self.reason(config, &existing, profile)
            ))
        });
        taken.collect()
    }

    /// Returns why a marked profile is not edited, and how to change that.
    fn reason(
        &self,
        config: &Document,
        section: &SectionRef<'_>,
        profile: &DesiredProfile,
    ) -> String {
        let Some(session) = self
            .session(&profile.session)
            .filter(|_| is_marked(section))
        else {
            return String::new();
        };
        let account = section.get("sso_account_id");
        if is_marked_of(section, session) {
            let account = account.map_or_else(String::new, |account| escaped(&account.value()));
            let is_kept = self.keeps(session) || self.is_refused(section, session);
            let removes = !self.prunes && !is_kept;
            let way = if removes { "; --prune removes it" } else { "" };
            return format!(" and account {account}{way}");
        }
        match section.get("sso_session") {
            Some(old) if self.has_start_url_of(config, &old.value(), session) => {
                let (old, new) = (escaped(&old.value()), escaped(profile.session.as_str()));
                format!("; if SSO session {old} was renamed to {new}, rename its section")
            }
            _ => String::new(),
        }
    }

    pub(super) fn may_edit(
        &self,
        config: &Document,
        section: &SectionRef<'_>,
        profile: &DesiredProfile,
    ) -> bool {
        let session = self.session(&profile.session);
        session.is_some_and(|session| is_marked_of(section, session))
            || self.is_left_by_renaming(config, section, profile)
    }

    /// Returns whether the run writes the profile to this section: it may be edited and has no other
    /// account, or it has the desired content.
    pub(super) fn is_in_place(
        &self,
        config: &Document,
        section: &SectionRef<'_>,
        profile: &DesiredProfile,
    ) -> bool {
        let account = section.get("sso_account_id");
        let is_other = account.is_some_and(|id| id.value() != profile.account_id.as_str());
        !is_other && self.may_edit(config, section, profile) || has_content(section, profile)
    }

    /// Returns whether a marked profile has the desired account and role, and the session was renamed:
    /// neither a section nor the run has its old name, or the run moves the profile from this name.
    fn is_left_by_renaming(
        &self,
        config: &Document,
        section: &SectionRef<'_>,
        profile: &DesiredProfile,
    ) -> bool {
        let value = |key| section.get(key).map(|property| property.value());
        is_marked(section)
            && value("sso_account_id").is_some_and(|id| id == profile.account_id.as_str())
            && value("sso_role_name").is_some_and(|role| role == profile.role_name.as_str())
            && value("sso_session").is_some_and(|old| {
                self.is_unknown(config, &old)
                    || section.name().as_str() == profile.name && self.is_moved(&old, profile)
            })
    }

    /// Returns whether the run has the account and role of `profile`, but not in session `old`, which has
    /// the same start URL. Two users may use one start URL with two sessions.
    fn is_moved(&self, old: &str, profile: &DesiredProfile) -> bool {
        let Some((old, new)) = self
            .session(&old.into())
            .zip(self.session(&profile.session))
        else {
            return false;
        };
        let is_same = |other: &DesiredProfile| {
            old.name.as_ref() == Some(&other.session)
                && other.account_id == profile.account_id
                && other.role_name == profile.role_name
        };
        let account = (old.name.clone(), profile.account_id.clone());
        is_same_start_url(&old.start_url, &new.start_url)
            && !self.refused.contains(&account)
            && !self.keeps(old)
            && !self.profiles.iter().any(is_same)
    }
}

fn has_content(section: &SectionRef<'_>, profile: &DesiredProfile) -> bool {
    desired_values(profile).into_iter().all(|(key, value)| {
        let property = section.get(key);
        property.is_some_and(|property| property.value() == value)
    })
}
