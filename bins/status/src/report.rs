//! The output: tables, a line for a prompt, or JSON.

use std::time::Duration;

use cli_ux::{Table, Ui, Verbosity};
use serde::Serialize;
use sso_config::{Error, SsoSession};
use sso_credentials::status::ProfileStatus;
use sso_session::ErrorChain;
use sso_session::status::{SessionState, SessionStatus};
use sso_types::{
    AccountId, ProfileName, Region, RoleName, SessionName, StartUrl, sanitize, timestamp,
};
use time::OffsetDateTime;
use time::macros::format_description;
use token_cache::EntryLocation;

/// Maximum number of profiles that are all shown; beyond it, profiles without credentials are
/// only counted.
const MAX_SHOWN_PROFILES: usize = 20;

/// The state of sessions and profiles at one moment.
pub(crate) struct Report {
    pub(crate) sessions: Vec<SessionStatus>,
    pub(crate) profiles: Vec<ProfileStatus>,
    pub(crate) problems: Vec<Error>,
    /// Minimum remaining lifetime of tokens and credentials.
    pub(crate) min_validity: Duration,
    pub(crate) now: OffsetDateTime,
}

impl Report {
    /// Returns the first session that needs a sign-in. The session of a single selected profile is
    /// not needed while there are valid credentials.
    pub(crate) fn unusable(&self) -> Option<&SessionStatus> {
        if let [profile] = self.profiles.as_slice()
            && profile.is_usable(self.min_validity, self.now)
        {
            return None;
        }
        let needs_sign_in = |status: &&SessionStatus| !self.state(status).is_usable();
        self.sessions.iter().find(needs_sign_in)
    }

    fn state(&self, status: &SessionStatus) -> SessionState {
        status.state(self.min_validity, self.now)
    }

    /// Warns of sessions, profiles and files that cannot be used.
    pub(crate) fn say_problems(&self, ui: &Ui) {
        for problem in &self.problems {
            ui.warn(in_one_line(problem));
        }
        let tokens = self
            .sessions
            .iter()
            .filter_map(|one| one.token.as_ref().err());
        let credentials = self
            .profiles
            .iter()
            .filter_map(|one| one.expires_at.as_ref().err());
        for corruption in tokens.chain(credentials) {
            ui.warn(in_one_line(corruption));
        }
        for status in &self.sessions {
            if let Some(Err(error)) = &status.accepted {
                ui.warn(in_one_line(error));
            }
        }
    }

