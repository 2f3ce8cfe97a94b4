//! Output as JSON.

use serde::Serialize;
use sso_config::ConfigFiles;
use sso_session::status::SessionState;
use sso_types::{AccountId, ProfileName, Region, RegistrationScope, SessionName, StartUrl};

use super::List;

pub(super) fn document<'a>(list: &'a List<'_>) -> Document<'a> {
    let files = list.files;
    let sessions = list.sessions.iter().map(|(session, state)| SessionEntry {
        name: session.name.as_ref(),
        start_url: &session.start_url,
        region: &session.region,
        registration_scopes: session.scopes.as_deref(),
        state: *state,
    });
    let profiles = list.profiles.iter().map(|profile| ProfileEntry {
        name: &profile.name,
        kind: profile.kind_name(),
        source_profile: profile.source.as_ref(),
        session_name: profile.session().and_then(|it| it.name.as_ref()),
        start_url: profile.session().map(|it| &it.start_url),
        account_id: profile.account_id(),
        role_name: profile.role_name(),
        role_arn: profile
            .assumed_role
            .as_ref()
            .map(|role| role.role_arn.as_str()),
        region: profile.region.as_deref(),
        location: location_of(files, &profile.name),
    });
    Document {
        file: files.config_path().display().to_string(),
        sessions: sessions.collect(),
        profiles: profiles.collect(),
    }
}

fn location_of(files: &ConfigFiles, name: &ProfileName) -> Option<String> {
    let location = files.location_of_profile(&files.profile(name)?)?;
    Some(location.to_string())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    file: String,
    sessions: Vec<SessionEntry<'a>>,
    profiles: Vec<ProfileEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionEntry<'a> {
    /// `null` for a legacy start URL.
    name: Option<&'a SessionName>,
    start_url: &'a StartUrl,
    region: &'a Region,
    registration_scopes: Option<&'a [RegistrationScope]>,
    state: SessionState,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileEntry<'a> {
    name: &'a ProfileName,
    kind: &'static str,
    source_profile: Option<&'a ProfileName>,
    /// `null` for a legacy start URL, and without SSO.
    session_name: Option<&'a SessionName>,
    /// `null` without SSO.
    start_url: Option<&'a StartUrl>,
    account_id: Option<AccountId>,
    role_name: Option<&'a str>,
    /// ARN of an assumed role; `null` for a role in IAM Identity Center.
    role_arn: Option<&'a str>,
    region: Option<&'a str>,
    /// `FILE:LINE`.
    location: Option<String>,
}
