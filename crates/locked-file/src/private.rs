//! Private files and directories, and other platform-specific operations.

#[cfg(unix)]
use std::fs;
use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

#[cfg(unix)]
use crate::owner::is_own;
use crate::owner::{check_owner, explain_denied};

/// Permissions of group and others.
const OF_OTHERS: u32 = 0o077;

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
            allow_owner_of_new_dir(dir);
            sync_dir(dir.parent().unwrap_or(dir));
            Ok(())
        }
    }
}

/// Gives the new directory `dir` the mode 0700, regardless of the umask. Ignores errors, since not
/// all file systems have modes.
fn allow_owner_of_new_dir(dir: &Path) {
    const MODE: u32 = 0o700;
    match open_itself(dir) {
        Ok(opened) => {
            if let Ok(metadata) = opened.metadata() {
                allow_owner(MODE, &opened, &metadata);
            }
        }
        // With the umask 0777, the owner cannot open the directory either. Root always can.
        #[cfg(unix)]
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            use std::os::unix::fs::PermissionsExt as _;
            if fs::symlink_metadata(dir).is_ok_and(|found| found.is_dir() && is_own(&found)) {
                let _ = fs::set_permissions(dir, fs::Permissions::from_mode(MODE));
            }
        }
        Err(_) => {}
    }
}

/// Gives a file or directory that this process has created the permissions `mode` of its owner, if
/// the umask has removed some. Ignores errors, since not all file systems have modes. Leaves a file of
/// another user unchanged, which this process has not created.
#[cfg(unix)]
pub(crate) fn allow_owner(mode: u32, file: &File, metadata: &Metadata) {
    use std::os::unix::fs::PermissionsExt as _;
    let found = metadata.permissions().mode();
    if found & mode != mode && is_own(metadata) {
        let _ = file.set_permissions(fs::Permissions::from_mode(found & 0o7000 | mode));
    }
}

#[cfg(not(unix))]
pub(crate) fn allow_owner(_: u32, _: &File, _: &Metadata) {}

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

/// Opens `path` for reading like [`open_without_blocking`], but fails if it is a symbolic link.
pub(crate) fn open_itself(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        custom_flags(&mut options, OFlags::NOFOLLOW | OFlags::NONBLOCK);
    }
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, OPEN_REPARSE_POINT);
    options.open(path)
}

/// `FILE_FLAG_OPEN_REPARSE_POINT` opens the link itself, which is not a regular file.
#[cfg(windows)]
const OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// Checks that `dir` is a directory, not a symbolic link, and that this process trusts its owner:
/// its effective user, root or the owner of `trusted_dir`. A missing directory is not an error.
///
/// # Errors
///
/// Returns an error with a [`ForeignOwner`](crate::ForeignOwner) as its cause, or that of the
/// operating system. Always succeeds on Windows.
pub fn check_own_dir(dir: &Path, trusted_dir: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    let checked = open_itself(dir).and_then(|opened| {
        let metadata = opened.metadata()?;
        if !metadata.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        check_owner(dir, &metadata, trusted_dir)
    });
    match checked {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if is_link_loop(&error) => {
            let message = format!("{} is a symbolic link", dir.display());
            Err(io::Error::other(message))
        }
        checked => checked.map_err(|error| explain_denied(dir, error)),
    }
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
    std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, OPEN_REPARSE_POINT);
    options.open(path)
}

/// Opens the existing file at `path` for writing, and leaves its content. Does not follow symbolic
/// links. Never succeeds on systems other than Unix, where an open file cannot be replaced.
pub(crate) fn open_existing(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        custom_flags(&mut options, OFlags::NOFOLLOW | OFlags::NONBLOCK);
        let file = options.open(path)?;
        if file.metadata()?.is_file() {
            return Ok(file);
        }
    }
    let _ = (path, options);
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn custom_flags(options: &mut OpenOptions, flags: rustix::fs::OFlags) {
    let bits = i32::try_from(flags.bits()).expect("the flags of open(2) are an int");
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, bits);
}

/// Returns true if the mode or the owner of the file or directory at `path` denies this process to write
/// to it. Follows symbolic links. Returns false for a read-only file system, if the path does not exist,
/// and on Windows.
#[must_use]
pub fn is_write_denied(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        access(path, Access::WRITE_OK) == Err(rustix::io::Errno::ACCESS)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
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

/// Does the same as [`narrow_mode`] for the file at `path`, whose metadata are known. Makes no system
/// call if only the owner has permissions.
pub(crate) fn narrow_known(path: &Path, metadata: &Metadata) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & OF_OTHERS == 0 {
            return None;
        }
    }
    let _ = metadata;
    narrow_mode(path)
}

/// Does the same as [`narrow_mode`], for an open file.
pub(crate) fn narrow_file(file: &File, metadata: &Metadata) -> Option<u32> {
    remove_bits(OF_OTHERS, file, metadata)
}

/// Removes the permissions of group and others from the file or directory at `path`. Returns the
/// previous mode if permissions were removed. Ignores errors.
///
/// Changes only a regular file or a directory that the effective user owns, and neither a symbolic
/// link nor a directory with the sticky bit, which other users are meant to write to.
#[must_use = "the user should be warned that others had access"]
pub fn narrow_mode(path: &Path) -> Option<u32> {
    remove_bits_at(OF_OTHERS, path)
}

/// Removes only the write permissions of group and others, like [`narrow_mode`].
#[must_use = "the user should be warned that others had access"]
pub fn remove_write_access(path: &Path) -> Option<u32> {
    remove_bits_at(0o022, path)
}

/// Returns true if the mode of the regular file at `path`, which the effective user owns, denies its owner
/// to read it. Follows no symbolic link. Returns false on Windows.
#[must_use]
pub fn lacks_read_mode(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let found = fs::symlink_metadata(path);
        found.is_ok_and(|it| it.is_file() && is_own(&it) && it.permissions().mode() & 0o400 == 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Lets the owner, and no other user, read and write a file that [lacks the mode](lacks_read_mode). Ignores
/// errors.
pub fn make_readable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if lacks_read_mode(path) {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn remove_bits_at(bits: u32, path: &Path) -> Option<u32> {
    // The open of a device may have an effect.
    let found = std::fs::symlink_metadata(path).ok()?;
    if !found.is_file() && !found.is_dir() {
        return None;
    }
    let opened = open_itself(path).ok()?;
    remove_bits(bits, &opened, &opened.metadata().ok()?)
}

/// Reads the mode back, because some file systems ignore the change.
#[cfg(unix)]
fn remove_bits(bits: u32, file: &File, metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = metadata.permissions().mode() & 0o7777;
    let is_shared = metadata.is_dir() && mode & 0o1000 != 0;
    let is_eligible = (metadata.is_file() || metadata.is_dir()) && !is_shared;
    if mode & bits == 0 || !is_eligible || !is_own(metadata) {
        return None;
    }
    // Set-user-ID and set-group-ID have no use on these files.
    file.set_permissions(fs::Permissions::from_mode(mode & 0o777 & !bits))
        .ok()?;
    let found = file.metadata().ok()?.permissions().mode();
    (found & bits == 0).then_some(mode)
}

#[cfg(not(unix))]
fn remove_bits(_: u32, _: &File, _: &Metadata) -> Option<u32> {
    None
}
