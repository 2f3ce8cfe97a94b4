use serde_json::json;
use token_cache::CachedRoleCredentials;
use token_cache::role_credentials::Origin;

use crate::home::{Home, LONG, at, json, key, put};

fn credentials() -> CachedRoleCredentials {
    CachedRoleCredentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: "hunter2".into(),
        session_token: "hunter3".into(),
        expires_at: at("2026-11-22T19:46:33Z"),
        account_id: Some("012345678901".into()),
        origin: Origin::Sso {
            token_key: Some(key()),
        },
    }
}

fn write(home: &Home, credentials: &CachedRoleCredentials) {
    let locked = home.cache.lock_role_credentials(&key(), LONG).unwrap();
    locked.reserve().unwrap().commit(credentials).unwrap();
}

#[test]
fn sso_credentials_are_written_in_the_format_of_the_aws_cli_with_their_token_key() {
    let home = Home::new();
    write(&home, &credentials());
    assert_eq!(
        json(&home.cli_file(&key())),
        json!({
            "ProviderType": "sso",
            "Credentials": {
                "AccessKeyId": "ASIAEXAMPLE",
                "SecretAccessKey": "hunter2",
                "SessionToken": "hunter3",
                "Expiration": "2026-11-22T19:46:33Z",
                "AccountId": "012345678901",
            },
            "SsoTokenKey": key().as_str(),
        })
    );
}

#[test]
fn assumed_role_credentials_are_written_in_the_format_of_the_aws_cli() {
    let home = Home::new();
    let origin = Origin::AssumedRole {
        id: "AROAEXAMPLE:otter".into(),
        arn: "arn:aws:sts::012345678901:assumed-role/x/otter".into(),
        token_key: Some(key()),
    };
    write(
        &home,
        &CachedRoleCredentials {
            origin,
            ..credentials()
        },
    );
    assert_eq!(
        json(&home.cli_file(&key())),
        json!({
            "Credentials": {
                "AccessKeyId": "ASIAEXAMPLE",
                "SecretAccessKey": "hunter2",
                "SessionToken": "hunter3",
                "Expiration": "2026-11-22T19:46:33Z",
                "AccountId": "012345678901",
            },
            "AssumedRoleUser": {
                "AssumedRoleId": "AROAEXAMPLE:otter",
                "Arn": "arn:aws:sts::012345678901:assumed-role/x/otter",
            },
            "SsoTokenKey": key().as_str(),
        })
    );
}

#[test]
fn written_credentials_are_read_back() {
    let home = Home::new();
    let foreign = CachedRoleCredentials {
        account_id: None,
        origin: Origin::Sso { token_key: None },
        ..credentials()
    };
    let assumed = CachedRoleCredentials {
        origin: Origin::AssumedRole {
            id: "id".into(),
            arn: "arn".into(),
            token_key: Some(key()),
        },
        ..credentials()
    };
    let assumed_with_keys = CachedRoleCredentials {
        origin: Origin::AssumedRole {
            id: "id".into(),
            arn: "arn".into(),
            token_key: None,
        },
        ..credentials()
    };
    // The last entry replaces one with a token key.
    for credentials in [credentials(), foreign, assumed, assumed_with_keys] {
        write(&home, &credentials);
        let read = home.cache.role_credentials(&key()).unwrap();
        assert_eq!(read, Some(credentials));
    }
}

#[test]
fn an_invalid_token_key_is_ignored() {
    let home = Home::new();
    write(&home, &credentials());
    let mut file = json(&home.cli_file(&key()));
    file["SsoTokenKey"] = "../../evil".into();
    put(&home.cli_file(&key()), &file.to_string());
    let read = home.cache.role_credentials(&key()).unwrap().unwrap();
    assert_eq!(read.origin, Origin::Sso { token_key: None });
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?}", credentials());
    assert!(!shown.contains("hunter"), "{shown}");
}

#[test]
fn credentials_with_a_missing_or_blank_text_are_corrupt() {
    for name in ["AccessKeyId", "SecretAccessKey", "SessionToken"] {
        for value in [
            json!(""),
            json!(" "),
            json!("\t\n"),
            json!("\u{a0}"),
            json!(null),
            json!(7),
        ] {
            let home = Home::new();
            write(&home, &credentials());
            let mut file = json(&home.cli_file(&key()));
            file["Credentials"][name] = value.clone();
            put(&home.cli_file(&key()), &file.to_string());
            let error = home.cache.role_credentials(&key()).unwrap_err();
            assert!(error.is_corrupt(), "{name} {value}: {error}");
        }
    }
}
