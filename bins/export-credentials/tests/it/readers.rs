//! Reads by the AWS CLI v2 and botocore, which take no lock, during writes.

use std::thread;
use std::time::Duration;

use identity_center_emulator::Emulator;
use identity_center_emulator::grant_type::REFRESH_TOKEN;
use serde_json::Value;
use sso_test_support::{Proxy, TestEnv, aws_cli, python};

use crate::signed_in;

/// Creates a home in which each run refreshes the token and requests new credentials.
fn home_with_short_lifetimes() -> (Emulator, TestEnv) {
    let (center, env) = signed_in();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(600));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    refresh(&env);
    (center, env)
}

fn refresh(env: &TestEnv) {
    env.run("export-credentials --profile dev --min-validity 11h")
        .expect_code(0);
}

fn while_writing<T: Send>(env: &TestEnv, read: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let reader = scope.spawn(read);
        while !reader.is_finished() {
            refresh(env);
        }
        reader.join().unwrap()
    })
}

#[test]
fn reads_by_botocore_never_fail_during_writes() {
    let Some(python) = python("botocore") else {
        return;
    };
    let (center, env) = home_with_short_lifetimes();
    let key = TestEnv::CREDENTIALS_OF_DEV.trim_end_matches(".json");
    let mut reader = env.command(python.to_str().unwrap());
    reader.args(["-c", include_str!("read_loop.py"), TestEnv::START_URL, key]);
    let output = while_writing(&env, || reader.output().unwrap());
    let counts: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(counts["failed"], 0, "{counts}");
    for kind in ["tokens", "credentials"] {
        assert!(counts[kind].as_u64().unwrap() > 10, "{counts}");
    }
    assert!(center.count_grants(REFRESH_TOKEN) > 10);
}

#[test]
fn runs_of_the_aws_cli_never_fail_during_writes() {
    let Some(aws) = aws_cli() else { return };
    let (_center, mut env) = home_with_short_lifetimes();
    let proxy = Proxy::start();
    env.set("HTTPS_PROXY", proxy.url());
    let env = &env;
    let run = || {
        let output = env
            .command(aws.to_str().unwrap())
            .args(["configure", "export-credentials", "--profile", "dev"])
            .output()
            .unwrap();
        let credentials: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        assert!(credentials["AccessKeyId"].is_string());
    };
    while_writing(env, || {
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..25).for_each(|_| run()));
            }
        });
    });
    assert!(proxy.targets().is_empty(), "{:?}", proxy.targets());
}
