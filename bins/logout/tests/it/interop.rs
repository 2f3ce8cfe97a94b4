//! The AWS CLI is signed out with us.

use sso_test_support::{TestEnv, aws_cli};

use crate::{cached, signed_in};

#[test]
fn afterwards_the_aws_cli_says_that_it_has_to_log_in() {
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
        "it takes the cached credentials: {}",
        export().1
    );
    env.run("sso-logout").expect_code(0);
    assert!(!cached(&env).contains(&TestEnv::TOKEN_OF_MY_SSO.to_owned()));
    let (succeeds, said) = export();
    assert!(
        !succeeds && said.contains("Token for my-sso does not exist"),
        "{said}"
    );
}
