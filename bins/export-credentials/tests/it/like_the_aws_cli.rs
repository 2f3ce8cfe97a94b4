//! The same profile, asked of the AWS CLI and of us: what needs no network comes out alike.

use serde_json::Value;
use sso_test_support::{TestEnv, aws_cli};

/// A program that says which profile has called it.
const TOOL: &str =
    r#"echo "{\"Version\": 1, \"AccessKeyId\": \"$1\", \"SecretAccessKey\": \"s\"}""#;

/// The lines that a profile may have; each file of each config has some of them.
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

/// The sets of parts for the config file and the credentials file.
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
fn what_needs_no_network_comes_out_alike() {
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
