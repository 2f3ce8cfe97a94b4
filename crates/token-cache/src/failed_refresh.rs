//! Failures of early refreshes. They are not repeated while the token is still valid, so this is
//! remembered for all processes.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::cache::TokenCache;
use crate::error::CacheError;
use crate::freshness::REFRESH_WINDOW;
use crate::key::CacheKey;
use crate::token::CachedToken;

/// Suffix of the state files with failed refreshes: see [`TokenCache::state_files`].
pub const FAILED_REFRESH_SUFFIX: &str = "failed-refresh";

/// Time for which an early refresh is not repeated after a failure.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);

/// The failure of an early refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedRefresh {
    /// The time of the failure, in whole seconds.
    pub failed_at: OffsetDateTime,
    /// True if the service rejected the refresh token or the client.
    pub is_rejected: bool,
    /// Pause that the service requested, in whole seconds.
    pub retry_after: Option<Duration>,
    /// The start of a later refresh whose outcome is unknown, in whole seconds.
    pub restarted_at: Option<OffsetDateTime>,
}

/// The content of a state file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FailedToken {
    /// Digest of the access token. Another token of the same session has another digest.
    access_token_sha1: String,
    /// Seconds since the Unix epoch.
    failed_at: i64,
    is_rejected: bool,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Seconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restarted_at: Option<i64>,
}

impl FailedRefresh {
    /// Returns true if the failure, or the start of a later refresh, was less than a minute ago, or if the
    /// service requested a longer pause after the failure, which has not ended. At most 15 minutes count:
    /// a token that is valid for longer needs no refresh. A time in the future, after a change of the
    /// clock, counts as old.
    #[must_use]
    pub fn is_recent(&self, now: OffsetDateTime) -> bool {
        let is_within = |interval: Duration, at: OffsetDateTime| {
            let age = now - at;
            !age.is_negative() && age < interval
        };
        let requested = self.retry_after.unwrap_or_default().min(REFRESH_WINDOW);
        is_within(RETRY_INTERVAL.max(requested), self.failed_at)
            || self
                .restarted_at
                .is_some_and(|at| is_within(RETRY_INTERVAL, at))
    }

    /// Returns true if a refresh has failed; false if one has started whose outcome is unknown, and none
    /// has failed before.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.restarted_at != Some(self.failed_at)
    }

    /// Returns true if a second rejection at `now` shows that the session has ended: another tool
    /// that used the refresh token would have saved its response since.
    #[must_use]
    pub fn is_confirmed_by_rejection(&self, now: OffsetDateTime) -> bool {
        self.is_rejected && now - self.failed_at >= RETRY_INTERVAL
    }
}

impl TokenCache {
    /// Returns the last failure of an early refresh of `token`, if it is remembered. Takes no lock.
    #[must_use]
    pub fn failed_refresh(&self, key: &CacheKey, token: &CachedToken) -> Option<FailedRefresh> {
        let remembered: FailedToken = self.read_state(key, FAILED_REFRESH_SUFFIX)?;
        let time = |seconds| OffsetDateTime::from_unix_timestamp(seconds).ok();
        let failed_at = time(remembered.failed_at)?;
        (remembered.access_token_sha1 == token.digest()).then_some(FailedRefresh {
            failed_at,
            is_rejected: remembered.is_rejected,
            retry_after: remembered.retry_after.map(Duration::from_secs),
            restarted_at: remembered.restarted_at.and_then(time),
        })
    }

    /// Remembers the failure of an early refresh of `token`. Saves only a digest of the token.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`].
    pub fn remember_failed_refresh(
        &self,
        key: &CacheKey,
        token: &CachedToken,
        failure: FailedRefresh,
    ) -> Result<(), CacheError> {
        let failed = FailedToken {
            access_token_sha1: token.digest(),
            failed_at: failure.failed_at.unix_timestamp(),
            is_rejected: failure.is_rejected,
            retry_after: failure.retry_after.map(|pause| pause.as_secs()),
            restarted_at: failure.restarted_at.map(OffsetDateTime::unix_timestamp),
        };
        self.write_state(key, FAILED_REFRESH_SUFFIX, &failed)
    }

    /// Remembers that an early refresh of `token` starts at `now`, whose outcome this process may not
    /// learn. It counts as a failure for a minute, and keeps the last failure.
    ///
    /// Returns false if a failure or a start is already remembered, or is about to be. Of several
    /// processes, one gets true, also on a file system without locks.
    ///
    /// # Errors
    ///
    /// [`CacheError::Write`].
    pub fn remember_started_refresh(
        &self,
        key: &CacheKey,
        token: &CachedToken,
        now: OffsetDateTime,
    ) -> Result<bool, CacheError> {
        let Some(claim) = self.claim_state(key, FAILED_REFRESH_SUFFIX, now, RETRY_INTERVAL)? else {
            return Ok(false);
        };
        let last = self.failed_refresh(key, token);
        if last.is_some_and(|last| last.is_recent(now)) {
            return Ok(false);
        }
        let last = last.unwrap_or(FailedRefresh {
            failed_at: now,
            is_rejected: false,
            retry_after: None,
            restarted_at: None,
        });
        let started = FailedRefresh {
            restarted_at: Some(now),
            ..last
        };
        self.remember_failed_refresh(key, token, started)?;
        Ok(claim.is_held())
    }
}
