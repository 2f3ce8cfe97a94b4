//! Child processes that run the same test program.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// Returns a command that runs the ignored test `name`, under `strace` if `strace` has arguments.
pub(crate) fn command(name: &str, strace: &[&str]) -> Command {
    if strace.is_empty() {
        return command_under(&[], name);
    }
    let strace: Vec<_> = ["strace"].iter().chain(strace).copied().collect();
    command_under(&strace, name)
}

/// Returns a command that runs the ignored test `name`, started by `wrapper` if it is not empty.
pub(crate) fn command_under(wrapper: &[&str], name: &str) -> Command {
    let program = std::env::current_exe().unwrap();
    let command = if let Some((wrapper, args)) = wrapper.split_first() {
        let mut command = Command::new(wrapper);
        command.args(args).arg(program);
        command
    } else {
        Command::new(program)
    };
    with_arguments(command, name)
}

/// Adds the arguments that run the ignored test `name` to a command that ends with the path of this
/// test program.
pub(crate) fn with_arguments(mut command: Command, name: &str) -> Command {
    command.args([
        name,
        "--exact",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    // Cargo's value makes the loader search many directories, and `strace` counts these calls.
    command.env_remove("LD_LIBRARY_PATH");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Starts `command` and writes `path` to its stdin.
pub(crate) fn start(mut command: Command, path: &Path) -> Child {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}", path.display()).unwrap();
    child
}

/// Runs `command` with `path` on its stdin until it ends.
///
/// # Panics
///
/// If the command runs no test, for example because of a misspelt name, which is not an error of the
/// test harness.
pub(crate) fn output(command: Command, path: &Path) -> Output {
    let output = start(command, path).wait_with_output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("running 1 test\n"), "{stdout}");
    output
}

pub(crate) fn wait_for(child: &mut Child, line: &str) {
    let stdout = BufReader::new(child.stdout.as_mut().unwrap());
    let is_expected = |printed: io::Result<String>| printed.unwrap().ends_with(line);
    assert!(
        stdout.lines().any(is_expected),
        "the child ended without printing {line}"
    );
}

/// Returns the path from stdin in a child process, or `None` if a user runs the ignored tests.
pub(crate) fn path_from_parent() -> Option<PathBuf> {
    let line = io::stdin().lines().next()?.unwrap();
    (!line.is_empty()).then(|| line.into())
}

/// Bypasses the output capture of the test harness.
pub(crate) fn print_line(line: &str) {
    io::stdout()
        .write_all(format!("{line}\n").as_bytes())
        .unwrap();
}
