use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use locked_file::quarantine::quarantine;
use locked_file::{
    FileMode, PreparedWrite, WriteError, WriteOptions, Written, remove_file, write_atomic,
};
use tempfile::TempDir;

use crate::child;
use crate::faults::{can_trace, child_succeeds};
use crate::private::{mode_of, set_mode};
use crate::privileged::{can_mount, succeeds_at_mount_point};
use crate::quarantine::put;
use crate::write::names_in;

const PRIVATE: FileMode = FileMode::Private;

fn prepared(path: &Path, scratch: &Path) -> PreparedWrite {
    let options = WriteOptions::new(PRIVATE).scratch(scratch);
    let mut prepared = PreparedWrite::prepare(path, &options).unwrap();
    prepared.reserve(64 * 1024).unwrap();
    prepared
}

fn old_file() -> (TempDir, std::path::PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    put(&path, b"the old content");
    (dir, path)
}

#[test]
fn a_mount_point_is_overwritten() {
    let (_dir, path) = old_file();
    set_mode(&path, 0o640);
    let inode = fs::metadata(&path).unwrap().ino();
    if can_mount() {
        let name = "in_place::child_overwrites_a_mount_point";
        assert!(succeeds_at_mount_point(name, &path, &[]));
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((metadata.ino(), metadata.len()), (inode, 0));
    }
}

#[test]
#[ignore = "run as a child by a_mount_point_is_overwritten"]
fn child_overwrites_a_mount_point() {
    let Some(path) = child::path_from_parent() else {
        return;
    };
    let dir = path.parent().unwrap();
    let scratch = dir.join("own");
    let options = WriteOptions::new(FileMode::Preserve);
    write_atomic(&path, b"a config", &options).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"a config");
    assert_eq!(mode_of(&path), 0o640);

    let prepared = prepared(&path, &scratch);
    assert_eq!(fs::read(&path).unwrap(), b"a config");
    let written = prepared.commit(b"a longer token").unwrap();
    assert!(matches!(written, Written::InPlace(None)), "{written:?}");
    assert_eq!(fs::read(&path).unwrap(), b"a longer token");
    assert_eq!(mode_of(&path), 0o600);
    assert!(names_in(&scratch).is_empty());

    let copy = quarantine(&path, &dir.join("quarantine"), "file.corrupt").unwrap();
    assert_eq!(fs::read(copy.path).unwrap(), b"a longer token");
    assert!(!copy.is_truncated);
    for (size, is_truncated) in [(1 << 20, false), ((1 << 20) + 1, true), (3 << 20, true)] {
        overwrite(&path, &vec![b'x'; size]);
        let copy = quarantine(&path, &dir.join("quarantine"), "large.corrupt").unwrap();
        assert_eq!(copy.is_truncated, is_truncated, "{size}");
        assert_eq!(fs::metadata(&copy.path).unwrap().len(), 1 << 20);
        assert_eq!(fs::metadata(&path).unwrap().len(), size as u64);
    }
    remove_file(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"");
    assert_eq!(names_in(dir), ["file", "own", "quarantine"]);
}

#[expect(clippy::disallowed_methods, reason = "another tool writes in place")]
fn overwrite(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
}

#[test]
fn reserve_fails_if_the_content_of_a_mount_point_cannot_grow() {
    let (_dir, path) = old_file();
    if can_mount() && can_trace() {
        for error in ["ENOSPC", "EDQUOT", "EFBIG"] {
            let fault = format!("inject=fallocate:error={error}");
            let strace = ["-f", "-qq", "-o", "/dev/null", "-e", &fault];
            let name = "in_place::child_cannot_reserve";
            assert!(succeeds_at_mount_point(name, &path, &strace), "{error}");
            assert_eq!(fs::read(&path).unwrap(), b"the old content");
        }
        // Not all file systems can reserve space.
        let fault = "inject=fallocate:error=EOPNOTSUPP";
        let strace = ["-f", "-qq", "-o", "/dev/null", "-e", fault];
        let name = "in_place::child_overwrites";
        assert!(succeeds_at_mount_point(name, &path, &strace));
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}

#[test]
#[ignore = "run as a child by reserve_fails_if_the_content_of_a_mount_point_cannot_grow"]
fn child_cannot_reserve() {
    if let Some(path) = child::path_from_parent() {
        let scratch = path.with_file_name("own");
        let options = WriteOptions::new(PRIVATE).scratch(&scratch);
        let mut prepared = PreparedWrite::prepare(&path, &options).unwrap();
        let error = prepared.reserve(4096).unwrap_err();
        assert!(matches!(error, WriteError::Write { .. }), "{error:?}");
        assert_eq!(error.path(), path);
        // Nor is the content overwritten without a reservation.
        write_atomic(&path, b"new", &options).unwrap_err();
    }
}

#[test]
#[ignore = "run as a child by reserve_fails_if_the_content_of_a_mount_point_cannot_grow"]
fn child_overwrites() {
    if let Some(path) = child::path_from_parent() {
        let scratch = path.with_file_name("own");
        prepared(&path, &scratch).commit(b"new").unwrap();
    }
}

#[test]
fn content_that_must_not_be_lost_is_written_in_place_if_the_rename_fails() {
    if can_trace() {
        for error in ["EPERM", "EIO", "EXDEV"] {
            let (_dir, path) = old_file();
            let fault = format!("inject=rename,renameat,renameat2:error={error}");
            let name = "in_place::child_cannot_rename";
            assert!(child_succeeds(name, &path, &fault), "{error}");
        }
    }
}

#[test]
#[ignore = "run as a child by content_that_must_not_be_lost_is_written_in_place_if_the_rename_fails"]
fn child_cannot_rename() {
    let Some(path) = child::path_from_parent() else {
        return;
    };
    let scratch = path.with_file_name("own");
    let options = WriteOptions::new(PRIVATE).scratch(&scratch);
    let error = write_atomic(&path, b"can be written again", &options).unwrap_err();
    assert_eq!(error.path(), path);
    assert_eq!(fs::read(&path).unwrap(), b"the old content");

    let written = prepared(&path, &scratch).commit(b"new").unwrap();
    let Written::InPlace(Some(error)) = written else {
        panic!("{written:?}");
    };
    assert_eq!(error.path(), path);
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names_in(path.parent().unwrap()), ["file", "own"]);

    // Another process has replaced the file in the meantime.
    let prepared = prepared(&path, &scratch);
    fs::remove_file(&path).unwrap();
    let mut replacement = fs::File::create(&path).unwrap();
    replacement.write_all(b"of another process").unwrap();
    prepared.commit(b"newer").unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), b"of another process");
}

