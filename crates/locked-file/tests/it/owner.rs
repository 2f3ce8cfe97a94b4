#![expect(
    clippy::disallowed_methods,
    reason = "the tests prepare files without this crate"
)]

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use locked_file::{
    FileMode, ForeignOwner, LockError, LockedFile, ReadError, ReadOptions, WriteOptions,
    check_own_dir, explain_denied, foreign_owner, narrow_mode, read_private, read_with,
    remove_file, remove_without_following, remove_write_access, write_atomic,
};
use tempfile::TempDir;

use crate::child;
use crate::private::{mode_of, set_mode};

/// Another user than root, who need not exist.
const OTHER: u32 = 4711;

/// The user ID that unmapped owners have in a user namespace.
const UNMAPPED: u32 = 65534;

/// Only root can change owners. Prints a message and returns `None` for other users.
fn dir_of_root() -> Option<TempDir> {
    let dir = TempDir::new().unwrap();
    let is_root = fs::metadata(dir.path()).unwrap().uid() == 0;
    if !is_root {
        #[expect(clippy::print_stderr, reason = "reports that the test is skipped")]
        {
            eprintln!("skipped: not root");
        }
    }
    is_root.then_some(dir)
}

fn give_to(user: u32, path: &Path) {
    chown(path, Some(user), None).unwrap();
}

fn file_of(user: u32, path: PathBuf) -> PathBuf {
    fs::write(&path, "secret").unwrap();
    give_to(user, &path);
    path
}

fn read(path: &Path, trusted_dir: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    let options = ReadOptions::trusting(trusted_dir);
    Ok(read_with(&options, path)?.map(|file| file.bytes))
}

fn lock(path: &Path, trusted_dir: &Path) -> Result<LockedFile, LockError> {
    LockedFile::acquire_own(path, trusted_dir, Duration::ZERO, |_| {}, |_| {})
}

/// Returns the message of the error, and of its cause with the name of the owner.
fn messages(error: &(dyn std::error::Error + 'static)) -> (String, String) {
    let foreign = ForeignOwner::in_causes_of(error).unwrap();
    (error.to_string(), foreign.to_string())
}

#[test]
fn own_files_are_read_and_locked() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "secret").unwrap();
    let nowhere = dir.path().join("missing");
    assert_eq!(read(&path, &nowhere).unwrap().unwrap(), b"secret");
    drop(lock(&dir.path().join("a/lock"), &nowhere).unwrap());
    assert!(foreign_owner(&path, &nowhere).is_none());
}

#[test]
fn a_file_of_another_user_is_refused_and_its_owner_named() {
    let Some(dir) = dir_of_root() else { return };
    for user in [OTHER, UNMAPPED] {
        let path = file_of(user, dir.path().join("file"));
        let (message, cause) = messages(&read(&path, dir.path()).unwrap_err());
        let path_text = path.display();
        assert_eq!(message, format!("cannot read {path_text}"));
        assert_eq!(cause, format!("it is owned by user ID {user}"));
        assert!(read(&path, dir.path()).unwrap_err().is_permanent());
        assert_eq!(foreign_owner(&path, dir.path()).unwrap().owner, user);
    }
}

#[test]
fn a_file_of_the_owner_of_the_trusted_directory_is_read_and_locked() {
    let Some(dir) = dir_of_root() else { return };
    let path = file_of(OTHER, dir.path().join("file"));
    give_to(OTHER, dir.path());
    assert_eq!(read(&path, dir.path()).unwrap().unwrap(), b"secret");
    drop(lock(&path, dir.path()).unwrap());
}

#[test]
fn the_owner_of_the_opened_file_counts_not_that_of_a_link() {
    let Some(dir) = dir_of_root() else { return };
    let path = file_of(OTHER, dir.path().join("file"));
    let link = dir.path().join("link");
    symlink(&path, &link).unwrap();
    let (_, cause) = messages(&read(&link, dir.path()).unwrap_err());
    assert_eq!(cause, format!("it is owned by user ID {OTHER}"));
}

