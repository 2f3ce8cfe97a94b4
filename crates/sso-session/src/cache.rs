//! Maps cache errors and events to warnings. A corrupt file counts as missing, and the next write
//! replaces it.

use std::fs;
use std::path::{Path, PathBuf};

use locked_file::Holder;
use sso_config::AwsEnv;
use token_cache::{CacheError, CacheKey, Notice, TokenCache};

use crate::error::Error;
use crate::error_chain::ErrorChain;

/// Opens the caches in `~/.aws`. Events of the cache are logged as warnings. Nothing is read yet.
///
/// # Errors
///
/// [`sso_config::Error::NoHome`].
pub fn open(env: &AwsEnv) -> Result<TokenCache, sso_config::Error> {
    Ok(TokenCache::under(&env.aws_dir()?)
        .with_notices(|notice| log::warn!("{}", in_words(&notice))))
}

/// Treats a corrupt file as missing, with a warning.
///
/// # Errors
///
/// [`Error::Cache`] if the file cannot be read.
pub fn or_absent_with_a_word<T>(read: Result<Option<T>, CacheError>) -> Result<Option<T>, Error> {
    if let Err(damaged) = &read
        && damaged.is_damaged()
    {
        log::warn!("{}; it counts as absent", ErrorChain(damaged));
    }
    or_absent(read)
}

/// Treats a corrupt file as missing.
///
/// # Errors
///
/// [`Error::Cache`] if the file cannot be read.
pub fn or_absent<T>(read: Result<Option<T>, CacheError>) -> Result<Option<T>, Error> {
    match read {
        Err(error) if error.is_damaged() => Ok(None),
        read => Ok(read?),
    }
}

/// Returns the text of a warning for an event of the cache.
#[must_use]
pub fn in_words(notice: &Notice) -> String {
    match notice {
        Notice::Waiting { path, holder } => waiting_for(path, holder.as_ref()),
        Notice::LocksUnsupported { path } => {
            format!(
                "{} cannot be locked: other processes may come in between",
                path.display()
            )
        }
        Notice::ModeNarrowed { path, from } => {
            format!(
                "{} was open to others (mode {from:04o}); now it is yours alone",
                path.display()
            )
        }
        Notice::SetAside { path, to } => {
            format!(
                "{} is damaged; it was set aside as {}",
                path.display(),
                to.display()
            )
        }
        other => format!("{other:?}"),
    }
}

/// Returns the text of a warning that this process waits for a lock.
#[must_use]
pub fn waiting_for(path: &Path, holder: Option<&Holder>) -> String {
    let holder = holder.map_or_else(|| "another process".to_owned(), ToString::to_string);
    format!("waiting for {holder}, which has locked {}", path.display())
}

/// The file name extension of the checkpoints of account listings, after the key of the token.
pub const CHECKPOINT_EXTENSION: &str = "accounts";

/// Returns the files in which listings are kept, each with the key of the session's token.
pub(crate) fn checkpoints(cache: &TokenCache) -> Vec<(CacheKey, PathBuf)> {
    let entries = fs::read_dir(cache.own_folder()).into_iter().flatten();
    let paths = entries.flatten().map(|entry| entry.path());
    let listings = paths.filter(|path| {
        path.extension()
            .is_some_and(|it| it == CHECKPOINT_EXTENSION)
    });
    let with_key = listings.filter_map(|path| {
        let key = path.file_stem()?.to_str()?.parse().ok()?;
        Some((key, path))
    });
    let mut listings: Vec<_> = with_key.collect();
    listings.sort();
    listings
}
