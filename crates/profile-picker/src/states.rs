//! States of sessions, from the cache.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use sso_config::SsoSession;
use sso_credentials::Aws;
use sso_session::cache;
use sso_session::status::SessionStatus;
use sso_types::{Region, SessionName, StartUrl};
use time::OffsetDateTime;
use token_cache::TokenCache;

/// Properties of a session that its state depends on.
type Identity = (Option<SessionName>, StartUrl, Region);

/// States of sessions at one time. Each session is read once, when its state is requested first.
pub(crate) struct SessionStates {
    cache: TokenCache,
    now: OffsetDateTime,
    labels: RefCell<HashMap<Identity, &'static str>>,
}

impl SessionStates {
    /// Accesses no file. The cache leaves file permissions untouched, and does not wait for a program that is
    /// writing a token in place.
    ///
    /// # Errors
    ///
    /// [`sso_config::Error::NoHome`].
    pub(crate) fn at(aws: &Aws, now: OffsetDateTime) -> Result<Self, sso_config::Error> {
        let cache = cache::open(aws.env())?.read_only();
        Ok(Self {
            cache: cache.with_pause(|_| ()).on_event(drop),
            now,
            labels: RefCell::default(),
        })
    }

    /// Returns the state in the words of `sso-status`.
    pub(crate) fn label(&self, session: &SsoSession) -> &'static str {
        let SsoSession {
            name,
            start_url,
            region,
            ..
        } = session;
        let identity = (name.clone(), start_url.clone(), region.clone());
        let mut labels = self.labels.borrow_mut();
        labels.entry(identity).or_insert_with(|| {
            let status = SessionStatus::of(session.clone(), &self.cache, self.now);
            status.state(Duration::ZERO, self.now).label()
        })
    }
}
