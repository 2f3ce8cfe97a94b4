//! The order of writes, flushes and renames, in a trace of the system calls.

use std::fs;
use std::path::Path;

use locked_file::{
    Durability, FileMode, PreparedWrite, WriteOptions, create_private_dir, remove_file,
    remove_without_following, write_atomic,
};
use tempfile::TempDir;

use crate::child;
use crate::faults::can_trace;
use crate::privileged::{can_mount, succeeds_at_mount_point};
use crate::quarantine::put;

const CALLS: &str = "trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,\
                     unlinkat,mkdir,mkdirat";

/// Returns the calls in the trace that concern the directory of `path`, as `CALL NAME`. Temporary
/// files are named `T`, and the directory `.`. Repeated calls are omitted.
fn calls(trace: &str, path: &Path) -> Vec<String> {
    let dir = path.parent().unwrap().to_str().unwrap();
    let mut calls = Vec::new();
    for line in trace.lines().filter(|line| !line.contains("= -1 ")) {
        let Some((name, arguments)) = line.split_once('(') else {
            continue;
        };
        let name = name.rsplit(' ').next().unwrap();
        // The last path is the target of a rename, or the only one.
        let Some((_, end)) = arguments.rsplit_once(dir) else {
            continue;
        };
        let end = end.split(['"', '>']).next().unwrap();
        let file = match end.trim_start_matches('/') {
            "" => ".",
            end if end.contains(".locked-file-") => "T",
            end => end,
        };
        let call = format!(
            "{} {file}",
            name.trim_end_matches("at2").trim_end_matches("at")
        );
        if calls.last() != Some(&call) {
            calls.push(call);
        }
    }
    calls
}

const STRACE: [&str; 6] = ["-f", "-y", "-qq", "-s", "8", "-e"];

/// Runs the ignored test `name` with a path in a new directory and returns its calls.
fn traced(name: &str) -> Vec<String> {
    let (dir, trace) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (path, trace) = (dir.path().join("file"), trace.path().join("trace"));
    let mut strace = STRACE.to_vec();
    strace.extend([CALLS, "-o", trace.to_str().unwrap()]);
    let mut command = child::command(&format!("durability::{name}"), &strace);
    command.stderr(std::process::Stdio::null());
    let output = child::output(command, &path);
    assert!(output.status.success());
    calls(&fs::read_to_string(trace).unwrap(), &path)
}

const TEMPORARY_THEN_FILE: [&str; 4] = ["write T", "fsync T", "rename file", "fsync ."];

#[test]
fn a_write_flushes_the_file_then_renames_it_then_flushes_the_directory() {
    if can_trace() {
        assert_eq!(traced("child_writes"), TEMPORARY_THEN_FILE);
    }
}

#[test]
#[ignore = "run as a child"]
fn child_writes() {
    if let Some(path) = child::path_from_parent() {
        write_atomic(&path, b"config", &WriteOptions::new(FileMode::Preserve)).unwrap();
    }
}

#[test]
fn a_reservation_is_flushed_before_the_content() {
    if can_trace() {
        let mut expected = vec!["mkdir own", "fsync .", "write T", "fsync T"];
        expected.extend(TEMPORARY_THEN_FILE);
        assert_eq!(traced("child_reserves"), expected);
    }
}

#[test]
#[ignore = "run as a child"]
fn child_reserves() {
    if let Some(path) = child::path_from_parent() {
        reserve_and_commit(&path);
    }
}

fn reserve_and_commit(path: &Path) {
    let scratch = path.with_file_name("own");
    let options = WriteOptions::new(FileMode::Private).scratch(&scratch);
    let mut prepared = PreparedWrite::prepare(path, &options).unwrap();
    prepared.reserve(4096).unwrap();
    prepared.commit(b"token").unwrap();
}

#[test]
fn a_relaxed_write_flushes_nothing() {
    if can_trace() {
        assert_eq!(traced("child_writes_relaxed"), ["write T", "rename file"]);
    }
}

#[test]
#[ignore = "run as a child"]
fn child_writes_relaxed() {
    if let Some(path) = child::path_from_parent() {
        let options = WriteOptions::new(FileMode::Private).durability(Durability::Relaxed);
        write_atomic(&path, b"credentials", &options).unwrap();
    }
}

#[test]
fn a_removal_and_a_new_directory_are_flushed() {
    if can_trace() {
        let calls = traced("child_removes");
        let expected = [
            "mkdir new",
            "fsync .",
            "mkdir new/er",
            "fsync new",
            "unlink file",
            "fsync .",
            "unlink link",
            "fsync .",
        ];
        assert_eq!(calls, expected);
    }
}

#[test]
#[ignore = "run as a child"]
fn child_removes() {
    if let Some(path) = child::path_from_parent() {
        create_private_dir(&path.with_file_name("new").join("er")).unwrap();
        fs::File::create(&path).unwrap();
        remove_file(&path).unwrap();
        let link = path.with_file_name("link");
        std::os::unix::fs::symlink("file", &link).unwrap();
        remove_without_following(&link).unwrap();
    }
}

#[test]
fn a_file_that_is_overwritten_is_flushed_after_its_temporary_file() {
    let (dir, trace) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (path, trace) = (dir.path().join("file"), trace.path().join("trace"));
    put(&path, b"the old content");
    if can_trace() && can_mount() {
        let mut strace = STRACE.to_vec();
        strace.extend([CALLS, "-o", trace.to_str().unwrap()]);
        let name = "durability::child_reserves";
        assert!(succeeds_at_mount_point(name, &path, &strace));
        let calls = calls(&fs::read_to_string(trace).unwrap(), &path);
        let expected = [
            "mkdir own",
            "fsync .",
            "write T",
            "fsync T",
            "write T",
            "fsync T",
            "write file",
            "fsync file",
            "unlink T",
        ];
        assert_eq!(calls, expected);
    }
}
