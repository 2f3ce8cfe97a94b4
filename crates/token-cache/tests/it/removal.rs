use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use locked_file::temporary_files;
use token_cache::locked::Locked;
use token_cache::{
    CacheError, CacheEvent, CacheKey, CachedToken, EntryLocation, TokenCache, WriterWait,
};

use crate::home::{Home, LONG, key, put, token};

fn lock(home: &Home) -> Locked<'_, CachedToken> {
    home.cache.lock_token(&key(), LONG).unwrap()
}

fn removed(wait: WriterWait) -> Vec<PathBuf> {
    assert!(wait.errors.is_empty() && wait.kept.is_empty(), "{wait:?}");
    files(wait.removed)
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
    let cleanup = thread::spawn(move || other.wait_for_writers(LONG));
    waiting.recv_timeout(LONG).unwrap();
    pending.commit(&token("new")).unwrap();
    drop(locked);
    assert_eq!(removed(cleanup.join().unwrap()), [temporary]);
    assert!(home.cache.token(&key()).unwrap().is_some());
}

#[test]
fn a_sign_in_in_progress_is_detected_and_does_not_block_wait_for_writers() {
    let home = Home::new();
    assert!(!home.cache.is_login_locked(&key()));
    let login = home.cache.lock_login(&key(), LONG).unwrap();
    assert!(home.cache.is_login_locked(&key()));
    assert!(removed(home.cache.wait_for_writers(LONG)).is_empty());
    drop(login);
    assert!(!home.cache.is_login_locked(&key()));
}

/// Role credentials have their temporary files in one of four directories.
#[test]
fn only_the_temporary_file_of_a_process_that_holds_a_lock_is_kept() {
    let home = Home::new();
    let locked = lock(&home);
    let pending = locked.reserve().unwrap();
    let used = temporary_files(home.cache.state_dir());
    let dirs = [
        "sso/cache/aws-sso-tools",
        "sso/cache",
        "cli/cache",
        "cli/cache/aws-sso-tools",
    ];
    let dead = dirs.map(|dir| home.path(&format!("{dir}/.locked-file-dead.tmp")));
    for path in &dead {
        put(path, "{\"accessToken\": \"hunter2\"}");
    }
    let wait = home.cache.wait_for_writers(Duration::ZERO);
    assert!(
        wait.errors.len() == 1 && wait.errors[0].is_locked(),
        "{wait:?}"
    );
    let mut found = files(wait.removed);
    found.sort();
    let mut dead = dead.to_vec();
    dead.sort();
    assert_eq!(found, dead);
    assert!(!dead.iter().any(|path| path.exists()));
    assert_eq!((files(wait.kept), used.len()), (used.clone(), 1));
    assert!(
        fs::metadata(&used[0]).unwrap().len() > 0,
        "the disk space is reserved"
    );
    pending.commit(&token("new")).unwrap();
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
}

/// A state file contains no secret, and its writer takes no lock.
#[test]
fn the_temporary_file_of_a_state_file_is_kept_and_not_listed() {
    let home = Home::new();
    drop(lock(&home));
    let written = home.cache.write_state_if(&key(), "test", &"new", || {
        let wait = home.cache.wait_for_writers(LONG);
        assert!(
            wait.errors.is_empty() && wait.kept.is_empty() && wait.removed.is_empty(),
            "{wait:?}"
        );
        assert_eq!(temporary_files(home.cache.state_dir()).len(), 1);
        true
    });
    assert!(written.unwrap());
}

#[test]
fn only_the_first_lock_that_is_not_released_is_waited_for() {
    let pauses = Arc::new(Mutex::new(Duration::ZERO));
    let sum = Arc::clone(&pauses);
    let home = Home::with_pause(move |pause| *sum.lock().unwrap() += pause);
    let keys = ["a", "b", "c"].map(|name| CacheKey::session_token(&name.into()));
    let locks = keys
        .each_ref()
        .map(|key| home.cache.lock_token(key, LONG).unwrap());
    let wait = home.cache.wait_for_writers(Duration::from_secs(30));
    assert_eq!(wait.errors.len(), locks.len());
    assert!(wait.errors.iter().all(CacheError::is_locked));
    assert_eq!(*pauses.lock().unwrap(), Duration::from_secs(30));
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
    assert_eq!(removed(home.cache.wait_for_writers(LONG)), [temporary]);
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

#[cfg(unix)]
#[test]
fn each_file_whose_names_are_not_all_removed_is_reported_once() {
    let home = Home::new();
    let keys = ["a", "b", "c"].map(|name| token_cache::CacheKey::session_token(&name.into()));
    let locations = keys.each_ref().map(|key| home.cache.token_location(key));
    let [first, second, third] = keys.map(|key| home.sso_file(&key));
    let check = |removed: &[&PathBuf], expected: &[&PathBuf]| {
        let names = removed.iter().filter_map(|path| {
            let mut locations = locations.iter();
            let location = locations.find(|it| it.file() == Some(path)).unwrap();
            home.cache.remove_name(location).unwrap()
        });
        home.cache.report_other_names(names.collect::<Vec<_>>());
        let expected = expected.iter().map(|path| CacheEvent::RemovedHardLink {
            path: (*path).clone(),
        });
        home.check_events(&expected.collect::<Vec<_>>());
        for path in [&first, &second, &third] {
            let _ = fs::remove_file(path);
        }
    };
    let link = || {
        put(&first, "{}");
        fs::hard_link(&first, &second).unwrap();
        fs::hard_link(&first, &third).unwrap();
    };
    link();
    check(&[&first, &second, &third], &[]);
    link();
    check(&[&second, &first], &[&second]);
    link();
    check(&[&third], &[&third]);
    // Two files of one sign-out.
    put(&first, "{}");
    fs::hard_link(&first, &second).unwrap();
    put(&third, "{}");
    check(&[&first, &third], &[&first]);
    check(&[&first], &[]);
}

#[cfg(unix)]
#[test]
fn other_hard_links_to_a_removed_entry_are_reported() {
    let home = Home::new();
    let path = home.sso_file(&key());
    let location = home.cache.token_location(&key());
    for is_linked in [false, true] {
        put(&path, "{\"accessToken\": \"hunter2\"}");
        if is_linked {
            fs::hard_link(&path, home.path("other")).unwrap();
        }
        home.cache.remove(&location).unwrap();
        let expected = [CacheEvent::RemovedHardLink { path: path.clone() }];
        home.check_events(&expected[..usize::from(is_linked)]);
    }
    home.cache.remove(&location).unwrap();
    assert!(home.path("other").exists());
}
