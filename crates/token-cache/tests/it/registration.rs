use serde_json::json;
use token_cache::CachedRegistration;

use crate::home::{Home, LONG, at, json, key, put};

fn registration() -> CachedRegistration {
    CachedRegistration {
        client_id: "client".into(),
        client_secret: "hunter2".into(),
        expires_at: at("2027-02-20T19:46:33Z"),
        scopes: Some(vec!["sso:account:access".into()]),
        grant_types: vec!["authorization_code".into(), "refresh_token".into()],
    }
}

fn write(home: &Home, registration: &CachedRegistration) {
    let locked = home.cache.lock_registration(&key(), LONG).unwrap();
    locked.reserve().unwrap().commit(registration).unwrap();
}

#[test]
fn a_registration_is_written_in_the_format_of_the_aws_cli() {
    let home = Home::new();
    write(&home, &registration());
    assert_eq!(
        json(&home.sso_file(&key())),
        json!({
            "clientId": "client",
            "clientSecret": "hunter2",
            "expiresAt": "2027-02-20T19:46:33Z",
            "scopes": ["sso:account:access"],
            "grantTypes": ["authorization_code", "refresh_token"],
        })
    );
}

#[test]
fn a_written_registration_is_read_back() {
    let home = Home::new();
    let no_grants = CachedRegistration {
        grant_types: Vec::new(),
        ..registration()
    };
    let no_scopes = CachedRegistration {
        scopes: Some(Vec::new()),
        ..no_grants.clone()
    };
    let plain = CachedRegistration {
        scopes: None,
        ..no_grants.clone()
    };
    for registration in [registration(), no_grants, no_scopes, plain] {
        write(&home, &registration);
        assert_eq!(home.cache.registration(&key()).unwrap(), Some(registration));
    }
}

#[test]
fn a_registration_without_grant_types_is_for_the_device_grant() {
    let home = Home::new();
    let check = |grants: serde_json::Value, expected: bool| {
        let file = json!({
            "clientId": "client", "clientSecret": "hunter2", "grantTypes": grants,
            "expiresAt": "2027-02-20T19:46:33UTC", "scopes": null,
        });
        put(&home.sso_file(&key()), &file.to_string());
        let read = home.cache.registration(&key()).unwrap().unwrap();
        assert_eq!(read.is_for_authorization_code(), expected, "{file}");
    };
    check(json!(null), false);
    check(json!([]), false);
    check(json!(["authorization_code", "refresh_token"]), true);
    check(
        json!(["urn:ietf:params:oauth:grant-type:device_code"]),
        false,
    );
}
