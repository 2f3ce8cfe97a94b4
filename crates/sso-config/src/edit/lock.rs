//! The lock of the edits, and the texts of the warnings about a lock.

use std::path::Path;
use std::time::Duration;

use locked_file::{LockedFile, create_private_dir};

use super::history::History;
use crate::error::Error;

const MAX_LOCK_WAIT: Duration = Duration::from_secs(30);

pub(super) fn lock(history: &History) -> Result<LockedFile, Error> {
    let path = history.directory().join("lock");
    // The directory is created here, so that an error names it instead of the lock.
    create_private_dir(history.directory()).map_err(|source| Error::CreateHistory {
        path: history.directory().to_owned(),
        source,
    })?;
    let on_wait = |holder: Option<&locked_file::Holder>| {
        log::warn!("{}", waiting_for_lock(&path, holder));
    };
    let pause = locked_file::clock::sleep;
    let trusted_dir = history.trusted_dir();
    let lock = LockedFile::acquire_own(&path, trusted_dir, MAX_LOCK_WAIT, pause, on_wait)?;
    if !lock.is_effective() {
        log::warn!("{}", without_lock(&path));
    }
    Ok(lock)
}

/// Returns the text of a warning that the operating system cannot lock the file `path`.
#[must_use]
pub fn without_lock(path: &Path) -> String {
    format!(
        "{} cannot be locked; other processes may write at the same time",
        path.display()
    )
}

/// Returns the text of a warning that the process waits for `holder`, which holds the lock `path`.
#[must_use]
pub fn waiting_for_lock(path: &Path, holder: Option<&locked_file::Holder>) -> String {
    let holder = holder.map_or_else(|| "another process".to_owned(), ToString::to_string);
    format!(
        "waiting for {holder}, which holds the lock {}",
        path.display()
    )
}
