use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;
use token_cache::{CacheError, CacheEvent, CachedToken, Freshness, TokenCache};

use crate::home::{Home, LONG, at, json, key, put, token};

fn save(cache: &TokenCache, token: &CachedToken) {
    let locked = cache.lock_token(&key(), LONG).unwrap();
    locked.reserve().unwrap().commit(token).unwrap();
}

fn names_in(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_cache_directory_contains_only_tokens_and_the_state_directory() {
    let home = Home::new();
    let login = home.cache.lock_login(&key(), LONG).unwrap();
    save(&home.cache, &token("a"));
    drop(login);
    assert_eq!(
        names_in(&home.path("sso/cache")),
        [&format!("{}.json", key()), "aws-sso-tools"]
    );
    assert_eq!(
        names_in(home.cache.state_dir()),
        [format!("{}.lock", key()), format!("{}.login.lock", key())]
    );
    home.check_events(&[]);
}

#[test]
fn disk_space_is_reserved_for_tokens_and_registrations_only() {
    let home = Home::new();
    let reserved = || -> Vec<u64> {
        let files = locked_file::temporary_files(home.cache.state_dir());
        let size = |path: &PathBuf| fs::metadata(path).unwrap().len();
        files.iter().map(size).collect()
    };
    let token = home.cache.lock_token(&key(), LONG).unwrap();
    let pending = token.reserve().unwrap();
    assert_eq!(reserved(), [64 << 10]);
    drop(pending);
    drop(token);
    let registration = home.cache.lock_registration(&key(), LONG).unwrap();
    let pending = registration.reserve().unwrap();
    assert_eq!(reserved(), [64 << 10]);
    drop(pending);
    drop(registration);
    let credentials = home.cache.lock_role_credentials(&key(), LONG).unwrap();
    let pending = credentials.reserve().unwrap();
    assert_eq!(reserved(), [0]);
    drop(pending);
    drop(credentials);
    assert!(reserved().is_empty());
}

#[test]
fn unknown_fields_are_kept_and_known_ones_replaced() {
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
fn unknown_fields_are_written_again_as_they_were_read() {
    let home = Home::new();
    let path = home.sso_file(&key());
    let nested = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    let unknown = [
        ("\"a\"", "NaN"),
        (
            "\"b\"",
            "[-Infinity, 1e999, 123456789012345678901234567890, -0, 1.0E+2]",
        ),
        ("\"c\"", r#""\ud800 \u00e9 é \/""#),
        (r#""\ud800""#, "{ \"x\" : 1, \"x\" : 2 }"),
        ("\"e\\\"\"", "\t null\n"),
        ("\"é\"", &nested),
    ];
    let fields = unknown.map(|(name, value)| format!(", {name}: {value}"));
    let fields = fields.concat();
    let old = r#""accessToken": "old", "expiresAt": "2020-01-01T00:00:00UTC""#;
    put(&path, &format!("{{{old}{fields}}}"));
    save(&home.cache, &token("new"));
    save(&home.cache, &token("newer"));
    let written = fs::read_to_string(&path).unwrap();
    for (name, value) in unknown {
        let field = format!("{name}:{}", value.trim());
        assert!(written.contains(&field), "{field} in {written}");
    }
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("newer")));
}

#[test]
fn of_several_fields_with_the_same_name_the_last_is_kept() {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(
        &path,
        r#"{"accessToken": "old", "x": 1, "\u0061ccessToken": "older", "\u0078": 2,
            "expiresAt": "2020-01-01T00:00:00UTC"}"#,
    );
    save(&home.cache, &token("new"));
    let written = json(&path);
    assert_eq!(
        (&written["accessToken"], &written["x"]),
        (&json!("new"), &json!(2))
    );
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches("ccessToken").count(), 1, "{text}");
}

#[test]
fn a_field_that_counts_as_missing_is_removed_by_a_write() {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(
        &path,
        r#"{"accessToken": "old", "expiresAt": "2020-01-01T00:00:00UTC", "refreshToken": NaN}"#,
    );
    let new = CachedToken {
        refresh_token: None,
        ..token("new")
    };
    save(&home.cache, &new);
    assert_eq!(home.cache.token(&key()).unwrap(), Some(new));
    assert_eq!(json(&path).get("refreshToken"), None);
}

