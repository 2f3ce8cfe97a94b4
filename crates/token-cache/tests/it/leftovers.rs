use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use token_cache::{CacheKey, CachedToken, Locked, Notice, TokenCache};

use crate::home::{Home, LONG, key, put, token};

fn lock(home: &Home) -> Locked<'_, CachedToken> {
    home.cache.lock_token(&key(), LONG).unwrap()
}

#[test]
fn what_a_dead_process_left_goes_and_what_a_living_one_writes_stays() {
    let home = Home::new();
    drop(lock(&home));
    let temporary = home.cache.own_folder().join(".locked-file-dead.tmp");
    put(&temporary, "{\"accessToken\": \"hunter2\"}");

    let locked = lock(&home);
    let slot = locked.prepare_write().unwrap();
    let (sender, waits) = mpsc::channel();
    let other = TokenCache::under(&home.path("")).with_notices(move |notice| {
        if let Notice::Waiting { .. } = notice {
            sender.send(()).unwrap();
        }
    });
    let sweep = thread::spawn(move || other.wait_for_writers(LONG).unwrap());
    waits.recv_timeout(LONG).unwrap();
    slot.commit(&token("new")).unwrap();
    drop(locked);
    assert_eq!(sweep.join().unwrap(), [temporary]);
    assert!(home.cache.token(&key()).unwrap().is_some());
}

#[test]
fn a_sign_in_is_not_waited_for_but_told() {
    let home = Home::new();
    assert!(!home.cache.is_login_locked(&key()));
    let login = home.cache.lock_login(&key(), LONG).unwrap();
    assert!(home.cache.is_login_locked(&key()));
    assert!(home.cache.wait_for_writers(LONG).unwrap().is_empty());
    drop(login);
    assert!(!home.cache.is_login_locked(&key()));
}

#[test]
fn who_does_not_end_is_waited_for_so_long_and_its_files_stay() {
    let home = Home::new();
    let locked = lock(&home);
    let slot = locked.prepare_write().unwrap();
    let error = home.cache.wait_for_writers(Duration::ZERO).unwrap_err();
    assert!(error.is_locked(), "{error:?}");
    slot.commit(&token("new")).unwrap();
}

#[test]
fn files_set_aside_are_known_with_their_keys() {
    let home = Home::new();
    let other = CacheKey::session_token(&"other".into());
    let own = home.cache.own_folder();
    for name in [format!("{}.corrupt.2", key()), format!("{other}.corrupt")] {
        put(&own.join(name), "broken");
    }
    put(&own.join("notes.corrupt"), "no key");
    put(&own.join(format!("{}.lock", key())), "");
    fs::create_dir(own.join(format!("{}.corrupt", key()))).unwrap();
    let found = home.cache.files_set_aside();
    let expected = [
        (key(), own.join(format!("{}.corrupt.2", key()))),
        (other.clone(), own.join(format!("{other}.corrupt"))),
    ];
    assert_eq!(found.len(), 2);
    assert!(
        expected.iter().all(|file| found.contains(file)),
        "{found:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_token_behind_a_link_can_be_read_nowhere_once_it_is_removed() {
    let home = Home::new();
    let target = home.path("elsewhere.json");
    put(&target, "{\"accessToken\": \"hunter2\"}");
    fs::create_dir_all(home.path("sso/cache")).unwrap();
    std::os::unix::fs::symlink(&target, home.sso_file(&key())).unwrap();
    lock(&home).remove().unwrap();
    assert!(!target.exists());
    assert!(home.cache.token(&key()).unwrap().is_none());
}
