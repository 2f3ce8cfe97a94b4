//! Locks and temporary files of entries that are shared by several homes, or on another file system.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use locked_file::temporary_files;
use tempfile::TempDir;
use token_cache::role_credentials::Origin;
use token_cache::{CacheEvent, CacheKey, CachedRoleCredentials, TokenCache};

use crate::home::{Home, LONG, at, json, key, put, token};

type Link<'a> = &'a dyn Fn(&Home, &Home, PathBuf);

fn other_key() -> CacheKey {
    CacheKey::session_token(&"other".into())
}

/// Checks that the token of `key` in `home` and that of [`key`] in `other` have the same locks, and
/// that a token that one home saves is found by the other.
fn check_shared(home: &Home, key_of_home: &CacheKey, other: &Home) {
    let locked = home.cache.lock_token(key_of_home, LONG).unwrap();
    let refused = other.cache.lock_token(&key(), Duration::ZERO).unwrap_err();
    assert!(refused.is_locked(), "{refused}");
    locked.reserve().unwrap().commit(&token("new")).unwrap();
    drop(locked);
    assert_eq!(other.cache.token(&key()).unwrap(), Some(token("new")));

    let login = other.cache.lock_login(&key(), LONG).unwrap();
    assert!(home.cache.is_login_locked(key_of_home));
    drop(login);
    assert!(!home.cache.is_login_locked(key_of_home));
    let locked = other.cache.lock_token(&key(), LONG).unwrap();
    locked.reserve().unwrap().commit(&token("newer")).unwrap();
    drop(locked);
    let found = home.cache.token(key_of_home).unwrap();
    assert_eq!(found, Some(token("newer")));
}

fn link(link: &Path, target: &Path) {
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    symlink(target, link).unwrap();
}

#[test]
fn homes_that_share_a_token_through_a_link_take_the_same_locks() {
    let at_key = |home: &Home| home.sso_file(&key());
    let shared = TempDir::new().unwrap();
    let to_the_other: Link<'_> = &|home, other, _| link(&at_key(home), &at_key(other));
    let chain: Link<'_> = &|home, other, middle| {
        link(&at_key(home), &middle);
        link(&middle, &at_key(other));
    };
    let elsewhere: Link<'_> = &|home, other, token| {
        link(&at_key(home), &token);
        link(&at_key(other), &token);
    };
    let relative: Link<'_> = &|home, other, token| {
        put(&token, "");
        link(&home.path("dotfiles"), token.parent().unwrap());
        let path = Path::new("../../dotfiles/./").join(token.file_name().unwrap());
        link(&at_key(home), &path);
        link(&at_key(other), &token);
    };
    let directory: Link<'_> =
        &|home, other, _| link(&home.path("sso/cache"), &other.path("sso/cache"));
    let upper_directory: Link<'_> = &|home, other, _| link(&home.path("sso"), &other.path("sso"));
    let missing_directory: Link<'_> = &|home, other, token| {
        let token = token.with_extension("").join("not/yet/token");
        link(&at_key(home), &token);
        link(&at_key(other), &token);
    };
    let kinds = [
        to_the_other,
        chain,
        elsewhere,
        relative,
        directory,
        upper_directory,
        missing_directory,
    ];
    for (number, make) in kinds.into_iter().enumerate() {
        for exists in [false, true] {
            let (home, other) = (Home::new(), Home::new());
            fs::create_dir_all(other.path("sso/cache")).unwrap();
            make(
                &home,
                &other,
                shared.path().join(format!("{number}{exists}.json")),
            );
            if exists && number != 6 {
                put(&at_key(&other), "{}");
            }
            check_shared(&home, &key(), &other);
            let links = [&home, &other].map(|home| at_key(home).is_symlink());
            assert_eq!(links[0], ![4, 5].contains(&number), "{number}");
            assert_eq!(links[1], [2, 3, 6].contains(&number), "{number}");
        }
    }
}

#[test]
fn a_link_to_the_token_of_another_session_takes_its_lock() {
    let (home, other) = (Home::new(), Home::new());
    link(&home.sso_file(&other_key()), &other.sso_file(&key()));
    fs::create_dir_all(other.path("sso/cache")).unwrap();
    check_shared(&home, &other_key(), &other);

    // In one home, the second of two locks would wait for the first.
    let home = Home::new();
    link(&home.sso_file(&other_key()), &home.sso_file(&key()));
    check_shared(&home, &other_key(), &home);
    let (key, other_key) = (key(), other_key());
    let keys = [&key, &other_key];
    assert_eq!(home.cache.with_different_locks(keys), [&key]);
    fs::remove_file(home.sso_file(&other_key)).unwrap();
    assert_eq!(home.cache.with_different_locks(keys), keys);
}

#[test]
fn a_link_that_leads_to_no_file_has_the_lock_of_its_own_home() {
    for target in ["loop", "/dev/null", "/"] {
        let home = Home::new();
        link(&home.path("loop"), &home.path("loop"));
        let target = home.path("").join(target);
        link(&home.sso_file(&key()), &target);
        let locked = home.cache.lock_token(&key(), LONG).unwrap();
        locked.reserve().unwrap().commit(&token("new")).unwrap();
        let lock = home.cache.state_dir().join(format!("{}.lock", key()));
        assert!(lock.exists(), "{}", target.display());
    }
}

