//! Claims of files without locks.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use locked_file::Claim;
use tempfile::TempDir;

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// Returns the time of the clock that dates new files.
#[expect(clippy::disallowed_methods, reason = "the crate has no clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn acquire(dir: &TempDir, now: SystemTime) -> Option<Claim> {
    let path = dir.path().join("new/claim");
    Claim::acquire(&path, dir.path(), now, MINUTE).unwrap()
}

#[test]
fn a_claim_excludes_others_until_it_is_dropped() {
    let dir = TempDir::new().unwrap();
    let now = now();
    let first = acquire(&dir, now).unwrap();
    assert!(first.is_held());
    for at in [now, now + MINUTE - SECOND, now - MINUTE + SECOND] {
        assert!(acquire(&dir, at).is_none());
        assert!(first.is_held());
    }
    drop(first);
    assert!(acquire(&dir, now).is_some());
}

#[test]
fn an_old_claim_is_removed_for_the_next_call() {
    for (is_later, age) in [(true, MINUTE), (false, MINUTE)] {
        let dir = TempDir::new().unwrap();
        let now = now();
        let first = acquire(&dir, now).unwrap();
        let at = if is_later { now + age } else { now - age };
        assert!(acquire(&dir, at).is_none());
        assert!(!first.is_held());
        let second = acquire(&dir, at).unwrap();
        drop(first);
        assert!(second.is_held());
    }
}

#[cfg(unix)]
#[test]
fn a_claim_is_private_and_does_not_follow_links() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = TempDir::new().unwrap();
    let now = now();
    let claim = acquire(&dir, now).unwrap();
    let path = dir.path().join("new/claim");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(claim);
    let target = dir.path().join("target");
    File::create(&target).unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    assert!(acquire(&dir, now).is_none());
    assert!(target.exists());
}

#[test]
fn a_claim_in_place_of_a_directory_is_an_error() {
    let dir = TempDir::new().unwrap();
    File::create(dir.path().join("new")).unwrap();
    let path = dir.path().join("new/claim");
    Claim::acquire(&path, dir.path(), now(), MINUTE).unwrap_err();
}

#[test]
fn an_old_claim_that_cannot_be_removed_is_an_error() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("new/claim");
    fs::create_dir_all(path.join("content")).unwrap();
    let now = now();
    assert!(acquire(&dir, now).is_none());
    for _ in 0..2 {
        for at in [now + 2 * MINUTE, now - 2 * MINUTE] {
            Claim::acquire(&path, dir.path(), at, MINUTE).unwrap_err();
        }
    }
    assert!(path.exists());
}
