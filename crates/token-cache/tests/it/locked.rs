use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;
use token_cache::{CacheError, CachedToken, Freshness, Notice, TokenCache};

use crate::home::{Home, LONG, at, json, key, put, token};

fn save(cache: &TokenCache, token: &CachedToken) {
    let locked = cache.lock_token(&key(), LONG).unwrap();
    locked.prepare_write().unwrap().commit(token).unwrap();
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn beside_the_token_there_is_only_what_is_ours() {
    let home = Home::new();
    let login = home.cache.lock_login(&key(), LONG).unwrap();
    save(&home.cache, &token("a"));
    drop(login);
    assert_eq!(
        names_in(&home.path("sso/cache")),
        [&format!("{}.json", key()), "aws-sso-tools"]
    );
    assert_eq!(
        names_in(home.cache.own_folder()),
        [format!("{}.lock", key()), format!("{}.login.lock", key())]
    );
    assert_eq!(home.notices(), []);
}

#[test]
fn unknown_fields_survive_and_known_ones_do_not_linger() {
    let home = Home::new();
    let path = home.sso_file(&key());
    let unknown = json!({"text": "é", "numbers": [1, 2.5, 1e300, null]});
    put(
        &path,
        &json!({
            "accessToken": "old", "expiresAt": "2020-01-01T00:00:00UTC", "refreshToken": "old",
            "clientId": null, "idToken": unknown, "": true,
        })
        .to_string(),
    );
    let new = CachedToken {
        start_url: None,
        region: None,
        client_id: None,
        client_secret: None,
        registration_expires_at: None,
        refresh_token: None,
        ..token("new")
    };
    save(&home.cache, &new);
    assert_eq!(
        json(&path),
        json!({
            "accessToken": "new", "expiresAt": "2026-11-22T19:46:33Z", "idToken": unknown, "": true,
        })
    );
}

#[test]
fn dropping_a_slot_changes_nothing() {
    let home = Home::new();
    save(&home.cache, &token("old"));
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    drop(locked.prepare_write().unwrap());
    assert_eq!(locked.read().unwrap(), Some(token("old")));
    assert_eq!(
        names_in(home.cache.own_folder()),
        [format!("{}.lock", key())]
    );
}

#[test]
fn a_damaged_file_is_set_aside_once_and_replaced() {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(&path, "{\"broken");
    #[cfg(unix)]
    narrow_all(&home);

    save(&home.cache, &token("new"));
    save(&home.cache, &token("newer"));

    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("newer")));
    let to = home.cache.own_folder().join(format!("{}.corrupt", key()));
    assert_eq!(fs::read_to_string(&to).unwrap(), "{\"broken");
    assert_eq!(home.notices(), [Notice::SetAside { path, to }]);
}

