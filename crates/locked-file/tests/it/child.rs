//! This very test program, run again as another process.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Returns the command that runs the ignored test `name`, below `strace` with the given
/// arguments where there are any.
pub(crate) fn command(name: &str, strace: &[&str]) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut command = if strace.is_empty() {
        Command::new(program)
    } else {
        let mut command = Command::new("strace");
        command.args(strace).arg(program);
        command
    };
    command.args([
        name,
        "--exact",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    // Cargo's is long, and the loader looks into each of its directories: in calls that `strace` counts.
    command.env_remove("LD_LIBRARY_PATH");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Starts `command` and tells it `path`.
pub(crate) fn start(mut command: Command, path: &Path) -> Child {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}", path.display()).unwrap();
    child
}

/// Waits until `child` says `line`.
pub(crate) fn wait_for(child: &mut Child, line: &str) {
    let stdout = BufReader::new(child.stdout.as_mut().unwrap());
    let said = |said: io::Result<String>| said.unwrap().ends_with(line);
    assert!(stdout.lines().any(said), "the child never said {line}");
}

/// In a child: the path that it was told, or `None` if a user runs the ignored tests.
pub(crate) fn path_from_parent() -> Option<PathBuf> {
    let line = io::stdin().lines().next()?.unwrap();
    (!line.is_empty()).then(|| line.into())
}

/// In a child: says `line`.
pub(crate) fn say(line: &str) {
    io::stdout()
        .write_all(format!("{line}\n").as_bytes())
        .unwrap();
}
