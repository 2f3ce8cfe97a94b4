//! Where one stands: what the caches say of a session and of a profile.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;
use token_cache::{CacheError, CachedToken, Freshness, TokenCache};

use crate::configured::Configured;
use crate::{
    AwsEnv, ConfigFiles, Connection, Error, ServiceClients, SsoProfile, SsoSession, SystemClock,
};

/// What the cache says of the sign-in to a session. To look takes no lock, changes nothing and
/// asks nobody.
#[derive(Debug)]
pub struct SessionStatus {
    /// The session.
    pub session: SsoSession,
    /// Where its token is, or would be.
    pub path: PathBuf,
    /// The token.
    pub token: Result<Option<CachedToken>, CacheError>,
    /// Whether the access portal takes the token; `None` where it was not asked.
    pub accepted: Option<Result<bool, Error>>,
}

/// What the cache says of the credentials of a profile.
#[derive(Debug)]
pub struct ProfileStatus {
    /// The profile.
    pub profile: SsoProfile,
    /// Where its credentials are, or would be; `None` for a profile without a role.
    pub path: Option<PathBuf>,
    /// When they end, where there are any.
    pub expires_at: Result<Option<OffsetDateTime>, CacheError>,
}

/// State of the sign-in to a session.
///
/// Serializes to its name in the JSON output of every program: `valid`, `renewable`, `ending`,
/// `expired`, `refused`, `signedOut` or `unreadable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// The token is valid for the requested duration.
    Valid,
    /// The token expires too soon, but can be refreshed, unless the session at the server has
    /// ended.
    Renewable,
    /// The token expires too soon and cannot be refreshed.
    Ending,
    /// The token has expired and cannot be refreshed.
    Expired,
    /// The access portal does not accept the token.
    Refused,
    /// The cache contains no token.
    SignedOut,
    /// The token's file cannot be read as a token.
    Unreadable,
}

impl Standing {
    /// Returns whether the session can be used without a sign-in.
    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Valid | Self::Renewable)
    }
}

impl SessionStatus {
    /// Looks up the token of `session`.
    #[must_use]
    pub fn of(session: SsoSession, cache: &TokenCache) -> Self {
        let key = session.token_key();
        Self {
            session,
            path: cache.token_path(&key),
            token: cache.token(&key),
            accepted: None,
        }
    }

    /// Judges the token by whether it is valid for `span` from `now` on.
    #[must_use]
    pub fn standing(&self, span: Duration, now: OffsetDateTime) -> Standing {
        let token = match &self.token {
            Err(_) => return Standing::Unreadable,
            Ok(None) => return Standing::SignedOut,
            Ok(Some(token)) => token,
        };
        if matches!(self.accepted, Some(Ok(false))) {
            return Standing::Refused;
        }
        match Freshness::with_min_validity(span, token.expires_at, now) {
            Freshness::Fresh => Standing::Valid,
            _ if token.renewal(now).is_some() => Standing::Renewable,
            Freshness::RefreshDue => Standing::Ending,
            Freshness::Expired => Standing::Expired,
        }
    }

    /// Returns when the token ends.
    #[must_use]
    pub fn expires_at(&self) -> Option<OffsetDateTime> {
        Some(self.token.as_ref().ok()?.as_ref()?.expires_at)
    }

    /// Returns until when the token can be renewed at the latest, where it can: the end of the
    /// client's registration. The session at the server may end before; when is not known here.
    #[must_use]
    pub fn renewable_until(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let token = self.token.as_ref().ok()?.as_ref()?;
        token.renewal(now)?;
        token.registration_expires_at
    }
}

impl ProfileStatus {
    /// Looks up the credentials of `profile`.
    #[must_use]
    pub fn of(profile: SsoProfile, files: &ConfigFiles, cache: &TokenCache) -> Self {
        let role = profile.clone().into_role(files).ok();
        let key = role.map(|role| role.credentials_key());
        let cached = key.as_ref().map(|key| cache.role_credentials(key));
        let cached = cached.transpose().map(Option::flatten);
        Self {
            profile,
            path: key.map(|key| cache.role_credentials_path(&key)),
            expires_at: cached.map(|cached| Some(cached?.expires_at)),
        }
    }

    /// Whether there are credentials that are valid for `span` from `now` on.
    #[must_use]
    pub fn is_usable(&self, span: Duration, now: OffsetDateTime) -> bool {
        matches!(self.expires_at, Ok(Some(end))
            if Freshness::with_min_validity(span, end, now) == Freshness::Fresh)
    }
}

/// Asks the access portal whether it takes the tokens that have not expired: all at once, and
/// each once.
pub fn verify_tokens(
    sessions: &mut [SessionStatus],
    env: &AwsEnv,
    files: &ConfigFiles,
    connection: &Connection,
    now: OffsetDateTime,
) {
    let configured = &Configured::of(files);
    let valid = sessions
        .iter_mut()
        .filter(|status| status.standing(Duration::ZERO, now) == Standing::Valid);
    thread::scope(|scope| {
        for status in valid {
            scope.spawn(move || {
                status.accepted = status.asked(configured, env, files, connection);
            });
        }
    });
}

impl SessionStatus {
    fn asked(
        &self,
        configured: &Configured,
        env: &AwsEnv,
        files: &ConfigFiles,
        connection: &Connection,
    ) -> Option<Result<bool, Error>> {
        let token = self.token.as_ref().ok()?.as_ref()?;
        let profile = configured.profile_of(&self.session.token_key()).cloned();
        let profile = profile.unwrap_or_else(|| env.profile());
        let ask = || {
            let clients = ServiceClients::new(env, files, &profile, connection, &SystemClock)?
                .with_single_attempts();
            let accepted = clients
                .portal(&self.session.region)?
                .accepts(&token.access_token);
            accepted.map_err(|source| {
                let operation = "asking whether the token is accepted";
                clients.explain(Error::Portal { operation, source })
            })
        };
        Some(ask())
    }
}