#[test]
fn a_lock_file_or_directory_of_another_user_is_refused() {
    let Some(dir) = dir_of_root() else { return };
    let own = dir.path().join("own");
    fs::create_dir(&own).unwrap();
    let path = file_of(OTHER, own.join("a.lock"));
    let (message, cause) = messages(&lock(&path, dir.path()).unwrap_err());
    assert_eq!(
        message,
        format!("cannot open the lock file {}", path.display())
    );
    assert_eq!(cause, format!("it is owned by user ID {OTHER}"));
    assert_eq!(fs::read(&path).unwrap(), b"secret", "the lock is not taken");
    for mode in [0o400, 0o000, 0o2044] {
        set_mode(&path, mode);
        assert!(lock(&path, dir.path()).is_err());
        assert_eq!(mode_of(&path), mode);
    }
    set_mode(&path, 0o600);

    give_to(OTHER, &own);
    let (_, cause) = messages(&lock(&own.join("b.lock"), dir.path()).unwrap_err());
    assert_eq!(
        cause,
        format!("{} is owned by user ID {OTHER}", own.display())
    );
    assert!(!own.join("b.lock").exists());
}

/// Another user may own the lock file of a directory that the process trusts.
#[test]
fn the_mode_of_a_lock_file_of_another_user_is_kept() {
    let Some(dir) = dir_of_root() else { return };
    give_to(OTHER, dir.path());
    let path = file_of(OTHER, dir.path().join("a.lock"));
    set_mode(&path, 0o444);
    drop(lock(&path, dir.path()).unwrap());
    drop(LockedFile::acquire(&path, Duration::ZERO, |_| {}).unwrap());
    assert_eq!(mode_of(&path), 0o444);

    let own = dir.path().join("own.lock");
    fs::write(&own, "").unwrap();
    set_mode(&own, 0o400);
    drop(lock(&own, dir.path()).unwrap());
    assert_eq!(mode_of(&own), 0o600);
}

#[test]
fn a_link_in_place_of_a_file_or_directory_is_refused() {
    let dir = TempDir::new().unwrap();
    let (real, link) = (dir.path().join("real"), dir.path().join("link"));
    fs::create_dir(&real).unwrap();
    symlink(&real, &link).unwrap();
    let error = check_own_dir(&link, dir.path()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} is a symbolic link", link.display())
    );
    assert!(lock(&link.join("lock"), dir.path()).is_err());
    check_own_dir(&real, dir.path()).unwrap();
    check_own_dir(&dir.path().join("missing"), dir.path()).unwrap();

    let (file, link) = (real.join("file"), real.join("link"));
    fs::write(&file, "secret").unwrap();
    symlink(&file, &link).unwrap();
    let options = ReadOptions::trusting(dir.path()).without_following();
    assert!(read_with(&options, &file).unwrap().is_some());
    let refused = read_with(&options, &link);
    assert!(
        matches!(refused, Err(ReadError::NotAFile { .. })),
        "{refused:?}"
    );
}

#[test]
fn only_own_files_and_unshared_directories_are_narrowed() {
    let dir = TempDir::new().unwrap();
    set_mode(dir.path(), 0o1777);
    assert_eq!(narrow_mode(dir.path()), None);
    assert_eq!(remove_write_access(dir.path()), None);
    assert_eq!(mode_of(dir.path()), 0o1777);

    set_mode(dir.path(), 0o775);
    assert_eq!(remove_write_access(dir.path()), Some(0o775));
    assert_eq!(mode_of(dir.path()), 0o755);
    let (file, link) = (dir.path().join("file"), dir.path().join("link"));
    fs::write(&file, "").unwrap();
    set_mode(&file, 0o666);
    symlink(&file, &link).unwrap();
    assert_eq!(narrow_mode(&link), None);
    assert_eq!(remove_write_access(&file), Some(0o666));
    assert_eq!(mode_of(&file), 0o644);

    let Some(dir) = dir_of_root() else { return };
    let path = file_of(OTHER, dir.path().join("file"));
    set_mode(&path, 0o666);
    assert_eq!(narrow_mode(&path), None);
    assert_eq!(read_private(&path).unwrap().unwrap().narrowed_from, None);
    assert_eq!(mode_of(&path), 0o666);
}

