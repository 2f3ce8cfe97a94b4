//! Groups of legacy profiles that share a session.

use aws_config_parse::{Document, EditError, SectionName};
use sso_config::{ConfigFiles, ConfiguredSessions, SsoSession};
use sso_session::start_url::is_same_start_url;
use sso_types::{ProfileName, Region, StartUrl};

use crate::derived_name::derived_name;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) start_url: StartUrl,
    pub(super) region: Region,
    pub(super) session: String,
    pub(super) is_new: bool,
    pub(super) profiles: Vec<ProfileName>,
}

/// Returns the groups in file order. Profiles that exist only in the credentials file are not
/// migrated.
pub(super) fn groups(files: &ConfigFiles, config: &Document) -> Vec<Group> {
    let configured = &ConfiguredSessions::of(files);
    let mut groups: Vec<Group> = Vec::new();
    let legacy = configured.profiles.iter().filter(|profile| {
        let section = config.profile(profile.name.as_str());
        let start_url = section.and_then(|section| section.get("sso_start_url"));
        let is_legacy = start_url.is_some_and(|start_url| {
            // A profile with a start URL from [DEFAULT] alone does not use it.
            !start_url.section().is_defaults() || profile.account_id.is_some()
        });
        profile.session.name.is_none() && is_legacy
    });
    for profile in legacy {
        let SsoSession {
            start_url, region, ..
        } = &profile.session;
        let is_same = |group: &&mut Group| group.is_of(start_url, region);
        if let Some(group) = groups.iter_mut().find(is_same) {
            group.profiles.push(profile.name.clone());
            continue;
        }
        let existing = session_of(configured, start_url, region);
        groups.push(Group {
            start_url: start_url.clone(),
            region: region.clone(),
            is_new: existing.is_none(),
            session: existing.unwrap_or_else(|| free_name(start_url, files, &groups)),
            profiles: vec![profile.name.clone()],
        });
    }
    groups
}

pub(super) fn count_start_urls(groups: &[Group]) -> usize {
    let mut distinct: Vec<&Group> = Vec::new();
    for group in groups {
        if !distinct
            .iter()
            .any(|other| other.has_start_url(&group.start_url))
        {
            distinct.push(group);
        }
    }
    distinct.len()
}

/// Returns the first session that can replace `start_url` and `region` of a profile with a role.
fn session_of(
    configured: &ConfiguredSessions,
    start_url: &StartUrl,
    region: &Region,
) -> Option<String> {
    configured.sessions.iter().find_map(|session| {
        let name = session.name.as_ref()?;
        let is_usable = is_same_portal(session, start_url, region) && session.has_account_access();
        is_usable.then(|| name.to_string())
    })
}

/// Compares start URLs in any form, such as `…/start` and `…/start/#/`.
fn is_same_portal(session: &SsoSession, start_url: &StartUrl, region: &Region) -> bool {
    is_same_start_url(&session.start_url, start_url) && is_same_region(&session.region, region)
}

/// Ignores the case, as the host names of a Region do.
fn is_same_region(region: &Region, other: &Region) -> bool {
    region.as_str().eq_ignore_ascii_case(other.as_str())
}

/// Returns the name of the instance in the start URL, with a number if a section, a profile without
/// this section or one of `groups` has the name.
pub(super) fn free_name(start_url: &StartUrl, files: &ConfigFiles, groups: &[Group]) -> String {
    // The URL may contain a password, which must not become a name.
    let name = derived_name(instance_name(&start_url.to_string()));
    let base = match name.as_str() {
        "" => "sso",
        label => label,
    };
    let is_taken = |name: &str| {
        files.sso_session(name).is_some()
            || has_profile_of(name, files)
            || groups.iter().any(|group| group.session == name)
    };
    let names = std::iter::once(base.to_owned()).chain((2..).map(|n| format!("{base}-{n}")));
    let mut free = names.into_iter().filter(|name| !is_taken(name));
    free.next().expect("the numbered names are unlimited")
}

fn has_profile_of(session: &str, files: &ConfigFiles) -> bool {
    let mut names = files.profile_names();
    names.any(|name| {
        let profile = files.profile(&name);
        let of_profile = profile.and_then(|profile| profile.get("sso_session"));
        of_profile.is_some_and(|of_profile| of_profile.value() == session)
    })
}

/// Returns the last segment of the path for the hosts `start.…` and `identitycenter.…`, which many
/// instances share, and the first label of the host for others.
fn instance_name(start_url: &str) -> &str {
    let url = start_url.split("://").nth(1).unwrap_or_default();
    let url = url.split(['#', '?']).next().unwrap_or_default();
    let url = url.rsplit('@').next().unwrap_or_default();
    let (host, path) = url.split_once('/').unwrap_or((url, ""));
    let segment = path.trim_end_matches('/').rsplit('/').next();
    match host.split(['.', ':']).next().unwrap_or_default() {
        "start" | "identitycenter" if !path.is_empty() => segment.unwrap_or_default(),
        label => label,
    }
}

impl Group {
    pub(super) fn has_start_url(&self, start_url: &StartUrl) -> bool {
        is_same_start_url(&self.start_url, start_url)
    }

    fn is_of(&self, start_url: &StartUrl, region: &Region) -> bool {
        self.has_start_url(start_url) && is_same_region(&self.region, region)
    }

    /// Sets the name of the session, which may exist.
    ///
    /// # Errors
    ///
    /// Returns the difference if the section of this name cannot replace the keys of the profiles.
    pub(super) fn set_session(
        &mut self,
        name: &str,
        files: &ConfigFiles,
    ) -> Result<(), &'static str> {
        self.is_new = files.sso_session(name).is_none();
        if !self.is_new {
            let session = SsoSession::named(files, &name.into());
            self.check(&session.map_err(|_| "missing or invalid keys")?)?;
        }
        name.clone_into(&mut self.session);
        Ok(())
    }

    fn check(&self, session: &SsoSession) -> Result<(), &'static str> {
        if !is_same_portal(session, &self.start_url, &self.region) {
            return Err("a different start URL or Region");
        }
        if !session.has_account_access() {
            return Err("no scope sso:account:access");
        }
        Ok(())
    }

    pub(super) fn migrate(&self, config: &mut Document) -> Result<(), EditError> {
        if self.is_new {
            let name = SectionName::SsoSession(self.session.as_str().into());
            let mut section = config.add_section(&name)?;
            section.set_own("sso_start_url", self.start_url.as_str())?;
            section.set_own("sso_region", self.region.as_str())?;
            section.set_own("sso_registration_scopes", "sso:account:access")?;
        }
        for profile in &self.profiles {
            let name = SectionName::profile(profile.as_str());
            let Some(mut section) = config.section_mut(&name) else {
                continue;
            };
            match section.rename("sso_start_url", "sso_session") {
                // `NotFound`: the value comes from another section, such as [DEFAULT].
                Err(EditError::NotFound) | Ok(_) => {}
                Err(error) => return Err(error),
            }
            section.set_own("sso_session", &self.session)?;
            section.remove("sso_region")?;
        }
        Ok(())
    }
}
