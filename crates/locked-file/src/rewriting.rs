//! Detection of a file that another program is rewriting in place at this moment.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::clock::sleep;

/// Age below which an empty file may be one that was truncated to be written again.
const EMPTY_AGE: Duration = Duration::from_millis(500);

/// Age below which a file without a final line end may be incomplete.
const PART_AGE: Duration = Duration::from_millis(100);

const PAUSE: Duration = Duration::from_millis(10);

/// Maximum number of readings, which take about a second.
const MAX_READINGS: usize = 100;

/// Calls `read` until the content of the regular file at `path` is complete, and returns its result.
/// `bytes` returns the content.
///
/// Many programs, such as the AWS CLI, rewrite a text file in place, so that other programs can read
/// an empty or incomplete one. If the content is empty or does not end with a line end, and the file
/// was modified within the last half second or tenth of a second, `read` is called again every 10 ms,
/// for about a second at most. Calls `on_wait` before the first pause. Otherwise makes no further
/// system call.
///
/// # Errors
///
/// Those of `read`.
pub fn read_rewritten<T, E>(
    path: &Path,
    on_wait: impl FnOnce(),
    read: impl Fn() -> Result<T, E>,
    bytes: impl Fn(&T) -> &[u8],
) -> Result<T, E> {
    let mut found = read()?;
    let mut on_wait = Some(on_wait);
    for _ in 1..MAX_READINGS {
        if !is_being_rewritten(path, bytes(&found)) {
            break;
        }
        if let Some(on_wait) = on_wait.take() {
            on_wait();
        }
        sleep(PAUSE);
        found = read()?;
    }
    Ok(found)
}

fn is_being_rewritten(path: &Path, bytes: &[u8]) -> bool {
    let max_age = match bytes {
        [] => EMPTY_AGE,
        [.., b'\n' | b'\r'] => return false,
        _ => PART_AGE,
    };
    let found = fs::metadata(path).ok().filter(fs::Metadata::is_file);
    let modified = found.and_then(|found| found.modified().ok());
    modified.is_some_and(|modified| age(modified) < max_age)
}

/// Returns the time since `modified`, or until then if the clock of the file server is ahead.
fn age(modified: SystemTime) -> Duration {
    modified.elapsed().unwrap_or_else(|error| error.duration())
}
