//! What is made of what the cache reports: a damaged file counts as absent, and the next write
//! replaces it.

use std::path::Path;

use locked_file::Holder;
use token_cache::{CacheError, Notice};

use crate::Error;

/// Takes a damaged file for an absent one, and says so.
pub(crate) fn or_absent_with_a_word<T>(
    read: Result<Option<T>, CacheError>,
) -> Result<Option<T>, Error> {
    if let Err(damaged) = &read
        && damaged.is_damaged()
    {
        log::warn!("{}; it counts as absent", with_causes(damaged));
    }
    or_absent(read)
}

/// Takes a damaged file for an absent one.
pub(crate) fn or_absent<T>(read: Result<Option<T>, CacheError>) -> Result<Option<T>, Error> {
    match read {
        Err(error) if error.is_damaged() => Ok(None),
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
pub(crate) fn in_words(notice: &Notice) -> String {
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

/// Returns for whom is waited, for a warning.
pub(crate) fn waiting_for(path: &Path, holder: Option<&Holder>) -> String {
    let holder = holder.map_or_else(|| "another process".to_owned(), ToString::to_string);
    format!("waiting for {holder}, which has locked {}", path.display())
}
