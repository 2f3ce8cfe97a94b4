use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::example;

/// Returns whether `program` dumps core when it is aborted. `program` must write more to stdout
/// than the buffer of a pipe, so that it still runs at that time.
fn dumps_core(program: &Path, ending: &str) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    let script = "ulimit -c unlimited; exec \"$@\"";
    command.args(["-c", script, "-"]).arg(program).arg(ending);
    command.current_dir(&directory).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stdout = child.stdout.as_mut().unwrap();
    stdout.read_exact(&mut [0; 1]).unwrap();
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-ABRT", &id]).status();
    assert!(sent.unwrap().success());
    let status = child.wait().unwrap();
    assert!(status.signal().is_some(), "{status:?}");
    status.core_dumped()
}

#[test]
fn aborted_program_does_not_dump_core() {
    // The test proves nothing on systems without core dumps.
    if dumps_core(Path::new("yes"), "more") {
        assert!(!dumps_core(&example("endings"), "flood"));
    }
}
