use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use time::OffsetDateTime;
use token_cache::CachedToken;

use crate::home::{Home, LONG, at, json, key, put, token};

fn write(home: &Home, token: &CachedToken) {
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    locked.reserve().unwrap().commit(token).unwrap();
}

fn read(home: &Home, file: &Value) -> CachedToken {
    put(&home.sso_file(&key()), &file.to_string());
    home.cache.token(&key()).unwrap().unwrap()
}

#[test]
fn a_token_is_written_in_the_format_of_the_aws_cli() {
    let home = Home::new();
    write(&home, &token("aoaAAAAA"));
    assert_eq!(
        json(&home.sso_file(&key())),
        json!({
            "startUrl": "https://my-sso-portal.awsapps.com/start",
            "region": "us-east-1",
            "accessToken": "aoaAAAAA",
            "expiresAt": "2026-11-22T19:46:33Z",
            "clientId": "client",
            "clientSecret": "hunter2",
            "registrationExpiresAt": "2027-02-20T19:46:33Z",
            "refreshToken": "aorAAAAA",
        })
    );
}

#[test]
fn a_written_token_is_read_back() {
    let home = Home::new();
    let whole = token("aoaAAAAA");
    let legacy = CachedToken {
        client_id: None,
        client_secret: None,
        registration_expires_at: None,
        refresh_token: None,
        ..whole.clone()
    };
    for token in [whole, legacy] {
        write(&home, &token);
        assert_eq!(home.cache.token(&key()).unwrap(), Some(token));
    }
}

#[test]
fn only_the_access_token_and_its_expiry_are_required() {
    let home = Home::new();
    for file in [
        json!({"accessToken": "a", "expiresAt": "2026-11-22T19:46:33Z"}),
        json!({"accessToken": "a", "expiresAt": "2026-11-22T19:46:33Z", "refreshToken": null}),
    ] {
        let token = read(&home, &file);
        assert_eq!(token.access_token.expose(), "a");
        assert_eq!((&token.start_url, &token.refresh_token), (&None, &None));
        assert!(token.refresh_grant(OffsetDateTime::UNIX_EPOCH).is_none());
    }
}

#[test]
fn tokens_are_read_if_botocore_reads_them() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/token-files.json");
    let fixture = fs::read(file).expect("`xtask fixtures` writes token-files.json");
    let rows: Vec<Value> = serde_json::from_slice(&fixture).unwrap();
    assert!(rows.len() > 250, "{}", rows.len());
    let home = Home::with_pause(|_| {});
    for row in rows {
        let text = row["text"].as_str().unwrap();
        put(&home.sso_file(&key()), text);
        let read = home.cache.token(&key());
        let token = read.as_ref().ok().and_then(Option::as_ref);
        let access_token = token.map(|token| token.access_token.expose());
        assert_eq!(
            access_token,
            row["accessToken"].as_str(),
            "{text}: {read:?}"
        );
        assert!(access_token.is_some() || read.unwrap_err().is_corrupt());
    }
}

#[test]
fn nesting_of_any_depth_does_not_exhaust_the_stack() {
    let home = Home::new();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let file = format!(
            r#"{{"region": {nested}, "accessToken": "a", "expiresAt": "2026-11-22T19:46:33Z"}}"#
        );
        put(&home.sso_file(&key()), &file);
        let token = home.cache.token(&key()).unwrap().unwrap();
        assert_eq!(token.region, None);
    }
}

#[test]
fn an_optional_field_that_is_blank_or_of_the_wrong_type_counts_as_missing() {
    let home = Home::new();
    for odd in [
        json!(1),
        json!(""),
        json!(" "),
        json!(false),
        json!([]),
        json!({"a": "b"}),
    ] {
        let token = read(
            &home,
            &json!({
                "accessToken": "a", "expiresAt": "2026-11-22T19:46:33Z", "startUrl": odd,
                "region": odd, "clientId": odd, "clientSecret": odd,
                "registrationExpiresAt": odd, "refreshToken": odd,
            }),
        );
        let expected = CachedToken {
            start_url: None,
            region: None,
            client_id: None,
            client_secret: None,
            registration_expires_at: None,
            refresh_token: None,
            ..super::home::token("a")
        };
        assert_eq!(token, expected, "{odd}");
    }
    for (name, odd) in [
        ("region", "evil.example.com"),
        ("registrationExpiresAt", "soon"),
    ] {
        let mut file = json!({"accessToken": "a", "expiresAt": "2026-11-22T19:46:33Z"});
        file[name] = odd.into();
        let token = read(&home, &file);
        assert_eq!((token.region, token.registration_expires_at), (None, None));
    }
}

