//! What our own folder still holds of tokens and credentials that are gone.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use locked_file::temporary_files;

use crate::{CacheError, CacheKey, TokenCache};

impl TokenCache {
    /// Waits until everybody who has a lock now, but for those of sign-ins, has given it back,
    /// `wait` for each at most; then removes the temporary files that were there before: they
    /// belong to nobody. Returns them.
    ///
    /// Who removes a token and then calls this can be sure that what was about to be written from
    /// it has been written, or will not be: whoever comes later finds the token gone. The caller
    /// holds no lock meanwhile.
    ///
    /// # Errors
    ///
    /// [`CacheError::Lock`], and [`CacheError::Remove`].
    pub fn wait_for_writers(&self, wait: Duration) -> Result<Vec<PathBuf>, CacheError> {
        let temporary = temporary_files(self.own_folder());
        for name in names_in(self.own_folder()) {
            let is_step = name.split_once('.').is_some_and(|(_, rest)| rest == "lock");
            // Where nobody can lock, nobody can be waited for.
            if is_step && !self.lock(&name, wait)?.is_effective() {
                return Ok(Vec::new());
            }
        }
        let left: Vec<_> = temporary.into_iter().filter(|path| path.exists()).collect();
        for path in &left {
            remove_file(path)?;
        }
        Ok(left)
    }

    /// Returns the damaged files that were set aside, each with the key that it had.
    #[must_use]
    pub fn files_set_aside(&self) -> Vec<(CacheKey, PathBuf)> {
        let of_name = |name: String| {
            let (key, rest) = name.split_once('.')?;
            let is_aside = rest == "corrupt" || rest.starts_with("corrupt.");
            let path = self.own_folder().join(&name);
            (is_aside && !path.is_dir()).then_some((key.parse().ok()?, path))
        };
        let mut files: Vec<_> = names_in(self.own_folder()).filter_map(of_name).collect();
        files.sort();
        files
    }

    /// Whether somebody signs in at this moment, for a token under `token_key`.
    #[must_use]
    pub fn is_login_locked(&self, token_key: &CacheKey) -> bool {
        let name = format!("{token_key}.login.lock");
        let is_there = self.own_folder().join(&name).exists();
        is_there
            && self
                .lock(&name, Duration::ZERO)
                .is_err_and(|error| error.is_locked())
    }
}

/// Removes the file at `path`, for good: behind a symbolic link, what it leads to. Nothing there
/// is fine.
///
/// # Errors
///
/// [`CacheError::Remove`].
pub fn remove_file(path: &Path) -> Result<(), CacheError> {
    locked_file::remove_file(path).map_err(|source| CacheError::Remove {
        path: path.to_owned(),
        source,
    })
}

fn names_in(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}
