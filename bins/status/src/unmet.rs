//! Selections that cannot be used without a sign-in.

use sso_session::start_url::is_same_start_url;
use sso_session::status::SessionStatus;
use sso_types::{ProfileName, StartUrl};

use crate::report::Report;
use crate::selected::Selected;

/// Selection that cannot be used without a sign-in.
pub(crate) enum Unmet<'a> {
    Session(&'a SessionStatus),
    /// Start URL without a session.
    StartUrl(&'a StartUrl),
}

impl Report {
    /// Returns whether the selection can be used without a sign-in.
    pub(crate) fn is_usable(&self) -> bool {
        !self.is_broken() && self.unmet().is_none()
    }

    /// Returns whether errors have left no session.
    pub(crate) fn is_broken(&self) -> bool {
        self.sessions.is_empty() && !self.problems.is_empty()
    }

    /// Returns the first selection that needs a sign-in.
    pub(crate) fn unmet(&self) -> Option<Unmet<'_>> {
        self.selected.iter().find_map(|selected| match selected {
            Selected::Profile(name) => self.unmet_profile(name).map(Unmet::Session),
            Selected::Session(session) => {
                let unmet = self.unmet_of(|status| status.session.shares_token_with(session));
                unmet.map(Unmet::Session)
            }
            Selected::StartUrl(url) if !self.sessions.iter().any(|it| has_start_url(it, url)) => {
                Some(Unmet::StartUrl(url))
            }
            Selected::StartUrl(url) => {
                let unmet = self.unmet_of(|status| has_start_url(status, url));
                unmet.map(Unmet::Session)
            }
            Selected::Unusable(_) => None,
            Selected::All => self.unmet_of(|_| true).map(Unmet::Session),
        })
    }

    /// A profile with valid cached credentials needs no session.
    fn unmet_profile(&self, name: &ProfileName) -> Option<&SessionStatus> {
        let mut profiles = self.profiles.iter();
        let profile = profiles.find(|it| it.chain.name() == name)?;
        if profile.is_usable(self.min_validity, self.now) {
            return None;
        }
        self.unmet_of(|status| {
            status
                .session
                .shares_token_with(&profile.chain.source.session)
        })
    }

    /// Returns the first of the sessions that needs a sign-in. A session without a token counts only if
    /// no session has one.
    fn unmet_of(&self, is_selected: impl Fn(&SessionStatus) -> bool) -> Option<&SessionStatus> {
        let selected = || self.sessions.iter().filter(|status| is_selected(status));
        let is_any_cached = selected().any(|status| status.is_cached);
        selected()
            .find(|status| (status.is_cached || !is_any_cached) && !self.state(status).is_usable())
    }
}

fn has_start_url(status: &SessionStatus, url: &StartUrl) -> bool {
    is_same_start_url(&status.session.start_url, url)
}
