//! Hints for files that cannot be replaced.

use std::error::Error;
use std::path::Path;

use sso_config::Immutable;
use sso_session::{CacheError, Obstacle, WriteError};

use crate::command_line::{Arguments, CommandLine};
use crate::failure::hint::Hint;

/// Returns a hint for an error of the cache.
pub(super) fn hint(error: &CacheError) -> Option<Hint> {
    match error {
        CacheError::Write(error) => write_hint(error),
        _ => None,
    }
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
