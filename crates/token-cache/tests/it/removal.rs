use std::fs;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use token_cache::locked::Locked;
use token_cache::{CacheEvent, CacheKey, CachedToken, EntryLocation, TokenCache};

use crate::home::{Home, LONG, key, put, token};

fn lock(home: &Home) -> Locked<'_, CachedToken> {
    home.cache.lock_token(&key(), LONG).unwrap()
}

fn files(locations: Vec<EntryLocation>) -> Vec<PathBuf> {
    let file = |location: EntryLocation| location.file().unwrap().to_owned();
    locations.into_iter().map(file).collect()
}

#[test]
fn wait_for_writers_removes_only_temporary_files_of_crashed_processes() {
    let home = Home::new();
    drop(lock(&home));
    let temporary = home.cache.state_dir().join(".locked-file-dead.tmp");
    put(&temporary, "{\"accessToken\": \"hunter2\"}");

    let locked = lock(&home);
    let pending = locked.reserve().unwrap();
    let (sender, waiting) = mpsc::channel();
    let other = TokenCache::in_aws_dir(&home.path("")).on_event(move |event| {
        if let CacheEvent::WaitingForLock { .. } = event {
            sender.send(()).unwrap();
        }
    });
    let cleanup = thread::spawn(move || other.wait_for_writers(LONG).unwrap());
    waiting.recv_timeout(LONG).unwrap();
    pending.commit(&token("new")).unwrap();
    drop(locked);
    assert_eq!(files(cleanup.join().unwrap()), [temporary]);
    assert!(home.cache.token(&key()).unwrap().is_some());
}

#[test]
fn a_sign_in_in_progress_is_detected_and_does_not_block_wait_for_writers() {
    let home = Home::new();
    assert!(!home.cache.is_login_locked(&key()));
    let login = home.cache.lock_login(&key(), LONG).unwrap();
    assert!(home.cache.is_login_locked(&key()));
    assert!(home.cache.wait_for_writers(LONG).unwrap().is_empty());
    drop(login);
    assert!(!home.cache.is_login_locked(&key()));
}

#[test]
fn wait_for_writers_fails_after_the_timeout_and_removes_nothing() {
    let home = Home::new();
    let locked = lock(&home);
    let pending = locked.reserve().unwrap();
    let temporary = home.cache.state_dir().join(".locked-file-dead.tmp");
    put(&temporary, "{\"accessToken\": \"hunter2\"}");
    let error = home.cache.wait_for_writers(Duration::ZERO).unwrap_err();
    assert!(error.is_locked(), "{error:?}");
    assert!(temporary.exists());
    pending.commit(&token("new")).unwrap();
}

#[test]
fn quarantined_files_are_listed_with_their_keys() {
    let home = Home::new();
    let other = CacheKey::session_token(&"other".into());
    let state_dir = home.cache.state_dir();
    for name in [format!("{}.corrupt.2", key()), format!("{other}.corrupt")] {
        put(&state_dir.join(name), "broken");
    }
    put(&state_dir.join("notes.corrupt"), "not a key");
    put(&state_dir.join(format!("{}.lock", key())), "");
    fs::create_dir(state_dir.join(format!("{}.corrupt", key()))).unwrap();
    let found = home.cache.quarantined_files();
    let expected = [
        (key(), state_dir.join(format!("{}.corrupt.2", key()))),
        (other.clone(), state_dir.join(format!("{other}.corrupt"))),
    ];
    let found: Vec<_> = found
        .into_iter()
        .map(|(key, location)| (key, location.file().unwrap().to_owned()))
        .collect();
    assert_eq!(found.len(), 2);
    assert!(
        expected.iter().all(|file| found.contains(file)),
        "{found:?}"
    );
}

#[cfg(unix)]
#[test]
fn removing_a_symbolic_link_removes_its_target() {
    let home = Home::new();
    let target = home.path("elsewhere.json");
    put(&target, "{\"accessToken\": \"hunter2\"}");
    fs::create_dir_all(home.path("sso/cache")).unwrap();
    std::os::unix::fs::symlink(&target, home.sso_file(&key())).unwrap();
    lock(&home).remove().unwrap();
    assert!(!target.exists());
    assert!(home.cache.token(&key()).unwrap().is_none());
}

#[cfg(unix)]
#[test]
fn state_files_are_removed_by_name() {
    let home = Home::new();
    let target = home.path("elsewhere.json");
    put(&target, "{}");
    let quarantined = home.cache.state_dir().join(format!("{}.corrupt", key()));
    let temporary = home.cache.state_dir().join(".locked-file-dead.tmp");
    let directory = home.cache.state_dir().join(".locked-file-dir.tmp");
    fs::create_dir_all(&directory).unwrap();
    for link in [&quarantined, &temporary] {
        std::os::unix::fs::symlink(&target, link).unwrap();
    }
    assert_eq!(
        files(home.cache.wait_for_writers(LONG).unwrap()),
        [temporary]
    );
    let found = home.cache.quarantined_files();
    home.cache.remove_state_file(&found[0].1).unwrap();
    assert!(!quarantined.is_symlink());

    // Also of a link to a directory, which is not a directory.
    std::os::unix::fs::symlink(home.cache.state_dir(), &quarantined).unwrap();
    assert_eq!(home.cache.quarantined_files().len(), 1);
    lock(&home).remove().unwrap();
    assert!(!quarantined.is_symlink());
    assert!(target.exists() && directory.exists());
}