#[test]
fn timestamps_of_all_tools_are_read() {
    let home = Home::new();
    let check = |text: &str, expected: &str| {
        let token = read(&home, &json!({"accessToken": "a", "expiresAt": text}));
        assert_eq!(token.expires_at, at(expected), "{text}");
    };
    check("2026-11-22T19:46:33Z", "2026-11-22T19:46:33Z");
    check("2026-11-22T19:46:33UTC", "2026-11-22T19:46:33Z");
    check("2026-11-22T19:46:33+00:00", "2026-11-22T19:46:33Z");
    check("2026-11-22T19:46:33-00:00", "2026-11-22T19:46:33Z");
    check("2026-11-22T19:46:33+0000", "2026-11-22T19:46:33Z");
    check("2026-11-22T21:16:33+01:30", "2026-11-22T19:46:33Z");
    check("2026-11-22T19:46:33.5Z", "2026-11-22T19:46:33.5Z");
    check(
        "2026-11-22T19:46:33.123456+00:00",
        "2026-11-22T19:46:33.123456Z",
    );
    check(
        "2026-11-22T19:46:33.123456789123Z",
        "2026-11-22T19:46:33.123456789Z",
    );
    check("2026-11-22t19:46:33z", "2026-11-22T19:46:33Z");
    check("2026-11-22 19:46:33Z", "2026-11-22T19:46:33Z");
    check("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z");
    check("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z");
    check("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z");
    check("0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00Z");
}

#[test]
fn timestamps_are_written_without_fractions() {
    let home = Home::new();
    let check = |expires_at: OffsetDateTime, expected: &str| {
        write(
            &home,
            &CachedToken {
                expires_at,
                ..token("a")
            },
        );
        assert_eq!(json(&home.sso_file(&key()))["expiresAt"], expected);
    };
    check(at("2026-11-22T19:46:33Z"), "2026-11-22T19:46:33Z");
    check(at("2026-11-22T19:46:33.999Z"), "2026-11-22T19:46:33Z");
    check(at("2026-11-22T21:16:33+01:30"), "2026-11-22T19:46:33Z");
    check(at("9999-12-31T23:59:59-23:59"), "9999-12-31T23:59:59-23:59");
    check(
        time::PrimitiveDateTime::MIN.assume_utc(),
        "0000-01-01T00:00:00Z",
    );
}

#[test]
fn a_refresh_grant_requires_all_fields_and_a_registration_that_has_not_expired() {
    let now = at("2027-01-01T00:00:00Z");
    let whole = token("a");
    let grant = whole.refresh_grant(now).unwrap();
    assert_eq!(grant.client_id.as_str(), "client");
    assert_eq!(grant.client_secret.expose(), "hunter2");
    assert_eq!(grant.refresh_token.expose(), "aorAAAAA");

    let unknown = CachedToken {
        registration_expires_at: None,
        ..whole.clone()
    };
    assert!(unknown.is_refreshable(now), "the service decides");

    let incomplete = [
        CachedToken {
            client_id: None,
            ..whole.clone()
        },
        CachedToken {
            client_secret: None,
            ..whole.clone()
        },
        CachedToken {
            refresh_token: None,
            ..whole.clone()
        },
        CachedToken {
            registration_expires_at: Some(now),
            ..whole
        },
    ];
    for token in incomplete {
        assert!(token.refresh_grant(now).is_none(), "{token:?}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?}", token("aoaAAAAA"));
    for secret in ["aoaAAAAA", "aorAAAAA", "hunter2"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
