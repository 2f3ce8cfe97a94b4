use std::cell::RefCell;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use locked_file::{
    Durability, FileMode, LockError, LockedFile, WriteOptions, read_private, write_atomic,
};
use tempfile::TempDir;

use crate::child;

/// On Windows a locked file cannot be read, so the holder is unknown.
const HOLDER_IS_KNOWN: bool = cfg!(unix);

const LONG_TIMEOUT: Duration = Duration::from_secs(60);

fn try_acquire(path: &Path) -> Result<LockedFile, LockError> {
    LockedFile::acquire(path, Duration::ZERO, |_| panic!("acquire waited"))
}

#[test]
fn a_waiting_process_gets_the_holder_and_then_the_lock() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.lock");
    let mut first = Some(try_acquire(&path).unwrap());

    let mut holders = Vec::new();
    let second = LockedFile::acquire(&path, LONG_TIMEOUT, |holder| {
        holders.push(holder.cloned());
        first = None;
    });

    assert!(second.unwrap().is_effective());
    assert_eq!(holders.len(), 1);
    if !HOLDER_IS_KNOWN {
        return;
    }
    let holder = holders[0].as_ref().unwrap();
    assert_eq!(holder.pid, std::process::id());
    assert!(holder.program.starts_with("it-"), "{holder}");
    assert_eq!(
        holder.to_string(),
        format!("{} (process {})", holder.program, holder.pid)
    );
}

#[test]
fn acquire_times_out_with_an_error_that_names_the_holder() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.lock");
    let first = try_acquire(&path).unwrap();

    for timeout in [Duration::ZERO, Duration::from_millis(5)] {
        let error = LockedFile::acquire(&path, timeout, |_| {}).unwrap_err();
        assert!(error.is_held());
        assert_eq!(error.path(), path);
        let pid = format!("(process {})", std::process::id());
        assert!(
            error.to_string().ends_with(&pid) || !HOLDER_IS_KNOWN,
            "{error}"
        );
    }
    drop(first);
    assert!(try_acquire(&path).is_ok());
}

#[test]
fn the_timeout_equals_the_sum_of_the_pauses() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.lock");
    let _first = try_acquire(&path).unwrap();
    let timeout = Duration::from_millis(200);

    let pauses = RefCell::new(Vec::new());
    let pause = |duration| pauses.borrow_mut().push(duration);
    let error = LockedFile::acquire_with_pause(&path, timeout, pause, |_| {}).unwrap_err();
    assert!(error.is_held());
    let pauses = pauses.into_inner();
    assert_eq!(
        pauses.iter().map(Duration::as_millis).collect::<Vec<_>>(),
        [1, 2, 4, 8, 16, 32, 50, 50, 37]
    );
}

