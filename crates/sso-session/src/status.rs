//! The state of a session, from the cache.

use std::time::Duration;

use serde::Serialize;
use sso_config::SsoSession;
use time::OffsetDateTime;
use token_cache::{
    CacheError, CacheKey, CachedToken, EntryLocation, Freshness, Refusal, TokenCache,
};

use crate::clients::Network;
use crate::error::Error;
use crate::keys::SessionKeys;
use crate::threads;
use crate::usable_token::{region_of_token, remember_refusal, usable_token};

/// Status of a session, from the cache.
#[derive(Debug)]
pub struct SessionStatus {
    /// The session.
    pub session: SsoSession,
    /// Location of its token, which need not exist.
    pub location: EntryLocation,
    /// Cached token, as far as the session can use it: `None` also if the service has refused the
    /// token, or if it belongs to another start URL or Region than those in the config file.
    pub token: Result<Option<CachedToken>, CacheError>,
    /// True if the cache contains a token, also one that the session cannot use: the user has signed in
    /// before.
    pub is_cached: bool,
    /// Outcome of the last refresh of the token, if it has failed and the token can be refreshed.
    pub last_refresh: Option<LastRefresh>,
    /// Result of [`verify_tokens`]: true if the access portal accepts the token. `None` if no
    /// request was sent.
    pub accepted: Option<Result<bool, Error>>,
}

/// Outcome of a failed refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum LastRefresh {
    /// No valid response, for example because of the network.
    Failed,
    /// The service rejected the refresh token or the client, which may have been temporary.
    Refused,
}

/// State of a session.
///
/// Serializes to its name in the JSON output of the programs: `valid`, `refreshable`, `ending`,
/// `expired`, `refused`, `signedOut` or `unreadable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SessionState {
    /// The token has the minimum remaining lifetime.
    Valid,
    /// The remaining lifetime is too short, but the token can be refreshed, unless the access
    /// portal session has ended.
    Refreshable,
    /// The remaining lifetime is too short, and the token cannot be refreshed.
    Ending,
    /// The token has expired and cannot be refreshed.
    Expired,
    /// The access portal does not accept the token.
    Refused,
    /// The cache contains no token that the session can use.
    SignedOut,
    /// The cached token cannot be read.
    Unreadable,
}

impl SessionState {
    /// Returns the name of the state in tables, without the end of the session.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Refreshable => "refreshable",
            Self::Ending => "ending",
            Self::Expired => "expired",
            Self::Refused => "not accepted",
            Self::SignedOut => "signed out",
            Self::Unreadable => "unreadable",
        }
    }

    /// Returns true if the session can be used without a sign-in.
    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Valid | Self::Refreshable)
    }
}

impl SessionStatus {
    /// Reads the status of `session` at `now` from the cache. Takes no lock and sends no request.
    #[must_use]
    pub fn of(session: SsoSession, cache: &TokenCache, now: OffsetDateTime) -> Self {
        let key = session.token_key();
        let cached = cache.token(&key);
        let is_cached = !matches!(cached, Ok(None));
        let usable = |token| usable_token(&session, cache, token, now);
        let token = cached.map(|token| token.and_then(usable));
        let refreshable = token.as_ref().ok().and_then(Option::as_ref);
        let refreshable = refreshable.filter(|token| token.is_refreshable(now));
        Self {
            location: cache.token_location(&key),
            last_refresh: refreshable.and_then(|token| last_refresh(cache, &key, token, now)),
            token,
            is_cached,
            session,
            accepted: None,
        }
    }

    /// Returns the state at `now`, for a minimum remaining lifetime of `min_validity`.
    #[must_use]
    pub fn state(&self, min_validity: Duration, now: OffsetDateTime) -> SessionState {
        let token = match &self.token {
            Err(_) => return SessionState::Unreadable,
            Ok(None) => return SessionState::SignedOut,
            Ok(Some(token)) => token,
        };
        if matches!(self.accepted, Some(Ok(false))) {
            return SessionState::Refused;
        }
        match Freshness::with_min_validity(min_validity, token.expires_at, now) {
            Freshness::Fresh => SessionState::Valid,
            _ if token.is_refreshable(now) => SessionState::Refreshable,
            Freshness::RefreshDue => SessionState::Ending,
            Freshness::Expired => SessionState::Expired,
        }
    }

    /// Returns the expiry of the token.
    #[must_use]
    pub fn expires_at(&self) -> Option<OffsetDateTime> {
        Some(self.token.as_ref().ok()?.as_ref()?.expires_at)
    }

    /// Returns whether the token can be refreshed at `now`, unless the access portal session has ended;
    /// `None` without a token. The end of that session is not known locally.
    #[must_use]
    pub fn is_refreshable(&self, now: OffsetDateTime) -> Option<bool> {
        let token = self.token.as_ref().ok()?.as_ref()?;
        Some(token.is_refreshable(now))
    }

    /// Returns the expiry of the client registration of the token. The access portal session ends
    /// independently of it.
    #[must_use]
    pub fn registration_expires_at(&self) -> Option<OffsetDateTime> {
        let token = self.token.as_ref().ok()?.as_ref()?;
        token.registration_expires_at
    }
}

/// Returns the outcome of the last refresh of `token`. A token that needs no refresh yet has none.
fn last_refresh(
    cache: &TokenCache,
    key: &CacheKey,
    token: &CachedToken,
    now: OffsetDateTime,
) -> Option<LastRefresh> {
    if Freshness::of(token.expires_at, now) == Freshness::Fresh {
        return None;
    }
    let failed = cache.failed_refresh(key, token)?;
    failed.has_failed().then_some(if failed.is_rejected {
        LastRefresh::Refused
    } else {
        LastRefresh::Failed
    })
}

/// Verifies the tokens that have not expired with the access portal. Sends one request for each
/// token, concurrently and without retries. Remembers rejected tokens: from then on, they count as
/// expired.
pub fn verify_tokens(sessions: &mut [SessionStatus], cache: &TokenCache, network: &Network<'_>) {
    let now = network.clock.now();
    let valid = sessions
        .iter_mut()
        .filter(|status| status.state(Duration::ZERO, now) == SessionState::Valid);
    threads::map(valid.collect(), |status| {
        status.accepted = status.verify(network);
        status.remember_rejection(cache);
    });
}

impl SessionStatus {
    fn verify(&self, network: &Network<'_>) -> Option<Result<bool, Error>> {
        let token = self.token.as_ref().ok()?.as_ref()?;
        let clients = network.clients(Some(&self.session));
        let clients = clients.with_single_attempts();
        let request = || {
            let portal = clients.portal(region_of_token(&self.session, token))?;
            portal.accepts(&token.access_token).map_err(|source| {
                let operation = "ListAccounts";
                clients.explain(Error::Portal { operation, source })
            })
        };
        Some(request())
    }

    fn remember_rejection(&self, cache: &TokenCache) {
        if let (Some(Ok(false)), Ok(Some(token))) = (&self.accepted, &self.token) {
            let refusal = Refusal::OF_ACCESS_TOKEN;
            remember_refusal(&self.session, cache, &token.access_token, refusal);
        }
    }
}
