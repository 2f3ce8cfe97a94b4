//! Early refreshes in another process of this program.
//!
//! A caller such as `$(export-credentials)` waits for the end of this process, but a refresh of a token
//! that is still valid is not worth a wait, and its response must not be lost. Therefore a detached
//! process sends the request. Its stdout, for an error message, and its stderr are pipes, which it closes
//! by its end.

use std::io;
use std::process::{ChildStderr, ChildStdout, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use cli_ux::{Failure, Ui};
use sso_session::clients::background::Process;
use sso_session::threads;

use crate::args::Args;
use crate::detached;

/// Option of the process, which also takes the options of this process.
const OPTION: &str = "--refresh-in-background";

/// Start of the lines in which the process prints its warnings.
const WARNING: &str = "export-credentials: warning: ";

/// Maximum wait for the new token.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Starts the process. Returns `None` if it cannot be started, or would end with a container.
pub(crate) fn start(args: &Args, ui: &Ui) -> Option<Process> {
    if detached::is_in_container() {
        return None;
    }
    let mut first = detached::first(args, OPTION).ok()?;
    first.stdin(Stdio::null());
    first.stdout(Stdio::piped());
    first.stderr(Stdio::piped());
    let mut first = first.spawn().ok()?;
    let output = first.stdout.take().expect("stdout is piped");
    let messages = first.stderr.take().expect("stderr is piped");
    // If the caller ignores SIGCHLD, the system reaps the first process, and its status is unknown.
    let has_started = first.wait().map_or(true, |status| status.success());
    let ui = ui.clone();
    has_started.then(|| Box::new(move || error_message(&ui, output, messages)) as Process)
}

/// Waits until the process ends, for at most [`MAX_WAIT`]. Prints its warnings and other messages, and
/// returns its error message if it ends because of an error.
fn error_message(ui: &Ui, output: ChildStdout, messages: ChildStderr) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    let read = move || sender.send((io::read_to_string(messages), io::read_to_string(output)));
    threads::spawn(read).ok()?;
    let (messages, error) = receiver.recv_timeout(MAX_WAIT).ok()?;
    for line in messages.ok()?.lines() {
        match line.strip_prefix(WARNING) {
            Some(warning) => ui.warn(warning),
            None => ui.say(line),
        }
    }
    error.ok().filter(|error| !error.is_empty())
}

/// Runs the process, or starts it if this process is not detached yet. The result of `refresh` is in
/// the cache.
pub(crate) fn run(
    args: &Args,
    ui: &Ui,
    refresh: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    if !args.detached {
        return detached::start_second().map_err(Failure::other);
    }
    ui.leave_terminal();
    refresh().or_else(|failure| ui.print(&failure.to_string()))
}
