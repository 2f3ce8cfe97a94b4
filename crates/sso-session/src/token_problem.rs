//! Problems of cached tokens that no request is needed to find.

use std::collections::HashMap;

use sso_config::SsoSession;
use sso_types::{ClientId, Region, RegistrationScope, StartUrl};
use time::{Duration, OffsetDateTime};
use token_cache::{CachedToken, TokenCache};

use crate::keys::SessionKeys;
use crate::start_url::is_same_start_url;
use crate::usable_token::{belongs_to, missing_scopes};

/// Maximum lifetime of an access token: that of an access portal session.
const MAX_LIFETIME: Duration = Duration::days(90);

/// Problem of the token of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenProblem {
    /// The token was issued for another start URL.
    OtherStartUrl(StartUrl),
    /// The token was issued in another Region.
    OtherRegion(Region),
    /// The access portal has refused the token before its expiry.
    Refused,
    /// The token expires at this time, later than a token can expire: the clock was ahead at the
    /// sign-in, or is behind now.
    LateExpiry(OffsetDateTime),
    /// The token can be used, but not refreshed by the AWS CLI, because these fields are missing.
    MissingFields(Vec<&'static str>),
    /// The token can be used, but not refreshed, because the client registration has expired.
    ExpiredRegistration,
    /// The client of the token is not registered with these scopes, which the session requests.
    MissingScopes(Vec<RegistrationScope>),
}

/// Finds the problems of cached tokens.
pub struct TokenCheck<'a> {
    cache: &'a TokenCache,
    now: OffsetDateTime,
    /// Scopes of the registered clients; `None` if they cannot be determined.
    clients: HashMap<ClientId, Option<Vec<RegistrationScope>>>,
}

impl<'a> TokenCheck<'a> {
    /// Reads the client registrations. Takes no lock and sends no request.
    #[must_use]
    pub fn new(cache: &'a TokenCache, now: OffsetDateTime) -> Self {
        let registrations = cache.scan_registrations();
        let registrations = registrations.map_or_else(|_| Vec::new(), |scan| scan.entries);
        let clients = registrations
            .into_iter()
            .map(|it| (it.client_id, it.scopes));
        Self {
            cache,
            now,
            clients: clients.collect(),
        }
    }

    /// Returns the first problem of the token of `session`. A token that is missing, cannot be read, or has
    /// expired and cannot be refreshed has no problem: a sign-in replaces it.
    #[must_use]
    pub fn problem(&self, session: &SsoSession) -> Option<TokenProblem> {
        let token = self.cache.token(&session.token_key()).ok()??;
        if token.expires_at <= self.now && !token.is_refreshable(self.now) {
            return None;
        }
        self.other_portal(session, &token)
            .or_else(|| self.refusal(session, &token))
            .or_else(|| self.late_expiry(&token))
            .or_else(|| self.missing_grant(session, &token))
            .or_else(|| self.missing_scopes(session, &token))
    }

    fn other_portal(&self, session: &SsoSession, token: &CachedToken) -> Option<TokenProblem> {
        if belongs_to(session, self.cache, token) {
            return None;
        }
        let mut start_url = token.start_url.iter();
        match start_url.find(|url| !is_same_start_url(url, &session.start_url)) {
            Some(other) => Some(TokenProblem::OtherStartUrl(other.clone())),
            None => token.region.clone().map(TokenProblem::OtherRegion),
        }
    }

    /// A token that has expired is not sent.
    fn refusal(&self, session: &SsoSession, token: &CachedToken) -> Option<TokenProblem> {
        let key = session.token_key();
        let refusal = self.cache.refusal(&key, &token.access_token);
        let is_sent = token.expires_at > self.now;
        (refusal.access_token && is_sent).then_some(TokenProblem::Refused)
    }

    fn late_expiry(&self, token: &CachedToken) -> Option<TokenProblem> {
        let is_late = token.expires_at - self.now > MAX_LIFETIME;
        is_late.then_some(TokenProblem::LateExpiry(token.expires_at))
    }

    /// botocore refreshes a token only with all these fields. Only the tokens of `[sso-session]` sections
    /// are refreshed.
    fn missing_grant(&self, session: &SsoSession, token: &CachedToken) -> Option<TokenProblem> {
        if session.name.is_none() || token.refresh_token.is_none() {
            return None;
        }
        let end = token.registration_expires_at;
        let fields = [
            ("clientId", token.client_id.is_some()),
            ("clientSecret", token.client_secret.is_some()),
            ("registrationExpiresAt", end.is_some()),
        ];
        let missing = fields.into_iter().filter(|(_, is_present)| !is_present);
        let missing: Vec<_> = missing.map(|(name, _)| name).collect();
        if !missing.is_empty() {
            return Some(TokenProblem::MissingFields(missing));
        }
        let has_expired = end.is_some_and(|end| end <= self.now);
        has_expired.then_some(TokenProblem::ExpiredRegistration)
    }

    fn missing_scopes(&self, session: &SsoSession, token: &CachedToken) -> Option<TokenProblem> {
        let registered = self.clients.get(token.client_id.as_ref()?)?;
        let missing = missing_scopes(session, registered.as_ref()?);
        (!missing.is_empty()).then_some(TokenProblem::MissingScopes(missing))
    }
}
