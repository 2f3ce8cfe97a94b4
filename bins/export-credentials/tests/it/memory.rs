//! No core dump holds a secret, and other programs' are as they were.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};

use sso_test_support::TestEnv;

use crate::signed_in;

/// Starts a command line that may dump as much as it likes, and says `ready`.
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

/// Whether a process leaves its memory behind where it is aborted.
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
fn the_program_leaves_no_core_dump_and_the_command_it_runs_may() {
    let (_center, env) = signed_in();
    if !dumps_core(started(&env, READY)) {
        // Nothing dumps core here, so that nothing would be proved.
        return;
    }
    let serve = format!("export-credentials --profile dev --serve -- {READY}");
    assert!(!dumps_core(started(&env, &serve)));
    let give_way = format!("export-credentials --profile dev -- {READY}");
    assert!(dumps_core(started(&env, &give_way)));
}
