//! Output as JSON.

use std::path::Path;

use serde::Serialize;
use sso_types::ProfileName;

use super::groups::Group;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    dry_run: bool,
    /// Set if the file was changed.
    written: bool,
    file: String,
    sessions: Vec<SessionEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionEntry<'a> {
    sso_session: &'a str,
    start_url: &'a str,
    sso_region: &'a str,
    /// Set if the section of the session is new.
    added: bool,
    /// Names of the migrated profiles.
    profiles: Vec<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn of(groups: &'a [Group], file: &Path, dry_run: bool, written: bool) -> Self {
        let sessions = groups.iter().map(|group| SessionEntry {
            sso_session: &group.session,
            start_url: group.start_url.as_str(),
            sso_region: group.region.as_str(),
            added: group.is_new,
            profiles: group.profiles.iter().map(ProfileName::as_str).collect(),
        });
        Self {
            dry_run,
            written,
            file: file.display().to_string(),
            sessions: sessions.collect(),
        }
    }
}
