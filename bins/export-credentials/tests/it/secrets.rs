//! Nothing secret is said where it was not asked for.

use identity_center_emulator::{Fault, Operation};

use crate::signed_in_long_ago;

#[test]
fn the_log_of_an_export_with_a_renewal_holds_no_secret() {
    let (center, env) = signed_in_long_ago();
    let export = env
        .run("export-credentials --profile dev -vv")
        .expect_code(0);
    assert!(
        export.stderr().contains("[redacted]"),
        "nothing was logged: {export}"
    );
    center.fail_always(Operation::GetRoleCredentials, Fault::InvalidJson);
    let refused = env
        .run("export-credentials --profile prod -vv")
        .expect_code(255);
    let secrets = center.issued_secrets();
    assert!(secrets.len() >= 5, "{}", secrets.len());
    for secret in secrets {
        assert!(
            !export.stderr().contains(&secret),
            "{secret} was said: {export}"
        );
        assert!(
            !refused.to_string().contains(&secret),
            "{secret} was said: {refused}"
        );
    }
}
