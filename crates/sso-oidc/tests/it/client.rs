use std::sync::{Mutex, PoisonError};

use sso_oidc::{Grant, OidcError, RegisterClient};
use sso_transport::TransportError;

use super::script::{Script, cut, refused, response};

#[test]
fn transient_errors_are_retried() {
    let registration = r#"{"clientId":"C","clientSecret":"S","clientSecretExpiresAt":1}"#;
    let script = Script::new([
        Err(cut()),
        Ok(response(503, "<html>")),
        Ok(response(200, registration)),
    ]);
    let client = RegisterClient::for_device_code("tool");
    script.client().register_client(&client).unwrap();
    assert_eq!(script.request_count(), 3);
}

#[test]
fn a_web_page_instead_of_a_response_is_an_error() {
    let script = Script::once(200, "<html>Sign in to the Wi-Fi</html>");
    let client = RegisterClient::for_device_code("tool");
    let error = script.client().register_client(&client).unwrap_err();
    assert!(
        matches!(
            error,
            OidcError::Transport(TransportError::NotUnderstood { .. })
        ),
        "{error:?}"
    );
}

struct Log(Mutex<Vec<String>>);

static LOG: Log = Log(Mutex::new(Vec::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(record.args().to_string());
    }

    fn flush(&self) {}
}

#[test]
fn requests_and_responses_are_logged_without_secrets() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let script = Script::new([
        Err(refused()),
        Ok(response(
            200,
            r#"{"clientId":"the-client","clientSecret":"hunter2","clientSecretExpiresAt":1}"#,
        )),
        Ok(response(
            200,
            r#"{"deviceCode":"hunter2","userCode":"ABCD","verificationUri":"https://a.example/",
                "expiresIn":600}"#,
        )),
        Ok(response(
            200,
            r#"{"accessToken":"hunter2","refreshToken":"hunter2","idToken":"hunter2","expiresIn":1}"#,
        )),
        Ok(response(400, r#"{"error":"the-error"}"#)),
        Ok(response(400, r#"{"error":"the-error"}"#)),
        Ok(response(200, r#"{"accessToken":{"hunter2":1}}"#)),
    ]);
    let client = script.client();
    let register = RegisterClient::for_device_code("the-tool");
    let registration = client.register_client(&register).unwrap();
    let (id, secret) = (&registration.client_id, &registration.client_secret);
    let start_url = "https://start.example/".into();
    let device = client
        .start_device_authorization(id, secret, &start_url)
        .unwrap();
    let token = client
        .create_token(id, secret, &Grant::DeviceCode(device.device_code.clone()))
        .unwrap();
    let refresh = Grant::RefreshToken("hunter2".into());
    let refused = client.create_token(id, secret, &refresh).unwrap_err();
    let code = Grant::AuthorizationCode {
        code: "hunter2".into(),
        redirect_uri: "http://127.0.0.1:1/oauth/callback".to_owned(),
        verifier: "hunter2".into(),
    };
    client.create_token(id, secret, &code).unwrap_err();
    let malformed = client.create_token(id, secret, &refresh).unwrap_err();

    let lines = LOG.0.lock().unwrap().join("\n");
    for expected in [
        "the-tool",
        "the-client",
        "https://start.example/",
        "ABCD",
        "127.0.0.1:1/oauth",
        "[redacted]",
    ] {
        assert!(lines.contains(expected), "{expected} is not in {lines}");
    }
    assert!(!lines.contains("hunter2"), "{lines}");
    let shown = format!("{registration:?} {device:?} {token:?} {code:?} {refused:?} {malformed:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
