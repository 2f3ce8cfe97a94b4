use std::fs;
use std::path::Path;

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
            .scan_role_credentials()
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
    let found = home.cache.scan_assumed_roles().unwrap();
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
    let found = home.cache.scan_role_credentials().unwrap();
    let key_name = format!("{}.json", role_key());
    assert_eq!(
        names(&found, |entry| &entry.location),
        [key_name.as_str(), "by-another-tool.json"]
    );
    assert_eq!(found.entries[0].key, Some(role_key()));
    assert_eq!(found.entries[0].token_key, Some(key()));
    assert_eq!(found.entries[1].token_key, None);
}
