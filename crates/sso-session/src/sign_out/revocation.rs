//! End of access portal sessions at the service.

use std::time::Duration;

use sso_config::SsoSession;
use sso_oidc::{Grant, OidcError};
use sso_types::{AccessToken, Region, StartUrl};
use time::OffsetDateTime;
use token_cache::REFRESH_WINDOW;
use token_cache::refresh::RefreshGrant;
use token_cache::scan::StoredToken;

use crate::clients::{Network, ServiceClients};
use crate::error::Error;
use crate::start_url::is_same_start_url;

/// Remaining lifetime below which an access token counts as expired: the difference between two
/// clocks that is not reported.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// Outcome of the attempt to end an access portal session.
#[derive(Debug)]
pub enum RevocationOutcome {
    /// The session has ended: the access portal accepted the request, or it refuses the token since a
    /// request for another token with the same start URL.
    Ended,
    /// The service refused a token that has not expired, or the refresh token. The session had already
    /// ended, or another program has used the refresh token.
    AlreadyEnded,
    /// The access token has expired or is invalid, and cannot be refreshed. The session continues until
    /// it expires.
    Expired,
    /// The access portal refused the access token, and the request for another one failed. The session
    /// may continue until it expires.
    Unconfirmed(Error),
    /// A request failed. The session continues until it expires.
    Failed(Error),
}

/// Result of the requests for a token.
pub(super) enum Attempt {
    Done(RevocationOutcome),
    /// The service refused the refresh token, which another program may have used.
    RefreshRefused {
        /// Outcome if the other program saves no token.
        outcome: RevocationOutcome,
        /// True if other tools refresh the token, because it expires soon.
        is_due: bool,
    },
}

/// Result of the removal of a token and of the requests for it.
pub(super) struct Ending {
    pub(super) attempt: Attempt,
    pub(super) is_removed: bool,
}

/// Result of a refresh.
pub(super) enum Refreshed {
    Issued(AccessToken),
    /// The session has ended, unless another program has used the refresh token.
    Refused,
    /// The error may concern the client only, and the session may continue.
    OtherwiseRefused(Error),
    Failed(Error),
}

/// Session of a token whose file is removed already.
pub(super) struct Session<'a> {
    pub(super) token: &'a StoredToken,
    pub(super) region: Option<Region>,
    pub(super) clients: ServiceClients<'a>,
    pub(super) now: OffsetDateTime,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        token: &'a StoredToken,
        region: Option<Region>,
        network: &Network<'a>,
        session: Option<&SsoSession>,
    ) -> Self {
        Self {
            token,
            region,
            clients: network.clients(session).with_single_attempts(),
            now: network.clock.now(),
        }
    }

    /// Refreshes an access token that has expired or is invalid, because the access portal does not accept it. The
    /// new token is not saved.
    pub(super) fn refresh_expired(&self) -> Option<Refreshed> {
        let grant = self.token.refresh_grant(self.now)?;
        let has_expired = self.expires_before(self.now, CLOCK_TOLERANCE);
        has_expired.then(|| self.refresh(grant))
    }

    /// Ends the session at the service, with the token of [`refresh_expired`](Self::refresh_expired) if
    /// there is one. If the access portal refuses the access token, it is refreshed, because the refresh
    /// token may still be accepted.
    pub(super) fn end(&self, refreshed: Option<Refreshed>) -> Attempt {
        if let Some(refreshed) = refreshed {
            return self.end_after_refresh(refreshed, self.now, RevocationOutcome::Failed);
        }
        let Some(access_token) = &self.token.access_token else {
            return Attempt::Done(RevocationOutcome::Expired);
        };
        match self.is_ended_with(access_token) {
            Ok(true) => Attempt::Done(RevocationOutcome::Ended),
            Ok(false) => self.end_after_refusal(),
            Err(error) => Attempt::Done(RevocationOutcome::Failed(error)),
        }
    }

    fn end_after_refusal(&self) -> Attempt {
        // The response shows whether the local clock is wrong.
        let skew = self.clients.clock_skew().map(|skew| skew.0);
        let now = self.now.saturating_sub(skew.unwrap_or_default());
        match self.token.refresh_grant(now) {
            Some(grant) => {
                self.end_after_refresh(self.refresh(grant), now, RevocationOutcome::Unconfirmed)
            }
            None if self.expires_before(now, CLOCK_TOLERANCE) => {
                Attempt::Done(RevocationOutcome::Expired)
            }
            None => Attempt::Done(RevocationOutcome::AlreadyEnded),
        }
    }

    fn end_after_refresh(
        &self,
        refreshed: Refreshed,
        now: OffsetDateTime,
        failed: impl Fn(Error) -> RevocationOutcome,
    ) -> Attempt {
        let refused = |outcome| Attempt::RefreshRefused {
            outcome,
            is_due: self.expires_before(now, REFRESH_WINDOW),
        };
        match refreshed {
            Refreshed::Issued(token) => Attempt::Done(match self.is_ended_with(&token) {
                Ok(true) => RevocationOutcome::Ended,
                Ok(false) => RevocationOutcome::AlreadyEnded,
                Err(error) => RevocationOutcome::Failed(error),
            }),
            Refreshed::Refused => refused(RevocationOutcome::AlreadyEnded),
            Refreshed::OtherwiseRefused(error) => refused(failed(error)),
            Refreshed::Failed(error) => Attempt::Done(failed(error)),
        }
    }

    fn expires_before(&self, now: OffsetDateTime, remaining: Duration) -> bool {
        let expires_at = self.token.expires_at;
        self.token.access_token.is_none() || expires_at.is_none_or(|at| at - now <= remaining)
    }

    fn refresh(&self, grant: RefreshGrant<'_>) -> Refreshed {
        let refresh_token = Grant::RefreshToken(grant.refresh_token.clone());
        let region = self.region();
        let oidc = region.and_then(|region| self.clients.oidc_once(region, Duration::MAX));
        let oidc = match oidc {
            Ok(oidc) => oidc,
            Err(error) => return Refreshed::Failed(error),
        };
        let issued = oidc.create_token(grant.client_id, grant.client_secret, &refresh_token);
        let source = match issued {
            Ok(issued) => return Refreshed::Issued(issued.access_token),
            Err(error) if means_ended(&error) => return Refreshed::Refused,
            Err(error) => error,
        };
        let (is_refusal, operation) = (source.is_refusal(), "CreateToken (refresh)");
        let error = self.clients.explain(Error::Oidc { operation, source });
        if is_refusal {
            Refreshed::OtherwiseRefused(error)
        } else {
            Refreshed::Failed(error)
        }
    }

    /// Returns false if the access portal does not accept the token.
    fn is_ended_with(&self, access_token: &AccessToken) -> Result<bool, Error> {
        let portal = self.clients.portal(self.region()?)?;
        let operation = "Logout";
        let ended = portal.logout(access_token);
        match ended.map_err(|source| Error::Portal { operation, source }) {
            Ok(()) => Ok(true),
            Err(error) if error.is_unauthorized() => Ok(false),
            Err(error) => Err(self.clients.explain(error)),
        }
    }

    fn region(&self) -> Result<&Region, Error> {
        self.region.as_ref().ok_or_else(|| Error::UnknownRegion {
            location: self.token.location.clone(),
        })
    }
}

