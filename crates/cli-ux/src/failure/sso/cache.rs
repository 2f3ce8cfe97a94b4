//! Hints for files that cannot be replaced.

use std::error::Error;
use std::io;
use std::path::Path;

use sso_config::Immutable;
use sso_session::{CacheError, LockError, Obstacle, WriteError};

use crate::command_line::{Arguments, CommandLine};
use crate::failure::hint::Hint;

/// Returns a hint for an error of the cache.
pub(super) fn hint(error: &CacheError) -> Option<Hint> {
    match error {
        CacheError::Write(error) => write_hint(error),
        CacheError::Lock(LockError::Open { path, source }) | CacheError::List { path, source } => {
            denied_hint(path, source)
        }
        _ => None,
    }
}

/// Returns the command that makes the nearest existing file or directory accessible to its owner. Whether the
/// user is the owner is checked before.
#[cfg(unix)]
fn denied_hint(path: &Path, source: &io::Error) -> Option<Hint> {
    if source.kind() != io::ErrorKind::PermissionDenied {
        return None;
    }
    let mut existing = path.ancestors();
    let (denied, metadata) =
        existing.find_map(|path| Some((path, std::fs::metadata(path).ok()?)))?;
    let command = if metadata.is_dir() {
        "chmod u+rwx"
    } else {
        "chmod u+rw"
    };
    Some(CommandLine::new(command, Arguments::new().operand(denied)).into())
}

#[cfg(not(unix))]
fn denied_hint(_: &Path, _: &io::Error) -> Option<Hint> {
    None
}

/// Returns a hint if the cause of `error` is an immutable file or directory.
pub(super) fn immutable_hint(error: &(dyn Error + 'static)) -> Option<Hint> {
    let immutable = Immutable::in_causes_of(error)?;
    Some(chattr("sudo chattr -i", &immutable.path))
}

/// Returns a hint for an error of writing a file.
pub(super) fn write_hint(error: &WriteError) -> Option<Hint> {
    let WriteError::NotReplaceable { path, obstacle } = error else {
        return None;
    };
    Some(match obstacle {
        Obstacle::Immutable => chattr("sudo chattr -i", path),
        Obstacle::AppendOnly => chattr("sudo chattr -a", path),
        Obstacle::AppendOnlyDirectory => chattr("sudo chattr -a", path.parent()?),
        // The owner may have put the file there to exchange a token.
        #[cfg(unix)]
        Obstacle::OtherOwner { .. } => {
            let user = rustix::process::geteuid().as_raw();
            let arguments = Arguments::new().operand(user.to_string()).operand(path);
            Hint::Step(
                "if you trust its content, make the file yours:",
                CommandLine::new("sudo chown", arguments),
            )
        }
        _ => return None,
    })
}

fn chattr(command: &'static str, path: &Path) -> Hint {
    CommandLine::new(command, Arguments::new().operand(path)).into()
}