#[test]
fn a_corrupt_entry_stays_in_its_place_until_the_commit() {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(&path, "{\"broken");
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    let pending = locked.reserve().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"broken");
    drop(pending);
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"broken");
    assert!(home.cache.quarantined_files().is_empty());
    assert!(
        !home
            .events()
            .iter()
            .any(|event| matches!(event, CacheEvent::Quarantined { .. }))
    );

    locked.reserve().unwrap().commit(&token("new")).unwrap();
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
    assert_eq!(home.cache.quarantined_files().len(), 1);
}

#[test]
fn an_entry_that_another_tool_repaired_before_the_commit_is_not_quarantined() {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(&path, "{\"broken");
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    let pending = locked.reserve().unwrap();
    put(
        &path,
        r#"{"accessToken": "other", "expiresAt": "2026-11-22T19:46:33Z"}"#,
    );
    pending.commit(&token("new")).unwrap();
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
    assert!(home.cache.quarantined_files().is_empty());
}

/// A new token must not be lost because of the file that it replaces.
#[test]
fn a_corrupt_entry_that_cannot_be_quarantined_is_replaced() {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(&path, "{\"broken");
    for number in ["", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"] {
        // A file cannot replace a directory.
        let taken = home
            .cache
            .state_dir()
            .join(format!("{}.corrupt{number}", key()));
        fs::create_dir_all(taken).unwrap();
    }
    save(&home.cache, &token("new"));
    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
    assert!(
        home.events()
            .iter()
            .any(|event| matches!(event, CacheEvent::NotQuarantined { .. }))
    );
}

#[test]
fn dropping_a_pending_write_changes_nothing() {
    let home = Home::new();
    save(&home.cache, &token("old"));
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    drop(locked.reserve().unwrap());
    assert_eq!(locked.read().unwrap(), Some(token("old")));
    assert_eq!(
        names_in(home.cache.state_dir()),
        [format!("{}.lock", key())]
    );
}

#[test]
fn an_entry_that_is_no_longer_wanted_is_not_saved() {
    let home = Home::new();
    save(&home.cache, &token("old"));
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    let commit = |is_current: bool| {
        let pending = locked.reserve().unwrap();
        pending.commit_if(&token("new"), || is_current).unwrap()
    };
    assert!(!commit(false));
    assert_eq!(locked.read().unwrap(), Some(token("old")));
    assert!(commit(true));
    assert_eq!(locked.read().unwrap(), Some(token("new")));
}

#[test]
fn a_state_file_that_is_no_longer_wanted_is_not_written() {
    let home = Home::new();
    let write = |content: &str, is_current: bool| {
        let written = home
            .cache
            .write_state_if(&key(), "test", &content, || is_current);
        assert_eq!(written.unwrap(), is_current);
        home.cache.read_state::<String>(&key(), "test")
    };
    assert_eq!(write("a", false), None);
    assert_eq!(write("a", true).as_deref(), Some("a"));
    assert_eq!(write("b", false).as_deref(), Some("a"));
}

#[test]
fn a_corrupt_entry_is_quarantined_once_and_replaced() {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(&path, "{\"broken");
    #[cfg(unix)]
    make_private(&home);
    let error = home.cache.token(&key()).unwrap_err();

    save(&home.cache, &token("new"));
    save(&home.cache, &token("newer"));

    assert_eq!(home.cache.token(&key()).unwrap(), Some(token("newer")));
    let to = home.cache.state_dir().join(format!("{}.corrupt", key()));
    assert_eq!(fs::read_to_string(&to).unwrap(), "{\"broken");
    let from = home.cache.token_location(&key());
    let [(_, to)] = &home.cache.quarantined_files()[..] else {
        panic!("expected one quarantined file")
    };
    let to = to.clone();
    home.check_events(&[CacheEvent::Quarantined {
        from,
        to,
        is_truncated: false,
        error,
    }]);
}

