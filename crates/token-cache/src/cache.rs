use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use locked_file::{PrivateFile, ReadOptions, clock, read_with};
use zeroize::Zeroizing;

use crate::entry::{Directory, Entry};
use crate::error::CacheError;
use crate::event::CacheEvent;
use crate::fields::Fields;
use crate::key::CacheKey;
use crate::location::{EntryLocation, STATE_DIR_NAME};
use crate::registration::CachedRegistration;
use crate::role_credentials::CachedRoleCredentials;
use crate::token::CachedToken;

/// Pauses in milliseconds between reads of a torn file, which another tool is still writing in
/// place. The sum of 126 ms is much longer than such a write.
pub(crate) const TORN_READ_PAUSES: [u64; 6] = [2, 4, 8, 16, 32, 64];

/// Default of [`TokenCache::lock_timeout`].
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// The caches of one user.
///
/// A caller that holds several locks must acquire them in the order login, token, registration,
/// role credentials. Only the login lock may be held while waiting for user input.
pub struct TokenCache {
    sso_dir: PathBuf,
    cli_dir: PathBuf,
    state_dir: PathBuf,
    /// Directory whose owner is trusted.
    trusted_dir: PathBuf,
    is_read_only: bool,
    /// Files whose hard links have been reported.
    hard_linked: Mutex<BTreeSet<PathBuf>>,
    lock_timeout: Duration,
    on_event: Box<dyn Fn(CacheEvent) + Send + Sync>,
    pause: Box<dyn Fn(Duration) + Send + Sync>,
}

impl TokenCache {
    /// Returns the caches in these directories, which need not exist: `sso_dir` contains tokens and
    /// registrations (`~/.aws/sso/cache`), `cli_dir` contains role credentials
    /// (`~/.aws/cli/cache`). Accesses no file.
    ///
    /// Files of other users count as corrupt, except those of root and of the owner of `sso_dir`.
    #[must_use]
    pub fn new(sso_dir: impl Into<PathBuf>, cli_dir: impl Into<PathBuf>) -> Self {
        let sso_dir = sso_dir.into();
        Self {
            state_dir: sso_dir.join(STATE_DIR_NAME),
            trusted_dir: sso_dir.clone(),
            sso_dir,
            cli_dir: cli_dir.into(),
            is_read_only: false,
            hard_linked: Mutex::default(),
            lock_timeout: LOCK_TIMEOUT,
            on_event: Box::new(drop),
            pause: Box::new(clock::sleep),
        }
    }

    /// Returns the caches in `aws_dir` (`~/.aws`).
    ///
    /// Files of other users count as corrupt, except those of root and of the owner of `aws_dir`:
    /// both can replace any file in it. On Windows, owners are not checked.
    #[must_use]
    pub fn in_aws_dir(aws_dir: &Path) -> Self {
        let sso_dir = aws_dir.join("sso").join("cache");
        Self {
            trusted_dir: aws_dir.to_owned(),
            ..Self::new(sso_dir, aws_dir.join("cli").join("cache"))
        }
    }

    /// Sets the function that is called for each [`CacheEvent`].
    #[must_use]
    pub fn on_event(mut self, on_event: impl Fn(CacheEvent) + Send + Sync + 'static) -> Self {
        self.on_event = Box::new(on_event);
        self
    }

    /// Leaves file permissions untouched when an entry is read. Use this for read-only inspection.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// Calls `pause` instead of sleeping between reads of a torn file and between attempts to
    /// acquire a lock. The timeout of a lock limits the sum of its pauses.
    #[must_use]
    pub fn with_pause(mut self, pause: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.pause = Box::new(pause);
        self
    }

    /// Sets the maximum wait for a lock that another process holds during a request. It must not be
    /// shorter than the time limit of a request. Default: [`LOCK_TIMEOUT`].
    #[must_use]
    pub fn with_lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// Returns the maximum wait for a lock that another process holds during a request.
    #[must_use]
    pub fn lock_timeout(&self) -> Duration {
        self.lock_timeout
    }

    /// Returns the cached token for `key`, or `None` if there is none.
    ///
    /// Takes no lock and creates no directory. Reads a file that is empty or not JSON again for up
    /// to 126 ms, because another tool may be writing it. Removes permissions of group and others,
    /// unless the cache is [read-only](Self::read_only).
    ///
    /// # Errors
    ///
    /// A [`CacheError`]. If [`CacheError::is_corrupt`] is true, a retry would also fail.
    pub fn token(&self, key: &CacheKey) -> Result<Option<CachedToken>, CacheError> {
        self.entry(key)
    }

    /// Returns the cached client registration for `key`, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// The same as [`TokenCache::token`].
    pub fn registration(&self, key: &CacheKey) -> Result<Option<CachedRegistration>, CacheError> {
        self.entry(key)
    }

    /// Returns the cached role credentials for `key`, or `None` if there are none.
    ///
    /// # Errors
    ///
    /// The same as [`TokenCache::token`].
    pub fn role_credentials(
        &self,
        key: &CacheKey,
    ) -> Result<Option<CachedRoleCredentials>, CacheError> {
        self.entry(key)
    }

