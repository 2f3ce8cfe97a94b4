//! `GetCallerIdentity`, with botocore as the client.

use std::time::Duration;

use identity_center_emulator::settings::AssumableRole;
use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};
use sso_test_support::{TestEnv, python};

use crate::client::SCOPE;

/// Runs the script with a token that is issued by `server`.
fn report(server: &Emulator) -> Option<Value> {
    let python = python("botocore")?;
    server.configure(|settings| {
        let path = AssumableRole::new("arn:aws-cn:iam::222222222222:role/path/to/z");
        settings.assumable_roles.push(path);
    });
    let env = TestEnv::new(server);
    env.write("identity.py", include_bytes!("caller_identity.py"));
    let token = server.sign_in(&[SCOPE]).access_token;
    let transcript = env.run(&format!("'{}' identity.py {token}", python.display()));
    let transcript = transcript.expect_code(0);
    Some(serde_json::from_str(transcript.stdout()).expect("the script prints JSON"))
}

#[test]
fn botocore_gets_the_identity_of_each_kind_of_credentials() {
    let server = Emulator::start();
    let Some(report) = report(&server) else {
        return;
    };
    let identity = |user_id: &str, account: &str, arn: &str| json!({ "UserId": user_id, "Account": account, "Arn": arn });
    let user = |partition: &str| {
        let arn = format!("arn:{partition}:iam::111122223333:user/otter");
        identity("AIDAEXAMPLE", "111122223333", &arn)
    };
    let session = |arn: &str| identity("AROAEXAMPLE:otter", "222222222222", arn);
    let portal = "assumed-role/AWSReservedSSO_ReadOnly_1d3fb491980d3b77/otter";
    let portal = |partition: &str| {
        let arn = format!("arn:{partition}:sts::111122223333:{portal}");
        identity("AROAEXAMPLE:otter", "111122223333", &arn)
    };
    let expected = json!({
        "user": user("aws"),
        "user in cn-north-1": user("aws-cn"),
        "assumed role": session("arn:aws:sts::222222222222:assumed-role/x/otter"),
        "assumed role in China": session("arn:aws-cn:sts::222222222222:assumed-role/z/otter"),
        "permission set": portal("aws"),
        "permission set in us-gov-west-1": portal("aws-us-gov"),
        "permission set in eusc-de-east-1": portal("aws-eusc"),
        "no session token": "InvalidClientTokenId",
        "unknown key": "InvalidClientTokenId",
        "wrong secret": "SignatureDoesNotMatch",
    });
    assert_eq!(report, expected);
    assert_eq!(server.count(Operation::GetCallerIdentity), 10);
}

#[test]
fn expired_credentials_have_no_identity() {
    let server = Emulator::start();
    server.configure(|settings| settings.role_credentials_lifetime = Duration::ZERO);
    let Some(report) = report(&server) else {
        return;
    };
    assert_eq!(report["permission set"], "ExpiredToken");
    assert_eq!(report["no session token"], "InvalidClientTokenId");
}
