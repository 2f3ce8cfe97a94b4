//! Output as tables, a prompt line or JSON.

mod json;
mod prompt;

use std::time::Duration;

use cli_ux::{LocalZone, Table, Ui, Verbosity, nothing_configured};
use sso_config::{AwsEnv, Error, SsoSession};
use sso_credentials::status::ProfileStatus;
use sso_session::ErrorChain;
use sso_session::status::{LastRefresh, SessionState, SessionStatus};
use sso_types::{AccountId, SessionName, StartUrl, escaped, whole_minutes};
use time::OffsetDateTime;
use token_cache::EntryLocation;

use crate::selected::Selected;

/// Number of profiles above which those without cached credentials are only counted.
const MAX_SHOWN_PROFILES: usize = 20;

pub(crate) struct Report {
    pub(crate) selected: Vec<Selected>,
    pub(crate) sessions: Vec<SessionStatus>,
    pub(crate) profiles: Vec<ProfileStatus>,
    pub(crate) problems: Vec<Error>,
    pub(crate) has_ignored_sections: bool,
    pub(crate) min_validity: Duration,
    pub(crate) now: OffsetDateTime,
}

impl Report {
    pub(crate) fn state(&self, status: &SessionStatus) -> SessionState {
        status.state(self.min_validity, self.now)
    }

    pub(crate) fn warn_of_problems(&self, ui: &Ui) {
        for problem in &self.problems {
            ui.warn(in_one_line(problem));
        }
        let tokens = self
            .sessions
            .iter()
            .filter_map(|session| session.token.as_ref().err());
        let credentials = self
            .profiles
            .iter()
            .filter_map(|profile| profile.expires_at.as_ref().err());
        for corruption in tokens.chain(credentials) {
            ui.warn(in_one_line(corruption));
        }
        for status in &self.sessions {
            if let Some(Err(error)) = &status.accepted {
                ui.warn(in_one_line(error));
            }
        }
    }

    pub(crate) fn text(&self, ui: &Ui, env: &AwsEnv) -> String {
        if self.sessions.is_empty() && matches!(self.selected[..], [Selected::All]) {
            let has_problems = self.has_ignored_sections || !self.problems.is_empty();
            return nothing_configured(has_problems).to_owned();
        }
        let is_verbose = ui.verbosity() >= Verbosity::Steps;
        let zone = LocalZone::of(env);
        let (profiles, omitted) = self.profile_table(&zone, is_verbose);
        let tables = [self.session_table(&zone, is_verbose), profiles];
        let mut parts: Vec<_> = tables.iter().map(|table| ui.fitted(table)).collect();
        if omitted > 0 {
            parts.push(format!(
                "{omitted} more profiles without cached credentials (-v shows them).\n"
            ));
        }
        parts.push(self.end_of_session().to_owned());
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    /// Returns a note about sessions that can be used, whose lines fit a terminal with 40 columns.
    fn end_of_session(&self) -> &'static str {
        let state = |status: &SessionStatus| status.state(Duration::ZERO, self.now);
        let is_verifiable = |status: &SessionStatus| {
            status.accepted.is_none() && state(status) == SessionState::Valid
        };
        if self.sessions.iter().any(is_verifiable) {
            "A session's end is not known locally;\n--verify checks whether it has ended.\n"
        } else if self.sessions.iter().any(|it| state(it).is_usable()) {
            "A session's end is not known locally.\n"
        } else {
            ""
        }
    }

    fn session_table(&self, zone: &LocalZone, is_verbose: bool) -> Table {
        let mut table = Table::new(headings(
            &["SESSION", "TOKEN", "REFRESHABLE"],
            &["START URL", "FILE"],
            is_verbose,
        ));
        for status in &self.sessions {
            let mut cells = vec![
                session_label(&status.session),
                self.token_cell(status, zone),
                refreshable_cell(status.is_refreshable(self.now)),
            ];
            if is_verbose {
                cells.push(escaped(&status.session.start_url.to_string()));
                cells.push(escaped_location(&status.location));
            }
            table.add(cells);
        }
        table
    }

