//! The request of a refresh.

use std::time::Duration;

use sso_oidc::{Grant, IssuedToken, OidcError};
use time::OffsetDateTime;
use token_cache::CachedToken;
use token_cache::failed_refresh::FailedRefresh;
use token_cache::refresh::{RefreshGrant, RefreshResponse};

use super::TokenProvider;
use crate::error::{Error, SignInReason};
use crate::error_chain::ErrorChain;
use crate::keys::SessionKeys;
use crate::unconfirmed_client::remember_unconfirmed_client;

/// Connect timeout of a refresh of a token that is still valid.
const EARLY_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Time after the expiry of a token for which an error with a status 4xx may be temporary. After it, the
/// user can sign in instead. The error is not remembered, because the fault may end.
const MAX_TEMPORARY_FAULT: Duration = Duration::from_secs(60 * 60);

/// Timeouts and number of attempts of a request.
#[derive(Clone, Copy, Debug)]
enum RequestLimits {
    /// Those of the program.
    Configured,
    /// One attempt, with a connect timeout of [`EARLY_CONNECT_TIMEOUT`].
    Early,
    /// One attempt.
    InBackground,
}

impl TokenProvider<'_> {
    /// Requests a new token in place of `old`.
    pub(super) fn request(
        &self,
        old: &CachedToken,
        grant: RefreshGrant<'_>,
    ) -> Result<RefreshResponse<Error>, Error> {
        self.request_within(old, grant, RequestLimits::Configured)
    }

    /// Does the same, with a shorter limit if `old` is still valid.
    pub(super) fn request_early(
        &self,
        old: &CachedToken,
        grant: RefreshGrant<'_>,
    ) -> Result<RefreshResponse<Error>, Error> {
        let limits = if self.is_valid(old) {
            RequestLimits::Early
        } else {
            RequestLimits::Configured
        };
        self.request_within(old, grant, limits)
    }

    /// Does the same, in one attempt.
    pub(super) fn request_in_background(
        &self,
        old: &CachedToken,
        grant: RefreshGrant<'_>,
    ) -> Result<RefreshResponse<Error>, Error> {
        self.request_within(old, grant, RequestLimits::InBackground)
    }

    fn request_within(
        &self,
        old: &CachedToken,
        grant: RefreshGrant<'_>,
        limits: RequestLimits,
    ) -> Result<RefreshResponse<Error>, Error> {
        let response = self.send(old, grant, limits);
        // The protocol remembers the failures of early refreshes itself.
        if response.is_err() && !self.is_valid(old) {
            self.remember_failure(old);
        }
        response
    }

    /// Remembers the failure for the status of the session. Only logs an error.
    fn remember_failure(&self, old: &CachedToken) {
        let failure = FailedRefresh {
            failed_at: self.clock.now(),
            is_rejected: false,
            retry_after: None,
            restarted_at: None,
        };
        let key = self.session.token_key();
        if let Err(error) = self.cache.remember_failed_refresh(&key, old, failure) {
            log::debug!("{}; the failure is not remembered", ErrorChain(&error));
        }
    }

    fn send(
        &self,
        old: &CachedToken,
        grant: RefreshGrant<'_>,
        limits: RequestLimits,
    ) -> Result<RefreshResponse<Error>, Error> {
        log::info!("refreshing the token for {}", self.session.label());
        let refresh_token = Grant::RefreshToken(grant.refresh_token.clone());
        let region = self.region_of(old);
        let (id, secret) = (grant.client_id, grant.client_secret);
        let issued = match limits {
            RequestLimits::Configured => {
                let oidc = self.clients.oidc(region)?;
                oidc.create_token(id, secret, &refresh_token)
            }
            RequestLimits::Early => {
                let oidc = self.clients.oidc_once(region, EARLY_CONNECT_TIMEOUT)?;
                oidc.create_token(id, secret, &refresh_token)
            }
            RequestLimits::InBackground => {
                let oidc = self.clients.oidc_once(region, Duration::MAX)?;
                oidc.create_token(id, secret, &refresh_token)
            }
        };
        match issued {
            Ok(issued) => {
                let new = for_cache(old, issued, self.clock.now());
                Ok(RefreshResponse::Issued(new))
            }
            Err(error) if error.is_refusal() => {
                log::info!("the refresh was refused: {}", ErrorChain(&error));
                if let Some(status) = status_without_name(&error) {
                    return Err(self.sign_in_required(SignInReason::RefreshRefused { status }));
                }
                if is_about_client(&error) {
                    remember_unconfirmed_client(self.session, self.cache, grant.client_id);
                }
                Ok(RefreshResponse::Rejected)
            }
            Err(OidcError::NoAccessToken {
                refresh_token: Some(refresh_token),
            }) => {
                let source = OidcError::NoAccessToken {
                    refresh_token: None,
                };
                Ok(RefreshResponse::Incomplete {
                    token: CachedToken {
                        refresh_token: Some(refresh_token),
                        ..old.clone()
                    },
                    error: self.refresh_failed(source),
                })
            }
            Err(error) if error.may_be_refusal() && self.has_long_expired(old) => {
                log::info!("the refresh failed: {}", ErrorChain(&error));
                let status = error.service_error().map_or(0, |error| error.status);
                Err(self.sign_in_required(SignInReason::RefreshUnavailable { status }))
            }
            Err(source) => Err(self.refresh_failed(source)),
        }
    }

    fn has_long_expired(&self, token: &CachedToken) -> bool {
        self.clock.now() - token.expires_at >= MAX_TEMPORARY_FAULT
    }

    fn refresh_failed(&self, source: OidcError) -> Error {
        let operation = "CreateToken (refresh)";
        self.clients.explain(Error::Oidc { operation, source })
    }
}

/// Returns true unless the refusal is certainly about the refresh token or the user.
fn is_about_client(error: &OidcError) -> bool {
    !matches!(
        error,
        OidcError::InvalidGrant(_) | OidcError::ExpiredToken(_) | OidcError::AccessDenied(_)
    )
}

/// Returns the status if the response has no error name or code. It may then come from a proxy or a
/// firewall, so the refusal is not remembered, and the next program tries again.
fn status_without_name(error: &OidcError) -> Option<u16> {
    let error = error.service_error()?;
    (error.name.is_none() && error.code.is_none()).then_some(error.status)
}

/// Keeps the previous refresh token, which remains valid, if the response contains none.
fn for_cache(token: &CachedToken, issued: IssuedToken, now: OffsetDateTime) -> CachedToken {
    CachedToken {
        expires_at: issued.expires_at(now),
        access_token: issued.access_token,
        refresh_token: issued.refresh_token.or_else(|| token.refresh_token.clone()),
        ..token.clone()
    }
}
