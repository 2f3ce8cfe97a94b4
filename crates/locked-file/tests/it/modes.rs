//! Modes of new files, and of files that other users can access.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use locked_file::quarantine::quarantine;
use locked_file::{
    FileMode, LockedFile, PreparedWrite, WriteOptions, create_private_dir, has_modes, narrow_mode,
    read_private, remove_write_access, write_atomic,
};
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use tempfile::TempDir;

use crate::child;
use crate::faults::{can_trace, child_succeeds};
use crate::private::{mode_of, set_mode};
use crate::privileged::succeeds_as_another_user;
use crate::quarantine::put;

fn create(dir: &Path) {
    create_private_dir(&dir.join("a/b")).unwrap();
    let scratch = dir.join("own/scratch");
    let options = WriteOptions::new(FileMode::Private).scratch(&scratch);
    for round in 0..2 {
        let lock = LockedFile::acquire(&dir.join("c/d/lock"), Duration::ZERO, |_| {});
        assert!(lock.unwrap().is_effective(), "{round}");
        write_atomic(&dir.join("a/private"), b"new", &options).unwrap();
        let options = WriteOptions::new(FileMode::Preserve);
        write_atomic(&dir.join("a/preserved"), b"new", &options).unwrap();
        let prepared = PreparedWrite::prepare(&dir.join("a/e/file"), &options).unwrap();
        prepared.commit(b"new").unwrap();
        for name in ["a/private", "a/preserved", "a/e/file"] {
            assert_eq!(fs::read(dir.join(name)).unwrap(), b"new");
        }
    }
}

fn check_created(dir: &Path) {
    for name in ["a", "a/b", "a/e", "c", "c/d", "own", "own/scratch"] {
        assert_eq!(mode_of(&dir.join(name)), 0o700, "{name}");
    }
    for name in ["a/private", "a/preserved", "a/e/file", "c/d/lock"] {
        assert_eq!(mode_of(&dir.join(name)), 0o600, "{name}");
    }
}

#[test]
fn new_files_and_directories_are_usable_with_any_umask() {
    for umask in ["000", "022", "177", "277", "777"] {
        let dir = TempDir::new().unwrap();
        set_mode(dir.path(), 0o777);
        let parent = dir.path().join(umask);
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        let command = child::command_under(&["sh", "-c", &script], "modes::child_creates");
        let output = child::start(command, &parent).wait_with_output().unwrap();
        assert!(output.status.success(), "{umask}: {output:?}");
        check_created(&parent);
        // Modes do not restrict the superuser.
        let parent = dir.path().join("777-of-another-user");
        match succeeds_as_another_user("modes::child_creates_with_umask", &parent) {
            Some(is_success) => assert!(is_success),
            None => continue,
        }
        check_created(&parent);
    }
}

#[test]
#[ignore = "run as a child by new_files_and_directories_are_usable_with_any_umask"]
fn child_creates() {
    if let Some(dir) = child::path_from_parent() {
        create_private_dir(&dir).unwrap();
        create(&dir);
    }
}

#[test]
#[ignore = "run as a child by new_files_and_directories_are_usable_with_any_umask"]
fn child_creates_with_umask() {
    if let Some(dir) = child::path_from_parent() {
        rustix::process::umask(Mode::from_raw_mode(0o777));
        create_private_dir(&dir).unwrap();
        create(&dir);
    }
}

#[test]
fn a_file_or_directory_behind_a_link_keeps_its_mode() {
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    put(&at("file"), b"content");
    fs::create_dir(at("sticky")).unwrap();
    fs::create_dir(at("directory")).unwrap();
    let targets = [("file", 0o644), ("sticky", 0o1777), ("directory", 0o775)];
    for (target, mode) in targets {
        set_mode(&at(target), mode);
        symlink(at(target), at("link")).unwrap();
        symlink("link", at("chain")).unwrap();
        for link in ["link", "chain"].map(at) {
            assert_eq!(narrow_mode(&link), None);
            assert_eq!(remove_write_access(&link), None);
            if target == "file" {
                assert_eq!(read_private(&link).unwrap().unwrap().narrowed_from, None);
            } else {
                read_private(&link).unwrap_err();
            }
            assert_eq!(mode_of(&at(target)), mode, "{target}");
        }
        if target != "file" {
            quarantine(&at("link"), &at("quarantine"), "a.corrupt").unwrap();
            assert_eq!(mode_of(&at(target)), mode, "{target}");
        }
        let _ = fs::remove_file(at("link"));
        fs::remove_file(at("chain")).unwrap();
    }
}

