use std::fs;
use std::path::Path;

use token_cache::{CacheKey, Found};

use crate::home::{Home, key, put};

const TOKEN: &str = r#"{"startUrl": "https://a", "accessToken": "hunter2"}"#;
const REGISTRATION: &str =
    r#"{"clientId": "c", "clientSecret": "hunter2", "expiresAt": "2027-02-20T19:46:33Z"}"#;
const CREDENTIALS: &str = r#"{"ProviderType": "sso", "Credentials": {}}"#;

fn role_key() -> CacheKey {
    CacheKey::role_credentials(&"1".into(), &"r".into(), &"my-sso".into())
}

fn names<T>(found: &Found<T>, path: impl Fn(&T) -> &Path) -> Vec<String> {
    let name = |file| path(file).file_name().unwrap().to_str().unwrap().to_owned();
    found.files.iter().map(name).collect()
}

#[test]
fn folders_that_are_missing_hold_nothing() {
    let home = Home::new();
    assert!(home.cache.token_files().unwrap().files.is_empty());
    assert!(home.cache.registration_files().unwrap().files.is_empty());
    assert!(
        home.cache
            .role_credentials_files()
            .unwrap()
            .files
            .is_empty()
    );
    assert!(home.cache.files_set_aside().is_empty());
    assert!(!home.cache.is_login_locked(&key()));
    assert!(!home.path("sso").exists());
}

#[test]
fn each_kind_is_known_by_its_fields_whatever_its_name() {
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
    fs::create_dir(home.path("sso/cache/folder.json")).unwrap();
    let tokens = home.cache.token_files().unwrap();
    let key_name = format!("{}.json", key());
    assert_eq!(
        names(&tokens, |file| &file.path),
        [key_name.as_str(), "toolkit.json"]
    );
    assert_eq!(tokens.files[0].key, Some(key()));
    assert_eq!(tokens.files[1].key, None);
    assert!(tokens.unreadable.is_empty(), "{:?}", tokens.unreadable);
    let registrations = home.cache.registration_files().unwrap();
    assert_eq!(
        names(&registrations, |file| &file.path),
        ["registration.json"]
    );
    assert!(!format!("{tokens:?} {registrations:?}").contains("hunter2"));
}

#[test]
fn what_has_the_name_of_a_cache_file_and_cannot_be_read_is_told() {
    let home = Home::new();
    put(&home.sso_file(&key()), "{\"accessToken\": \"hunter2");
    let tokens = home.cache.token_files().unwrap();
    assert!(tokens.files.is_empty());
    assert_eq!(tokens.unreadable[0].path(), home.sso_file(&key()));
}

#[test]
fn role_credentials_of_the_portal_alone_are_told_with_their_token() {
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
    let found = home.cache.role_credentials_files().unwrap();
    let key_name = format!("{}.json", role_key());
    assert_eq!(
        names(&found, |file| &file.path),
        [key_name.as_str(), "by-another-tool.json"]
    );
    assert_eq!(found.files[0].key, Some(role_key()));
    assert_eq!(found.files[0].token_key, Some(key()));
    assert_eq!(found.files[1].token_key, None);
}
