use sso_portal::PortalError;

use super::script::{Script, response};

#[test]
fn a_logout_says_whose_session_ends() {
    let script = Script::bodies(&[""]);
    script.client().logout(&"hunter2".into()).unwrap();
    assert_eq!(script.requests(), ["POST /logout"]);
}

#[test]
fn trouble_is_ridden_out_and_refusal_is_not() {
    let script = Script::new([response(429, ""), response(503, ""), response(200, "")]);
    script.client().logout(&"hunter2".into()).unwrap();
    assert_eq!(script.requests().len(), 3);

    let script = Script::new([response(401, r#"{"message":"Session token not found"}"#)]);
    let error = script.client().logout(&"hunter2".into()).unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
}

#[test]
fn a_token_that_could_break_out_of_its_header_is_not_sent() {
    let script = Script::bodies(&[]);
    for token in ["hunter2\r\nx-evil: 1", "hunter2\0"] {
        let error = script.client().logout(&token.into()).unwrap_err();
        assert!(matches!(error, PortalError::MalformedToken), "{error:?}");
        assert!(error.is_unauthorized());
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
    assert!(script.requests().is_empty());
}
