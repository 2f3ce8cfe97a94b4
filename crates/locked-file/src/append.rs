//! Appending to an existing file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Appends `lines` to the file at `path`, in one write. If the last line of the file has no line end, adds
/// it first.
///
/// Does not create, replace or lock the file. Use this for a file that another program provides to
/// collect lines.
///
/// # Errors
///
/// Returns the error of the operating system, for example if the file is missing.
pub fn append_lines(path: &Path, lines: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    let separator = if ends_within_line(path) { "\n" } else { "" };
    file.write_all([separator, lines].concat().as_bytes())
}

/// Returns false if the file is empty, or cannot be read at its end, such as a pipe.
fn ends_within_line(path: &Path) -> bool {
    let last_byte = || {
        let mut file = File::open(path).ok().filter(is_regular)?;
        file.seek(SeekFrom::End(-1)).ok()?;
        let mut last = [0];
        file.read_exact(&mut last).ok()?;
        Some(last[0])
    };
    last_byte().is_some_and(|byte| byte != b'\n')
}

fn is_regular(file: &File) -> bool {
    file.metadata().is_ok_and(|found| found.is_file())
}
