//! Where everything is, and reading it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use locked_file::{LockedFile, read_as_is, read_private};
use zeroize::Zeroizing;

use crate::entry::Entry;
use crate::fields::Fields;
use crate::{
    CacheError, CacheKey, CachedRegistration, CachedRoleCredentials, CachedToken, Locked, Notice,
};

/// The pauses, in milliseconds, before a file that seems to be torn is read again. A writer that
/// takes no lock is done long before the last.
const TORN_PAUSES: [u64; 6] = [2, 4, 8, 16, 32, 64];

/// The caches of one user.
///
/// Where several locks are held at once, they are taken in the order login, token, registration,
/// role credentials. None but that of the login is held while somebody waits for a person.
pub struct TokenCache {
    sso_folder: PathBuf,
    cli_folder: PathBuf,
    own_folder: PathBuf,
    leaves_modes: bool,
    on_notice: Box<dyn Fn(Notice) + Send + Sync>,
    pause: Box<dyn Fn(Duration) + Send + Sync>,
}

impl TokenCache {
    /// Returns the caches in the given folders, which need not exist: `sso_folder` has tokens
    /// and registrations (`~/.aws/sso/cache`), `cli_folder` role credentials
    /// (`~/.aws/cli/cache`). Nothing is touched yet.
    #[must_use]
    pub fn new(sso_folder: impl Into<PathBuf>, cli_folder: impl Into<PathBuf>) -> Self {
        let sso_folder = sso_folder.into();
        Self {
            own_folder: sso_folder.join("aws-sso-tools"),
            sso_folder,
            cli_folder: cli_folder.into(),
            leaves_modes: false,
            on_notice: Box::new(drop),
            pause: Box::new(thread::sleep),
        }
    }

    /// Returns the caches in `aws_folder` (`~/.aws`).
    #[must_use]
    pub fn under(aws_folder: &Path) -> Self {
        Self::new(
            aws_folder.join("sso").join("cache"),
            aws_folder.join("cli").join("cache"),
        )
    }

    /// Returns the caches with `on_notice` to be called for each [`Notice`], as it happens.
    #[must_use]
    pub fn with_notices(mut self, on_notice: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        self.on_notice = Box::new(on_notice);
        self
    }

    /// Returns the caches with the mode of what is read left as it is, for who is only to look.
    #[must_use]
    pub fn leaving_modes(mut self) -> Self {
        self.leaves_modes = true;
        self
    }

    /// Returns the caches with `pause` in place of sleeping before a file that seems to be torn
    /// is read again.
    #[must_use]
    pub fn with_pause(mut self, pause: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.pause = Box::new(pause);
        self
    }

    /// Returns the token under `key`, or `None` where there is no such file.
    ///
    /// As for everything that is read: no lock is taken, no folder is made, and a file that
    /// seems to be torn is read again for a moment. A mode that lets others in is narrowed.
    ///
    /// # Errors
    ///
    /// [`CacheError::is_damaged`] holds where there is something else in its place.
    /// [`CacheError::Read`] else.
    pub fn token(&self, key: &CacheKey) -> Result<Option<CachedToken>, CacheError> {
        self.entry(key)
    }

    /// Returns the client registration under `key`, or `None` where there is no such file.
    ///
    /// # Errors
    ///
    /// As for [`TokenCache::token`].
    pub fn registration(&self, key: &CacheKey) -> Result<Option<CachedRegistration>, CacheError> {
        self.entry(key)
    }

    /// Returns the role credentials under `key`, or `None` where there is no such file.
    ///
    /// # Errors
    ///
    /// As for [`TokenCache::token`].
    pub fn role_credentials(
        &self,
        key: &CacheKey,
    ) -> Result<Option<CachedRoleCredentials>, CacheError> {
        self.entry(key)
    }

    /// Locks the sign-in that will end with a token under `token_key`, waiting for at most
    /// `wait`: one process has the browser, the others wait for its result.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`].
    pub fn lock_login(
        &self,
        token_key: &CacheKey,
        wait: Duration,
    ) -> Result<LockedFile, CacheError> {
        self.lock(&format!("{token_key}.login.lock"), wait)
    }

