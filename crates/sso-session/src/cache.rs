//! The caches in `~/.aws`, with their events as log messages.

use std::fmt;

use sso_config::AwsEnv;
use token_cache::{CacheError, CacheEvent, TokenCache};

use crate::error_chain::ErrorChain;

/// Opens the caches. Events of the cache are logged as warnings. Nothing is read yet.
///
/// # Errors
///
/// [`sso_config::Error::NoHome`].
pub fn open(env: &AwsEnv) -> Result<TokenCache, sso_config::Error> {
    let cache = TokenCache::in_aws_dir(&env.aws_dir()?);
    Ok(cache.on_event(|event| log::warn!("{}", Warning(&event))))
}

/// Treats a corrupt entry as missing, without a warning. The next write replaces it.
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

/// Displays an event of the cache as a warning.
struct Warning<'a>(&'a CacheEvent);

impl fmt::Display for Warning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            CacheEvent::WaitingForLock { path, holder } => {
                f.write_str(&sso_config::edit::waiting_for_lock(path, holder.as_ref()))
            }
            CacheEvent::LocksUnsupported { path } => write!(
                f,
                "{} cannot be locked: other processes may come in between",
                path.display()
            ),
            CacheEvent::PermissionsNarrowed {
                path,
                previous_mode,
            } => write!(
                f,
                "{} was open to others (mode {previous_mode:04o}); now it is yours alone",
                path.display()
            ),
            CacheEvent::CorruptEntryIgnored { error } => {
                write!(f, "{}; it counts as absent", ErrorChain(error))
            }
            CacheEvent::Quarantined { from, to } => {
                write!(f, "{from} is damaged; it was set aside as {to}")
            }
            CacheEvent::RefreshedTokenNotSaved { error } => write!(
                f,
                "{}; the renewed token is lost, sign in again soon",
                ErrorChain(error)
            ),
            other => write!(f, "{other:?}"),
        }
    }
}
