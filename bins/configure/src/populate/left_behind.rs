//! Marked profiles that this run does not write, and their sessions.

use std::collections::{HashMap, HashSet};

use aws_config_parse::{Document, SectionRef};
use sso_config::{ConfigFiles, Location, SsoSession};
use sso_types::{SessionName, escaped};

use super::write::{ProfileEdit, is_marked, is_marked_of};

/// Sessions of the run, with the old names of those that were renamed.
pub(super) struct Owners<'a> {
    sessions: &'a [SsoSession],
    /// Old and new names.
    renamed: HashSet<(Option<String>, &'a SessionName)>,
}

impl<'a> Owners<'a> {
    /// Infers the old names: no session has this name, and a marked profile that contains it has an
    /// account of the new session. An account belongs to one organization, and so to one access
    /// portal.
    pub(super) fn of(edit: &ProfileEdit<'a>, config: &Document) -> Self {
        let mut sessions_of: HashMap<&str, HashSet<&SessionName>> = HashMap::new();
        for profile in edit.profiles {
            let sessions = sessions_of.entry(profile.account_id.as_str()).or_default();
            sessions.insert(&profile.session);
        }
        let is_unknown = |section: &SectionRef<'_>| {
            session_of(section).is_some_and(|name| edit.is_unknown(config, &name))
        };
        let marked = config.profiles().filter(is_marked);
        let renamed = marked.filter(is_unknown).flat_map(|section| {
            let old_name = session_of(&section);
            let account = section.get("sso_account_id");
            let sessions = account.and_then(|account| sessions_of.get(&*account.value()));
            let sessions = sessions.into_iter().flatten();
            sessions.map(move |session| (old_name.clone(), *session))
        });
        Self {
            sessions: edit.sessions,
            renamed: renamed.collect(),
        }
    }

    /// Returns the sessions of the run to which a marked profile belongs.
    pub(super) fn sessions(&self, section: &SectionRef<'_>) -> Vec<&'a SsoSession> {
        let old_name = session_of(section).filter(|_| is_marked(section));
        let is_renamed = |session: &SsoSession| {
            let name = session.name.as_ref();
            name.is_some_and(|name| self.renamed.contains(&(old_name.clone(), name)))
        };
        let sessions = self.sessions.iter();
        sessions
            .filter(|session| is_marked_of(section, session) || is_renamed(session))
            .collect()
    }
}

/// Returns a message for each marked profile that the edit leaves in `config`, although the run neither
/// writes it nor includes its session: the session does not exist, or has the start URL of one of this
/// run.
pub(super) fn left_behind(
    edit: &ProfileEdit<'_>,
    config: &Document,
    files: &ConfigFiles,
) -> Vec<(Location, String)> {
    if !edit.prunes {
        return Vec::new();
    }
    let owners = Owners::of(edit, config);
    let desired = edit.names();
    let left = config.profiles().filter(|section| {
        is_marked(section)
            && !desired.contains(section.name().as_str())
            && owners.sessions(section).is_empty()
    });
    left.filter_map(|section| {
        let name = session_of(&section)?;
        let reason = if edit.is_unknown(config, &name) {
            "does not exist".to_owned()
        } else {
            let mut sessions = edit.sessions.iter();
            let same = sessions.find(|session| edit.has_start_url_of(config, &name, session))?;
            format!("has the start URL of {}", same.label())
        };
        let (profile, name) = (escaped(section.name().as_str()), escaped(&name));
        let message = format!("profile {profile} is not removed: its SSO session {name} {reason}");
        Some((files.location_of_section(&section), message))
    })
    .collect()
}

fn session_of(section: &SectionRef<'_>) -> Option<String> {
    let name = section.get("sso_session")?;
    Some(name.value().into_owned())
}
