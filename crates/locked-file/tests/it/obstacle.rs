use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use locked_file::{
    FileMode, Immutable, LockedFile, Obstacle, PreparedWrite, WriteError, WriteOptions, Written,
    can_replace_from, remove_file, write_atomic,
};
use tempfile::TempDir;

use crate::child;
use crate::private::set_mode;
use crate::privileged::{
    Attribute, can_mount, dir_on_another_file_system, succeeds_as_another_user,
    succeeds_at_mount_point,
};
use crate::quarantine::put;
use crate::write::names_in;

const PRIVATE: FileMode = FileMode::Private;

/// Checks that the file is refused before the commit, and that nothing has changed.
fn check_refused(path: &Path, options: &WriteOptions, expected: Obstacle) {
    let before = fs::read(path).unwrap();
    let error = PreparedWrite::prepare(path, options).unwrap_err();
    assert_eq!(error.path(), path);
    let WriteError::NotReplaceable { obstacle, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(obstacle, expected);
    assert_eq!(fs::read(path).unwrap(), before);
}

#[test]
fn prepare_refuses_a_file_with_an_attribute_that_forbids_its_replacement() {
    for (attribute, obstacle) in [('i', Obstacle::Immutable), ('a', Obstacle::AppendOnly)] {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("file");
        put(&path, b"old");
        let Some(set) = Attribute::set(attribute, &path) else {
            return;
        };
        let scratch = dir.path().join("own");
        check_refused(
            &path,
            &WriteOptions::new(PRIVATE).scratch(&scratch),
            obstacle,
        );
        check_refused(&path, &WriteOptions::new(PRIVATE), obstacle);
        let link = dir.path().join("link");
        std::os::unix::fs::symlink("file", &link).unwrap();
        let error = PreparedWrite::prepare(&link, &WriteOptions::new(PRIVATE)).unwrap_err();
        assert_eq!(error.path(), path);
        assert_eq!(names_in(dir.path()), ["file", "link"]);
        drop(set);
        PreparedWrite::prepare(&path, &WriteOptions::new(PRIVATE))
            .unwrap()
            .commit(b"new")
            .unwrap();
    }
}

#[test]
fn an_immutable_file_or_directory_is_the_cause_of_an_error() {
    let dir = TempDir::new().unwrap();
    let (own, options) = (dir.path().join("own"), WriteOptions::new(PRIVATE));
    fs::create_dir(&own).unwrap();
    put(&own.join("file"), b"old");
    let check = |error: &(dyn std::error::Error + 'static), path: &Path, message: &str| {
        let cause = Immutable::in_causes_of(error);
        let cause = cause.unwrap_or_else(|| panic!("{error:?}"));
        assert_eq!(
            (cause.path.as_path(), cause.to_string()),
            (path, message.to_owned())
        );
    };
    let named = format!("{} is immutable", own.display());
    if let Some(_set) = Attribute::set('i', &own) {
        let lock = LockedFile::acquire(&own.join("a.lock"), Duration::ZERO, |_| {});
        check(&lock.unwrap_err(), &own, &named);
        let created = write_atomic(&own.join("new"), b"", &options).unwrap_err();
        assert!(matches!(created, WriteError::Prepare { .. }), "{created:?}");
        check(&created, &own, "it is immutable");
        let replaced = write_atomic(&own.join("file"), b"", &options).unwrap_err();
        check(&replaced, &own, "it is immutable");
        let in_new_dir = write_atomic(&own.join("dir/file"), b"", &options).unwrap_err();
        check(&in_new_dir, &own, &named);
        check(&remove_file(&own.join("file")).unwrap_err(), &own, &named);
        assert_eq!(fs::read(own.join("file")).unwrap(), b"old");
    }
    let file = own.join("file");
    if let Some(_set) = Attribute::set('i', &file) {
        check(&remove_file(&file).unwrap_err(), &file, "it is immutable");
    }
    remove_file(&file).unwrap();
}

/// The attribute forbids changes only.
#[test]
fn a_file_without_read_permission_in_an_immutable_directory_is_not_explained_by_it() {
    let dir = TempDir::new().unwrap();
    let error = std::io::Error::from_raw_os_error(rustix::io::Errno::ACCESS.raw_os_error());
    let Some(_set) = Attribute::set('i', dir.path()) else {
        return;
    };
    let error = locked_file::explain_denied(&dir.path().join("file"), error);
    assert!(Immutable::in_causes_of(&error).is_none(), "{error}");
}

#[test]
fn a_file_in_an_append_only_directory_is_overwritten() {
    let dir = TempDir::new().unwrap();
    let (cache, scratch) = (dir.path().join("cache"), dir.path().join("own"));
    fs::create_dir(&cache).unwrap();
    let path = cache.join("file");
    put(&path, b"the old content");
    set_mode(&path, 0o644);
    let Some(_set) = Attribute::set('a', &cache) else {
        return;
    };
    let options = WriteOptions::new(PRIVATE).scratch(&scratch);
    let mut prepared = PreparedWrite::prepare(&path, &options).unwrap();
    prepared.reserve(64 * 1024).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"the old content");
    let written = prepared.commit(b"new").unwrap();
    assert!(matches!(written, Written::InPlace(None)), "{written:?}");
    assert_eq!(fs::read(&path).unwrap(), b"new");
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o7777, 0o600);
    assert!(names_in(&scratch).is_empty());

    // A new file can be renamed into the directory.
    let prepared = PreparedWrite::prepare(&cache.join("new"), &options).unwrap();
    let written = prepared.commit(b"content").unwrap();
    assert!(matches!(written, Written::Replaced), "{written:?}");

    // A temporary file in the directory could not be removed.
    let options = WriteOptions::new(PRIVATE);
    check_refused(&path, &options, Obstacle::AppendOnlyDirectory);
    assert_eq!(names_in(&cache), ["file", "new"]);
}

