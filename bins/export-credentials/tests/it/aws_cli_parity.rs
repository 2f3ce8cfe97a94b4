//! Profiles that resolve without a network give the same credentials as with the AWS CLI.

use serde_json::Value;
use sso_test_support::{TestEnv, aws_cli};

/// `credential_process` whose access key ID is its argument.
const TOOL: &str =
    r#"echo "{\"Version\": 1, \"AccessKeyId\": \"$1\", \"SecretAccessKey\": \"s\"}""#;

/// Lines of a profile, combined in [`CASES`].
const PARTS: [&str; 8] = [
    "aws_access_key_id = FILE\naws_secret_access_key = s\n",
    "aws_secret_access_key = s\n",
    "aws_session_token = t\naws_security_token = u\n",
    "credential_process = sh ./tool.sh PROCESS\n",
    "role_arn = arn:aws:iam::222222222222:role/x\nsource_profile = dev\n",
    "role_arn = arn:aws:iam::222222222222:role/x\nsource_profile = other\n",
    "role_arn = arn:aws:iam::222222222222:role/x\n",
    "sso_account_id = 1\n",
];

/// Indices into [`PARTS`] for the config file and the credentials file.
const CASES: [(&[usize], &[usize]); 24] = [
    (&[0], &[]),
    (&[], &[0]),
    (&[0], &[0]),
    (&[0, 2], &[]),
    (&[0], &[0, 2]),
    (&[3], &[]),
    (&[3, 0], &[]),
    (&[3], &[0]),
    (&[3], &[1]),
    (&[0], &[1]),
    (&[0], &[2]),
    (&[1], &[0]),
    (&[1], &[]),
    (&[2], &[]),
    (&[], &[3]),
    (&[0], &[3]),
    (&[4], &[]),
    (&[4, 3], &[]),
    (&[6], &[]),
    (&[6, 0], &[]),
    (&[5], &[]),
    (&[7], &[]),
    (&[7, 0], &[0]),
    (&[7, 3], &[]),
];

#[test]
fn offline_profiles_resolve_like_with_the_aws_cli() {
    let Some(aws) = aws_cli() else { return };
    for (config, credentials) in CASES {
        let mut env = TestEnv::offline();
        env.set("AWS_EC2_METADATA_DISABLED", "true");
        env.write("tool.sh", TOOL);
        env.write_config(&format!("[profile dev]\n{}", lines(config, "CONFIG")));
        env.write_credentials(&format!("[dev]\n{}", lines(credentials, "CREDENTIALS")));

        let command = "configure export-credentials --profile dev --format process";
        let theirs = env
            .command(aws.to_str().unwrap())
            .args(command.split(' '))
            .output()
            .unwrap();
        let ours = env.run("export-credentials --profile dev --format process");
        let ours = serde_json::from_str::<Value>(ours.stdout()).ok();
        let theirs = serde_json::from_slice::<Value>(&theirs.stdout).ok();
        assert_eq!(ours, theirs, "{config:?} {credentials:?}");
    }
}

fn lines(parts: &[usize], file: &str) -> String {
    let lines: String = parts.iter().map(|&part| PARTS[part]).collect();
    lines.replace("FILE", file)
}
