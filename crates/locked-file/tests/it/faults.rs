//! A process that is cut off, or refused, at each of its system calls in turn: `strace` does it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use locked_file::{FileMode, LockedFile, PreparedWrite, WriteOptions, write_atomic};
use tempfile::TempDir;

use crate::child;

const OLD: [u8; 5_000] = [b'o'; 5_000];
const NEW: [u8; 9_000] = [b'n'; 9_000];

/// What a write does to files, as `strace` names it, and how often.
const CALLS: [(&str, u32); 9] = [
    ("openat", 3),
    ("write", 1),
    ("/seek", 1),
    ("ftruncate", 1),
    ("fchmod", 1),
    ("fsync", 2),
    ("/^rename", 1),
    ("close", 3),
    ("statx", 4),
];

/// Whether processes can be traced here. On a machine that has been set up for it, they must.
fn can_trace() -> bool {
    let works = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status();
    let works = works.is_ok_and(|status| status.success());
    #[expect(clippy::disallowed_methods, reason = "the test asks, not the library")]
    let must_work = std::env::var_os("CI").is_some();
    assert!(works || !must_work, "strace is missing");
    works
}

/// Runs the child `name`, told `path`, with `fault`; returns whether it succeeded.
fn run(name: &str, path: &Path, fault: &str) -> bool {
    let strace = ["-f", "-qq", "-o", "/dev/null", "-e", fault];
    let mut command = child::command(name, &strace);
    command.stderr(std::process::Stdio::null());
    let output = child::start(command, path).wait_with_output().unwrap();
    output.status.success()
}

/// Lets a child replace a file again and again until it meets `fault`. The file must be old or
/// new, and new where the child says that it came to its end. Returns both.
fn replace_with(fault: &str) -> (bool, bool) {
    // In memory, since there is much flushing.
    let folder = TempDir::new_in("/dev/shm")
        .or_else(|_| TempDir::new())
        .unwrap();
    let path = folder.path().join("file");
    write_atomic(&path, &OLD, &WriteOptions::new(FileMode::Kept)).unwrap();

    let is_done = run("faults::child_replaces", &path, fault);

    let content = fs::read(&path).unwrap();
    let is_new = content == NEW;
    assert!(is_new || content == OLD, "torn by {fault}");
    assert!(is_new || !is_done, "lost by {fault}");
    (is_new, is_done)
}

#[test]
fn a_process_cut_off_or_refused_at_any_call_leaves_the_old_file_or_the_new_one() {
    if !can_trace() {
        return;
    }
    let mut left_by_the_killed = BTreeSet::new();
    for (call, times) in CALLS {
        // The test harness makes a dozen in a thread of its own, which shall not meet the fault.
        for count in 16..16 + times {
            let (is_new, is_done) =
                replace_with(&format!("inject={call}:signal=KILL:when={count}"));
            assert!(!is_done, "{call} was not met");
            left_by_the_killed.insert(is_new);
            replace_with(&format!("inject={call}:error=ENOSPC:when={count}"));
        }
    }
    assert_eq!(left_by_the_killed.len(), 2, "old and new");
}

#[test]
#[ignore = "run as a child by replace_with"]
fn child_replaces() {
    if let Some(path) = child::told_path() {
        let options = WriteOptions::new(FileMode::Kept);
        for _ in 0..10 {
            write_atomic(&path, &OLD, &options).unwrap();
            write_atomic(&path, &NEW, &options).unwrap();
        }
    }
}

#[test]
fn what_could_not_be_saved_is_refused_before_it_is_there() {
    if can_trace() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("file");
        for fault in ["fsync:error=ENOSPC", "/access:error=EROFS"] {
            let fault = format!("inject={fault}");
            assert!(run("faults::child_prepares_in_vain", &path, &fault));
        }
    }
}

#[test]
#[ignore = "run as a child by what_could_not_be_saved_is_refused_before_it_is_there"]
fn child_prepares_in_vain() {
    if let Some(path) = child::told_path() {
        let scratch = path.with_file_name("scratch");
        let options = WriteOptions::new(FileMode::Private).scratch(&scratch);
        let reserved =
            PreparedWrite::prepare(&path, &options).and_then(|mut prepared| prepared.reserve(4096));
        assert!(reserved.is_err());
    }
}

#[test]
fn a_file_system_without_locks_is_told_from_one_that_failed() {
    if can_trace() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.lock");
        for (error, is_locked) in [("ENOLCK", true), ("EOPNOTSUPP", true), ("EIO", false)] {
            let fault = format!("inject=flock:error={error}");
            let outcome = run("faults::child_locks_without_effect", &path, &fault);
            assert_eq!(outcome, is_locked, "{error}");
        }
    }
}

#[test]
#[ignore = "run as a child by a_file_system_without_locks_is_told_from_one_that_failed"]
fn child_locks_without_effect() {
    if let Some(path) = child::told_path() {
        let lock = LockedFile::acquire(&path, Duration::ZERO, |_| {}).unwrap();
        assert!(!lock.is_effective());
    }
}
