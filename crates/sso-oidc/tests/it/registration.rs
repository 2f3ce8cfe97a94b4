use serde_json::{Value, json};
use sso_oidc::{OidcError, RegisterClient, RegistrationGrant, client_name};
use time::OffsetDateTime;

use super::script::Script;

const REGISTERED: &str = r#"{"clientId":"C","clientSecret":"S","clientIdIssuedAt":1700000000,
    "clientSecretExpiresAt":1707776000,"authorizationEndpoint":null,"tokenEndpoint":null}"#;

#[test]
fn a_registration_request_contains_the_scopes_and_the_grant() {
    fn check(client: &RegisterClient, expected: Value) {
        let script = Script::once(200, REGISTERED);
        let registration = script.client().register_client(client).unwrap();
        assert_eq!(registration.client_id.as_str(), "C");
        assert_eq!(registration.client_secret.expose(), "S");
        let expires_at = OffsetDateTime::from_unix_timestamp(1_707_776_000).unwrap();
        assert_eq!(registration.expires_at, expires_at);
        let request = "POST https://oidc.example/base/client/register".to_owned();
        assert_eq!(script.last_request(), (request, expected));
    }
    check(
        &RegisterClient::for_device_code("tool-a"),
        json!({"clientName": "tool-a", "clientType": "public"}),
    );
    check(
        &RegisterClient {
            scopes: vec!["sso:account:access".into(), "codewhisperer:x".into()],
            ..RegisterClient::for_device_code("tool-a")
        },
        json!({"clientName": "tool-a", "clientType": "public",
            "scopes": ["sso:account:access", "codewhisperer:x"]}),
    );
    check(
        &RegisterClient {
            client_name: "tool-a".to_owned(),
            scopes: vec!["sso:account:access".into()],
            grant: RegistrationGrant::AuthorizationCode {
                redirect_uri: "http://127.0.0.1/oauth/callback".to_owned(),
                issuer_url: "https://a.awsapps.com/start".into(),
            },
        },
        json!({"clientName": "tool-a", "clientType": "public", "scopes": ["sso:account:access"],
            "grantTypes": ["authorization_code", "refresh_token"],
            "redirectUris": ["http://127.0.0.1/oauth/callback"],
            "issuerUrl": "https://a.awsapps.com/start"}),
    );
}

#[test]
fn an_invalid_field_in_a_registration_is_an_error() {
    for (body, expected) in [
        (
            r#"{"clientId":"","clientSecret":"S","clientSecretExpiresAt":1}"#,
            "clientId",
        ),
        (
            r#"{"clientId":"C","clientSecret":"","clientSecretExpiresAt":1}"#,
            "clientSecret",
        ),
        (
            r#"{"clientId":"C","clientSecret":"S","clientSecretExpiresAt":1,"authorizationEndpoint":"http://a.example/"}"#,
            "authorizationEndpoint",
        ),
        (
            r#"{"clientId":"C","clientSecret":"S","clientSecretExpiresAt":1,"authorizationEndpoint":"javascript:x"}"#,
            "authorizationEndpoint",
        ),
        (
            r#"{"clientId":"C","clientSecret":"S","clientSecretExpiresAt":1,"authorizationEndpoint":"https://u:p@a.example/"}"#,
            "authorizationEndpoint",
        ),
        (
            r#"{"clientId":"C","clientSecret":"S","clientSecretExpiresAt":9223372036854775807}"#,
            "clientSecretExpiresAt",
        ),
        (
            r#"{"clientId":"C","clientSecret":"S","clientSecretExpiresAt":-9223372036854775808}"#,
            "clientSecretExpiresAt",
        ),
    ] {
        let script = Script::once(200, body);
        let outcome = script
            .client()
            .register_client(&RegisterClient::for_device_code("a"));
        assert!(
            matches!(outcome, Err(OidcError::UnexpectedResponse { field }) if field == expected),
            "{outcome:?}"
        );
    }
}

#[test]
fn an_empty_authorization_endpoint_counts_as_missing() {
    for endpoint in ["\"\"", "null"] {
        let body = format!(
            r#"{{"clientId":"C","clientSecret":"S","clientSecretExpiresAt":1,"authorizationEndpoint":{endpoint}}}"#
        );
        let script = Script::once(200, &body);
        script
            .client()
            .register_client(&RegisterClient::for_device_code("a"))
            .unwrap();
    }
}

#[test]
fn a_client_name_has_at_most_64_allowed_characters() {
    fn check(session: &str, expected: &str) {
        assert_eq!(client_name("aws-sso-tools", session), expected);
    }
    check("corp", "aws-sso-tools-corp");
    check("1700000000", "aws-sso-tools-1700000000");
    check("a b/c\"\n", "aws-sso-tools-a-b-c--");
    check("会社", "aws-sso-tools---");
    check("", "aws-sso-tools-");
    check(
        &"x".repeat(100),
        &format!("aws-sso-tools-{}", "x".repeat(50)),
    );
}
