use std::path::{Path, PathBuf};
use std::time::Duration;

use locked_file::LockedFile;

use crate::cache::TokenCache;
use crate::entry::Entry;
use crate::error::CacheError;
use crate::event::CacheEvent;
use crate::key::CacheKey;
use crate::locked::Locked;
use crate::registration::CachedRegistration;
use crate::role_credentials::CachedRoleCredentials;
use crate::token::CachedToken;

impl TokenCache {
    /// Locks the sign-in for `token_key`, waiting for at most `timeout`. One process opens the
    /// browser, and the others wait for its token.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`].
    pub fn lock_login(
        &self,
        token_key: &CacheKey,
        timeout: Duration,
    ) -> Result<LockedFile, CacheError> {
        self.lock(&self.login_lock(token_key), timeout)
    }

    /// Returns true if a sign-in for `token_key` is in progress.
    #[must_use]
    pub fn is_login_locked(&self, token_key: &CacheKey) -> bool {
        let path = self.login_lock(token_key);
        path.exists()
            && self
                .lock(&path, Duration::ZERO)
                .is_err_and(|error| error.is_locked())
    }

    /// Locks the token for `key`, waiting for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`].
    pub fn lock_token(
        &self,
        key: &CacheKey,
        timeout: Duration,
    ) -> Result<Locked<'_, CachedToken>, CacheError> {
        self.lock_entry(key, timeout)
    }

    /// Locks the client registration for `key`, waiting for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`].
    pub fn lock_registration(
        &self,
        key: &CacheKey,
        timeout: Duration,
    ) -> Result<Locked<'_, CachedRegistration>, CacheError> {
        self.lock_entry(key, timeout)
    }

    /// Locks the role credentials for `key`, waiting for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`].
    pub fn lock_role_credentials(
        &self,
        key: &CacheKey,
        timeout: Duration,
    ) -> Result<Locked<'_, CachedRoleCredentials>, CacheError> {
        self.lock_entry(key, timeout)
    }

    fn lock_entry<T: Entry>(
        &self,
        key: &CacheKey,
        timeout: Duration,
    ) -> Result<Locked<'_, T>, CacheError> {
        let staging = self.staging_of::<T>(key);
        let lock = self.lock(&staging.lock("lock"), timeout)?;
        Ok(Locked::new(self, key.clone(), staging, lock))
    }

    fn login_lock(&self, token_key: &CacheKey) -> PathBuf {
        self.staging_of::<CachedToken>(token_key).lock("login.lock")
    }

    pub(crate) fn lock(&self, path: &Path, timeout: Duration) -> Result<LockedFile, CacheError> {
        let pause = |duration| self.pause(duration);
        let lock = LockedFile::acquire_own(path, self.trusted_dir(), timeout, pause, |holder| {
            self.report(CacheEvent::WaitingForLock {
                path: path.to_owned(),
                holder: holder.cloned(),
            });
        })?;
        if !lock.is_effective() {
            let path = path.to_owned();
            self.report(CacheEvent::LocksUnsupported { path });
        }
        Ok(lock)
    }
}