#[test]
fn temporary_files_beside_the_target_of_a_link_are_removed() {
    let home = Home::new();
    let shared = TempDir::new().unwrap();
    link(&home.sso_file(&key()), &shared.path().join("token"));
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    locked.reserve().unwrap().commit(&token("new")).unwrap();
    drop(locked);
    let state_dir = shared.path().join("aws-sso-tools");
    let names: Vec<_> = fs::read_dir(&state_dir).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(state_dir.join("token.lock").exists());

    let temporary = state_dir.join(".locked-file-dead.tmp");
    put(&temporary, "{\"accessToken\": \"hunter2\"}");
    let removed = home.cache.wait_for_writers(LONG).removed;
    assert_eq!(removed[0].file(), Some(temporary.as_path()));
    assert_eq!((removed.len(), temporary.exists()), (1, false));
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    let errors = home.cache.wait_for_writers(Duration::ZERO).errors;
    assert!(errors.len() == 1 && errors[0].is_locked(), "{errors:?}");
    locked.remove().unwrap();
    assert!(!shared.path().join("token").exists());
}

/// Checks that a sign-out waits for the lock of the token at `target`, and removes the temporary files of
/// crashed processes in `state_dir`.
fn check_wait(home: &Home, target: &Path, state_dir: &Path) {
    link(&home.sso_file(&key()), target);
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    let pending = locked.reserve().unwrap();
    let used = temporary_files(state_dir);
    let dead =
        [state_dir, state_dir.parent().unwrap()].map(|dir| dir.join(".locked-file-dead.tmp"));
    for path in &dead {
        put(path, "{\"accessToken\": \"hunter2\"}");
    }
    let wait = home.cache.wait_for_writers(Duration::ZERO);
    assert_eq!((used.len(), wait.kept.len()), (1, 1), "{wait:?}");
    assert_eq!(wait.kept[0].file(), Some(used[0].as_path()));
    let [error] = &wait.errors[..] else {
        panic!("{wait:?}");
    };
    let lock = state_dir.join(Path::new(target.file_name().unwrap()).with_extension("lock"));
    assert!(
        error.is_locked() && error.location().file() == Some(&lock),
        "{error}"
    );
    assert!(!dead.iter().any(|path| path.exists()));
    pending.commit(&token("new")).unwrap();
    drop(locked);
    assert!(home.cache.wait_for_writers(LONG).errors.is_empty());
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
}

#[test]
fn a_sign_out_waits_for_the_lock_beside_any_target_of_a_link() {
    let names = [
        "token.json",
        "my.token.json",
        "a.b.c.json",
        "my.login.json",
        "token",
        ".token",
    ];
    for name in names {
        for exists in [false, true] {
            let (home, shared) = (Home::new(), TempDir::new().unwrap());
            let target = shared.path().join(name);
            if exists {
                put(&target, "{}");
            }
            check_wait(&home, &target, &shared.path().join("aws-sso-tools"));
        }
    }
}

#[test]
fn a_sign_out_waits_for_the_lock_on_another_file_system() {
    let home = Home::new();
    if let Ok(shared) = TempDir::new_in("/dev/shm") {
        let target = shared.path().join("my.token.json");
        check_wait(&home, &target, &shared.path().join("aws-sso-tools"));
    }
}

/// The lock is in the home itself.
#[test]
fn a_sign_out_with_a_link_to_a_directory_waits_for_the_lock_of_the_home() {
    let home = Home::new();
    let shared = TempDir::new().unwrap();
    link(&home.sso_file(&key()), shared.path());
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    let errors = home.cache.wait_for_writers(Duration::ZERO).errors;
    assert!(errors.len() == 1 && errors[0].is_locked(), "{errors:?}");
    drop(locked);
    assert!(home.cache.wait_for_writers(LONG).errors.is_empty());
    assert_eq!(fs::read_dir(shared.path()).unwrap().count(), 0);
}

/// Locks of sign-ins, which wait for a user.
#[test]
fn a_sign_out_does_not_wait_for_a_sign_in_beside_the_target_of_a_link() {
    let (home, shared) = (Home::new(), TempDir::new().unwrap());
    link(&home.sso_file(&key()), &shared.path().join("my.token.json"));
    let login = home.cache.lock_login(&key(), LONG).unwrap();
    assert!(
        home.cache
            .wait_for_writers(Duration::ZERO)
            .errors
            .is_empty()
    );
    drop(login);
}

