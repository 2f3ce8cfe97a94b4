use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use token_cache::scan::Scan;
use token_cache::{CacheError, CacheKey, EntryLocation};

use crate::home::{Home, key, put};

const TOKEN: &str = r#"{"startUrl": "https://a", "accessToken": "hunter2"}"#;
const REGISTRATION: &str =
    r#"{"clientId": "c", "clientSecret": "hunter2", "expiresAt": "2027-02-20T19:46:33Z"}"#;
const CREDENTIALS: &str = r#"{"ProviderType": "sso", "Credentials": {}}"#;

fn role_key() -> CacheKey {
    CacheKey::role_credentials(&"1".into(), &"r".into(), &"my-sso".into())
}

fn names<T>(scan: &Scan<T>, location: impl Fn(&T) -> &EntryLocation) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let entries = scan.entries.iter();
    entries
        .map(|entry| name(location(entry).file().unwrap()))
        .collect()
}

#[test]
fn a_directory_that_cannot_be_listed_is_an_error() {
    let home = Home::new();
    put(&home.path("sso/cache"), "a file");
    let error = home.cache.scan_tokens().unwrap_err();
    assert!(matches!(error, CacheError::List { .. }), "{error:?}");
}

#[test]
fn missing_directories_contain_no_entries() {
    let home = Home::new();
    assert!(home.cache.scan_tokens().unwrap().entries.is_empty());
    assert!(home.cache.scan_registrations().unwrap().entries.is_empty());
    assert!(
        home.cache
            .scan_role_credentials(|_| false)
            .unwrap()
            .entries
            .is_empty()
    );
    assert!(home.cache.quarantined_files().is_empty());
    assert!(!home.cache.is_login_locked(&key()));
    assert!(!home.path("sso").exists());
}