#[test]
fn any_content_of_a_mount_point_that_was_not_recognised_is_overwritten() {
    if can_trace() {
        let (_dir, path) = old_file();
        set_mode(&path, 0o644);
        let fault = "inject=rename,renameat,renameat2:error=EBUSY";
        assert!(child_succeeds(
            "in_place::child_overwrites_a_busy_file",
            &path,
            fault
        ));
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode_of(&path), 0o644);
    }
}

#[test]
#[ignore = "run as a child by any_content_of_a_mount_point_that_was_not_recognised_is_overwritten"]
fn child_overwrites_a_busy_file() {
    if let Some(path) = child::path_from_parent() {
        let scratch = path.with_file_name("own");
        let options = WriteOptions::new(FileMode::Preserve).scratch(&scratch);
        write_atomic(&path, b"new", &options).unwrap();
        assert!(names_in(&scratch).is_empty());
        // A new file is not written in place.
        write_atomic(&path.with_file_name("new"), b"new", &options).unwrap_err();
    }
}

#[test]
fn a_failed_rename_is_retried_only_with_a_temporary_file_in_the_same_directory() {
    if can_trace() {
        for (error, name) in [
            ("EIO", "in_place::child_does_not_retry"),
            ("EXDEV", "in_place::child_retries"),
        ] {
            let (_dir, path) = old_file();
            let fault = format!("inject=rename,renameat,renameat2:error={error}:when=1");
            assert!(child_succeeds(name, &path, &fault), "{error}");
        }
    }
}

#[test]
#[ignore = "run as a child by a_failed_rename_is_retried_only_with_a_temporary_file_in_the_same_directory"]
fn child_does_not_retry() {
    if let Some(path) = child::path_from_parent() {
        let written = prepared(&path, &path.with_file_name("own")).commit(b"new");
        assert!(
            matches!(written, Ok(Written::InPlace(Some(_)))),
            "{written:?}"
        );
    }
}

#[test]
#[ignore = "run as a child by a_failed_rename_is_retried_only_with_a_temporary_file_in_the_same_directory"]
fn child_retries() {
    if let Some(path) = child::path_from_parent() {
        let written = prepared(&path, &path.with_file_name("own")).commit(b"new");
        assert!(matches!(written, Ok(Written::Replaced)), "{written:?}");
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}

#[test]
fn prepare_fails_if_opening_the_file_shows_that_it_cannot_be_replaced() {
    if can_trace() {
        let (_dir, path) = old_file();
        // The directory is opened too, but not for writing.
        let name = "in_place::child_cannot_prepare";
        for (error, fails) in [("EPERM", true), ("EROFS", true), ("EACCES", false)] {
            let fault = format!("inject=openat:error={error}");
            let path_of_file = path.to_str().unwrap();
            let mut command = child::command(
                name,
                &[
                    "-f",
                    "-qq",
                    "-o",
                    "/dev/null",
                    "-e",
                    &fault,
                    "-P",
                    path_of_file,
                ],
            );
            command.stderr(std::process::Stdio::null());
            let output = child::output(command, &path);
            assert_eq!(output.status.success(), fails, "{error}");
        }
    }
}

#[test]
#[ignore = "run as a child by prepare_fails_if_opening_the_file_shows_that_it_cannot_be_replaced"]
fn child_cannot_prepare() {
    if let Some(path) = child::path_from_parent() {
        let error = PreparedWrite::prepare(&path, &WriteOptions::new(PRIVATE)).unwrap_err();
        assert!(matches!(error, WriteError::Write { .. }), "{error:?}");
        assert_eq!(error.path(), path);
    }
}
