//! Hints for files that cannot be replaced.

use sso_session::{CacheError, Obstacle, WriteError};

use crate::command_line::{Arguments, CommandLine};

/// Returns a hint for an error of the cache.
pub(super) fn hint(error: &CacheError) -> Option<CommandLine> {
    match error {
        CacheError::Write(error) => write_hint(error),
        _ => None,
    }
}

/// Returns a hint for an error of writing a file.
pub(super) fn write_hint(error: &WriteError) -> Option<CommandLine> {
    let WriteError::NotReplaceable { path, obstacle } = error else {
        return None;
    };
    let (command, path) = match obstacle {
        Obstacle::Immutable => ("sudo chattr -i", path.as_path()),
        Obstacle::AppendOnly => ("sudo chattr -a", path.as_path()),
        Obstacle::AppendOnlyDirectory => ("sudo chattr -a", path.parent()?),
        Obstacle::OtherOwner { .. } => (r#"sudo chown "$(id -u)""#, path.as_path()),
        _ => return None,
    };
    Some(CommandLine::new(command, Arguments::new().operand(path)))
}
