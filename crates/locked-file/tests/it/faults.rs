//! A process that is cut off, or refused, at each of its system calls in turn: `strace` does it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use locked_file::{FileMode, LockedFile, PreparedWrite, WriteOptions, write_atomic};
use tempfile::TempDir;

use crate::child;

const OLD: [u8; 5_000] = [b'o'; 5_000];
const NEW: [u8; 9_000] = [b'n'; 9_000];

/// Whether processes can be traced here. On a machine that has been set up for it, they must.
fn can_trace() -> bool {
    let works = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status();
    let works = works.is_ok_and(|status| status.success());
    #[expect(clippy::disallowed_methods, reason = "the test asks, not the library")]
    let must_work = std::env::var_os("CI").is_some();
    assert!(works || !must_work, "strace is missing");
    if !works {
        #[expect(clippy::print_stderr, reason = "a skipped test should say so")]
        {
            eprintln!("skipped: no strace");
        }
    }
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

/// A call to the system: its name, and how often the thread had called it by then.
type Call = (String, usize);

/// Lets a child replace a file in a directory of its own, and meet `fault`. Returns that directory, the
/// file, and whether the child came to its end.
fn replace_with(how: &str, fault: &str) -> (TempDir, PathBuf, bool) {
    // In memory, since there is much flushing.
    let dir = TempDir::new_in("/dev/shm")
        .or_else(|_| TempDir::new())
        .unwrap();
    let path = dir.path().join(how);
    let is_done = run("faults::child_replaces", &path, fault);
    (dir, path, is_done)
}

/// How often a child writes before the write that counts: after more calls of each kind than the
/// test harness makes in a thread of its own, which shall not meet the fault.
const WRITES_BEFORE: usize = 60;

/// Returns the calls of a child's last write, and the one that follows.
fn calls_of(how: &str) -> Vec<Call> {
    let dir = TempDir::new().unwrap();
    let trace = dir.path().join("trace");
    let mut command = child::command(
        "faults::child_replaces",
        &["-f", "-qq", "-o", trace.to_str().unwrap()],
    );
    command.stderr(std::process::Stdio::null());
    let path = dir.path().join(how);
    child::start(command, &path).wait_with_output().unwrap();
    let trace = fs::read_to_string(trace).unwrap();

    let of_the_writer = trace.lines().find(|line| line.contains("read(0, "));
    let writer = of_the_writer.unwrap().split_once(' ').unwrap().0;
    let mut counts = BTreeMap::new();
    let mut calls = Vec::new();
    let lines = trace.lines().filter_map(|line| line.strip_prefix(writer));
    for line in lines.map(str::trim_start) {
        if line.starts_with("write(1, \"now") {
            calls.clear();
        }
        // Not a call are `<... resumed>`, `--- SIG` and `+++ exited`.
        if let Some((name, _)) = line
            .split_once('(')
            .filter(|_| line.starts_with(char::is_alphabetic))
        {
            let count = counts.entry(name.to_owned()).or_insert(0);
            *count += 1;
            calls.push((name.to_owned(), *count));
        }
        if line.starts_with("write(1, \"done") {
            break;
        }
    }
    // What not every write calls is the allocator's, and comes when it likes.
    calls.retain(|(_, count)| *count >= WRITES_BEFORE);
    calls.split_off(1)
}

/// What a process is cut off from, or refused, at any call of a write.
fn check_each_call(how: &str) {
    let calls = calls_of(how);
    assert!(calls.len() > 10, "{calls:?}");
    let mut left_by_the_killed = BTreeSet::new();
    for (call, count) in &calls {
        let fault = format!("inject={call}:signal=KILL:when={count}");
        let (dir, path, is_done) = replace_with(how, &fault);
        assert!(!is_done, "{fault} was not met");
        let content = fs::read(&path).unwrap_or_else(|error| panic!("{error} after {fault}"));
        assert!(content == OLD || content == NEW, "torn by {fault}");
        left_by_the_killed.insert(content == NEW);
        check_that_only_the_file_remains(&dir, &path);

        let fault = format!("inject={call}:error=ENOSPC:when={count}");
        let (_dir, path, is_done) = replace_with(how, &fault);
        let content = fs::read(&path).unwrap_or_else(|error| panic!("{error} after {fault}"));
        assert!(content == OLD || content == NEW, "torn by {fault}");
        assert!(content == NEW || !is_done, "lost by {fault}");
    }
    assert_eq!(left_by_the_killed.len(), 2, "old and new");
}

/// Whatever the killed process left is gone after another write an hour later.
fn check_that_only_the_file_remains(dir: &TempDir, path: &Path) {
    let scratch = scratch(path);
    for directory in [dir.path(), &scratch] {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let left = entry.path();
            if left != path && left != scratch {
                let file = fs::File::options().write(true).open(&left).unwrap();
                let now = file.metadata().unwrap().modified().unwrap();
                file.set_modified(now - Duration::from_secs(3660)).unwrap();
            }
        }
    }
    replace(path, &OLD);
    let _ = fs::remove_dir(&scratch);
    let names = fs::read_dir(dir.path()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names, [path]);
}

