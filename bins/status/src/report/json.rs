//! Output as JSON.

use cli_ux::{SCHEMA_VERSION, shown_json};
use serde::Serialize;
use sso_credentials::status::ProfileStatus;
use sso_session::status::{LastRefresh, SessionState, SessionStatus};
use sso_types::{AccountId, ProfileName, Region, SessionName, StartUrl, timestamp};
use token_cache::EntryLocation;

use super::{Report, in_one_line};

impl Report {
    pub(crate) fn json(&self) -> String {
        let document = Document {
            schema_version: SCHEMA_VERSION,
            usable: self.is_usable(),
            sessions: self
                .sessions
                .iter()
                .map(|status| self.session(status))
                .collect(),
            profiles: self
                .profiles
                .iter()
                .map(|status| self.profile(status))
                .collect(),
            problems: self
                .problems
                .iter()
                .map(|problem| in_one_line(problem))
                .collect(),
        };
        shown_json(&document)
    }

    fn session<'a>(&self, status: &'a SessionStatus) -> SessionEntry<'a> {
        let unverified = status
            .accepted
            .as_ref()
            .and_then(|result| result.as_ref().err());
        let corruption = status
            .token
            .as_ref()
            .err()
            .map(|corruption| in_one_line(corruption));
        SessionEntry {
            session_name: status.session.name.as_ref(),
            start_url: &status.session.start_url,
            region: &status.session.region,
            state: self.state(status),
            expires_at: status.expires_at().map(timestamp::format),
            refreshable: status.is_refreshable(self.now),
            registration_expires_at: status.registration_expires_at().map(timestamp::format),
            last_refresh: status.last_refresh,
            accepted: status
                .accepted
                .as_ref()
                .and_then(|result| result.as_ref().ok())
                .copied(),
            file: status.location.to_string(),
            problem: corruption.or_else(|| unverified.map(|error| in_one_line(error))),
        }
    }

    fn profile<'a>(&self, status: &'a ProfileStatus) -> ProfileEntry<'a> {
        let end = status.expires_at.as_ref().ok().copied().flatten();
        let session = &status.chain.source.session;
        let role = status.chain.assumed_role();
        ProfileEntry {
            profile: status.chain.name(),
            session_name: session.name.as_ref(),
            start_url: &session.start_url,
            account_id: status.account_id(),
            role_name: status.role_name(),
            role_arn: role.map(|role| role.role_arn.as_str()),
            chain: status.chain.profiles.iter().collect(),
            credentials_usable: status.is_usable(self.min_validity, self.now),
            credentials_expire_at: end.map(timestamp::format),
            file: status.location.as_ref().map(EntryLocation::to_string),
            problem: status
                .expires_at
                .as_ref()
                .err()
                .map(|corruption| in_one_line(corruption)),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    /// Set if the exit status is 0.
    usable: bool,
    sessions: Vec<SessionEntry<'a>>,
    profiles: Vec<ProfileEntry<'a>>,
    problems: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionEntry<'a> {
    session_name: Option<&'a SessionName>,
    start_url: &'a StartUrl,
    region: &'a Region,
    state: SessionState,
    expires_at: Option<String>,
    refreshable: Option<bool>,
    /// The access portal session ends independently of its client registration.
    registration_expires_at: Option<String>,
    last_refresh: Option<LastRefresh>,
    accepted: Option<bool>,
    file: String,
    problem: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileEntry<'a> {
    profile: &'a ProfileName,
    session_name: Option<&'a SessionName>,
    start_url: &'a StartUrl,
    account_id: Option<AccountId>,
    role_name: Option<&'a str>,
    /// ARN of an assumed role; `null` for a role in IAM Identity Center.
    role_arn: Option<&'a str>,
    /// Profiles from this one to the one with the session.
    chain: Vec<&'a ProfileName>,
    credentials_usable: bool,
    credentials_expire_at: Option<String>,
    file: Option<String>,
    problem: Option<String>,
}