/// Returns whether the service refused a refresh token because its session has ended. Other refusals
/// concern the client, a KMS key or a gateway, and the session may continue.
fn means_ended(error: &OidcError) -> bool {
    matches!(
        error,
        OidcError::InvalidGrant(_) | OidcError::ExpiredToken(_)
    )
}

impl Ending {
    /// Replaces the result by that for a token that was saved later. If the service does not accept that
    /// token, its session is probably the one that was ended.
    pub(super) fn add(&mut self, later: Self) {
        self.is_removed = later.is_removed;
        if !(self.attempt.is_ended() && later.attempt.is_refused()) {
            self.attempt = later.attempt;
        }
    }
}

impl Attempt {
    /// Returns the outcome if another program has saved no token.
    pub(super) fn into_outcome(self) -> RevocationOutcome {
        match self {
            Self::Done(outcome) | Self::RefreshRefused { outcome, .. } => outcome,
        }
    }

    fn is_ended(&self) -> bool {
        matches!(self, Self::Done(RevocationOutcome::Ended))
    }

    fn is_refused(&self) -> bool {
        matches!(
            self,
            Self::Done(RevocationOutcome::AlreadyEnded) | Self::RefreshRefused { .. }
        )
    }

    /// Returns true if the service refuses the token, and no other program has refreshed it: no tool
    /// refreshes a token that is not due.
    fn is_refused_for_good(&self) -> bool {
        match self {
            Self::Done(outcome)
            | Self::RefreshRefused {
                outcome,
                is_due: false,
            } => matches!(outcome, RevocationOutcome::AlreadyEnded),
            Self::RefreshRefused { is_due: true, .. } => false,
        }
    }
}

/// Marks the session of a refused token as ended if the request for another token with its start
/// URL succeeded: usually, that request has ended the session of both. Does not mark a session that may
/// continue, because another program may have refreshed its token.
pub(super) fn mark_ended_sessions(start_urls: &[Option<&StartUrl>], attempts: &mut [Attempt]) {
    let sessions = start_urls.iter().zip(&*attempts);
    let ended = sessions.filter(|(_, attempt)| attempt.is_ended());
    let ended: Vec<&StartUrl> = ended.filter_map(|(url, _)| *url).collect();
    for (url, attempt) in start_urls.iter().zip(attempts) {
        let has_ended = |url: &StartUrl| ended.iter().any(|it| is_same_start_url(url, it));
        if attempt.is_refused_for_good() && url.is_some_and(has_ended) {
            *attempt = Attempt::Done(RevocationOutcome::Ended);
        }
    }
}
