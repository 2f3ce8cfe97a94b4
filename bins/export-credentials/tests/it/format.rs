//! Credentials as text.

use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::{TestEnv, aws_cli};

/// A home where `dev` has cached credentials with these keys, good for years.
fn home_with(secret_access_key: &str, session_token: &str) -> TestEnv {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_cli_file(
        TestEnv::CREDENTIALS_OF_DEV,
        &json!({
            "ProviderType": "sso",
            "Credentials": {
                "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
                "SecretAccessKey": secret_access_key,
                "SessionToken": session_token,
                "Expiration": "2199-01-02T03:04:05Z",
            },
        }),
    );
    env
}

fn export(env: &TestEnv, format: &str) -> String {
    let export = env.run(&format!(
        "export-credentials --profile dev --format {format}"
    ));
    assert_eq!((export.code(), export.stderr()), (Some(0), ""), "{export}");
    export.stdout().to_owned()
}

#[test]
fn each_format_has_its_form() {
    let env = home_with("wJalr/XUt+nFEMI=", "IQoJb3J==");
    assert_snapshot!(export(&env, "shell"), @"
    export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE;
    export AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=;
    export AWS_SESSION_TOKEN=IQoJb3J==;
    export AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00;
    unset AWS_SECURITY_TOKEN;
    ");
    assert_snapshot!(export(&env, "env"), @"
    export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
    export AWS_SECRET_ACCESS_KEY=wJalr/XUt+nFEMI=
    export AWS_SESSION_TOKEN=IQoJb3J==
    export AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00
    ");
    assert_snapshot!(export(&env, "process"), @r#"
    {
      "Version": 1,
      "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
      "SecretAccessKey": "wJalr/XUt+nFEMI=",
      "SessionToken": "IQoJb3J==",
      "Expiration": "2199-01-02T03:04:05+00:00"
    }
    "#);
}

#[test]
fn what_a_shell_would_take_for_more_than_data_is_quoted() {
    let env = home_with("=$(touch /tmp/x); `id` 'a' \"b\" \\ !", "a b\tc");
    assert_snapshot!(export(&env, "shell"), @r#"
    export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE;
    export AWS_SECRET_ACCESS_KEY='=$(touch /tmp/x); `id` '\''a'\'' "b" \ !';
    export AWS_SESSION_TOKEN='a b	c';
    export AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00;
    unset AWS_SECURITY_TOKEN;
    "#);
    assert_snapshot!(export(&env, "env"), @r#"
    export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE
    export AWS_SECRET_ACCESS_KEY='=$(touch /tmp/x); `id` '\''a'\'' "b" \ !'
    export AWS_SESSION_TOKEN='a b	c'
    export AWS_CREDENTIAL_EXPIRATION=2199-01-02T03:04:05+00:00
    "#);
}

#[test]
fn a_session_token_that_is_not_there_is_unset() {
    let env = home_with("secret", "");
    assert!(export(&env, "shell").contains("unset AWS_SESSION_TOKEN;\n"));
    assert!(!export(&env, "process").contains("SessionToken"));
}

#[test]
fn process_and_env_are_those_of_the_aws_cli_byte_for_byte() {
    let Some(aws) = aws_cli() else { return };
    let env = home_with("wJalr/XUt+nFEMI=", "IQoJb3J==");
    for format in ["process", "env"] {
        let theirs = env
            .command(aws.to_str().unwrap())
            .args([
                "configure",
                "export-credentials",
                "--profile",
                "dev",
                "--format",
                format,
            ])
            .output()
            .unwrap();
        assert_eq!(
            export(&env, format),
            String::from_utf8_lossy(&theirs.stdout),
            "{theirs:?}"
        );
    }
}
