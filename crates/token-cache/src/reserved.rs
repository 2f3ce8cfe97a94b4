//! Writes of tokens that are reserved without a lock.
//!
//! The token of a sign-in is issued after an approval by the user, which must not be lost because
//! another process holds the lock. A process that refreshes the old token meanwhile finds another
//! token before its rename, and does not save its own.

use locked_file::{WriteError, check_own_dir};

use crate::cache::{LOCK_TIMEOUT, TokenCache};
use crate::error::CacheError;
use crate::event::CacheEvent;
use crate::key::CacheKey;
use crate::locked::PendingWrite;
use crate::token::CachedToken;

/// A write of a token that is prepared like [`Locked::reserve`](crate::locked::Locked::reserve), but
/// locks the token only while it is saved.
#[derive(Debug)]
#[must_use = "nothing is saved before `save`"]
pub struct ReservedToken<'a> {
    cache: &'a TokenCache,
    key: CacheKey,
    pending: PendingWrite<'a, CachedToken>,
}

impl TokenCache {
    /// Prepares a write of the token for `key`, without its lock. Use this for a token of a sign-in.
    ///
    /// # Errors
    ///
    /// The same as [`Locked::reserve`](crate::locked::Locked::reserve).
    pub fn reserve_token(&self, key: &CacheKey) -> Result<ReservedToken<'_>, CacheError> {
        let staging = self.staging_of::<CachedToken>(key);
        let dir = &staging.state_dir;
        check_own_dir(dir, self.trusted_dir()).map_err(|source| WriteError::Prepare {
            path: dir.clone(),
            source,
        })?;
        let location = self.token_location(key);
        Ok(ReservedToken {
            cache: self,
            key: key.clone(),
            pending: PendingWrite::reserve(self, &location, &staging)?,
        })
    }
}

impl ReservedToken<'_> {
    /// Locks the token, saves `token` and keeps the unknown fields of the previous token. If the lock
    /// cannot be acquired within [`LOCK_TIMEOUT`], saves the token without it, and reports
    /// [`CacheEvent::SavedWithoutLock`]. The wait is long enough for a sign-out by another process, which
    /// removes a token that is saved meanwhile.
    ///
    /// # Errors
    ///
    /// The same as [`PendingWrite::commit`].
    pub fn save(mut self, token: &CachedToken) -> Result<(), CacheError> {
        let timeout = self.cache.lock_timeout().min(LOCK_TIMEOUT);
        let locked = self.cache.lock_token(&self.key, timeout);
        self.pending.update();
        self.pending.commit(token)?;
        if let Err(error) = locked {
            self.cache.report(CacheEvent::SavedWithoutLock { error });
        }
        Ok(())
    }
}
