//! The caches in `~/.aws`, with their events as warnings.

use std::fmt;

use sso_config::AwsEnv;
use token_cache::{CacheError, CacheEvent, TokenCache};

use crate::error_chain::ErrorChain;

/// Returns the caches in the home directory, and logs their events as warnings. Reads no file.
///
/// # Errors
///
/// [`sso_config::Error::NoHome`].
pub fn open(env: &AwsEnv) -> Result<TokenCache, sso_config::Error> {
    let cache = TokenCache::in_aws_dir(&env.aws_dir()?);
    Ok(cache.on_event(|event| log::warn!("{}", Warning(&event))))
}

/// Treats a corrupt entry as missing, without a warning. The next write quarantines it.
///
/// # Errors
///
/// Any other error of the read.
pub fn or_missing<T>(read: Result<Option<T>, CacheError>) -> Result<Option<T>, CacheError> {
    match read {
        Err(error) if error.is_corrupt() => Ok(None),
        read => read,
    }
}

struct Warning<'a>(&'a CacheEvent);

impl fmt::Display for Warning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            CacheEvent::WaitingForLock { path, holder } => {
                f.write_str(&sso_config::edit::waiting_for_lock(path, holder.as_ref()))
            }
            CacheEvent::LocksUnsupported { path } => {
                f.write_str(&sso_config::edit::without_lock(path))
            }
            CacheEvent::PermissionsNarrowed {
                path,
                previous_mode,
            } => write!(
                f,
                "{} was accessible to other users (mode {previous_mode:04o}); \
                 it is now accessible only to you",
                path.display()
            ),
            CacheEvent::HardLinked { path } => write!(
                f,
                "{} has other hard links, which will keep the old content; \
                 use a symbolic link instead",
                path.display()
            ),
            CacheEvent::RemovedHardLink { path } => write!(
                f,
                "{} had other hard links, which keep its content; remove them too",
                path.display()
            ),
            CacheEvent::CorruptEntryIgnored { error } => {
                write!(f, "{}; it counts as missing", ErrorChain(error))
            }
            CacheEvent::Quarantined {
                to,
                error,
                is_truncated: false,
                ..
            } => write!(f, "{}; it was quarantined as {to}", ErrorChain(error)),
            CacheEvent::Quarantined { to, error, .. } => write!(
                f,
                "{}; its first MiB was quarantined as {to}, and the rest was overwritten",
                ErrorChain(error)
            ),
            CacheEvent::NotQuarantined { from, error } => write!(
                f,
                "{}; {from} is corrupt and was replaced",
                ErrorChain(error)
            ),
            CacheEvent::WrittenInPlace { error } => write!(
                f,
                "{}; its content was overwritten instead",
                ErrorChain(error)
            ),
            CacheEvent::SavedWithoutLock { error } => write!(
                f,
                "{}; the token of the sign-in is saved without the lock",
                ErrorChain(error)
            ),
            CacheEvent::RefreshedTokenNotSaved {
                error: error @ CacheError::ChangedDuringRefresh { .. },
            } => write!(f, "{error}; the refreshed token is not saved"),
            CacheEvent::RefreshedTokenNotSaved { error } => write!(
                f,
                "{}; the refreshed token is lost, sign in again soon",
                ErrorChain(error)
            ),
            other => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::path::Path;

    use token_cache::{CacheError, CacheEvent, CacheKey, Corruption, TokenCache, WriteError};

    use super::Warning;

    fn lock_file() -> std::path::PathBuf {
        "/aws/x.lock".into()
    }

    fn cannot_write() -> CacheError {
        let source = ErrorKind::StorageFull.into();
        let path = "/aws/x.json".into();
        CacheError::Write(WriteError::Write { path, source })
    }

    #[test]
    fn each_event_has_a_warning() {
        let location = TokenCache::in_aws_dir(Path::new("/aws"))
            .token_location(&CacheKey::session_token(&"my-sso".into()));
        let corrupt = || CacheError::Corrupt {
            location: location.clone(),
            corruption: Corruption::Empty,
        };
        let check = |event: CacheEvent, expected: &str| {
            assert_eq!(Warning(&event).to_string(), expected);
        };
        check(
            CacheEvent::WaitingForLock {
                path: lock_file(),
                holder: None,
            },
            "waiting for another process, which holds the lock /aws/x.lock",
        );
        check(
            CacheEvent::LocksUnsupported { path: lock_file() },
            "/aws/x.lock cannot be locked; other processes may write at the same time",
        );
        check(
            CacheEvent::PermissionsNarrowed {
                path: lock_file(),
                previous_mode: 0o64,
            },
            "/aws/x.lock was accessible to other users (mode 0064); \
             it is now accessible only to you",
        );
        check(
            CacheEvent::CorruptEntryIgnored { error: corrupt() },
            &format!(
                "the cache file {location} is corrupt: the file is empty; it counts as missing"
            ),
        );
        check(
            CacheEvent::Quarantined {
                from: location.clone(),
                to: location.clone(),
                is_truncated: false,
                error: corrupt(),
            },
            &format!(
                "the cache file {location} is corrupt: the file is empty; \
                 it was quarantined as {location}"
            ),
        );
        check(
            CacheEvent::Quarantined {
                from: location.clone(),
                to: location.clone(),
                is_truncated: true,
                error: corrupt(),
            },
            &format!(
                "the cache file {location} is corrupt: the file is empty; \
                 its first MiB was quarantined as {location}, and the rest was overwritten"
            ),
        );
        let full = ErrorKind::StorageFull;
        check(
            CacheEvent::WrittenInPlace {
                error: cannot_write(),
            },
            &format!("cannot write /aws/x.json: {full}; its content was overwritten instead"),
        );
        check(
            CacheEvent::SavedWithoutLock {
                error: cannot_write(),
            },
            &format!(
                "cannot write /aws/x.json: {full}; \
                 the token of the sign-in is saved without the lock"
            ),
        );
        check(
            CacheEvent::RefreshedTokenNotSaved {
                error: cannot_write(),
            },
            &format!(
                "cannot write /aws/x.json: {full}; the refreshed token is lost, sign in again soon"
            ),
        );
        check(
            CacheEvent::RefreshedTokenNotSaved {
                error: CacheError::ChangedDuringRefresh {
                    location: location.clone(),
                },
            },
            &format!(
                "another program removed or replaced {location} during the refresh; \
                 the refreshed token is not saved"
            ),
        );
    }
}