    /// Returns the tables.
    pub(crate) fn text(&self, ui: &Ui) -> String {
        if self.sessions.is_empty() {
            return "There is no session and no profile that signs in.\n".to_owned();
        }
        let is_verbose = ui.verbosity() >= Verbosity::Steps;
        let (profiles, passed_over) = self.profile_table(is_verbose);
        let tables = [self.session_table(is_verbose), profiles];
        let mut parts: Vec<_> = tables.iter().map(|table| ui.fitted(table)).collect();
        if passed_over > 0 {
            parts.push(format!(
                "{passed_over} more profiles without cached credentials (-v shows them).\n"
            ));
        }
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    fn session_table(&self, is_verbose: bool) -> Table {
        let mut table = Table::new(headings(
            &["SESSION", "TOKEN", "RENEWABLE"],
            &["START URL", "FILE"],
            is_verbose,
        ));
        for status in &self.sessions {
            let mut cells = vec![
                location_of(&status.session),
                self.token_cell(status),
                self.left_or_dash(status.refreshable_until(self.now)),
            ];
            if is_verbose {
                cells.push(sanitize(status.session.start_url.as_str()));
                cells.push(shown(&status.location));
            }
            table.add(cells);
        }
        table
    }

    fn token_cell(&self, status: &SessionStatus) -> String {
        let left = || self.left_or_dash(status.expires_at());
        match self.state(status) {
            SessionState::Valid | SessionState::Ending => left(),
            SessionState::Refreshable if left() != EXPIRED => left(),
            SessionState::Refreshable => "expired, renews itself".to_owned(),
            state => label(state).to_owned(),
        }
    }

    /// Returns the table, and the number of profiles that are left out.
    fn profile_table(&self, is_verbose: bool) -> (Table, usize) {
        let mut table = Table::new(headings(
            &["PROFILE", "SESSION", "ACCOUNT", "ROLE", "CREDENTIALS"],
            &["FILE"],
            is_verbose,
        ));
        let shows_all = is_verbose || self.profiles.len() <= MAX_SHOWN_PROFILES;
        let mut passed_over = 0;
        for status in &self.profiles {
            if !shows_all && matches!(status.expires_at, Ok(None)) {
                passed_over += 1;
                continue;
            }
            let profile = &status.profile;
            let mut cells = vec![
                sanitize(profile.name.as_str()),
                name_of(&profile.session),
                or_dash(profile.account_id.as_ref().map(AccountId::as_str)),
                or_dash(profile.role_name.as_ref().map(RoleName::as_str)),
                match &status.expires_at {
                    Ok(end) => self.left_or_dash(*end),
                    Err(_) => "unreadable".to_owned(),
                },
            ];
            cells.extend(is_verbose.then(|| status.location.as_ref().map_or_else(dash, shown)));
            table.add(cells);
        }
        (table, passed_over)
    }

    fn left_or_dash(&self, end: Option<OffsetDateTime>) -> String {
        end.map_or_else(dash, |end| until(end, self.now))
    }

    /// Returns the report as a JSON document.
    pub(crate) fn json(&self) -> String {
        let document = Document {
            usable: self.unusable().is_none(),
            sessions: self.sessions.iter().map(|one| self.session(one)).collect(),
            profiles: self.profiles.iter().map(|one| self.profile(one)).collect(),
            problems: self.problems.iter().map(|one| in_one_line(one)).collect(),
        };
        let mut json = serde_json::to_string_pretty(&document).expect("texts become JSON");
        json.push('\n');
        json
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
            refreshable_until: status.refreshable_until(self.now).map(timestamp::format),
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
        ProfileEntry {
            profile: &status.profile.name,
            session_name: status.profile.session.name.as_ref(),
            start_url: &status.profile.session.start_url,
            account_id: status.profile.account_id.as_ref(),
            role_name: status.profile.role_name.as_ref(),
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

/// Returns the line for a prompt: the profile, and the time until the next sign-in if it is known.
pub(crate) fn prompt(
    session: &SessionStatus,
    profile: &ProfileStatus,
    min_validity: Duration,
    now: OffsetDateTime,
) -> String {
    let credentials = profile.expires_at.as_ref().ok().copied().flatten();
    let state = match session.state(min_validity, now) {
        SessionState::Valid => session
            .expires_at()
            .map_or_else(dash, |end| left(end - now)),
        SessionState::Refreshable => label(SessionState::Refreshable).to_owned(),
        _ if profile.is_usable(min_validity, now) => {
            credentials.map_or_else(dash, |end| left(end - now))
        }
        state => label(state).to_owned(),
    };
    format!("{} {state}\n", sanitize(profile.profile.name.as_str()))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    /// Set if no session or profile needs a sign-in.
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
    #[serde(rename = "renewableUntil")]
    refreshable_until: Option<String>,
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
    account_id: Option<&'a AccountId>,
    role_name: Option<&'a RoleName>,
    credentials_usable: bool,
    credentials_expire_at: Option<String>,
    file: Option<String>,
    problem: Option<String>,
}

/// Returns the words for a state in the table and in the prompt.
fn label(state: SessionState) -> &'static str {
    match state {
        SessionState::Valid => "valid",
        SessionState::Refreshable => "renewable",
        SessionState::Ending => "ending",
        SessionState::Expired => EXPIRED,
        SessionState::Refused => "not accepted",
        SessionState::SignedOut => "signed out",
        SessionState::Unreadable => "unreadable",
    }
}

const EXPIRED: &str = "expired";

/// Returns a text such as `59m (until 19:46Z)`, or `89d (until 2027-02-20)` if it is long.
fn until(end: OffsetDateTime, now: OffsetDateTime) -> String {
    let duration = end - now;
    if !duration.is_positive() {
        return EXPIRED.to_owned();
    }
    let at = if duration.whole_days() > 1 {
        end.format(format_description!("[year]-[month]-[day]"))
    } else {
        end.format(format_description!("[hour]:[minute]Z"))
    };
    let at = at.expect("a date and a time of day can be written");
    format!("{} (until {at})", left(duration))
}

/// Returns a duration in its one or two largest units, rounded down.
fn left(duration: time::Duration) -> String {
    let (days, hours, minutes) = (
        duration.whole_days(),
        duration.whole_hours(),
        duration.whole_minutes(),
    );
    match (days, hours, minutes) {
        (2.., _, _) => format!("{days}d"),
        (_, 1.., _) => format!("{hours}h {:02}m", minutes - 60 * hours),
        (_, _, 1..) => format!("{minutes}m"),
        _ => "under 1m".to_owned(),
    }
}

fn headings(
    names: &[&'static str],
    further: &[&'static str],
    is_verbose: bool,
) -> Vec<&'static str> {
    let further = if is_verbose { further } else { &[] };
    [names, further].concat()
}

/// Returns the name of the session, or its URL if it has no name.
fn location_of(session: &SsoSession) -> String {
    let url = session.start_url.as_str();
    let name = session.name.as_ref().map(SessionName::as_str);
    sanitize(name.unwrap_or(url.strip_prefix("https://").unwrap_or(url)))
}

fn name_of(session: &SsoSession) -> String {
    let name = session.name.as_ref().map(SessionName::as_str);
    name.map_or_else(|| "(legacy)".to_owned(), sanitize)
}

fn or_dash(text: Option<&str>) -> String {
    text.map_or_else(dash, sanitize)
}

fn dash() -> String {
    "–".to_owned()
}

fn shown(location: &EntryLocation) -> String {
    sanitize(&location.to_string())
}

fn in_one_line(error: &dyn std::error::Error) -> String {
    sanitize(&ErrorChain(error).to_string())
}
