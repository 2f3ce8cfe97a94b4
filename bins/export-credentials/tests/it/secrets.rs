use identity_center_emulator::{Fault, Operation};

use crate::signed_in_with_expired_token;

#[test]
fn logs_and_errors_contain_no_secrets() {
    let (center, env) = signed_in_with_expired_token();
    let export = env
        .run("export-credentials --profile dev -vv")
        .expect_code(0);
    assert!(
        export.stderr().contains("[redacted]"),
        "no requests were logged: {export}"
    );
    center.fail_always(Operation::GetRoleCredentials, Fault::InvalidJson);
    let refused = env
        .run("export-credentials --profile prod -vv")
        .expect_code(255);
    let secrets = center.issued_secrets();
    assert!(secrets.len() >= 5, "{}", secrets.len());
    for secret in secrets {
        assert!(!export.stderr().contains(&secret), "{secret} in {export}");
        assert!(
            !refused.to_string().contains(&secret),
            "{secret} in {refused}"
        );
    }
}