#[test]
fn the_lock_file_is_kept_and_names_the_holder_only_while_locked() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.lock");

    let lock = try_acquire(&path).unwrap();
    if HOLDER_IS_KNOWN {
        let text = fs::read_to_string(&path).unwrap();
        let pid = std::process::id();
        assert!(text.starts_with(&format!("pid {pid} it-")), "{text:?}");
    }

    drop(lock);
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn foreign_text_in_a_lock_file_names_no_holder() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.lock");
    for text in [
        "",
        "{}",
        "pid",
        "pid x sso-login\n",
        "pid 1 sso-login",
        "pid 1 \u{1b}[2J\n",
        "pid 1 größe\n",
        &format!("pid 1 {}\n", "x".repeat(1000)),
    ] {
        let mut file = File::create(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.lock().unwrap();
        let error = try_acquire(&path).unwrap_err();
        assert!(
            matches!(error, LockError::Held { holder: None, .. }),
            "{text:?}: {error}"
        );
        assert!(error.to_string().ends_with("by another process"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn longer_text_of_a_previous_holder_is_overwritten() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.lock");
    File::create(&path)
        .unwrap()
        .write_all(&[b'x'; 1000])
        .unwrap();
    let _lock = try_acquire(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with("pid ") && text.lines().count() == 1,
        "{text}"
    );
}

#[test]
fn a_lock_file_that_is_not_a_regular_file_is_refused() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.lock");
    let check = |path: &Path| {
        let error = try_acquire(path).unwrap_err();
        assert!(matches!(error, LockError::Open { .. }) && !error.is_held());
    };

    fs::create_dir(&path).unwrap();
    check(&path);
    fs::remove_dir(&path).unwrap();

    #[cfg(unix)]
    for target in ["elsewhere", "/dev/null", "a.lock"] {
        std::os::unix::fs::symlink(target, &path).unwrap();
        check(&path);
        assert!(!dir.path().join("elsewhere").exists());
        fs::remove_file(&path).unwrap();
    }

    File::create(&path).unwrap();
    check(&path.join("b.lock"));
}

#[cfg(unix)]
#[test]
fn the_lock_file_and_its_directories_are_private() {
    use crate::private::{mode_of, set_mode};

    let dir = TempDir::new().unwrap();
    let path = dir.path().join("sso/cache/a.lock");
    drop(try_acquire(&path).unwrap());
    assert_eq!(mode_of(&path), 0o600);
    // The mode of an existing file may be the choice of the user.
    for (found, expected) in [(0o640, 0o640), (0o444, 0o600)] {
        set_mode(&path, found);
        drop(try_acquire(&path).unwrap());
        assert_eq!(mode_of(&path), expected);
    }
    assert_eq!(mode_of(&dir.path().join("sso/cache")), 0o700);
    assert_eq!(mode_of(&dir.path().join("sso")), 0o700);
}

fn increment_counter(dir: &Path, times: usize) {
    let counter = dir.join("counter");
    let options = WriteOptions::new(FileMode::Private).durability(Durability::Relaxed);
    for _ in 0..times {
        let _lock = LockedFile::acquire(&dir.join("counter.lock"), LONG_TIMEOUT, |_| {}).unwrap();
        let old = read_private(&counter)
            .unwrap()
            .map_or(0, |file| file.bytes.len());
        write_atomic(&counter, &vec![b'|'; old + 1], &options).unwrap();
    }
}

fn counter_value(dir: &Path) -> u64 {
    fs::metadata(dir.join("counter")).unwrap().len()
}

#[test]
fn concurrent_threads_with_a_lock_lose_no_updates() {
    let dir = TempDir::new().unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| increment_counter(dir.path(), 25));
        }
    });
    assert_eq!(counter_value(dir.path()), 100);
}

#[test]
fn concurrent_processes_with_a_lock_lose_no_updates() {
    let dir = TempDir::new().unwrap();
    let start = || child::start(child::command("lock::child_counts", &[]), dir.path());
    let children: Vec<_> = (0..4).map(|_| start()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(counter_value(dir.path()), 100);
}

#[test]
#[ignore = "run as a child by concurrent_processes_with_a_lock_lose_no_updates"]
fn child_counts() {
    if let Some(dir) = child::path_from_parent() {
        increment_counter(&dir, 25);
    }
}

#[test]
fn a_lock_is_released_when_its_process_is_killed() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a.lock");
    let mut holder = child::start(child::command("lock::child_holds", &[]), &path);
    child::wait_for(&mut holder, "locked");

    let lock = LockedFile::acquire(&path, LONG_TIMEOUT, |reported| {
        assert_eq!(
            reported.map(|reported| reported.pid),
            HOLDER_IS_KNOWN.then(|| holder.id())
        );
        holder.kill().unwrap();
    });
    assert!(lock.unwrap().is_effective());
    holder.wait().unwrap();
}

#[test]
#[ignore = "run as a child by a_lock_is_released_when_its_process_is_killed"]
fn child_holds() {
    if let Some(path) = child::path_from_parent() {
        let _lock = try_acquire(&path).unwrap();
        child::print_line("locked");
        loop {
            thread::park();
        }
    }
}
