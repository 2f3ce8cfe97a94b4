use std::error::Error as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use token_cache::{CacheError, CacheEvent, Corruption};

use crate::home::{Home, key, put};

const VALID: &str = r#"{"accessToken": "hunter2", "expiresAt": "2026-11-22T19:46:33Z"}"#;

#[test]
fn reading_missing_entries_returns_none_and_creates_nothing() {
    let home = Home::new();
    assert_eq!(home.cache.token(&key()).unwrap(), None);
    assert_eq!(home.cache.registration(&key()).unwrap(), None);
    assert_eq!(home.cache.role_credentials(&key()).unwrap(), None);
    assert!(!home.path("sso").exists() && !home.path("cli").exists());
    home.check_events(&[]);
}

#[test]
fn a_read_creates_no_file_or_directory() {
    let home = Home::new();
    put(&home.sso_file(&key()), VALID);
    assert!(home.cache.token(&key()).unwrap().is_some());
    assert_eq!(fs::read_dir(home.path("sso/cache")).unwrap().count(), 1);
}

fn corruption_of(text: &str) -> Corruption {
    let home = Home::new();
    let path = home.sso_file(&key());
    put(&path, text);
    let error = home.cache.token(&key()).unwrap_err();
    assert!(
        error.is_corrupt() && error.location().file() == Some(&*path),
        "{error:?}"
    );
    let messages = format!("{error} {} {error:?}", error.source().unwrap());
    assert!(!messages.contains("hunter"), "{messages}");
    match error {
        CacheError::Corrupt { corruption, .. } => corruption,
        other => panic!("{other:?}"),
    }
}

#[test]
fn invalid_content_is_classified() {
    let check =
        |text: &str, expected: Corruption| assert_eq!(corruption_of(text), expected, "{text}");
    check("", Corruption::Empty);
    check(" \n\t", Corruption::Empty);
    check("[]", Corruption::NotAnObject);
    check("\"hunter2\"", Corruption::NotAnObject);
    check("null", Corruption::NotAnObject);
    check("{", Corruption::NotJson { line: 1, column: 1 });
    check("{\n\"a\" 1}", Corruption::NotJson { line: 2, column: 5 });
    check("\u{feff}{}", Corruption::NotJson { line: 1, column: 1 });
    check("\0\0\0\0", Corruption::NotJson { line: 1, column: 1 });
    check(
        "<html>hunter2</html>",
        Corruption::NotJson { line: 1, column: 1 },
    );
    check(
        &"[".repeat(10_000),
        Corruption::NotJson {
            line: 1,
            column: 10_000,
        },
    );
    check("{}", Corruption::Missing("accessToken"));
    check(r#"{"accessToken": "a"}"#, Corruption::Missing("expiresAt"));
}

#[test]
fn a_truncated_file_is_corrupt_at_any_length() {
    for length in 0..VALID.len() {
        let corruption = corruption_of(&VALID[..length]);
        let is_torn = matches!(corruption, Corruption::Empty | Corruption::NotJson { .. });
        assert!(is_torn, "{length} bytes: {corruption:?}");
    }
}

#[test]
fn an_invalid_required_field_is_named_by_the_corruption() {
    for (name, values) in [
        (
            "accessToken",
            vec![json!(5), json!({"hunter": 2}), json!(["hunter"])],
        ),
        (
            "expiresAt",
            vec![
                json!(1_795_376_793),
                json!(""),
                json!("hunter2"),
                json!("UTC"),
                json!("2026-11-22"),
                json!("2026-11-22T19:46:33"),
                json!("2026-13-22T19:46:33Z"),
                json!("10000-01-01T00:00:00Z"),
            ],
        ),
    ] {
        for value in values {
            let mut file: serde_json::Value = serde_json::from_str(VALID).unwrap();
            file[name] = value;
            assert_eq!(
                corruption_of(&file.to_string()),
                Corruption::Malformed(name),
                "{file}"
            );
        }
    }
}

#[test]
fn registrations_and_role_credentials_can_be_corrupt() {
    let home = Home::new();
    put(
        &home.sso_file(&key()),
        r#"{"clientId": "a", "scopes": "hunter2"}"#,
    );
    assert!(home.cache.registration(&key()).unwrap_err().is_corrupt());
    for text in [
        "",
        r#"{"Credentials": []}"#,
        r#"{"Credentials": {}}"#,
        r#"{"Credentials": {"AccessKeyId": 5}}"#,
    ] {
        put(&home.cli_file(&key()), text);
        let error = home.cache.role_credentials(&key()).unwrap_err();
        assert!(error.is_corrupt(), "{text}: {error:?}");
    }
}

#[test]
fn role_credentials_with_a_blank_key_id_are_corrupt() {
    let home = Home::new();
    let check = |name: &str, value: &str| {
        let mut file = json!({"Credentials": {
            "AccessKeyId": "ASIA", "SecretAccessKey": "a", "SessionToken": "b",
            "Expiration": "2026-11-22T19:46:33Z",
        }});
        file["Credentials"][name] = value.into();
        put(&home.cli_file(&key()), &file.to_string());
        let read = home.cache.role_credentials(&key());
        let error = read.expect_err(&format!("{name}: {value:?}"));
        assert!(error.is_corrupt(), "{error:?}");
    };
    for value in ["", " ", "\t\n", "\u{a0}"] {
        check("AccessKeyId", value);
    }
    check("Expiration", "");
}

#[test]
fn optional_fields_of_registrations_and_role_credentials_decide_nothing() {
    let home = Home::new();
    for scopes in ["7", "\"a\"", "[1]", "{}", "NaN"] {
        let file = format!(
            r#"{{"clientId": "a", "clientSecret": "b", "expiresAt": "2027-02-20T19:46:33Z",
                "scopes": {scopes}, "unknown": NaN}}"#
        );
        put(&home.sso_file(&key()), &file);
        let read = home.cache.registration(&key()).unwrap().unwrap();
        assert_eq!(read.scopes, None, "{scopes}");
    }
    for odd in ["7", "\"\\ud800\"", "[1]", "{}", "NaN", "null"] {
        let file = format!(
            r#"{{"Credentials": {{"AccessKeyId": "ASIA", "SecretAccessKey": "a", "SessionToken": "b",
                "Expiration": "2026-11-22T19:46:33+0000", "AccountId": {odd}, "unknown": {odd}}},
                "ProviderType": {odd}, "AssumedRoleUser": {odd}, "SsoTokenKey": {odd}}}"#
        );
        put(&home.cli_file(&key()), &file);
        let read = home.cache.role_credentials(&key()).unwrap().unwrap();
        assert_eq!(read.account_id, None, "{odd}");
    }
}