fn scratch(path: &Path) -> PathBuf {
    path.with_file_name("scratch")
}

/// Replaces the file in the manner that its name says.
fn replace(path: &Path, bytes: &[u8]) {
    if path.ends_with("as-config") {
        write_atomic(path, bytes, &WriteOptions::new(FileMode::Preserve)).unwrap();
    } else {
        let scratch = scratch(path);
        let options = WriteOptions::new(FileMode::Private).scratch(&scratch);
        let mut prepared = PreparedWrite::prepare(path, &options).unwrap();
        prepared.reserve(20_000).unwrap();
        prepared.commit(bytes).unwrap();
    }
}

#[test]
fn a_write_cut_off_or_refused_at_any_call_leaves_the_old_file_or_the_new_one() {
    if can_trace() {
        check_each_call("as-config");
    }
}

#[test]
fn a_prepared_write_cut_off_or_refused_at_any_call_leaves_the_old_file_or_the_new_one() {
    if can_trace() {
        check_each_call("as-token");
    }
}

#[test]
#[ignore = "run as a child by check_each_call"]
fn child_replaces() {
    if let Some(path) = child::path_from_parent() {
        for _ in 0..WRITES_BEFORE {
            replace(&path, &OLD);
        }
        child::say("now");
        replace(&path, &NEW);
        child::say("done");
    }
}

#[test]
fn prepare_fails_if_the_content_could_not_be_saved() {
    if can_trace() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("file");
        for fault in ["fsync:error=ENOSPC", "/access:error=EROFS"] {
            let fault = format!("inject={fault}");
            assert!(run("faults::child_prepares_in_vain", &path, &fault));
        }
    }
}

#[test]
#[ignore = "run as a child by prepare_fails_if_the_content_could_not_be_saved"]
fn child_prepares_in_vain() {
    if let Some(path) = child::path_from_parent() {
        let scratch = path.with_file_name("scratch");
        let options = WriteOptions::new(FileMode::Private).scratch(&scratch);
        let reserved =
            PreparedWrite::prepare(&path, &options).and_then(|mut prepared| prepared.reserve(4096));
        assert!(reserved.is_err());
    }
}

#[test]
fn a_file_system_without_locks_differs_from_one_that_failed() {
    if can_trace() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("a.lock");
        for (error, is_locked) in [("ENOLCK", true), ("EOPNOTSUPP", true), ("EIO", false)] {
            let fault = format!("inject=flock:error={error}");
            let outcome = run("faults::child_locks_without_effect", &path, &fault);
            assert_eq!(outcome, is_locked, "{error}");
        }
    }
}

#[test]
#[ignore = "run as a child by a_file_system_without_locks_differs_from_one_that_failed"]
fn child_locks_without_effect() {
    if let Some(path) = child::path_from_parent() {
        let lock = LockedFile::acquire(&path, Duration::ZERO, |_| {}).unwrap();
        assert!(!lock.is_effective());
    }
}
