//! Appending to an existing file.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// Appends `bytes` to the file at `path`, in one write. For a file that another program provides
/// to collect lines: it is not created, replaced or locked.
///
/// # Errors
///
/// The errors of the operating system, including for a missing file.
pub fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(bytes)
}
