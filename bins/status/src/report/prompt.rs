//! Output as one line.

use sso_session::status::{SessionState, SessionStatus};
use sso_types::{escaped, shown_in_text};
use time::OffsetDateTime;

use super::{Report, dash, outcome_label, remaining, session_label, url_label};
use crate::selected::Selected;

impl Report {
    /// Returns the line about the only selection, or nothing without one.
    pub(crate) fn prompt(&self) -> String {
        let Some(selected) = self.selected.first() else {
            return String::new();
        };
        if let Selected::Unusable(name) = selected {
            // It may be any text in a variable.
            return format!("{} ?\n", escaped(&shown_in_text(name.as_str())));
        }
        let usable = |status: &&SessionStatus| self.state(status).is_usable();
        let session = self.sessions.iter().find(usable);
        let session = session.or(self.sessions.first());
        let label = match (selected, session) {
            (Selected::Profile(name), _) => escaped(name.as_str()),
            (Selected::StartUrl(url), None) => url_label(url),
            (_, session) => session.map_or_else(dash, |status| session_label(&status.session)),
        };
        let state = match session {
            Some(status) => self.prompt_state(status),
            None => SessionState::SignedOut.label().to_owned(),
        };
        format!("{label} {state}\n")
    }

    fn prompt_state(&self, status: &SessionStatus) -> String {
        let left = |end: Option<OffsetDateTime>| {
            end.and_then(|end| remaining(end, self.now))
                .unwrap_or_else(dash)
        };
        match self.state(status) {
            SessionState::Valid => left(status.expires_at()),
            SessionState::Refreshable => status.last_refresh.map_or_else(
                || SessionState::Refreshable.label().to_owned(),
                |outcome| outcome_label(outcome).to_owned(),
            ),
            state => match self.profiles.first() {
                Some(profile) if profile.is_usable(self.min_validity, self.now) => {
                    left(profile.expires_at.as_ref().ok().copied().flatten())
                }
                _ => state.label().to_owned(),
            },
        }
    }
}