/// Gives all that `put` has made the modes that we would have given it.
#[cfg(unix)]
fn narrow_all(home: &Home) {
    for path in ["sso/cache", "cli/cache"].map(|name| home.path(name)) {
        for entry in fs::read_dir(&path).into_iter().flatten() {
            set_mode(&entry.unwrap().path(), 0o600);
        }
        if path.exists() {
            set_mode(&path, 0o700);
        }
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn whatever_is_in_the_place_makes_way() {
    use std::os::unix::fs::symlink;

    type Put = fn(&Path);
    let folder: Put = |path| put(&path.join("inside"), "kept");
    let link_loop: Put = |path| symlink(path, path).unwrap();
    let wrong: Put = |path| put(path, "[]");
    let huge: Put = |path| put(path, &" ".repeat(2 << 20));
    for place in [folder, link_loop, wrong, huge] {
        let home = Home::new();
        let path = home.sso_file(&key());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        place(&path);
        save(&home.cache, &token("new"));
        assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
        let aside = format!("{}.corrupt", key());
        assert!(names_in(home.cache.own_folder()).contains(&aside));
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_token_stays() {
    let home = Home::new();
    let path = home.sso_file(&key());
    for broken in [false, true] {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink("../../elsewhere.json", &path).unwrap();
        if broken {
            put(&home.path("elsewhere.json"), "broken");
        }
        save(&home.cache, &token("a"));
        assert!(path.is_symlink());
        assert_eq!(json(&home.path("elsewhere.json"))["accessToken"], "a");
    }
}

#[cfg(unix)]
#[test]
fn all_is_private_and_what_was_not_is_narrowed_with_a_word() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = Home::new();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    save(&home.cache, &token("a"));
    let folders = [
        home.path("sso"),
        home.path("sso/cache"),
        home.cache.own_folder().to_owned(),
    ];
    for folder in &folders {
        assert_eq!(mode(folder), 0o700);
    }
    for name in names_in(home.cache.own_folder()) {
        assert_eq!(mode(&home.cache.own_folder().join(name)), 0o600);
    }
    assert_eq!(mode(&home.sso_file(&key())), 0o600);

    let [_, cache, own] = folders;
    set_mode(&cache, 0o755);
    set_mode(&own, 0o770);
    save(&home.cache, &token("b"));
    let narrowed = |path, from| Notice::ModeNarrowed { path, from };
    assert_eq!(
        home.notices(),
        [narrowed(cache.clone(), 0o755), narrowed(own.clone(), 0o770)]
    );
    assert_eq!((mode(&cache), mode(&own)), (0o700, 0o700));
}

#[test]
fn who_waits_is_told_for_whom_and_gives_up_in_the_end() {
    let home = Home::new();
    let _locked = home.cache.lock_token(&key(), LONG).unwrap();

    let error = home.cache.lock_token(&key(), Duration::ZERO).unwrap_err();
    assert!(error.is_locked() && !error.is_damaged(), "{error:?}");
    assert_eq!(home.notices(), []);

    let error = home.cache.lock_token(&key(), Duration::from_millis(1));
    assert!(error.unwrap_err().is_locked());
    let [Notice::Waiting { path, holder }] = &home.notices()[..] else {
        panic!("no word about the wait")
    };
    assert_eq!(
        path,
        &home.cache.own_folder().join(format!("{}.lock", key()))
    );
    // On Windows a locked file cannot be read, hence nobody be named.
    let named = holder.as_ref().map(|holder| holder.pid);
    assert_eq!(named, cfg!(unix).then(std::process::id));
}

#[test]
fn the_locks_of_a_session_do_not_get_in_each_others_way() {
    let home = Home::new();
    let other = token_cache::CacheKey::session_token(&"other".into());
    let _login = home.cache.lock_login(&key(), Duration::ZERO).unwrap();
    let _token = home.cache.lock_token(&key(), Duration::ZERO).unwrap();
    let _other = home.cache.lock_token(&other, Duration::ZERO).unwrap();
}

#[test]
fn where_nothing_can_be_saved_it_is_said_before_anything_is_asked_for() {
    let home = Home::new();
    put(&home.path("sso"), "a file in place of the folder");
    let error = home.cache.lock_token(&key(), LONG).unwrap_err();
    assert!(matches!(error, CacheError::Lock(_)) && !error.is_locked());

    let home = Home::new();
    put(&home.path("cli"), "a file in place of the folder");
    let locked = home.cache.lock_role_credentials(&key(), LONG).unwrap();
    assert!(locked.prepare_write().is_err());
}

#[test]
fn many_that_find_a_token_expired_refresh_it_once() {
    let home = Home::new();
    let now = at("2026-11-22T20:00:00Z");
    save(&home.cache, &token("expired"));
    let requests = AtomicUsize::new(0);

    let refreshed = || {
        let locked = home.cache.lock_token(&key(), LONG).unwrap();
        let found = locked.read().unwrap().unwrap();
        if Freshness::of(found.expires_at, now) == Freshness::Fresh {
            return found;
        }
        let slot = locked.prepare_write().unwrap();
        let number = requests.fetch_add(1, Ordering::Relaxed);
        let new = CachedToken {
            expires_at: now + time::Duration::hours(1),
            ..token(&format!("new {number}"))
        };
        slot.commit(&new).unwrap();
        new
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(refreshed)).collect();
        for thread in threads {
            let token = thread.join().unwrap();
            assert_eq!(token.access_token.expose(), "new 0");
        }
    });
    assert_eq!(requests.load(Ordering::Relaxed), 1);
}

#[test]
fn a_reader_without_a_lock_always_finds_a_whole_token() {
    let home = Home::with_pause(|_| panic!("a part was seen"));
    let tokens = [token("a"), token(&"b".repeat(5_000))];
    save(&home.cache, &tokens[0]);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 0..100 {
                save(&home.cache, &tokens[round % 2]);
            }
        });
        while !writer.is_finished() {
            let found = home.cache.token(&key()).unwrap().unwrap();
            assert!(tokens.contains(&found));
        }
    });
}

#[test]
fn what_is_removed_is_gone_with_all_that_was_set_aside() {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(&path, "broken");
    save(&home.cache, &token("a"));
    let foreign = home.path("sso/cache/toolkit.json");
    put(&foreign, "{}");

    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    locked.remove().unwrap();
    assert_eq!(locked.read().unwrap(), None);
    locked.remove().unwrap();
    assert_eq!(
        names_in(home.cache.own_folder()),
        [format!("{}.lock", key())]
    );
    assert!(foreign.exists());
}
