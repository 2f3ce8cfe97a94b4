//! Private files and directories, and other platform-specific operations.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

/// Creates `dir` and its missing parents with mode 0700. Leaves existing directories unchanged.
///
/// # Errors
///
/// Returns the error of the operating system, for example if part of the path is a file.
pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    if dir.as_os_str().is_empty() || dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent() {
        create_private_dir(parent)?;
    }
    match private_dir().create(dir) {
        // Another process created it first.
        Err(_) if dir.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            sync_dir(dir.parent().unwrap_or(dir));
            Ok(())
        }
    }
}

fn private_dir() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Flushes the directory entries of `dir` to disk, on Unix. Ignores errors, since the change is
/// already visible to other processes.
pub(crate) fn sync_dir(dir: &Path) {
    let dir = if dir.as_os_str().is_empty() {
        Path::new(".")
    } else {
        dir
    };
    if cfg!(unix) {
        let _ = File::open(dir).and_then(|dir| dir.sync_all());
    }
}

/// Opens `path` for reading. Does not block, even if the path is a pipe without a writer.
pub(crate) fn open_without_blocking(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK);
    options.open(path)
}

/// Waits until a read of `file` would not block, after [`open_without_blocking`]. Waits for ever if
/// `timeout` is `None`.
pub(crate) fn wait_for_data(file: &File, timeout: Option<Duration>) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let timeout = timeout.map(|timeout| Timespec::try_from(timeout).unwrap_or_default());
        let mut files = [PollFd::new(file, PollFlags::IN)];
        let ready = rustix::io::retry_on_intr(|| poll(&mut files, timeout.as_ref()))?;
        if ready == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    let _ = (file, timeout);
    Ok(())
}

#[cfg(unix)]
pub(crate) fn is_pipe(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
pub(crate) fn is_pipe(_: &Metadata) -> bool {
    false
}

/// Opens the file at `path` for reading and writing, and creates it with mode 0600 if it is
/// missing. Does not follow symbolic links.
pub(crate) fn open_without_following(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        custom_flags(&mut options, OFlags::NOFOLLOW | OFlags::NONBLOCK);
    }
    #[cfg(windows)]
    {
        // FILE_FLAG_OPEN_REPARSE_POINT opens the link itself, which is not a regular file.
        std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0020_0000);
    }
    options.open(path)
}

#[cfg(unix)]
fn custom_flags(options: &mut OpenOptions, flags: rustix::fs::OFlags) {
    let bits = i32::try_from(flags.bits()).expect("the flags of open(2) are an int");
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, bits);
}

/// Checks that this process has permission to create and rename files in `dir`. Always succeeds on
/// Windows.
pub(crate) fn check_writable(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::fs::Access;
        rustix::fs::access(dir, Access::WRITE_OK | Access::EXEC_OK)?;
    }
    let _ = dir;
    Ok(())
}

pub(crate) fn is_link_loop(error: &io::Error) -> bool {
    #[cfg(unix)]
    if rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP) {
        return true;
    }
    let _ = error;
    false
}

/// Does the same as [`narrow_mode`], for an open file.
pub(crate) fn narrow_file(file: &File, metadata: &Metadata) -> Option<u32> {
    let (former, private) = wide_mode(metadata)?;
    file.set_permissions(private).ok()?;
    Some(former)
}

/// Removes the permissions of group and others from the file or directory at `path`. Returns the
/// previous mode if permissions were removed. Follows symbolic links. Ignores errors.
#[must_use = "the user should be warned that others had access"]
pub fn narrow_mode(path: &Path) -> Option<u32> {
    let (former, private) = wide_mode(&fs::metadata(path).ok()?)?;
    fs::set_permissions(path, private).ok()?;
    Some(former)
}

/// Returns the mode, and the permissions to set instead, if group or others have permissions.
#[cfg(unix)]
fn wide_mode(metadata: &Metadata) -> Option<(u32, fs::Permissions)> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o7777;
    let is_wide = mode & 0o077 != 0;
    is_wide.then(|| (mode, fs::Permissions::from_mode(mode & 0o700)))
}

#[cfg(not(unix))]
fn wide_mode(_: &Metadata) -> Option<(u32, fs::Permissions)> {
    None
}
