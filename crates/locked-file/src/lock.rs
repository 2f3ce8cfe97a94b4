//! One lock file for one thing: who has it locked may act, everybody else waits a bounded while.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::LockError;
use crate::private::{create_private_folder, open_without_following};

/// The pause between two attempts grows up to this.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// An exclusive lock on a file, held until it is dropped or the process ends, however it ends.
///
/// The file itself stays: who deleted it would let two waiters lock two files of one name.
#[derive(Debug)]
#[must_use = "the lock is given back as soon as it is dropped"]
pub struct LockedFile {
    file: File,
    is_effective: bool,
}

/// Who holds a lock, as the lock file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The number of the process.
    pub pid: u32,
    /// The name of its program, printable ASCII.
    pub program: String,
}

impl LockedFile {
    /// Locks the file at `path`, waiting for at most `wait` while somebody else has it.
    ///
    /// The file is created where it is missing, readable for its owner alone, and its folder
    /// likewise. `on_wait` is called once, when a wait begins; the holder is `None` where the
    /// file does not tell. While the lock is held, the file names this process, in text that is
    /// no JSON.
    ///
    /// A file system without locks is no error: see [`LockedFile::is_effective`].
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] after `wait`. [`LockError::Open`] where the file cannot be opened or
    /// made, or is a symbolic link, which is never followed.
    pub fn acquire(
        path: &Path,
        wait: Duration,
        on_wait: impl FnOnce(Option<&Holder>),
    ) -> Result<Self, LockError> {
        let mut file = open(path).map_err(|source| LockError::Open {
            path: path.to_owned(),
            source,
        })?;
        let is_effective = lock(&mut file, path, wait, on_wait)?;
        if is_effective {
            // Only for a waiter's information, hence no reason to fail.
            let _ = Holder::this_process().write_to(&mut file);
        }
        Ok(Self { file, is_effective })
    }

    /// Whether anybody is kept out: false where the file system has no locks, which is worth a
    /// warning.
    #[must_use]
    pub fn is_effective(&self) -> bool {
        self.is_effective
    }
}

impl Drop for LockedFile {
    fn drop(&mut self) {
        if self.is_effective {
            // So that the next holder is not taken for this process. Closing unlocks.
            let _ = self.file.set_len(0);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let file = match open_without_following(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_private_folder(path.parent().unwrap_or(Path::new("")))?;
            open_without_following(path)?
        }
        opened => opened?,
    };
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("it is no regular file"))
    }
}

/// Locks `file` and returns true, or false where the file system has no locks.
fn lock(
    file: &mut File,
    path: &Path,
    wait: Duration,
    on_wait: impl FnOnce(Option<&Holder>),
) -> Result<bool, LockError> {
    let mut on_wait = Some(on_wait);
    let mut pause = Duration::from_millis(1);
    let begun_at = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) if means_no_locks(&error) => return Ok(false),
            Err(TryLockError::Error(source)) => {
                let path = path.to_owned();
                return Err(LockError::Lock { path, source });
            }
        }
        let left = wait.saturating_sub(begun_at.elapsed());
        let holder = Holder::read_from(file);
        if left.is_zero() {
            let path = path.to_owned();
            return Err(LockError::Held { path, holder });
        }
        if let Some(on_wait) = on_wait.take() {
            on_wait(holder.as_ref());
        }
        thread::sleep(pause.min(left));
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

/// NFS without a lock service says ENOLCK, other file systems that they do not support it.
fn means_no_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    if rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::NOLCK) {
        return true;
    }
    error.kind() == io::ErrorKind::Unsupported
}

impl Holder {
    fn this_process() -> Self {
        let program = std::env::current_exe().ok();
        let program = program.as_deref().and_then(Path::file_stem);
        Self {
            pid: std::process::id(),
            program: program.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        }
    }

    fn write_to(&self, file: &mut File) -> io::Result<()> {
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "pid {} {}", self.pid, self.program)
    }

    /// Anybody may have written the file: what is not a number and a plain name is not shown.
    fn read_from(file: &mut File) -> Option<Self> {
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
