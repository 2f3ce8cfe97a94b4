use std::collections::BTreeMap;

use serde::Deserialize;
use sso_transport::{Endpoints, Service};
use sts_assume_role::{AssumeRole, Mfa, SigningKeys, StsError};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::script::{Script, issued, keys, response, role};

const FIXTURE: &str = include_str!("../../../../fixtures/sts-signatures.json");

/// Input of botocore, and the request that it creates.
#[derive(Deserialize)]
struct Row {
    input: Input,
    url: String,
    body: String,
    headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Input {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    region: String,
    endpoint: Option<String>,
    at: String,
    parameters: Parameters,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Parameters {
    role_arn: String,
    role_session_name: String,
    external_id: Option<String>,
    serial_number: Option<String>,
    token_code: Option<String>,
    duration_seconds: Option<u32>,
}

impl Input {
    fn endpoint(&self) -> String {
        let regional = || Endpoints::default().resolve(Service::Sts, &self.region.parse().unwrap());
        self.endpoint
            .clone()
            .unwrap_or_else(|| regional().unwrap().to_string())
    }

    fn keys(&self) -> SigningKeys {
        SigningKeys {
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.as_str().into(),
            session_token: self.session_token.as_deref().map(Into::into),
        }
    }

    fn role(&self) -> AssumeRole {
        let parameters = &self.parameters;
        let device = parameters.serial_number.as_ref();
        AssumeRole {
            external_id: parameters.external_id.clone(),
            mfa: device
                .zip(parameters.token_code.as_deref())
                .map(|(serial_number, token_code)| Mfa {
                    serial_number: serial_number.clone(),
                    token_code: token_code.into(),
                }),
            duration_seconds: parameters.duration_seconds,
            ..AssumeRole::new(&parameters.role_arn, &parameters.role_session_name)
        }
    }
}

#[test]
fn requests_match_botocore() {
    let rows: Vec<Row> = serde_json::from_str(FIXTURE).unwrap();
    assert!(rows.len() > 50, "{}", rows.len());
    for row in rows {
        let input = &row.input;
        let script = Script::new([response(200, &issued())]);
        let client = script.client(&input.endpoint(), &input.region);
        let at = OffsetDateTime::parse(&input.at, &Rfc3339).unwrap();
        client
            .assume_role(&input.role(), &input.keys(), at)
            .unwrap();

        let request = script.requests().remove(0);
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri().to_string(), row.url);
        assert_eq!(String::from_utf8_lossy(request.body()), row.body);
        for (name, value) in &row.headers {
            assert_eq!(request.headers()[name], value, "{name} for {}", row.url);
        }
        let token = request.headers().get("x-amz-security-token");
        assert_eq!(token.is_some(), input.session_token.is_some());
    }
}

#[test]
fn headers_with_secrets_are_marked_as_sensitive() {
    let script = Script::new([response(200, &issued())]);
    let keys = SigningKeys {
        session_token: Some("token".into()),
        ..keys()
    };
    let client = script.client("https://sts.example", "us-east-1");
    client
        .assume_role(&role(), &keys, OffsetDateTime::UNIX_EPOCH)
        .unwrap();
    let request = script.requests().remove(0);
    for name in ["authorization", "x-amz-security-token"] {
        assert!(request.headers()[name].is_sensitive(), "{name}");
    }
}

#[test]
fn keys_that_are_not_allowed_in_a_header_are_rejected() {
    let script = Script::new([]);
    let client = script.client("https://sts.example", "us-east-1");
    let check = |keys: SigningKeys| {
        let error = client.assume_role(&role(), &keys, OffsetDateTime::UNIX_EPOCH);
        let error = error.unwrap_err();
        assert!(matches!(error, StsError::MalformedKeys), "{error:?}");
        assert!(!format!("{error:?} {error} {keys:?}").contains("hunter2"));
    };
    check(SigningKeys {
        session_token: Some("hunter2\r\nx-evil: 1".into()),
        ..keys()
    });
    check(SigningKeys {
        access_key_id: "AKIA\r\nx-evil: 1".to_owned(),
        ..keys()
    });
    assert!(script.requests().is_empty());
}
