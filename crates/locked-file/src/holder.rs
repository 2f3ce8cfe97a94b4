//! The holder of a lock, as recorded in the lock file.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

/// The process that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// Process ID.
    pub pid: u32,
    /// Name of the executable, in printable ASCII.
    pub program: String,
}

impl Holder {
    pub(crate) fn this_process() -> Self {
        let program = std::env::current_exe().ok();
        let program = program.as_deref().and_then(Path::file_stem);
        Self {
            pid: std::process::id(),
            program: program.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        }
    }

    pub(crate) fn write_to(&self, file: &mut File) -> io::Result<()> {
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "pid {} {}", self.pid, self.program)
    }

    /// Returns `None` unless the file has a process ID and a name in printable ASCII, since any
    /// process may have written the file.
    pub(crate) fn read_from(file: &mut File) -> Option<Self> {
        let mut text = String::new();
        file.rewind().ok()?;
        file.take(256).read_to_string(&mut text).ok()?;
        let (pid, program) = text
            .strip_prefix("pid ")?
            .strip_suffix('\n')?
            .split_once(' ')?;
        let is_plain = program.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        Some(Self {
            pid: pid.parse().ok()?,
            program: is_plain.then(|| program.to_owned())?,
        })
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {})", self.program, self.pid)
    }
}
