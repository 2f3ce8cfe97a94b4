//! Fault injection with `strace`: each system call of a write kills the process or fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use locked_file::{
    FileMode, LockedFile, PreparedWrite, WriteOptions, is_in_use, is_stale, write_atomic,
};
use tempfile::TempDir;

use crate::child;
use crate::privileged::can_run;

const OLD: [u8; 5_000] = [b'o'; 5_000];
const NEW: [u8; 9_000] = [b'n'; 9_000];

/// Panics in CI if `strace` does not work.
pub(crate) fn can_trace() -> bool {
    can_run(Command::new("strace").args(["-o", "/dev/null", "true"]))
}

pub(crate) fn child_succeeds(name: &str, path: &Path, fault: &str) -> bool {
    let strace = ["-f", "-qq", "-o", "/dev/null", "-e", fault];
    let mut command = child::command(name, &strace);
    command.stderr(std::process::Stdio::null());
    child::output(command, path).status.success()
}

/// A system call: its name, and the number of calls with that name by the thread so far.
type Call = (String, usize);

/// Returns the directory, the file in it, and whether the child succeeded.
fn replace_in_child(file_name: &str, fault: &str) -> (TempDir, PathBuf, bool) {
    // Use memory if possible, since the writes flush often.
    let dir = TempDir::new_in("/dev/shm")
        .or_else(|_| TempDir::new())
        .unwrap();
    let path = dir.path().join(file_name);
    let succeeded = child_succeeds("faults::child_replaces", &path, fault);
    (dir, path, succeeded)
}

/// Number of writes before the traced write. Other threads of the test harness make fewer calls of
/// each kind, so that the fault cannot occur in them.
const WRITES_BEFORE: usize = 60;

/// Returns the system calls of a child's last write, and the call after it.
fn calls_of(file_name: &str) -> Vec<Call> {
    let dir = TempDir::new().unwrap();
    let trace = dir.path().join("trace");
    let mut command = child::command(
        "faults::child_replaces",
        &["-f", "-qq", "-o", trace.to_str().unwrap()],
    );
    command.stderr(std::process::Stdio::null());
    let path = dir.path().join(file_name);
    child::output(command, &path);
    let trace = fs::read_to_string(trace).unwrap();

    let line_of_writer = trace.lines().find(|line| line.contains("read(0, "));
    let writer = line_of_writer.unwrap().split_once(' ').unwrap().0;
    let mut counts = BTreeMap::new();
    let mut calls = Vec::new();
    let lines = trace.lines().filter_map(|line| line.strip_prefix(writer));
    for line in lines.map(str::trim_start) {
        if line.starts_with("write(1, \"now") {
            calls.clear();
        }
        // Lines such as `<... resumed>`, `--- SIG` and `+++ exited` are not calls.
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
    // Rarer calls, such as those of the allocator, are not part of every write.
    calls.retain(|(_, count)| *count >= WRITES_BEFORE);
    calls.split_off(1)
}

fn check_each_call(file_name: &str) {
    let calls = calls_of(file_name);
    assert!(calls.len() > 10, "{calls:?}");
    let mut is_new_after_kill = BTreeSet::new();
    for (call, count) in &calls {
        let fault = format!("inject={call}:signal=KILL:when={count}");
        let (dir, path, succeeded) = replace_in_child(file_name, &fault);
        assert!(!succeeded, "{fault} did not occur");
        let content = fs::read(&path).unwrap_or_else(|error| panic!("{error} after {fault}"));
        assert!(content == OLD || content == NEW, "incomplete after {fault}");
        is_new_after_kill.insert(content == NEW);
        check_that_only_the_file_remains(&dir, &path);

        let fault = format!("inject={call}:error=ENOSPC:when={count}");
        let (_dir, path, succeeded) = replace_in_child(file_name, &fault);
        let content = fs::read(&path).unwrap_or_else(|error| panic!("{error} after {fault}"));
        assert!(content == OLD || content == NEW, "incomplete after {fault}");
        assert!(content == NEW || !succeeded, "lost after {fault}");
    }
    assert_eq!(
        is_new_after_kill.len(),
        2,
        "some kills leave the old content, others the new content"
    );
}

/// Checks that a write an hour later removes all files that a killed process left behind.
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

/// Replaces the file like a config file or like a token, depending on its name.
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
fn a_write_killed_or_failed_at_any_call_leaves_the_old_or_the_new_content() {
    if can_trace() {
        check_each_call("as-config");
    }
}

#[test]
fn a_prepared_write_killed_or_failed_at_any_call_leaves_the_old_or_the_new_content() {
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
        child::print_line("now");
        replace(&path, &NEW);
        child::print_line("done");
    }
}