#[test]
fn a_device_or_pipe_keeps_its_mode() {
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    let all = Mode::from_raw_mode(0o666);
    // The numbers of /dev/null. Only the superuser can create devices, and not in all containers.
    let device = mknodat(
        CWD,
        at("device"),
        FileType::CharacterDevice,
        all,
        makedev(1, 3),
    );
    mknodat(CWD, at("pipe"), FileType::Fifo, all, 0).unwrap();
    for node in ["device", "pipe"] {
        if node == "device" && device.is_err() {
            continue;
        }
        set_mode(&at(node), 0o666);
        symlink(at(node), at("link")).unwrap();
        for path in ["link", node].map(at) {
            assert_eq!(narrow_mode(&path), None);
            assert_eq!(remove_write_access(&path), None);
            read_private(&path).unwrap_err();
            write_atomic(&path, b"", &WriteOptions::new(FileMode::Private)).unwrap_err();
            let lock = LockedFile::acquire(&path, Duration::ZERO, |_| {});
            assert!(lock.is_err());
            assert_eq!(mode_of(&at(node)), 0o666, "{node}");
        }
        let link = quarantine(&at("link"), &at("quarantine"), "link.corrupt")
            .unwrap()
            .path;
        assert!(link.is_symlink());
        assert_eq!(mode_of(&at(node)), 0o666, "{node}");
        let moved = quarantine(&at(node), &at("quarantine"), "node.corrupt")
            .unwrap()
            .path;
        assert_eq!(mode_of(&moved), 0o666, "{node}");
    }
}

/// The open of a device, such as a tape, may have an effect.
#[test]
fn a_device_or_pipe_is_not_opened() {
    if can_trace() {
        let dir = TempDir::new().unwrap();
        let (pipe, trace) = (dir.path().join("the-pipe"), dir.path().join("trace"));
        let strace = ["-f", "-qq", "-e", "trace=open,openat,openat2", "-o"];
        let strace = [&strace[..], &[trace.to_str().unwrap()]].concat();
        let mut command = child::command("modes::child_narrows_a_pipe", &strace);
        command.stderr(std::process::Stdio::null());
        assert!(child::output(command, &pipe).status.success());
        let trace = fs::read_to_string(trace).unwrap();
        assert!(!trace.is_empty() && !trace.contains("the-pipe"), "{trace}");
    }
}

#[test]
#[ignore = "run as a child by a_device_or_pipe_is_not_opened"]
fn child_narrows_a_pipe() {
    if let Some(path) = child::path_from_parent() {
        mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
        set_mode(&path, 0o666);
        assert_eq!(
            (narrow_mode(&path), remove_write_access(&path)),
            (None, None)
        );
    }
}

#[test]
fn a_file_system_that_ignores_or_refuses_modes_is_recognised() {
    let dir = TempDir::new().unwrap();
    assert!(has_modes(dir.path()));
    assert!(has_modes(&dir.path().join("missing")));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    if can_trace() {
        let path = dir.path().join("file");
        for fault in ["fchmod:retval=0", "fchmod:error=EPERM"] {
            put(&path, b"old");
            set_mode(&path, 0o644);
            let fault = format!("inject={fault}");
            assert!(child_succeeds("modes::child_has_no_modes", &path, &fault));
            assert_eq!(fs::read(&path).unwrap(), b"new");
        }
    }
}

#[test]
#[ignore = "run as a child by a_file_system_that_ignores_or_refuses_modes_is_recognised"]
fn child_has_no_modes() {
    if let Some(path) = child::path_from_parent() {
        assert!(!has_modes(path.parent().unwrap()));
        assert_eq!(narrow_mode(&path), None);
        assert_eq!(remove_write_access(path.parent().unwrap()), None);
        assert_eq!(read_private(&path).unwrap().unwrap().narrowed_from, None);
        write_atomic(&path, b"new", &WriteOptions::new(FileMode::Preserve)).unwrap();
    }
}

#[test]
fn hard_links_are_counted() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    put(&path, b"content");
    let hard_links = || read_private(&path).unwrap().unwrap().hard_links;
    assert_eq!(hard_links(), 1);
    fs::hard_link(&path, dir.path().join("other")).unwrap();
    assert_eq!(hard_links(), 2);
}