    fn token_cell(&self, status: &SessionStatus, zone: &LocalZone) -> String {
        let remaining = || self.remaining_or_dash(status.expires_at(), zone);
        match self.state(status) {
            SessionState::Valid | SessionState::Ending => remaining(),
            SessionState::Refreshable if remaining() != EXPIRED => remaining(),
            SessionState::Refreshable => match status.last_refresh {
                None => "expired, refreshes automatically".to_owned(),
                Some(outcome) => format!("expired, {}", outcome_label(outcome)),
            },
            state => state.label().to_owned(),
        }
    }

    /// Returns the table and the number of omitted profiles.
    fn profile_table(&self, zone: &LocalZone, is_verbose: bool) -> (Table, usize) {
        let mut table = Table::new(headings(
            &["PROFILE", "SESSION", "ACCOUNT", "ROLE", "CREDENTIALS"],
            &["FILE"],
            is_verbose,
        ));
        let shows_all = is_verbose || self.profiles.len() <= MAX_SHOWN_PROFILES;
        let mut omitted = 0;
        for status in &self.profiles {
            if !shows_all && matches!(status.expires_at, Ok(None)) {
                omitted += 1;
                continue;
            }
            let chain = &status.chain;
            let mut cells = vec![
                escaped(chain.name().as_str()),
                session_name(&chain.source.session),
                or_dash(status.account_id().as_ref().map(AccountId::as_str)),
                or_dash(status.role_name()),
                match &status.expires_at {
                    Ok(end) => self.remaining_or_dash(*end, zone),
                    Err(_) => "unreadable".to_owned(),
                },
            ];
            cells.extend(
                is_verbose.then(|| status.location.as_ref().map_or_else(dash, escaped_location)),
            );
            table.add(cells);
        }
        (table, omitted)
    }

    /// Returns a text such as `59m (until 20:46 CET)`.
    fn remaining_or_dash(&self, end: Option<OffsetDateTime>, zone: &LocalZone) -> String {
        let Some(end) = end else { return dash() };
        match remaining(end, self.now) {
            Some(left) => format!("{left} (until {})", zone.time_or_date(end, self.now)),
            None => EXPIRED.to_owned(),
        }
    }
}

fn outcome_label(outcome: LastRefresh) -> &'static str {
    match outcome {
        LastRefresh::Failed => "last refresh failed",
        LastRefresh::Refused => "last refresh refused",
    }
}

/// Text in place of a remaining lifetime, like the label of an expired session.
const EXPIRED: &str = "expired";

/// Returns the remaining lifetime, or `None` if it is over.
fn remaining(end: OffsetDateTime, now: OffsetDateTime) -> Option<String> {
    let left = Duration::try_from(end - now).ok();
    left.filter(|left| !left.is_zero()).map(whole_minutes)
}

fn refreshable_cell(is_refreshable: Option<bool>) -> String {
    match is_refreshable {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => dash(),
    }
}

fn headings(
    names: &[&'static str],
    verbose_names: &[&'static str],
    is_verbose: bool,
) -> Vec<&'static str> {
    let verbose_names = if is_verbose { verbose_names } else { &[] };
    [names, verbose_names].concat()
}

/// Returns the name of the session, or its start URL without the scheme.
fn session_label(session: &SsoSession) -> String {
    let name = session.name.as_ref();
    name.map_or_else(
        || url_label(&session.start_url),
        |name| escaped(name.as_str()),
    )
}

fn url_label(url: &StartUrl) -> String {
    let url = url.to_string();
    escaped(url.strip_prefix("https://").unwrap_or(&url))
}

fn session_name(session: &SsoSession) -> String {
    let name = session.name.as_ref().map(SessionName::as_str);
    name.map_or_else(|| "(legacy)".to_owned(), escaped)
}

fn or_dash(text: Option<&str>) -> String {
    text.map_or_else(dash, escaped)
}

fn dash() -> String {
    "–".to_owned()
}

fn escaped_location(location: &EntryLocation) -> String {
    escaped(&location.to_string())
}

fn in_one_line(error: &dyn std::error::Error) -> String {
    escaped(&ErrorChain(error).to_string())
}