    /// Treats a corrupt entry as missing and reports [`CacheEvent::CorruptEntryIgnored`].
    ///
    /// # Errors
    ///
    /// Any other error of `read`.
    pub fn corrupt_as_missing<T>(
        &self,
        read: Result<Option<T>, CacheError>,
    ) -> Result<Option<T>, CacheError> {
        match read {
            Err(error) if error.is_corrupt() => {
                self.report(CacheEvent::CorruptEntryIgnored { error });
                Ok(None)
            }
            read => read,
        }
    }

    /// Returns true if a token for `key` is stored, even a corrupt one.
    #[must_use]
    pub fn has_token(&self, key: &CacheKey) -> bool {
        self.token_location(key).path().exists()
    }

    /// Returns the location of the token for `key`, which need not exist.
    #[must_use]
    pub fn token_location(&self, key: &CacheKey) -> EntryLocation {
        self.location_of::<CachedToken>(key)
    }

    /// Returns the location of the client registration for `key`, which need not exist.
    #[must_use]
    pub fn registration_location(&self, key: &CacheKey) -> EntryLocation {
        self.location_of::<CachedRegistration>(key)
    }

    /// Returns the location of the role credentials for `key`, which need not exist.
    #[must_use]
    pub fn role_credentials_location(&self, key: &CacheKey) -> EntryLocation {
        self.location_of::<CachedRoleCredentials>(key)
    }

    /// Returns the usual directory for files that other tools do not use: locks, temporary files,
    /// quarantined files, refusals, failed refreshes, last sign-ins, resolved Regions and unconfirmed
    /// clients. It need not exist. No file name in it ends in `.json`, so that the AWS CLI reads none of them as
    /// a token.
    #[must_use]
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// Returns the directory whose owner is trusted.
    pub(crate) fn trusted_dir(&self) -> &Path {
        &self.trusted_dir
    }

    pub(crate) fn dir(&self, directory: Directory) -> &Path {
        match directory {
            Directory::Sso => &self.sso_dir,
            Directory::Cli => &self.cli_dir,
        }
    }

    pub(crate) fn location_of<T: Entry>(&self, key: &CacheKey) -> EntryLocation {
        EntryLocation::of_file(self.dir(T::DIRECTORY).join(format!("{key}.json")))
    }

    pub(crate) fn report(&self, event: CacheEvent) {
        (self.on_event)(event);
    }

    pub(crate) fn pause(&self, duration: Duration) {
        (self.pause)(duration);
    }

    pub(crate) fn entry<T: Entry>(&self, key: &CacheKey) -> Result<Option<T>, CacheError> {
        let found = self.read(&self.location_of::<T>(key))?;
        Ok(found.map(|(entry, _)| entry))
    }

    pub(crate) fn read<T: Entry>(
        &self,
        location: &EntryLocation,
    ) -> Result<Option<(T, Fields)>, CacheError> {
        for pause in TORN_READ_PAUSES {
            match self.read_once(location) {
                Err(CacheError::Corrupt { corruption, .. }) if corruption.may_be_temporary() => {
                    self.pause(Duration::from_millis(pause));
                }
                read => return read,
            }
        }
        self.read_once(location)
    }

    fn read_once<T: Entry>(
        &self,
        location: &EntryLocation,
    ) -> Result<Option<(T, Fields)>, CacheError> {
        let Some(file) = self.read_file(location.path())? else {
            return Ok(None);
        };
        let text = Zeroizing::new(file.bytes);
        if let Directory::Sso = T::DIRECTORY
            && file.hard_links > 1
        {
            self.report_hard_links(location.path());
        }
        let parsed = Fields::parse(&text).and_then(|mut fields| {
            let entry = T::take_from(&mut fields)?;
            Ok((entry, fields))
        });
        parsed.map(Some).map_err(|corruption| CacheError::Corrupt {
            location: location.clone(),
            corruption,
        })
    }

    fn read_file(&self, path: &Path) -> Result<Option<PrivateFile>, CacheError> {
        let options = ReadOptions::trusting(&self.trusted_dir);
        if self.is_read_only {
            return Ok(read_with(&options, path)?);
        }
        let file = read_with(&options.narrowing(), path)?;
        if let Some(previous_mode) = file.as_ref().and_then(|file| file.narrowed_from) {
            self.report(CacheEvent::PermissionsNarrowed {
                path: path.to_owned(),
                previous_mode,
            });
        }
        Ok(file)
    }

    /// Reports each file once.
    fn report_hard_links(&self, path: &Path) {
        let mut reported = self
            .hard_linked
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if reported.insert(path.to_owned()) {
            drop(reported);
            let path = path.to_owned();
            self.report(CacheEvent::HardLinked { path });
        }
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("sso_dir", &self.sso_dir)
            .field("cli_dir", &self.cli_dir)
            .finish_non_exhaustive()
    }
}
