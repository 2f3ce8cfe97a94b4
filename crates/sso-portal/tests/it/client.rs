use sso_portal::PortalError;
use sso_transport::TransportError;

use super::script::{Script, response};

#[test]
fn a_logout_sends_the_token() {
    let script = Script::bodies(&[""]);
    script.client().logout(&"hunter2".into()).unwrap();
    assert_eq!(script.requests(), ["POST /logout"]);
}

#[test]
fn only_transient_errors_are_retried() {
    let script = Script::new([response(429, ""), response(503, ""), response(200, "")]);
    script.client().logout(&"hunter2".into()).unwrap();
    assert_eq!(script.requests().len(), 3);

    let script = Script::new([response(401, r#"{"message":"Session token not found"}"#)]);
    let error = script.client().logout(&"hunter2".into()).unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
}

#[test]
fn a_token_that_is_not_allowed_in_a_header_is_not_sent() {
    let script = Script::bodies(&[]);
    for token in ["hunter2\r\nx-evil: 1", "hunter2\0"] {
        let error = script.client().logout(&token.into()).unwrap_err();
        assert!(matches!(error, PortalError::MalformedToken), "{error:?}");
        assert!(error.is_unauthorized());
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
    assert!(script.requests().is_empty());
}

#[test]
fn a_logout_fails_if_another_server_responds() {
    let logout = |body: &str| Script::bodies(&[body]).client().logout(&"hunter2".into());
    for body in ["", " \r\n", "{}", r#"{"message":null}"#] {
        logout(body).unwrap();
    }
    for body in ["<html>Sign in to the Wi-Fi</html>", "OK", "[]", "{"] {
        let error = logout(body).unwrap_err();
        assert!(
            matches!(
                error,
                PortalError::Transport(TransportError::NotUnderstood { .. })
            ),
            "{body}: {error:?}"
        );
    }
}