#[test]
fn an_append_only_scratch_directory_is_not_used() {
    let dir = TempDir::new().unwrap();
    let (path, scratch) = (dir.path().join("file"), dir.path().join("own"));
    fs::create_dir(&scratch).unwrap();
    let Some(_set) = Attribute::set('a', &scratch) else {
        return;
    };
    let options = WriteOptions::new(PRIVATE).scratch(&scratch);
    let prepared = PreparedWrite::prepare(&path, &options).unwrap();
    assert!(names_in(&scratch).is_empty());
    prepared.commit(b"new").unwrap();
    assert_eq!(names_in(dir.path()), ["file", "own"]);
}

#[test]
fn a_scratch_directory_on_another_file_system_is_not_used_for_the_reservation() {
    let dir = TempDir::new().unwrap();
    let Some(scratch) = dir_on_another_file_system() else {
        return;
    };
    let options = WriteOptions::new(PRIVATE).scratch(scratch.path());
    let _prepared = PreparedWrite::prepare(&dir.path().join("file"), &options).unwrap();
    assert!(names_in(scratch.path()).is_empty());
    assert_eq!(names_in(dir.path()).len(), 1);
}

/// Runs as another user, who may create files only in the directory `shared` of `dir`.
#[test]
#[ignore = "run as a child by a_scratch_directory_needs_write_permission"]
fn child_cannot_use_the_scratch_directory() {
    let Some(dir) = child::path_from_parent() else {
        return;
    };
    let shared = dir.join("shared");
    assert!(can_replace_from(&shared, &shared));
    for mode in ["0755", "0722", "0711"] {
        assert!(!can_replace_from(&dir.join(mode), &shared), "{mode}");
    }
}

#[test]
fn a_scratch_directory_needs_write_permission() {
    let dir = TempDir::new().unwrap();
    set_mode(dir.path(), 0o755);
    for (name, mode) in [
        ("shared", 0o777),
        ("0755", 0o755),
        ("0722", 0o722),
        ("0711", 0o711),
    ] {
        let path = dir.path().join(name);
        fs::create_dir(&path).unwrap();
        set_mode(&path, mode);
        assert!(can_replace_from(&path, dir.path()));
    }
    let name = "obstacle::child_cannot_use_the_scratch_directory";
    assert_ne!(succeeds_as_another_user(name, dir.path()), Some(false));
}