/// Role credentials have their lock in the home, and the temporary file beside the target.
#[test]
fn temporary_files_of_role_credentials_behind_a_link_are_removed() {
    let (home, shared) = (Home::new(), TempDir::new().unwrap());
    link(&home.cli_file(&key()), &shared.path().join("role.json"));
    let dead = shared.path().join(".locked-file-dead.tmp");
    put(&dead, "hunter2");
    let locked = home.cache.lock_role_credentials(&key(), LONG).unwrap();
    let pending = locked.reserve().unwrap();
    let wait = home.cache.wait_for_writers(Duration::ZERO);
    assert_eq!((wait.removed.len(), wait.kept.len()), (1, 1), "{wait:?}");
    assert!(!dead.exists());
    pending.commit(&role_credentials()).unwrap();
}

#[test]
fn a_large_file_that_stays_on_its_file_system_is_listed_and_removed() {
    let Ok(shared) = TempDir::new_in("/dev/shm") else {
        return;
    };
    let (home, target) = (Home::new(), shared.path().join("token.json"));
    put(&target, &"x".repeat((1 << 20) + 1));
    link(&home.sso_file(&key()), &target);
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    locked.reserve().unwrap().commit(&token("new")).unwrap();
    let corrupt = shared.path().join(format!("{}.corrupt", key()));
    let [(found, location)] = &home.cache.quarantined_files()[..] else {
        panic!("expected one quarantined file")
    };
    assert_eq!((found, location.file()), (&key(), Some(corrupt.as_path())));
    locked.remove().unwrap();
    assert!(!corrupt.exists() && !target.exists());
}

#[test]
fn hard_links_to_a_token_are_reported_once() {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(
        &path,
        r#"{"accessToken": "a", "expiresAt": "2026-11-22T19:46:33Z"}"#,
    );
    fs::hard_link(&path, home.path("other")).unwrap();
    for path in [&path, &home.path("other")] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    for _ in 0..2 {
        assert!(home.cache.token(&key()).unwrap().is_some());
    }
    home.check_events(&[CacheEvent::HardLinked { path: path.clone() }]);
    fs::remove_file(home.path("other")).unwrap();
    let home_without_links =
        TokenCache::in_aws_dir(&home.path("")).on_event(|_| panic!("an event"));
    assert!(home_without_links.token(&key()).unwrap().is_some());
}

fn role_credentials() -> CachedRoleCredentials {
    CachedRoleCredentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: "hunter2".into(),
        session_token: "token".into(),
        expires_at: at("2026-11-22T19:46:33Z"),
        account_id: None,
        origin: Origin::Sso { token_key: None },
    }
}

#[expect(clippy::print_stderr, reason = "reports that the test is skipped")]
fn dir_on_another_file_system() -> Option<TempDir> {
    let dir = TempDir::new_in("/dev/shm").ok();
    if dir.is_none() {
        eprintln!("skipped: no directory on another file system");
    }
    dir
}

#[test]
fn role_credentials_on_another_file_system_have_their_files_there() {
    let Some(elsewhere) = dir_on_another_file_system() else {
        return;
    };
    let (home, cli_dir) = (Home::new(), elsewhere.path().join("cache"));
    let cache = TokenCache::new(home.path("sso/cache"), &cli_dir);
    let entry = cli_dir.join(format!("{}.json", key()));
    put(&entry, "{\"cut off");
    let locked = cache.lock_role_credentials(&key(), LONG).unwrap();
    locked
        .reserve()
        .unwrap()
        .commit(&role_credentials())
        .unwrap();
    drop(locked);
    assert_eq!(
        cache.role_credentials(&key()).unwrap(),
        Some(role_credentials())
    );
    let state_dir = cli_dir.join("aws-sso-tools");
    assert!(state_dir.join(format!("{}.lock", key())).exists());
    assert!(!cache.state_dir().exists());
    assert_eq!(json(&entry)["ProviderType"], "sso");

    let [(_, quarantined)] = &cache.quarantined_files()[..] else {
        panic!("expected one quarantined file")
    };
    let corrupt = state_dir.join(format!("{}.corrupt", key()));
    assert_eq!(quarantined.file(), Some(corrupt.as_path()));
    put(&state_dir.join(".locked-file-dead.tmp"), "hunter2");
    assert_eq!(cache.wait_for_writers(LONG).removed.len(), 1);
    let locked = cache.lock_role_credentials(&key(), LONG).unwrap();
    locked.remove().unwrap();
    assert!(!entry.exists() && !corrupt.exists());
}

#[test]
fn anything_in_place_of_role_credentials_on_another_file_system_is_quarantined() {
    let Some(elsewhere) = dir_on_another_file_system() else {
        return;
    };
    let (home, cli_dir) = (Home::new(), elsewhere.path().join("cache"));
    let cache = TokenCache::new(home.path("sso/cache"), &cli_dir);
    let entry = cli_dir.join(format!("{}.json", key()));
    let directory: &dyn Fn() = &|| put(&entry.join("inside"), "kept");
    let looping: &dyn Fn() = &|| link(&entry, &entry);
    for make in [directory, looping] {
        make();
        let locked = cache.lock_role_credentials(&key(), LONG).unwrap();
        locked
            .reserve()
            .unwrap()
            .commit(&role_credentials())
            .unwrap();
        locked.remove().unwrap();
    }
}