#[test]
fn entries_are_recognized_by_their_fields() {
    let home = Home::new();
    let put_sso = |name: &str, text: &str| put(&home.path("sso/cache").join(name), text);
    put(&home.sso_file(&key()), TOKEN);
    put_sso("toolkit.json", TOKEN);
    put_sso("registration.json", REGISTRATION);
    put_sso(
        "both.json",
        &REGISTRATION.replace("clientId", "accessToken\": \"a\", \"clientId"),
    );
    put_sso("no-start-url.json", r#"{"accessToken": "hunter2"}"#);
    put_sso(
        "number.json",
        r#"{"startUrl": "https://a", "accessToken": 7}"#,
    );
    put_sso("backup.json~", TOKEN);
    put_sso(".toolkit.json.swp", TOKEN);
    put_sso("broken.json", "{\"accessToken");
    put_sso("text.json", "hello");
    fs::create_dir(home.path("sso/cache/dir.json")).unwrap();
    let tokens = home.cache.scan_tokens().unwrap();
    let key_name = format!("{}.json", key());
    assert_eq!(
        names(&tokens, |entry| &entry.location),
        [key_name.as_str(), "toolkit.json"]
    );
    assert_eq!(tokens.entries[0].key, Some(key()));
    assert_eq!(tokens.entries[1].key, None);
    assert!(tokens.unreadable.is_empty(), "{:?}", tokens.unreadable);
    let registrations = home.cache.scan_registrations().unwrap();
    assert_eq!(
        names(&registrations, |entry| &entry.location),
        ["registration.json"]
    );
    assert!(!format!("{tokens:?} {registrations:?}").contains("hunter2"));
}

/// The AWS CLI uses an access token of any value, or replaces it with the refresh token.
#[test]
fn a_token_without_a_usable_access_token_is_listed_if_its_name_is_a_key() {
    let check = |fields: &str, is_listed: bool| {
        let home = Home::new();
        put(&home.sso_file(&key()), &format!("{{{fields}}}"));
        put(
            &home.path("sso/cache/toolkit.json"),
            &format!(r#"{{"startUrl": "https://a", {fields}}}"#),
        );
        let tokens = home.cache.scan_tokens().unwrap().entries;
        let keys: Vec<_> = tokens.iter().map(|token| token.key.clone()).collect();
        assert_eq!(keys, vec![Some(key()); is_listed.into()], "{fields}");
        assert!(tokens.iter().all(|token| token.access_token.is_none()));
        let registrations = home.cache.scan_registrations().unwrap().entries;
        assert!(registrations.is_empty(), "{fields}");
    };
    for value in [
        r#""""#,
        r#"" ""#,
        "null",
        "7",
        "[]",
        "{}",
        "NaN",
        r#""\ud800""#,
    ] {
        let fields = format!(r#""accessToken": {value}"#);
        check(&fields, true);
        check(&format!(r#"{fields}, "refreshToken": "hunter2""#), true);
    }
    check(r#""refreshToken": "hunter2""#, true);
    let registration = REGISTRATION.trim_matches(['{', '}']);
    check(
        &format!(r#""refreshToken": "hunter2", {registration}"#),
        true,
    );
    check(r#""expiresAt": "2027-02-20T19:46:33Z""#, false);
}

#[test]
fn a_file_of_up_to_64_mib_is_listed() {
    let home = Home::new();
    let padding = |length| format!("{TOKEN}{}", " ".repeat(length));
    put(&home.sso_file(&key()), &padding(2 << 20));
    assert_eq!(home.cache.scan_tokens().unwrap().entries.len(), 1);
    put(&home.sso_file(&key()), &padding(64 << 20));
    let tokens = home.cache.scan_tokens().unwrap();
    assert_eq!((tokens.entries.len(), tokens.unreadable.len()), (0, 1));
}

#[test]
fn an_unreadable_file_whose_name_is_a_key_is_reported() {
    let home = Home::new();
    put(&home.sso_file(&key()), "{\"accessToken\": \"hunter2");
    let tokens = home.cache.scan_tokens().unwrap();
    assert!(tokens.entries.is_empty());
    assert_eq!(
        tokens.unreadable[0].location(),
        home.cache.token_location(&key())
    );
}

#[test]
fn only_credentials_of_assumed_roles_are_listed_with_their_token() {
    let home = Home::new();
    let put_cli = |name: &str, text: &str| put(&home.path("cli/cache").join(name), text);
    let entry = |more: &str| {
        format!(r#"{{"Credentials": {{}}, "AssumedRoleUser": {{"Arn": "arn:x"}}{more}}}"#)
    };
    let token_key = format!(r#", "SsoTokenKey": "{}""#, key());
    put(&home.cli_file(&role_key()), &entry(&token_key));
    put_cli("by-another-tool.json", &entry(""));
    put_cli("not-a-key.json", &entry(r#", "SsoTokenKey": "../evil""#));
    put_cli("portal.json", CREDENTIALS);
    put_cli("both.json", &entry(r#", "ProviderType": "sso""#));
    put_cli("no-credentials.json", r#"{"AssumedRoleUser": {}}"#);
    put_cli(
        "number.json",
        r#"{"Credentials": {}, "AssumedRoleUser": 7}"#,
    );
    let found = home.cache.scan_assumed_roles(|_| false).unwrap();
    let found: Vec<_> = found
        .entries
        .iter()
        .map(|entry| (&entry.key, entry.arn.as_deref(), &entry.token_key))
        .collect();
    let arn = Some("arn:x");
    assert_eq!(
        found,
        [
            (&Some(role_key()), arn, &Some(key())),
            (&None, arn, &None),
            (&None, arn, &None),
        ]
    );
}

#[test]
fn only_role_credentials_of_the_access_portal_are_listed_with_their_token() {
    let home = Home::new();
    let put_cli = |name: &str, text: &str| put(&home.path("cli/cache").join(name), text);
    let token_key = format!("{{\"SsoTokenKey\": \"{}\", ", key());
    put(
        &home.cli_file(&role_key()),
        &CREDENTIALS.replacen('{', &token_key, 1),
    );
    put_cli("by-another-tool.json", CREDENTIALS);
    put_cli(
        "assumed.json",
        r#"{"Credentials": {}, "AssumedRoleUser": {}}"#,
    );
    put_cli(
        "other.json",
        r#"{"ProviderType": "mfa", "Credentials": {}}"#,
    );
    put_cli("empty.json", r#"{"ProviderType": "sso"}"#);
    put_cli("no-provider.json", r#"{"Credentials": {}}"#);
    let found = home.cache.scan_role_credentials(|_| false).unwrap();
    let key_name = format!("{}.json", role_key());
    assert_eq!(
        names(&found, |entry| &entry.location),
        [key_name.as_str(), "by-another-tool.json"]
    );
    assert_eq!(found.entries[0].key, Some(role_key()));
    assert_eq!(found.entries[0].token_key, Some(key()));
    assert_eq!(found.entries[1].token_key, None);
}

fn other_key() -> CacheKey {
    CacheKey::session_token(&"other".into())
}

#[test]
fn a_token_without_a_start_url_is_listed_if_its_name_is_a_key() {
    let home = Home::new();
    for start_url in [
        "",
        r#", "startUrl": 7"#,
        r#", "startUrl": """#,
        r#", "startUrl": [NaN]"#,
    ] {
        let token = format!(r#"{{"accessToken": "hunter2"{start_url}}}"#);
        put(&home.sso_file(&key()), &token);
        put(&home.path("sso/cache/toolkit.json"), &token);
        let tokens = home.cache.scan_tokens().unwrap().entries;
        assert_eq!(tokens.len(), 1, "{token}");
        assert_eq!(tokens[0].key, Some(key()));
        assert_eq!(tokens[0].start_url, None);
    }
}

#[test]
fn credentials_of_any_type_are_listed_under_the_key_of_a_role() {
    let home = Home::new();
    for fields in [
        "",
        r#", "ProviderType": 7"#,
        r#", "ProviderType": "login""#,
        r#", "AssumedRoleUser": {"Arn": "arn:x"}"#,
    ] {
        let file = format!(r#"{{"Credentials": {{}}{fields}}}"#);
        put(&home.cli_file(&key()), &file);
        put(&home.cli_file(&other_key()), &file);
        let is_role = |found: &CacheKey| *found == key();
        let roles = home.cache.scan_role_credentials(is_role).unwrap().entries;
        assert!(roles.iter().any(|role| role.key == Some(key())), "{file}");
        let is_other =
            |role: &&token_cache::scan::StoredRoleCredentials| role.key == Some(other_key());
        let may_be = !fields.contains("login") && !fields.contains("Assumed");
        assert_eq!(roles.iter().any(|role| is_other(&role)), may_be, "{file}");
        assert!(roles.iter().all(|role| !role.is_from_portal));
        let roles = home.cache.scan_assumed_roles(is_role).unwrap().entries;
        assert!(roles.iter().any(|role| role.key == Some(key())), "{file}");
    }
}

/// The other tool completes its write during the second pause.
#[test]
fn torn_files_are_read_again_together() {
    let paths: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
    let pauses = Arc::new(AtomicUsize::new(0));
    let home = Home::with_pause({
        let (paths, pauses) = (Arc::clone(&paths), Arc::clone(&pauses));
        move |_| {
            if pauses.fetch_add(1, Ordering::Relaxed) == 1 {
                paths
                    .lock()
                    .unwrap()
                    .iter()
                    .for_each(|path| put(path, TOKEN));
            }
        }
    });
    *paths.lock().unwrap() = vec![home.sso_file(&key()), home.sso_file(&other_key())];
    put(&home.sso_file(&key()), "");
    put(&home.sso_file(&other_key()), &TOKEN[..9]);
    put(&home.path("sso/cache/toolkit.json"), "");
    let tokens = home.cache.scan_tokens().unwrap();
    assert_eq!((tokens.entries.len(), tokens.unreadable.len()), (2, 0));
    assert_eq!(pauses.load(Ordering::Relaxed), 2);
}

#[test]
fn files_that_stay_torn_are_read_again_for_at_most_126_ms() {
    let paused: Arc<Mutex<Duration>> = Arc::default();
    let home = Home::with_pause({
        let paused = Arc::clone(&paused);
        move |pause| *paused.lock().unwrap() += pause
    });
    put(&home.sso_file(&key()), "");
    put(&home.sso_file(&other_key()), "{");
    assert_eq!(home.cache.scan_tokens().unwrap().unreadable.len(), 2);
    assert_eq!(paused.lock().unwrap().as_millis(), 126);
    put(&home.sso_file(&key()), "[]");
    put(&home.sso_file(&other_key()), TOKEN);
    put(&home.path("sso/cache/toolkit.json"), "");
    assert_eq!(home.cache.scan_tokens().unwrap().unreadable.len(), 1);
    assert_eq!(paused.lock().unwrap().as_millis(), 126, "no pause");
}
