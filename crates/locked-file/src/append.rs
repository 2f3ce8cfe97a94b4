//! Adding to the end of a file that somebody else made.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// Adds `bytes` to the end of the file at `path`, in one write. For a file that another program
/// hands out to collect lines: it is not made, replaced or locked.
///
/// # Errors
///
/// Those of the system, also where there is no such file.
pub fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(bytes)
}