/// Without the field, the client is one of the device authorization grant.
#[test]
fn invalid_grant_types_are_corrupt() {
    let home = Home::new();
    for grants in ["7", "\"authorization_code\"", "[\"authorization_code\", 1]"] {
        let file = format!(
            r#"{{"clientId": "a", "clientSecret": "b", "expiresAt": "2027-02-20T19:46:33Z",
                "grantTypes": {grants}}}"#
        );
        put(&home.sso_file(&key()), &file);
        assert!(home.cache.registration(&key()).unwrap_err().is_corrupt());
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_a_readable_file_is_a_corrupt_entry() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    type Put = fn(&Path);
    let dir: Put = |path| fs::create_dir(path).unwrap();
    let link_loop: Put = |path| symlink(path, path).unwrap();
    let device: Put = |path| symlink("/dev/zero", path).unwrap();
    let huge: Put = |path| put(path, &" ".repeat(2 << 20));
    let unreadable: Put = |path| {
        put(path, VALID);
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    };
    for make in [dir, link_loop, device, huge, unreadable] {
        let home = Home::new();
        let path = home.sso_file(&key());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        make(&path);
        match home.cache.token(&key()) {
            Err(error) => assert!(
                error.is_corrupt() && error.location().file() == Some(&*path),
                "{error:?}"
            ),
            // Permissions do not apply to the superuser.
            Ok(token) => assert_eq!(token.unwrap().access_token.expose(), "hunter2"),
        }
    }
}

#[test]
fn a_dangling_symbolic_link_counts_as_missing() {
    #[cfg(unix)]
    {
        let home = Home::new();
        let path = home.sso_file(&key());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink("nowhere", &path).unwrap();
        assert_eq!(home.cache.token(&key()).unwrap(), None);
    }
}

