//! Hints for files that cannot be replaced.

use std::path::Path;

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

/// Returns a hint for an error of writing a file.
pub(super) fn write_hint(error: &WriteError) -> Option<Hint> {
    let WriteError::NotReplaceable { path, obstacle } = error else {
        return None;
    };
    let command = |name, path: &Path| CommandLine::new(name, Arguments::new().operand(path));
    Some(match obstacle {
        Obstacle::Immutable => command("sudo chattr -i", path).into(),
        Obstacle::AppendOnly => command("sudo chattr -a", path).into(),
        Obstacle::AppendOnlyDirectory => command("sudo chattr -a", path.parent()?).into(),
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
