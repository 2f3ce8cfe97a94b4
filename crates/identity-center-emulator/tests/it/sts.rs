//! STS, with botocore as the client.

use std::time::Duration;

use identity_center_emulator::settings::AssumableRole;
use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};
use sso_test_support::{TestEnv, python};

fn role(name: &str) -> AssumableRole {
    AssumableRole::new(&format!("arn:aws:iam::222222222222:role/{name}"))
}

fn arn(role: &str) -> String {
    format!("arn:aws:sts::222222222222:assumed-role/{role}/otter")
}

#[test]
fn botocore_assumes_roles_and_gets_an_error_for_each_invalid_request() {
    let Some(python) = python("botocore") else {
        return;
    };
    let server = Emulator::start();
    server.configure(|settings| {
        settings.assumable_roles.extend([
            role("short").with_max_session_duration(Duration::from_secs(3600)),
            role("external").with_external_id("a:b/c=d"),
            role("mfa").with_mfa_serial("arn:aws:iam::111122223333:mfa/otter"),
        ]);
    });
    let env = TestEnv::new(&server);
    env.write("sts.py", include_bytes!("sts.py"));
    let transcript = env.run(&format!("'{}' sts.py", python.display()));
    let transcript = transcript.expect_code(0);
    let report: Value = serde_json::from_str(transcript.stdout()).expect("the script prints JSON");
    let expected = json!({
        "user": { "AssumedRoleId": "AROAEXAMPLE:otter", "Arn": arn("x") },
        "fields": ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken"],
        "chained": arn("y"),
        "chained for over an hour": "ValidationError",
        "no session token": "InvalidClientTokenId",
        "wrong session token": "InvalidClientTokenId",
        "unknown key": "InvalidClientTokenId",
        "wrong secret": "SignatureDoesNotMatch",
        "unknown role": "AccessDenied",
        "invalid session name": "ValidationError",
        "above the STS maximum": "ValidationError",
        "above the role maximum": "ValidationError",
        "no external ID": "AccessDenied",
        "wrong external ID": "AccessDenied",
        "external ID": arn("external"),
        "no MFA code": "AccessDenied",
        "wrong MFA code": "AccessDenied",
        "MFA code": arn("mfa"),
        "used MFA code": "AccessDenied",
    });
    assert_eq!(report, expected);
    assert_eq!(server.count(Operation::AssumeRole), 18);
}