/// Runs as a user without files, in the directory of root that the parent has prepared.
#[test]
#[ignore = "run as a child by files_of_root_are_named_if_access_is_denied"]
fn child_is_denied_access() {
    let Some(dir) = child::path_from_parent() else {
        return;
    };
    let check = |error: &(dyn std::error::Error + 'static), path: &Path| {
        let (_, cause) = messages(error);
        assert_eq!(cause, format!("{} is owned by root", path.display()));
        assert!(ForeignOwner::in_causes_of(error).unwrap().is_root());
    };
    let check_named = |error: &(dyn std::error::Error + 'static)| {
        assert_eq!(messages(error).1, "it is owned by root");
    };
    let file = dir.join("file");
    check_named(&read_private(&file).unwrap_err());
    check_named(&lock(&file, &dir).unwrap_err());
    check(&lock(&dir.join("new.lock"), &dir).unwrap_err(), &dir);
    let closed = dir.join("closed");
    check(&read_private(&closed.join("file")).unwrap_err(), &closed);
    check_named(&check_own_dir(&closed, &dir).unwrap_err());
    let options = WriteOptions::new(FileMode::Private);
    let new = dir.join("new");
    check_named(&write_atomic(&new, b"", &options).unwrap_err());
    check(
        &write_atomic(&new.join("file"), b"", &options).unwrap_err(),
        &dir,
    );
    // The directory decides about a removal, not the owner of the file.
    for name in ["file", "own"] {
        check(&remove_file(&dir.join(name)).unwrap_err(), &dir);
        check(
            &remove_without_following(&dir.join(name)).unwrap_err(),
            &dir,
        );
    }
    check_named(&remove_file(&dir.join("sticky/file")).unwrap_err());
    let own_dir = dir.join("own-dir");
    let error = remove_file(&own_dir.join("file")).unwrap_err();
    assert!(ForeignOwner::in_causes_of(&error).is_none(), "{error}");
    child::print_line("done");
}

#[test]
fn files_of_root_are_named_if_access_is_denied() {
    let Some(dir) = dir_of_root() else { return };
    fs::write(dir.path().join("file"), "secret").unwrap();
    set_mode(&dir.path().join("file"), 0o600);
    fs::create_dir(dir.path().join("closed")).unwrap();
    set_mode(&dir.path().join("closed"), 0o700);
    file_of(OTHER, dir.path().join("own"));
    let own_dir = dir.path().join("own-dir");
    fs::create_dir(&own_dir).unwrap();
    fs::write(own_dir.join("file"), "").unwrap();
    set_mode(&own_dir, 0o555);
    give_to(OTHER, &own_dir);
    let sticky = dir.path().join("sticky");
    fs::create_dir(&sticky).unwrap();
    set_mode(&sticky, 0o1777);
    fs::write(sticky.join("file"), "").unwrap();
    set_mode(dir.path(), 0o755);
    let user = format!("--reuid={OTHER}");
    let wrapper = ["setpriv", &user, "--clear-groups", "--"];
    let command = child::command_under(&wrapper, "owner::child_is_denied_access");
    let mut child = child::start(command, dir.path());
    child::wait_for(&mut child, "done");
    assert!(child.wait().unwrap().success());
}

#[test]
fn other_errors_have_no_foreign_owner() {
    let dir = TempDir::new().unwrap();
    let error = read_private(dir.path()).unwrap_err();
    assert!(ForeignOwner::in_causes_of(&error).is_none());
    let is_explained = |path: &Path, kind: io::ErrorKind| {
        let explained = explain_denied(path, kind.into());
        ForeignOwner::in_causes_of(&explained).is_some()
    };
    let path = dir.path().join("missing");
    assert!(!is_explained(&path, io::ErrorKind::PermissionDenied));
    if let Some(dir) = dir_of_root() {
        give_to(OTHER, dir.path());
        let path = dir.path().join("missing");
        assert!(is_explained(&path, io::ErrorKind::PermissionDenied));
        assert!(!is_explained(&path, io::ErrorKind::StorageFull));
    }
}
