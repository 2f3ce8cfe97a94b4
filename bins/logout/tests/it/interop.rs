//! Sign-out of the AWS CLI, which shares the caches.

use sso_test_support::{TestEnv, aws_cli};

use crate::{cached, signed_in};

#[test]
fn the_aws_cli_requires_a_sign_in_after_a_logout() {
    let Some(aws) = aws_cli() else { return };
    let (_center, env) = signed_in();
    let export = || {
        let output = env
            .command(aws.to_str().unwrap())
            .args(["configure", "export-credentials", "--profile", "dev"])
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    assert!(
        export().0,
        "the AWS CLI does not use the cached credentials: {}",
        export().1
    );
    env.run("sso-logout").expect_code(0);
    assert!(!cached(&env).contains(&TestEnv::TOKEN_OF_MY_SSO.to_owned()));
    let (succeeded, stderr) = export();
    assert!(
        !succeeded && stderr.contains("Token for my-sso does not exist"),
        "{stderr}"
    );
}
