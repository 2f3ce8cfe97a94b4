//! OIDC service and access portal, with botocore as the client.

use identity_center_emulator::Emulator;
use serde_json::{Value, json};
use sso_test_support::{TestEnv, python};

use crate::client::SCOPE;

#[test]
fn botocore_parses_responses_and_errors() {
    let Some(python) = python("botocore") else {
        return;
    };
    let server = Emulator::start();
    server.stop_clock();
    server.configure(|settings| {
        settings.page_size = 1;
        settings.empty_pages = true;
    });
    let env = TestEnv::new(&server);
    let signed_in = server
        .sign_in(&[SCOPE])
        .token_file(TestEnv::START_URL, "us-east-1");
    env.write("signed-in.json", signed_in.to_string());
    env.write("client.py", include_bytes!("botocore.py"));

    let line = format!("'{}' client.py signed-in.json", python.display());
    let transcript = env.run(&line).expect_code(0);
    let report: Value = serde_json::from_str(transcript.stdout()).expect("the script prints JSON");
    let expected = json!({
        "first poll": "AuthorizationPendingException",
        "early poll": "SlowDownException",
        "wrong secret": "InvalidClientException",
        "unknown grant type": "UnsupportedGrantTypeException",
        "used refresh token": "InvalidGrantException",
        "accounts": ["DeveloperAccount", "ProductionAccount"],
        "roles": ["ReadOnly", "FullAccess"],
        "role credentials": ["accessKeyId", "expiration", "secretAccessKey", "sessionToken"],
        "wrong token": "UnauthorizedException",
        "wrong role": "ForbiddenException",
        "signed out": "UnauthorizedException",
    });
    assert_eq!(report, expected);
}
