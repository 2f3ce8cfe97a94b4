//! The caches are shared with the AWS CLI v2 and boto3 in both directions.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Output;

use identity_center_emulator::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE};
use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Emulator, Operation};
use serde_json::Value;
use sso_test_support::{Browser, TestEnv, aws_cli, node_modules, python, tool};

use crate::{home, signed_in};

fn sign_in_and_export(center: &Emulator, env: &TestEnv) -> Value {
    let mut login = env.start("sso-login --profile dev --no-browser");
    let page = Browser::new().approve(&login.wait_for_url());
    assert!(page.body.contains("signed in"), "{}", page.body);
    login.finish().expect_code(0);
    assert_eq!(center.count_grants(AUTHORIZATION_CODE), 1);
    exported(env)
}

fn exported(env: &TestEnv) -> Value {
    let export = env
        .run("export-credentials --profile dev --format process")
        .expect_code(0);
    serde_json::from_str(export.stdout()).unwrap()
}

fn run_python(env: &TestEnv, python: &Path, script: &str) -> Output {
    let output = env
        .command(python.to_str().unwrap())
        .args(["-c", script])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Returns the output of `--format process` as the AWS CLI prints it.
pub(crate) fn without_account(mut output: Value) -> Value {
    let account = output.as_object_mut().unwrap().remove("AccountId");
    assert!(account.is_some(), "{output}");
    output
}

#[test]
fn the_aws_cli_uses_cached_credentials_without_requests() {
    let Some(aws) = aws_cli() else { return };
    let (center, mut env) = home();
    let ours = sign_in_and_export(&center, &env);
    // The AWS CLI 2.9 ignores AWS_ENDPOINT_URL; the proxy records its requests.
    let proxy = sso_test_support::Proxy::start();
    env.set("HTTPS_PROXY", proxy.url());
    env.set("HTTP_PROXY", proxy.url());
    let output = env
        .command(aws.to_str().unwrap())
        .args([
            "configure",
            "export-credentials",
            "--profile",
            "dev",
            "--format",
            "process",
        ])
        .output()
        .unwrap();
    let theirs: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(theirs, without_account(ours));
    assert!(proxy.targets().is_empty(), "{:?}", proxy.targets());
}

#[test]
fn boto3_uses_the_cached_token_with_one_request_for_the_role() {
    let Some(python) = python("boto3") else {
        return;
    };
    let (center, env) = home();
    sign_in_and_export(&center, &env);
    center.forget_requests();
    let script = "import boto3; c = boto3.Session(profile_name='dev').get_credentials().get_frozen_credentials(); print(c.access_key)";
    let output = run_python(&env, &python, script);
    assert!(
        String::from_utf8_lossy(&output.stdout).starts_with("ASIA"),
        "{output:?}"
    );
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
    assert_eq!(center.count(Operation::CreateToken), 0);
    assert_eq!(center.requests().len(), 1);
}

#[test]
fn credentials_cached_by_the_aws_cli_are_used_without_requests() {
    let Some(aws) = aws_cli() else { return };
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    let output = env
        .command(interpreter(&aws).to_str().unwrap())
        .args(["-c", include_str!("fetch_credentials.py"), &center.url()])
        .output()
        .unwrap();
    let theirs: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(center.count_grants(DEVICE_CODE), 1);
    center.forget_requests();
    let ours = exported(&env);
    assert_eq!(ours["AccessKeyId"], theirs["access_key"]);
    assert_eq!(ours["SecretAccessKey"], theirs["secret_key"]);
    assert_eq!(ours["SessionToken"], theirs["token"]);
    env.run("sso-login --profile dev").expect_code(0);
    assert!(center.requests().is_empty());

    env.run("sso-login --profile dev --force --use-device-code")
        .expect_code(0);
    assert_eq!(
        center.count(Operation::RegisterClient),
        0,
        "the AWS CLI's registration is reused"
    );
}

/// `aws sso logout` reads every file in the directory and removes tokens.
#[test]
fn a_sign_out_with_the_aws_cli_keeps_lock_and_state_files() {
    let Some(aws) = aws_cli() else { return };
    let (center, env) = signed_in();
    exported(&env);
    let kept = ["x.lock", "x.login.lock", ".locked-file-x.tmp", "x.corrupt"]
        .map(|name| format!(".aws/sso/cache/aws-sso-tools/{name}"));
    let held = kept.each_ref().map(|path| {
        env.write(path, "{\"accessToken\": ");
        let file = File::options().write(true).open(env.home().join(path));
        let file = file.unwrap();
        file.lock().unwrap();
        file
    });
    let output = env
        .command(interpreter(&aws).to_str().unwrap())
        .args(["-c", include_str!("sign_out.py"), &center.url()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    drop(held);
    assert_eq!(center.count(Operation::Logout), 1);
    let files = env.files();
    assert!(kept.iter().all(|path| files.contains(path)), "{files:?}");
    let is_json = |path: &&String| Path::new(path).extension().is_some_and(|end| end == "json");
    assert_eq!(files.iter().find(is_json), None);
    env.run("export-credentials --profile dev").expect_code(253);
}

/// Returns the Python that runs the AWS CLI and can import its packages.
pub(crate) fn interpreter(aws: &Path) -> PathBuf {
    let script = std::fs::read_to_string(aws).unwrap();
    let first = script.lines().next().unwrap();
    first
        .strip_prefix("#!")
        .unwrap_or_else(|| panic!("{} is not a script", aws.display()))
        .into()
}

#[test]
fn boto3_runs_export_credentials_as_credential_process() {
    let Some(python) = python("boto3") else {
        return;
    };
    let (_center, env) = signed_in();
    env.write_config(&format!(
        "{}[profile wrapped]\ncredential_process = export-credentials --profile dev --format process\n",
        TestEnv::SAMPLE_CONFIG
    ));
    let script = "import boto3; print(boto3.Session(profile_name='wrapped').get_credentials().get_frozen_credentials().access_key)";
    let output = run_python(&env, &python, script);
    let ours = exported(&env);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        ours["AccessKeyId"].as_str().unwrap()
    );
}

#[test]
fn the_javascript_sdk_runs_export_credentials_as_credential_process() {
    let (Some(node), Some(modules)) = (tool("node"), node_modules("@aws-sdk/credential-providers"))
    else {
        return;
    };
    let (_center, env) = signed_in();
    env.write_config(&format!(
        "{}[profile wrapped]\ncredential_process = export-credentials --profile dev --format process\n",
        TestEnv::SAMPLE_CONFIG
    ));
    let script = "require('@aws-sdk/credential-providers').fromProcess({ profile: 'wrapped' })()\
                  .then(it => console.log(JSON.stringify(it)))";
    let mut command = env.command(node.to_str().unwrap());
    let output = command
        .args(["-e", script])
        .env("NODE_PATH", modules)
        .output()
        .unwrap();
    let theirs: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let ours = exported(&env);
    assert_eq!(theirs["accessKeyId"], ours["AccessKeyId"]);
    assert_eq!(theirs["secretAccessKey"], ours["SecretAccessKey"]);
    assert_eq!(theirs["sessionToken"], ours["SessionToken"]);
    let expiration = ours["Expiration"]
        .as_str()
        .unwrap()
        .replace("+00:00", ".000Z");
    assert_eq!(theirs["expiration"], expiration);
}
