use std::io;

use sso_transport::TransportError;
use sts_assume_role::{AssumeRole, Mfa, StsError};
use time::macros::datetime;

use crate::script::{Script, issued, response, role};

#[test]
fn the_documented_response_is_parsed() {
    let script = Script::new([response(200, &issued())]);
    let credentials = script.assume(&role()).unwrap();
    assert_eq!(credentials.access_key_id, "ASIAIOSFODNN7EXAMPLE");
    assert_eq!(
        credentials.secret_access_key.expose(),
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"
    );
    assert!(credentials.session_token.expose().starts_with("AQoDYX"));
    assert!(credentials.session_token.expose().ends_with("QW=="));
    assert_eq!(credentials.expires_at, datetime!(2019-11-09 13:34:41 UTC));
    assert_eq!(credentials.assumed_role_id, "ARO123EXAMPLE123:TestAR");
    assert_eq!(
        credentials.assumed_role_arn,
        "arn:aws:sts::123456789012:assumed-role/demo/TestAR"
    );
    assert_eq!(credentials.account_id().unwrap().as_str(), "123456789012");
    assert_eq!(
        credentials.responded_at,
        Some(datetime!(1994-11-06 08:49:37 UTC))
    );
    let shown = format!("{credentials:?}");
    assert!(
        !shown.contains("wJalr") && !shown.contains("AQoDYX"),
        "{shown}"
    );
}

#[test]
fn an_expiration_outside_the_four_digit_years_is_limited() {
    let check = |text: &str, expected: time::OffsetDateTime| {
        let body = issued().replace("2019-11-09T13:34:41Z", text);
        let credentials = Script::new([response(200, &body)]).assume(&role()).unwrap();
        assert_eq!(credentials.expires_at, expected, "{text}");
        // Callers compare the time, and convert it to UTC to show it.
        let _ = credentials.expires_at.to_offset(time::UtcOffset::UTC);
    };
    let last = datetime!(9999-12-31 23:59:59 UTC);
    check("9999-12-31T23:59:59-01:00", last);
    check("9999-12-31T23:59:59-23:59", last);
    check(
        "9999-12-31T23:59:59.999999999Z",
        datetime!(9999-12-31 23:59:59.999999999 UTC),
    );
    check("Fri, 31 Dec 9999 23:59:59 -0100", last);
    check(
        "0000-01-01T00:00:00+01:00",
        datetime!(0000-01-01 00:00:00 UTC),
    );
}

#[test]
fn an_invalid_field_is_an_error_that_names_it() {
    let check = |from: &str, to: &str, expected: &str| {
        let body = issued().replace(from, to);
        assert_ne!(body, issued());
        let error = Script::new([response(200, &body)])
            .assume(&role())
            .unwrap_err();
        let StsError::UnexpectedResponse { field } = error else {
            panic!("{error:?}")
        };
        assert_eq!(field, expected);
    };
    check("ASIAIOSFODNN7EXAMPLE", "", "AccessKeyId");
    check("ASIAIOSFODNN7EXAMPLE", "ASIA \n AIOS", "AccessKeyId");
    check("wJalrXUtnFEMI", "ünlaut", "SecretAccessKey");
    check("SessionToken>", "Token>", "SessionToken");
    check("2019-11-09T", "2019-11-31T", "Expiration");
    check("ARO123EXAMPLE123:TestAR", " ", "AssumedRoleId");
    check("<Arn>arn:aws:sts", "<Arn>arn:\u{85}", "Arn");
}

#[test]
fn a_response_that_is_not_from_the_service_is_a_transport_error() {
    let check = |body: &str| {
        let error = Script::new([response(200, body)])
            .assume(&role())
            .unwrap_err();
        let is_known = matches!(
            error,
            StsError::Transport(TransportError::NotUnderstood { .. })
        );
        assert!(is_known, "{error:?}");
    };
    check("");
    check("{\"Credentials\": 1}");
    check("<!doctype html><html><body>Welcome to Hotel Wi-Fi<br></body></html>");
    check("<html><AccessKeyId>a</AccessKeyId></html>");
    check(&issued()[..200]);
    // Entity expansion must not exhaust the memory, and nested elements must not exhaust the stack.
    let entities = "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]><a>&c;&c;</a>";
    check(entities);
    check(&format!(
        "{}{}",
        "<a>".repeat(150_000),
        "</a>".repeat(150_000)
    ));
}

#[test]
fn an_arn_without_an_account_has_no_account_id() {
    let body = issued().replace(
        "arn:aws:sts::123456789012:assumed-role/demo/TestAR",
        "arn:x",
    );
    let credentials = Script::new([response(200, &body)]).assume(&role()).unwrap();
    assert_eq!(credentials.account_id(), None);
}

#[test]
fn a_request_with_an_mfa_code_is_not_retried_after_a_closed_connection() {
    let with_code = AssumeRole {
        mfa: Some(Mfa {
            serial_number: "arn:aws:iam::111122223333:mfa/otter".to_owned(),
            token_code: "123456".into(),
        }),
        ..role()
    };
    let attempts = |role: &AssumeRole| {
        let cut = Cut::default();
        let client = sts_assume_role::StsClient::new(
            &cut,
            "https://sts.example".parse().unwrap(),
            "us-east-1".parse().unwrap(),
            sso_transport::RetryPolicy::default().with_pause(|_| ()),
        );
        let keys = crate::script::keys();
        let now = time::OffsetDateTime::UNIX_EPOCH;
        client.assume_role(role, &keys, now).unwrap_err();
        cut.0.get()
    };
    assert_eq!(attempts(&role()), 3);
    assert_eq!(attempts(&with_code), 1);
    assert!(!format!("{with_code:?}").contains("123456"));
}

#[test]
fn throttling_and_temporary_faults_are_retried_by_the_code_in_the_xml() {
    let with_code = AssumeRole {
        mfa: Some(Mfa {
            serial_number: "arn:aws:iam::111122223333:mfa/otter".to_owned(),
            token_code: "123456".into(),
        }),
        ..role()
    };
    let is_retried = |status: u16, code: &str, role: &AssumeRole| {
        let body = format!(
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
             <Type>Sender</Type><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>"
        );
        let script = Script::new([response(status, &body), response(200, &issued())]);
        script.assume(role).is_ok()
    };
    for code in [
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "SlowDown",
        "PriorRequestNotComplete",
        "BandwidthLimitExceeded",
    ] {
        assert!(is_retried(400, code, &role()), "{code}");
        assert!(is_retried(403, code, &with_code), "{code}");
    }
    for code in [
        "RequestTimeout",
        "RequestTimeoutException",
        "IDPCommunicationError",
    ] {
        assert!(is_retried(400, code, &role()), "{code}");
        assert!(!is_retried(400, code, &with_code), "{code}");
    }
    for code in ["AccessDenied", "ValidationError", "throttling"] {
        assert!(!is_retried(400, code, &role()), "{code}");
    }
    assert!(!is_retried(400, "", &role()));
}

/// A transport whose connections close before the response is complete.
#[derive(Default)]
struct Cut(std::cell::Cell<u32>);

impl sso_transport::Transport for Cut {
    fn send(&self, _: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError> {
        self.0.set(self.0.get() + 1);
        Err(TransportError::Cut {
            host: "sts.example".to_owned(),
            source: io::ErrorKind::UnexpectedEof.into(),
        })
    }
}
