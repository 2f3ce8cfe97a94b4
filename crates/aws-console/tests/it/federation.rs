use std::cell::RefCell;

use aws_console::{Destination, FederationClient, FederationError, Partition, SessionKeys};
use http::{Request, Response};
use sso_transport::{RetryPolicy, Transport, TransportError};
use sso_types::Secret;

/// Transport with one response for all requests, which it records.
struct Canned {
    status: u16,
    body: &'static str,
    requests: RefCell<Vec<Request<Vec<u8>>>>,
}

impl Canned {
    fn new(status: u16, body: &'static str) -> Self {
        let requests = RefCell::default();
        Self {
            status,
            body,
            requests,
        }
    }

    fn client(&self) -> FederationClient<&Self> {
        let endpoint = "https://signin.example/base".parse().unwrap();
        FederationClient::new(self, endpoint, RetryPolicy::default().with_pause(|_| ()))
    }

    fn ask(&self, duration: Option<u32>) -> Result<String, FederationError> {
        let [secret, token] = ["hunter2/+", "hunter3=&"].map(Secret::from);
        let keys = SessionKeys {
            access_key_id: "ASIAEXAMPLE",
            secret_access_key: &secret,
            session_token: &token,
        };
        assert!(!format!("{keys:?}").contains("hunter"));
        let client = self.client();
        let token = client.get_signin_token(&keys, duration)?;
        assert!(!format!("{token:?}").contains("TOKEN"));
        let destination = Destination::parse(
            "https://console.aws.amazon.com/s3?a=b&c#d",
            Partition::standard(),
        );
        let url = client.login_url(&token, &destination.unwrap());
        assert_eq!(format!("{url:?}"), "LoginUrl([redacted])");
        Ok(url.expose().to_owned())
    }
}

impl Transport for &Canned {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        self.requests.borrow_mut().push(request);
        let response = Response::builder().status(self.status);
        Ok(response.body(self.body.into()).unwrap())
    }
}

#[test]
fn credentials_are_only_in_the_body_of_a_post_request() {
    let service = Canned::new(200, r#"{"SigninToken":"TOKEN+/=","more":1}"#);
    let url = service.ask(Some(3600)).unwrap();
    assert_eq!(
        url,
        "https://signin.example/base/federation?Action=login&Issuer=aws-sso-tools\
         &Destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fs3%3Fa%3Db%26c%23d\
         &SigninToken=TOKEN%2B%2F%3D"
    );
    let requests = service.requests.borrow();
    let [request] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://signin.example/base/federation");
    let body = String::from_utf8(request.body().clone()).unwrap();
    assert_eq!(
        body,
        "Action=getSigninToken&SessionDuration=3600&Session=%7B%22sessionId%22%3A%22ASIAEXAMPLE%22\
         %2C%22sessionKey%22%3A%22hunter2%2F%2B%22%2C%22sessionToken%22%3A%22hunter3%3D%26%22%7D"
    );
}

#[test]
fn a_duration_is_sent_only_on_request() {
    let service = Canned::new(200, r#"{"SigninToken":"t"}"#);
    service.ask(None).unwrap();
    let body = service.requests.borrow()[0].body().clone();
    let body = String::from_utf8(body).unwrap();
    assert!(body.starts_with("Action=getSigninToken&Session="), "{body}");
}

#[test]
fn errors_name_the_cause_without_secrets() {
    let check = |status, body, is_expected: fn(&FederationError) -> bool, requests| {
        let service = Canned::new(status, body);
        let error = service.ask(None).unwrap_err();
        assert!(is_expected(&error), "{status} {body}: {error:?}");
        assert!(!format!("{error:?}{error}").contains("hunter"), "{error:?}");
        assert_eq!(service.requests.borrow().len(), requests, "{status} {body}");
    };
    check(
        400,
        "<html>400 Bad Request</html>",
        FederationError::is_rejected,
        1,
    );
    check(
        403,
        r#"{"message":"hunter2/+ is wrong"}"#,
        FederationError::is_rejected,
        1,
    );
    // The form, as the reverse proxy of a company may quote it.
    for form in [
        "Session=%7B%22sessionKey%22%3A%22hunter2%2F%2B%22%2C%22sessionToken%22%3A%22hunter3%3D%26%22%7D",
        "Session=%7b%22sessionKey%22%3a%22hunter2%2f%2b%22%2c%22sessionToken%22%3a%22hunter3%3d%26%22%7d",
        r#"{"sessionKey":"hunter2\/+","sessionToken":"hunter3=\u0026"}"#,
    ] {
        let body = format!(r#"{{"message":{form:?}}}"#);
        check(403, body.leak(), FederationError::is_rejected, 1);
    }
    check(429, "", |it| matches!(it, FederationError::Throttled(_)), 3);
    check(500, "", |it| matches!(it, FederationError::Other(_)), 3);
    check(418, "", |it| matches!(it, FederationError::Other(_)), 1);
    for body in [
        "",
        "{}",
        "[]",
        "<html>",
        r#"{"SigninToken":1}"#,
        r#"{"SigninToken":"#,
    ] {
        check(
            200,
            body,
            |it| matches!(it, FederationError::Transport(_)),
            1,
        );
    }
    for body in [
        r#"{"SigninToken":""}"#,
        r#"{"SigninToken":"a b"}"#,
        r#"{"SigninToken":"a\n"}"#,
    ] {
        let is_expected = |it: &_| matches!(it, FederationError::UnexpectedResponse { .. });
        check(200, body, is_expected, 1);
    }
}

#[test]
fn the_sign_out_precedes_the_next_page() {
    let endpoint = "https://signin.example".parse().unwrap();
    assert_eq!(
        aws_console::sign_out_url(&endpoint, "https://x.example/start/#/console?a=b&c"),
        "https://signin.example/oauth?Action=logout\
         &redirect_uri=https%3A%2F%2Fx.example%2Fstart%2F%23%2Fconsole%3Fa%3Db%26c"
    );
}
