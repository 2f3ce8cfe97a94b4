//! Appending to an existing file.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

/// Appends `bytes` to the file at `path`, in one write.
///
/// Does not create, replace or lock the file. Use this for a file that another program provides to
/// collect lines.
///
/// # Errors
///
/// Returns the error of the operating system, for example if the file is missing.
pub fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(bytes)
}
