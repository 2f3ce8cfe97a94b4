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
            CacheEvent::LocksUnsupported { path } => write!(
                f,
                "{} cannot be locked; other processes may write at the same time",
                path.display()
            ),
            CacheEvent::PermissionsNarrowed {
                path,
                previous_mode,
            } => write!(
                f,
                "{} was accessible to other users (mode {previous_mode:04o}); \
                 it is now accessible only to you",
                path.display()
            ),
            CacheEvent::CorruptEntryIgnored { error } => {
                write!(f, "{}; it counts as missing", ErrorChain(error))
            }
            CacheEvent::Quarantined { to, error, .. } => {
                write!(f, "{}; it was quarantined as {to}", ErrorChain(error))
            }
            CacheEvent::WrittenInPlace { error } => write!(
                f,
                "{}; its content was overwritten instead",
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
