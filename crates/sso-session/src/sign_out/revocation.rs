//! End of access portal sessions at the service.

use std::collections::BTreeSet;

use sso_config::SsoSession;
use sso_oidc::{Grant, OidcError};
use sso_types::{AccessToken, Region};
use time::{Duration, OffsetDateTime};
use token_cache::refresh::RefreshGrant;
use token_cache::scan::StoredToken;

use super::RemovedToken;
use crate::clients::{Network, ServiceClients};
use crate::error::Error;

/// Remaining lifetime below which an access token counts as expired: the difference between two
/// clocks that is not reported.
const CLOCK_TOLERANCE: Duration = Duration::minutes(5);

/// Outcome of the attempt to end an access portal session.
#[derive(Debug)]
pub enum RevocationOutcome {
    /// The access portal ended the session.
    Ended,
    /// The service refused a token that has not expired. The session had already ended, or another
    /// program has used the refresh token.
    AlreadyEnded,
    /// The access token has expired and cannot be refreshed. The session continues until it
    /// expires.
    Expired,
    /// A request failed. The session continues until it expires.
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

    /// Ends the session at the service. An access token that has expired is refreshed first, because
    /// the access portal does not accept it. The new token is not saved.
    pub(super) fn end(&self) -> RevocationOutcome {
        self.try_to_end().unwrap_or_else(RevocationOutcome::Failed)
    }

    fn try_to_end(&self) -> Result<RevocationOutcome, Error> {
        if self.has_expired_at(self.now)
            && let Some(grant) = self.token.refresh_grant(self.now)
        {
            return self.end_with_new_token(grant);
        }
        if self.is_ended_with(&self.token.access_token)? {
            return Ok(RevocationOutcome::Ended);
        }
        // The response shows whether the local clock is wrong.
        let skew = self.clients.clock_skew().map(|skew| skew.0);
        let now = self.now.saturating_sub(skew.unwrap_or_default());
        if !self.has_expired_at(now) {
            return Ok(RevocationOutcome::AlreadyEnded);
        }
        match self.token.refresh_grant(now) {
            Some(grant) => self.end_with_new_token(grant),
            None => Ok(RevocationOutcome::Expired),
        }
    }

    fn has_expired_at(&self, now: OffsetDateTime) -> bool {
        let expires_at = self.token.expires_at;
        expires_at.is_none_or(|at| at <= now.saturating_add(CLOCK_TOLERANCE))
    }

    fn end_with_new_token(&self, grant: RefreshGrant<'_>) -> Result<RevocationOutcome, Error> {
        let refresh_token = Grant::RefreshToken(grant.refresh_token.clone());
        let oidc = self.clients.oidc(self.region()?)?;
        match oidc.create_token(grant.client_id, grant.client_secret, &refresh_token) {
            Ok(issued) if self.is_ended_with(&issued.access_token)? => Ok(RevocationOutcome::Ended),
            Ok(_) => Ok(RevocationOutcome::AlreadyEnded),
            Err(error) if means_ended(&error) => Ok(RevocationOutcome::AlreadyEnded),
            Err(source) => {
                let operation = "CreateToken (refresh)";
                Err(self.clients.explain(Error::Oidc { operation, source }))
            }
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

/// Marks the session of a refused token as ended if the request for another token with its start
/// URL succeeded: that request has ended the session of both.
pub(super) fn mark_ended_sessions(tokens: &mut [RemovedToken]) {
    let has_ended = |token: &&RemovedToken| matches!(token.server, Some(RevocationOutcome::Ended));
    let ended = tokens.iter().filter(has_ended);
    let ended: BTreeSet<_> = ended.filter_map(|token| token.start_url.clone()).collect();
    for token in tokens {
        let start_url = token.start_url.as_ref();
        if matches!(token.server, Some(RevocationOutcome::AlreadyEnded))
            && start_url.is_some_and(|url| ended.contains(url))
        {
            token.server = Some(RevocationOutcome::Ended);
        }
    }
}
