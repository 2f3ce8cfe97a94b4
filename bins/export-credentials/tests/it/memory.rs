//! Core dumps are disabled for `export-credentials` but not for the commands that it runs.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};

use sso_test_support::TestEnv;

use crate::signed_in;

/// Starts a command line without a limit for core dumps, and waits for its line `ready`.
fn started(env: &TestEnv, line: &str) -> Child {
    let script = format!("ulimit -c unlimited; exec {line}");
    let mut command = env.command("sh");
    command
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    child
}

fn dumps_core(mut child: Child) -> bool {
    let id = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-ABRT", &id])
        .status();
    assert!(sent.unwrap().success());
    let status = child.wait().unwrap();
    assert!(status.signal().is_some(), "{status:?}");
    status.core_dumped()
}

const READY: &str = "sh -c 'echo ready; read end'";

#[test]
fn export_credentials_does_not_dump_core_and_its_command_can() {
    let (_center, env) = signed_in();
    if !dumps_core(started(&env, READY)) {
        // Core dumps are disabled on this machine.
        return;
    }
    for serve in ["", "--serve "] {
        let line = format!("export-credentials --profile dev {serve}-- {READY}");
        assert!(dumps_core(started(&env, &line)), "{line}");
    }
    env.write_config("[profile slow]\ncredential_process = sh -c 'echo ready >&3; sleep 60'\n");
    let own = "export-credentials --profile slow 3>&1";
    assert!(!dumps_core(started(&env, own)));
}
