use std::fs;
use std::time::Duration;

use serde_json::json;
use token_cache::{CacheError, CacheEvent};

use crate::home::{Home, json, key, put, token};
use crate::refresh::{refreshed, save, valid};

#[test]
fn a_reservation_does_not_hold_the_lock() {
    let home = Home::new();
    let reserved = home.cache.reserve_token(&key()).unwrap();
    drop(home.cache.lock_token(&key(), Duration::ZERO).unwrap());
    let files = locked_file::temporary_files(home.cache.state_dir());
    assert_eq!(fs::metadata(&files[0]).unwrap().len(), 64 << 10);
    reserved.save(&token("new")).unwrap();
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
    assert!(locked_file::temporary_files(home.cache.state_dir()).is_empty());
    home.check_events(&[]);
}

#[test]
fn unknown_fields_that_another_process_writes_after_the_reservation_are_kept() {
    let home = Home::new();
    let path = home.sso_file(&key());
    let reserved = home.cache.reserve_token(&key()).unwrap();
    let other = json!({"accessToken": "other", "expiresAt": "2026-11-22T19:46:33Z", "idToken": 1});
    put(&path, &other.to_string());
    reserved.save(&token("new")).unwrap();
    assert_eq!(json(&path)["idToken"], 1);
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
}

#[test]
fn an_entry_that_is_corrupt_only_after_the_reservation_is_quarantined() {
    let home = Home::new();
    let reserved = home.cache.reserve_token(&key()).unwrap();
    put(&home.sso_file(&key()), "{\"broken");
    reserved.save(&token("new")).unwrap();
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
    assert_eq!(home.cache.quarantined_files().len(), 1);
}

#[test]
fn a_token_whose_lock_cannot_be_opened_is_saved_without_it() {
    let home = Home::new();
    let reserved = home.cache.reserve_token(&key()).unwrap();
    let lock = home.cache.state_dir().join(format!("{}.lock", key()));
    fs::create_dir(lock).unwrap();
    reserved.save(&token("new")).unwrap();
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
    let events = home.events();
    assert!(
        matches!(
            &events[..],
            [CacheEvent::SavedWithoutLock {
                error: CacheError::Lock(_)
            }]
        ),
        "{events:?}"
    );
}

/// The owner of another directory could exchange the token.
#[cfg(unix)]
#[test]
fn a_token_is_not_reserved_in_a_directory_behind_a_link() {
    let home = Home::new();
    fs::create_dir_all(home.path("sso/cache")).unwrap();
    fs::create_dir(home.path("other")).unwrap();
    std::os::unix::fs::symlink(home.path("other"), home.cache.state_dir()).unwrap();
    let error = home.cache.reserve_token(&key()).unwrap_err();
    assert!(matches!(error, CacheError::Write(_)), "{error:?}");
    assert_eq!(fs::read_dir(home.path("other")).unwrap().count(), 0);
}

/// The process that refreshes holds the lock, and saves its token later.
#[test]
fn a_refresh_that_ends_later_does_not_replace_a_token_saved_without_its_lock() {
    let home = Home::with_pause(drop);
    save(&home, &token("old"));
    let refreshed = refreshed(&home, |_, _| {
        let reserved = home.cache.reserve_token(&key()).unwrap();
        reserved.save(&valid("signed in")).unwrap();
        Ok(Some(valid("refreshed")))
    });
    assert_eq!(refreshed.unwrap(), valid("signed in"));
    assert_eq!(home.cache.token(&key()).unwrap(), Some(valid("signed in")));
}
