use std::fs;

use serde_json::Value;
use sso_types::RegistrationScope;
use token_cache::CacheKey;
use token_cache::key::AssumeRoleArguments;

fn key_of(kind: &str, input: &Value) -> CacheKey {
    let text = |name: &str| input[name].as_str();
    let required = |name: &str| text(name).unwrap_or_else(|| panic!("{input} has no {name}"));
    match kind {
        "session-token" => CacheKey::session_token(&required("session_name").into()),
        "legacy-token" => CacheKey::legacy_token(&required("start_url").into()),
        "registration" => CacheKey::registration(
            &required("region").parse().unwrap(),
            scopes(&input["scopes"]).as_deref(),
            text("session_name").map(Into::into).as_ref(),
            &required("startUrl").into(),
        ),
        "role-credentials" => {
            let account = required("accountId").into();
            let role = required("roleName").into();
            if let Some(session) = text("sessionName") {
                CacheKey::role_credentials(&account, &role, &session.into())
            } else {
                let start_url = required("startUrl").into();
                CacheKey::legacy_role_credentials(&account, &role, &start_url)
            }
        }
        "assumed-role" => CacheKey::assumed_role(&AssumeRoleArguments {
            duration_seconds: input["DurationSeconds"]
                .as_u64()
                .map(|seconds| seconds.try_into().unwrap()),
            external_id: text("ExternalId"),
            role_arn: required("RoleArn"),
            role_session_name: text("RoleSessionName"),
            serial_number: text("SerialNumber"),
        }),
        _ => panic!("unknown kind of key: {kind}"),
    }
}

fn scopes(list: &Value) -> Option<Vec<RegistrationScope>> {
    let scope = |value: &Value| value.as_str().unwrap().into();
    list.as_array().map(|list| list.iter().map(scope).collect())
}

#[test]
fn keys_equal_those_of_botocore() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/cache-keys.json"
    );
    let fixtures = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let Value::Array(fixtures) = fixtures else {
        panic!("{path} is not a JSON array")
    };
    assert!(fixtures.len() > 100);
    for fixture in fixtures {
        let key = key_of(fixture["kind"].as_str().unwrap(), &fixture["input"]);
        assert_eq!(key.as_str(), fixture["key"], "{fixture}");
    }
}

#[test]
fn keys_equal_those_in_the_documentation() {
    let check = |kind: &str, input: Value, expected: &str| {
        assert_eq!(key_of(kind, &input).to_string(), expected, "{kind}");
    };
    let start_url = "https://my-sso-portal.awsapps.com/start";
    check(
        "session-token",
        serde_json::json!({"session_name": "my-sso"}),
        "0ad374308c5a4e22f723adf10145eafad7c4031c",
    );
    check(
        "legacy-token",
        serde_json::json!({"start_url": start_url}),
        "c7aaaf71fcc8777ae2475525ed049d39fe16c484",
    );
    check(
        "registration",
        serde_json::json!({
            "region": "us-east-1", "scopes": ["sso:account:access"], "session_name": "my-sso",
            "startUrl": start_url,
        }),
        "c5cfae6e3e4f067423a532368c8b514b6a4b0ace",
    );
    check(
        "registration",
        serde_json::json!({"region": "us-east-1", "startUrl": start_url}),
        "0e093f10f65cee6c5c1898a8e240f5726875bf08",
    );
    check(
        "role-credentials",
        serde_json::json!({
            "accountId": "111122223333", "roleName": "ReadOnly", "sessionName": "my-sso",
        }),
        "0521d1f6a6c4e68f9e18540309367cc3cccb6305",
    );
    check(
        "role-credentials",
        serde_json::json!({
            "accountId": "111122223333", "roleName": "ReadOnly", "startUrl": start_url,
        }),
        "a86fc0ef036e01b9ff8f964ffab896b19c6ff372",
    );
    check(
        "assumed-role",
        serde_json::json!({"RoleArn": "arn:aws:iam::222222222222:role/x"}),
        "95d09881ce2b8640037689ba1232104a0ff278d8",
    );
}

#[test]
fn a_key_has_forty_lower_case_hexadecimal_digits() {
    let text = "0ad374308c5a4e22f723adf10145eafad7c4031c";
    assert_eq!(text.parse::<CacheKey>().unwrap().as_str(), text);
    for text in [
        "",
        "../../../../../../../../../../../../../x",
        &text[1..],
        &text.to_uppercase(),
        &text.replace('0', "g"),
        &format!("{text}0"),
        &text.replace("0a", "é"),
    ] {
        assert!(text.parse::<CacheKey>().is_err(), "{text:?} was accepted");
    }
}
