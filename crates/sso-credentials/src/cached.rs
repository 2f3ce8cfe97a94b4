//! What is made of what the cache reports: a damaged file counts as absent, and the next write
//! replaces it.

use std::path::Path;

use locked_file::Holder;
use token_cache::{CacheError, CacheEvent};

use crate::Error;

/// Takes a damaged file for an absent one.
pub(crate) fn or_absent<T>(read: Result<Option<T>, CacheError>) -> Result<Option<T>, Error> {
    match read {
        Err(error) if error.is_corrupt() => Ok(None),
        read => Ok(read?),
    }
}

/// Returns an error and its causes as one text, divided by colons, for a warning.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// Returns what the cache did or met beside its work, for a warning.
pub(crate) fn in_words(event: &CacheEvent) -> String {
    match event {
        CacheEvent::WaitingForLock { path, holder } => waiting_for(path, holder.as_ref()),
        CacheEvent::LocksUnsupported { path } => {
            format!(
                "{} cannot be locked: other processes may come in between",
                path.display()
            )
        }
        CacheEvent::PermissionsNarrowed {
            path,
            previous_mode,
        } => {
            format!(
                "{} was open to others (mode {previous_mode:04o}); now it is yours alone",
                path.display()
            )
        }
        CacheEvent::CorruptEntryIgnored { error } => {
            format!("{}; it counts as absent", with_causes(error))
        }
        CacheEvent::Quarantined { from, to } => {
            format!("{from} is damaged; it was set aside as {to}")
        }
        CacheEvent::RefreshedTokenNotSaved { error } => format!(
            "{}; the renewed token is lost, sign in again soon",
            with_causes(error)
        ),
        other => format!("{other:?}"),
    }
}

/// Returns for whom is waited, for a warning.
pub(crate) fn waiting_for(path: &Path, holder: Option<&Holder>) -> String {
    let holder = holder.map_or_else(|| "another process".to_owned(), ToString::to_string);
    format!("waiting for {holder}, which has locked {}", path.display())
}