#[test]
fn a_torn_file_is_read_again_until_it_is_complete() {
    for length in [0, 1, VALID.len() / 2, VALID.len() - 1] {
        let path = Arc::new(Mutex::new(PathBuf::new()));
        let pauses = Arc::new(AtomicUsize::new(0));
        let home = Home::with_pause({
            let (path, pauses) = (Arc::clone(&path), Arc::clone(&pauses));
            // The other tool completes its write during the third pause.
            move |_| {
                if pauses.fetch_add(1, Ordering::Relaxed) == 2 {
                    put(&path.lock().unwrap(), VALID);
                }
            }
        });
        *path.lock().unwrap() = home.sso_file(&key());
        put(&home.sso_file(&key()), &VALID[..length]);

        let token = home.cache.token(&key()).unwrap().unwrap();
        assert_eq!(token.access_token.expose(), "hunter2");
        assert_eq!(pauses.load(Ordering::Relaxed), 3);
    }
}

#[test]
fn only_torn_files_are_read_again_and_for_at_most_126_ms() {
    let check = |text: &str, expected_millis: u128| {
        let paused = Arc::new(Mutex::new(std::time::Duration::ZERO));
        let home = Home::with_pause({
            let paused = Arc::clone(&paused);
            move |pause| *paused.lock().unwrap() += pause
        });
        put(&home.sso_file(&key()), text);
        assert!(home.cache.token(&key()).is_err());
        assert_eq!(
            paused.lock().unwrap().as_millis(),
            expected_millis,
            "{text}"
        );
    };
    check("", 126);
    check("{", 126);
    check("[]", 0);
    check("{}", 0);
}

#[cfg(unix)]
#[test]
fn permissions_of_group_and_others_are_removed_and_reported() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = Home::new();
    let path = home.sso_file(&key());
    put(&path, VALID);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(home.cache.token(&key()).unwrap().is_some());
    let narrowed = CacheEvent::PermissionsNarrowed {
        path: path.clone(),
        previous_mode: 0o644,
    };
    home.check_events(&[narrowed]);
    assert_eq!(
        fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(home.cache.token(&key()).unwrap().is_some());
    home.check_events(&[]);
}

#[cfg(unix)]
#[test]
fn a_read_only_cache_leaves_modes_unchanged() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = Home::new();
    let path = home.sso_file(&key());
    put(&path, VALID);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let read_only = token_cache::TokenCache::in_aws_dir(&home.path("")).read_only();
    assert!(read_only.token(&key()).unwrap().is_some());
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o644
    );
    assert!(home.cache.token(&key()).unwrap().is_some());
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

/// Returns the caches of a home in which the path of the directory of role credentials is too long.
#[cfg(unix)]
fn with_unusable_cli_dir() -> (Home, token_cache::TokenCache) {
    let home = Home::new();
    let cache =
        token_cache::TokenCache::new(home.path("sso/cache"), home.path(&"long".repeat(100)));
    (home, cache)
}

#[cfg(unix)]
#[test]
fn an_error_of_the_operating_system_is_not_treated_as_a_missing_entry() {
    let (_home, cache) = with_unusable_cli_dir();
    let read = cache.role_credentials(&key());
    assert!(!read.as_ref().unwrap_err().is_corrupt(), "{read:?}");
    let kept = cache.corrupt_as_missing(read);
    assert!(matches!(kept, Err(CacheError::Read(_))), "{kept:?}");
}

#[cfg(unix)]
#[test]
fn reserve_fails_if_the_current_entry_cannot_be_read() {
    let (_home, cache) = with_unusable_cli_dir();
    let locked = cache
        .lock_role_credentials(&key(), crate::home::LONG)
        .unwrap();
    let error = locked.reserve().unwrap_err();
    assert!(matches!(error, CacheError::Read(_)), "{error:?}");
}

#[test]
fn has_token_is_true_even_for_a_corrupt_token() {
    let home = Home::new();
    assert!(!home.cache.has_token(&key()));
    put(&home.sso_file(&key()), "");
    assert!(home.cache.has_token(&key()));
}

#[test]
fn a_location_is_displayed_as_its_path() {
    let home = Home::new();
    let location = home.cache.token_location(&key());
    let path = home.sso_file(&key());
    assert_eq!(location.to_string(), path.display().to_string());
}

#[test]
fn the_debug_output_names_the_directories() {
    let home = Home::new();
    let debug = format!("{:?}", home.cache);
    for directory in ["sso/cache", "cli/cache"] {
        let directory = format!("{:?}", home.path(directory));
        assert!(debug.contains(&directory), "{debug}");
    }
}