#[cfg(unix)]
fn make_private(home: &Home) {
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
fn anything_but_an_entry_at_its_path_is_quarantined() {
    use std::os::unix::fs::symlink;

    type Put = fn(&Path);
    let dir: Put = |path| put(&path.join("inside"), "kept");
    let link_loop: Put = |path| symlink(path, path).unwrap();
    let wrong: Put = |path| put(path, "[]");
    let huge: Put = |path| put(path, &" ".repeat(2 << 20));
    for make in [dir, link_loop, wrong, huge] {
        let home = Home::new();
        let path = home.sso_file(&key());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        make(&path);
        save(&home.cache, &token("new"));
        assert_eq!(home.cache.token(&key()).unwrap(), Some(token("new")));
        let quarantined = format!("{}.corrupt", key());
        assert!(names_in(home.cache.state_dir()).contains(&quarantined));
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_to_a_token_is_kept() {
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
fn new_files_are_private_and_directories_become_private() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = Home::new();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    save(&home.cache, &token("a"));
    let dirs = [
        home.path("sso"),
        home.path("sso/cache"),
        home.cache.state_dir().to_owned(),
    ];
    for dir in &dirs {
        assert_eq!(mode(dir), 0o700);
    }
    for name in names_in(home.cache.state_dir()) {
        assert_eq!(mode(&home.cache.state_dir().join(name)), 0o600);
    }
    assert_eq!(mode(&home.sso_file(&key())), 0o600);

    let [_, cache, state] = dirs;
    set_mode(&cache, 0o755);
    set_mode(&state, 0o770);
    save(&home.cache, &token("b"));
    let narrowed = |path, previous_mode| CacheEvent::PermissionsNarrowed {
        path,
        previous_mode,
    };
    home.check_events(&[
        narrowed(cache.clone(), 0o755),
        narrowed(state.clone(), 0o770),
    ]);
    assert_eq!((mode(&cache), mode(&state)), (0o700, 0o700));
}

#[test]
fn a_wait_for_a_lock_is_reported_and_times_out() {
    let home = Home::new();
    let _locked = home.cache.lock_token(&key(), LONG).unwrap();

    let error = home.cache.lock_token(&key(), Duration::ZERO).unwrap_err();
    assert!(error.is_locked() && !error.is_corrupt(), "{error:?}");
    home.check_events(&[]);

    let error = home.cache.lock_token(&key(), Duration::from_millis(1));
    assert!(error.unwrap_err().is_locked());
    let [CacheEvent::WaitingForLock { path, holder }] = &home.events()[..] else {
        panic!("the wait was not reported")
    };
    assert_eq!(
        path,
        &home.cache.state_dir().join(format!("{}.lock", key()))
    );
    // On Windows a locked file cannot be read, so the holder is unknown.
    let named = holder.as_ref().map(|holder| holder.pid);
    assert_eq!(named, cfg!(unix).then(std::process::id));
}

#[test]
fn locks_of_different_kinds_and_keys_are_independent() {
    let home = Home::new();
    let other = token_cache::CacheKey::session_token(&"other".into());
    let _login = home.cache.lock_login(&key(), Duration::ZERO).unwrap();
    let _token = home.cache.lock_token(&key(), Duration::ZERO).unwrap();
    let _other = home.cache.lock_token(&other, Duration::ZERO).unwrap();
}

#[test]
fn reserve_fails_if_the_entry_cannot_be_saved() {
    let home = Home::new();
    put(&home.path("sso"), "a file in place of the directory");
    let error = home.cache.lock_token(&key(), LONG).unwrap_err();
    assert!(matches!(error, CacheError::Lock(_)) && !error.is_locked());

    let home = Home::new();
    put(&home.path("cli"), "a file in place of the directory");
    let locked = home.cache.lock_role_credentials(&key(), LONG).unwrap();
    assert!(locked.reserve().is_err());
}

#[test]
fn threads_that_find_an_expired_token_refresh_it_once() {
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
        let pending = locked.reserve().unwrap();
        let number = requests.fetch_add(1, Ordering::Relaxed);
        let new = CachedToken {
            expires_at: now + time::Duration::hours(1),
            ..token(&format!("new {number}"))
        };
        pending.commit(&new).unwrap();
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
fn a_reader_without_a_lock_never_sees_a_partial_file() {
    // The writer may wait for its lock: a process that another test starts has it until its `execve`.
    let reader = thread::current().id();
    let home = Home::with_pause(move |_| {
        assert_ne!(thread::current().id(), reader, "a partial file was read");
    });
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
fn remove_removes_the_entry_and_its_quarantined_files() {
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
        names_in(home.cache.state_dir()),
        [format!("{}.lock", key())]
    );
    assert!(foreign.exists());
}
