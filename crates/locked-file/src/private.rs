//! What only its owner may read. All that depends on the platform is here.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Makes sure that `folder` is there, and makes what is missing on the way to it readable for
/// the owner alone. A folder that is there already is left as it is.
///
/// # Errors
///
/// Those of the system, also where something else has the name.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        create_private_folder(parent)?;
    }
    match private_folder().create(folder) {
        // Somebody else was faster.
        Err(_) if folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            sync_folder(folder.parent().unwrap_or(folder));
            Ok(())
        }
    }
}

fn private_folder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Flushes the names in `folder` to disk, as far as the platform can. What they name is in place
/// already: a failure here takes nothing back, so it is none.
pub(crate) fn sync_folder(folder: &Path) {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// Opens a file for reading that may be anything: a pipe without a writer does not block.
pub(crate) fn open_without_blocking(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK);
    options.open(path)
}

/// Opens the file at `path`, made with mode 0600 where it is missing, for reading and writing. A
/// symbolic link in its place is not followed.
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
        // FILE_FLAG_OPEN_REPARSE_POINT: opens the link itself, which is no regular file.
        std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0020_0000);
    }
    options.open(path)
}

#[cfg(unix)]
fn custom_flags(options: &mut OpenOptions, flags: rustix::fs::OFlags) {
    let bits = i32::try_from(flags.bits()).expect("the flags of open are an int in C");
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, bits);
}

/// Whether names in `folder` may be made and replaced by this process.
pub(crate) fn check_writable(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::fs::Access;
        rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK)?;
    }
    let _ = folder;
    Ok(())
}

/// Whether `error` says that symbolic links lead round in a circle.
pub(crate) fn is_link_loop(error: &io::Error) -> bool {
    #[cfg(unix)]
    if rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP) {
        return true;
    }
    let _ = error;
    false
}

/// Takes the rights of others from an open file; returns its former mode where it had any and
/// this process may take them.
pub(crate) fn narrow_file(file: &File, metadata: &Metadata) -> Option<u32> {
    let (former, private) = wide_mode(metadata)?;
    file.set_permissions(private).ok()?;
    Some(former)
}

/// Takes the rights of others from the file or folder at `path`; returns its former mode where
/// it had any and this process may take them. Follows symbolic links.
#[must_use = "that others no longer have rights should be told"]
pub fn narrow_mode(path: &Path) -> Option<u32> {
    let (former, private) = wide_mode(&fs::metadata(path).ok()?)?;
    fs::set_permissions(path, private).ok()?;
    Some(former)
}

/// Returns the mode and the narrower one to set, where others have rights.
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
