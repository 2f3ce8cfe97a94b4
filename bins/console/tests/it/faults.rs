//! Faults of the federation endpoint.

use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use serde_json::json;

use crate::home;

#[test]
fn faults_of_the_endpoint_are_errors_without_secrets() {
    let rejected = "getSigninToken failed: the federation endpoint rejected the credentials or the \
                    duration: status 400";
    let not_valid =
        "getSigninToken failed: no valid response from the federation endpoint: the response";
    for (fault, code, error) in [
        (Fault::Status(400, json!({})), 254, rejected),
        (
            Fault::Status(500, json!({})),
            254,
            "getSigninToken failed: the federation endpoint returned an error: status 500",
        ),
        (
            Fault::Throttle(None),
            254,
            "getSigninToken failed: the federation endpoint is throttling requests",
        ),
        (Fault::CaptivePortal, 255, not_valid),
        (Fault::InvalidJson, 255, not_valid),
        (Fault::Empty, 255, not_valid),
        (Fault::Huge(2 << 20), 255, "is larger than 1048576 bytes"),
        (
            Fault::Redirect("https://evil.example/?x=1".to_owned()),
            255,
            "redirected to evil.example, which is not followed",
        ),
        (
            Fault::Amend(json!({ "SigninToken": "a b" })),
            254,
            "the response of the federation endpoint has no valid SigninToken",
        ),
    ] {
        let (center, mut env) = home();
        env.set("AWS_MAX_ATTEMPTS", "1");
        center.fail_always(Operation::GetSigninToken, fault);
        let run = env.run("sso-console chain --print -vv");
        for secret in center.issued_secrets() {
            assert!(!run.to_string().contains(&secret), "{run}");
        }
        assert_eq!(run.stdout(), "");
        assert!(run.stderr().contains(error), "{error}: {run}");
        let _ = run.expect_code(code);
    }
}

#[test]
fn a_slow_endpoint_is_an_error() {
    let (center, mut env) = home();
    env.set("AWS_MAX_ATTEMPTS", "1");
    center.set_latency(Operation::GetSigninToken, Duration::from_secs(60));
    env.run("sso-console chain --print --read-timeout 0.2")
        .expect_error(255, "did not respond within 200ms");
}

#[test]
fn a_temporary_fault_is_retried() {
    let (center, env) = home();
    center.fail_next(Operation::GetSigninToken, Fault::Status(503, json!({})));
    let _ = env.run("sso-console chain --print").expect_code(0);
    assert_eq!(center.count(Operation::GetSigninToken), 2);
}
