//! Behaviour where no thread can be started.

use identity_center_emulator::Operation;
use sso_test_support::TestEnv;

use crate::{signed_in, signed_in_with_expired_token};

const EXPORT: &str = "export-credentials --profile dev";

#[test]
fn credentials_are_obtained_without_threads() {
    let (center, mut env) = signed_in_with_expired_token();
    // The name of a host is resolved in a thread.
    env.set(
        "AWS_ENDPOINT_URL",
        format!("http://localhost:{}", center.address().port()),
    );
    let line = env.without_threads(EXPORT);
    env.run(&line).expect_code(0);
    assert_eq!(center.count(Operation::CreateToken), 1);
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn serve_without_threads_is_an_error() {
    let (_center, mut env) = signed_in();
    let line = env.without_threads(&format!("{EXPORT} --serve -- touch ran"));
    let failed = env.run(&line).expect_code(255);
    let error = "export-credentials: error: cannot start the credentials endpoint on 127.0.0.1: \
                 cannot start a thread: ";
    assert!(failed.stderr().starts_with(error), "{failed}");
    assert!(!env.home().join("ran").exists());
}

#[test]
fn credential_process_without_threads_is_an_error() {
    let mut env = TestEnv::offline();
    env.write_config("[profile dev]\ncredential_process = sleep 1000\n");
    let line = env.without_threads(EXPORT);
    let failed = env.run(&line).expect_code(255);
    let error = "cannot read the output of sleep: cannot start a thread: ";
    assert!(failed.stderr().contains(error), "{failed}");
    assert!(!failed.stderr().contains("hint:"), "{failed}");
}