    /// Locks the token under `key`, waiting for at most `wait`.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`].
    pub fn lock_token(
        &self,
        key: &CacheKey,
        wait: Duration,
    ) -> Result<Locked<'_, CachedToken>, CacheError> {
        self.lock_entry(key, wait)
    }

    /// Locks the client registration under `key`, waiting for at most `wait`.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`].
    pub fn lock_registration(
        &self,
        key: &CacheKey,
        wait: Duration,
    ) -> Result<Locked<'_, CachedRegistration>, CacheError> {
        self.lock_entry(key, wait)
    }

    /// Locks the role credentials under `key`, waiting for at most `wait`.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`].
    pub fn lock_role_credentials(
        &self,
        key: &CacheKey,
        wait: Duration,
    ) -> Result<Locked<'_, CachedRoleCredentials>, CacheError> {
        self.lock_entry(key, wait)
    }

    /// Returns the folder for what other tools have no use for: locks, temporary files, damaged
    /// files that were set aside. It may be missing. No name in it ends in `.json`, so that the
    /// AWS CLI takes none for a token.
    #[must_use]
    pub fn own_folder(&self) -> &Path {
        &self.own_folder
    }

    /// Returns where the token under `key` is, or would be.
    #[must_use]
    pub fn token_path(&self, key: &CacheKey) -> PathBuf {
        self.path_of::<CachedToken>(key)
    }

    /// Returns where the client registration under `key` is, or would be.
    #[must_use]
    pub fn registration_path(&self, key: &CacheKey) -> PathBuf {
        self.path_of::<CachedRegistration>(key)
    }

    /// Returns where the role credentials under `key` are, or would be.
    #[must_use]
    pub fn role_credentials_path(&self, key: &CacheKey) -> PathBuf {
        self.path_of::<CachedRoleCredentials>(key)
    }

    pub(crate) fn sso_folder(&self) -> &PathBuf {
        &self.sso_folder
    }

    pub(crate) fn cli_folder(&self) -> &PathBuf {
        &self.cli_folder
    }

    pub(crate) fn path_of<T: Entry>(&self, key: &CacheKey) -> PathBuf {
        T::folder(self).join(format!("{key}.json"))
    }

    pub(crate) fn notify(&self, notice: Notice) {
        (self.on_notice)(notice);
    }

    pub(crate) fn entry<T: Entry>(&self, key: &CacheKey) -> Result<Option<T>, CacheError> {
        let found = self.read(&self.path_of::<T>(key))?;
        Ok(found.map(|(entry, _)| entry))
    }

    /// Reads an entry and the fields of its file that are unknown.
    pub(crate) fn read<T: Entry>(&self, path: &Path) -> Result<Option<(T, Fields)>, CacheError> {
        for pause in TORN_PAUSES {
            match self.read_once(path) {
                Err(CacheError::Damaged { damage, .. }) if damage.may_pass() => {
                    (self.pause)(Duration::from_millis(pause));
                }
                read => return read,
            }
        }
        self.read_once(path)
    }

    fn read_once<T: Entry>(&self, path: &Path) -> Result<Option<(T, Fields)>, CacheError> {
        let Some(text) = self.text_of(path)?.map(Zeroizing::new) else {
            return Ok(None);
        };
        let parsed = Fields::parse(&text).and_then(|mut fields| {
            let entry = T::take_from(&mut fields)?;
            Ok((entry, fields))
        });
        parsed.map(Some).map_err(|damage| CacheError::Damaged {
            path: path.to_owned(),
            damage,
        })
    }

    fn text_of(&self, path: &Path) -> Result<Option<Vec<u8>>, CacheError> {
        if self.leaves_modes {
            return Ok(read_as_is(path)?);
        }
        let Some(file) = read_private(path)? else {
            return Ok(None);
        };
        if let Some(from) = file.narrowed_from {
            let path = path.to_owned();
            self.notify(Notice::ModeNarrowed { path, from });
        }
        Ok(Some(file.bytes))
    }

    fn lock_entry<T: Entry>(
        &self,
        key: &CacheKey,
        wait: Duration,
    ) -> Result<Locked<'_, T>, CacheError> {
        let lock = self.lock(&format!("{key}.lock"), wait)?;
        Ok(Locked::new(self, key.clone(), lock))
    }

    pub(crate) fn lock(&self, name: &str, wait: Duration) -> Result<LockedFile, CacheError> {
        let path = self.own_folder.join(name);
        let lock = LockedFile::acquire(&path, wait, |holder| {
            self.notify(Notice::Waiting {
                path: path.clone(),
                holder: holder.cloned(),
            });
        })?;
        if !lock.is_effective() {
            self.notify(Notice::LocksUnsupported { path });
        }
        Ok(lock)
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("sso_folder", &self.sso_folder)
            .field("cli_folder", &self.cli_folder)
            .finish_non_exhaustive()
    }
}