/// Runs in a mount namespace in which the directory is a mount point of the same file system.
#[test]
#[ignore = "run as a child by a_scratch_directory_must_be_on_the_same_mount"]
fn child_cannot_rename_between_mounts() {
    let Some(dir) = child::path_from_parent() else {
        return;
    };
    assert!(can_replace_from(&dir, &dir));
    assert!(!can_replace_from(&dir, dir.parent().unwrap()));
}

#[test]
fn a_scratch_directory_must_be_on_the_same_mount() {
    if !can_mount() {
        return;
    }
    let dir = TempDir::new().unwrap();
    let scratch = dir.path().join("own");
    fs::create_dir(&scratch).unwrap();
    assert!(can_replace_from(&scratch, dir.path()));
    let name = "obstacle::child_cannot_rename_between_mounts";
    assert!(succeeds_at_mount_point(name, &scratch, &[]));
}

/// A directory in which all users may create files, and a file in it that all users may write but
/// another user owns.
fn foreign_file(mode_of_dir: u32) -> (TempDir, std::path::PathBuf) {
    let dir = TempDir::new().unwrap();
    set_mode(dir.path(), mode_of_dir);
    let path = dir.path().join("file");
    put(&path, b"old");
    set_mode(&path, 0o666);
    (dir, path)
}

#[test]
fn prepare_refuses_a_file_of_another_user_in_a_sticky_directory() {
    let (_dir, path) = foreign_file(0o1777);
    let name = "obstacle::child_is_refused_a_foreign_file";
    if let Some(succeeds) = succeeds_as_another_user(name, &path) {
        assert!(succeeds);
        // The superuser can replace it.
        let prepared = PreparedWrite::prepare(&path, &WriteOptions::new(PRIVATE)).unwrap();
        prepared.commit(b"new").unwrap();
    }
}

#[test]
fn a_file_in_a_sticky_directory_can_be_replaced_by_its_owner_and_the_owner_of_the_directory() {
    const USER: Option<u32> = Some(65534);

    let name = "obstacle::child_replaces_a_foreign_file";
    for owns_file in [true, false] {
        let (dir, path) = foreign_file(0o1777);
        let owned = if owns_file {
            path.as_path()
        } else {
            dir.path()
        };
        if std::os::unix::fs::chown(owned, USER, USER).is_ok() {
            assert_ne!(succeeds_as_another_user(name, &path), Some(false));
        }
    }
}

#[test]
fn a_file_of_another_user_is_not_overwritten() {
    let (dir, path) = foreign_file(0o777);
    let name = "obstacle::child_is_refused_a_foreign_file";
    let Some(set) = Attribute::set('a', dir.path()) else {
        return;
    };
    let refused = succeeds_as_another_user(name, &path);
    drop(set);
    assert_ne!(refused, Some(false));
    // Without the attribute, the file can be replaced.
    let name = "obstacle::child_replaces_a_foreign_file";
    assert_ne!(succeeds_as_another_user(name, &path), Some(false));
}

#[test]
#[ignore = "run as a child, as another user"]
fn child_is_refused_a_foreign_file() {
    if let Some(path) = child::path_from_parent() {
        let scratch = TempDir::new().unwrap();
        let options = WriteOptions::new(PRIVATE).scratch(scratch.path());
        check_refused(&path, &options, Obstacle::OtherOwner { owner: 0 });
    }
}

#[test]
#[ignore = "run as a child, as another user"]
fn child_replaces_a_foreign_file() {
    if let Some(path) = child::path_from_parent() {
        let prepared = PreparedWrite::prepare(&path, &WriteOptions::new(PRIVATE)).unwrap();
        let written = prepared.commit(b"new").unwrap();
        assert!(matches!(written, Written::Replaced), "{written:?}");
    }
}
