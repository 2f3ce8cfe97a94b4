//! Hints for files that cannot be replaced.

use std::path::Path;

use shell_words::quote;
use sso_session::{CacheError, Obstacle, WriteError};

/// Returns a hint for an error of the cache.
pub(super) fn hint(error: &CacheError) -> Option<String> {
    match error {
        CacheError::Write(error) => write_hint(error),
        _ => None,
    }
}

/// Returns a hint for an error of writing a file.
pub(super) fn write_hint(error: &WriteError) -> Option<String> {
    let WriteError::NotReplaceable { path, obstacle } = error else {
        return None;
    };
    let quoted = |path: &Path| quote(&path.display().to_string()).into_owned();
    let file = quoted(path);
    Some(match obstacle {
        Obstacle::Immutable => format!("sudo chattr -i {file}"),
        Obstacle::AppendOnly => format!("sudo chattr -a {file}"),
        Obstacle::AppendOnlyDirectory => {
            format!("sudo chattr -a {}", quoted(path.parent()?))
        }
        Obstacle::OtherOwner { .. } => format!("sudo chown \"$(id -u)\" {file}"),
        _ => return None,
    })
}