#[test]
fn prepare_or_reserve_fails_if_the_content_cannot_be_saved() {
    if can_trace() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("file");
        for fault in ["fsync:error=ENOSPC", "/access:error=EROFS"] {
            let fault = format!("inject={fault}");
            assert!(child_succeeds(
                "faults::child_fails_to_prepare",
                &path,
                &fault
            ));
        }
    }
}

#[test]
#[ignore = "run as a child by prepare_or_reserve_fails_if_the_content_cannot_be_saved"]
fn child_fails_to_prepare() {
    if let Some(path) = child::path_from_parent() {
        let scratch = path.with_file_name("scratch");
        let options = WriteOptions::new(FileMode::Private).scratch(&scratch);
        let reserved =
            PreparedWrite::prepare(&path, &options).and_then(|mut prepared| prepared.reserve(4096));
        assert!(reserved.is_err());
    }
}

#[test]
fn a_file_that_cannot_be_locked_is_used_without_a_lock() {
    if can_trace() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("a.lock");
        let check = |error: &str, is_used: bool| {
            let fault = format!("inject=flock:error={error}");
            let outcome = child_succeeds("faults::child_locks_without_effect", &path, &fault);
            assert_eq!(outcome, is_used, "{error}");
        };
        for error in [
            "ENOLCK",
            "EOPNOTSUPP",
            "ENOSYS",
            "EINVAL",
            "EPERM",
            "EACCES",
            "EIO",
            "EBADF",
        ] {
            check(error, true);
        }
        check("EAGAIN", false);
        // The call is repeated, and then locks the file.
        check("EINTR:when=1", false);
    }
}

#[test]
#[ignore = "run as a child by a_file_that_cannot_be_locked_is_used_without_a_lock"]
fn child_locks_without_effect() {
    if let Some(path) = child::path_from_parent() {
        let lock = LockedFile::acquire(&path, Duration::ZERO, |_| {}).unwrap();
        assert!(!lock.is_effective());
    }
}

/// Without locks, it is unknown whether a process is writing a temporary file.
#[test]
fn a_stale_temporary_file_that_cannot_be_locked_is_removed() {
    if can_trace() {
        let dir = TempDir::new().unwrap();
        let fault = "inject=flock:error=ENOLCK";
        let name = "faults::child_removes_stale_files_without_locks";
        assert!(child_succeeds(name, &dir.path().join("as-config"), fault));
    }
}

#[test]
#[ignore = "run as a child by a_stale_temporary_file_that_cannot_be_locked_is_removed"]
fn child_removes_stale_files_without_locks() {
    if let Some(path) = child::path_from_parent() {
        let [stale, young] = ["stale", "young"].map(|name| {
            let path = path.with_file_name(format!(".locked-file-{name}.tmp"));
            fs::File::create(&path).unwrap();
            assert_eq!(is_in_use(&path), None);
            path
        });
        let file = fs::File::options().write(true).open(&stale).unwrap();
        let now = file.metadata().unwrap().modified().unwrap();
        file.set_modified(now - Duration::from_secs(3660)).unwrap();
        assert!(is_stale(&stale) && !is_stale(&young));
        replace(&path, &NEW);
        assert!(!stale.exists() && young.exists());
    }
}
