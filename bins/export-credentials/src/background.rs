//! Early refreshes in another process of this program.
//!
//! A caller such as `$(export-credentials)` waits for the end of this process, but a refresh of a token
//! that is still valid is not worth a wait, and its response must not be lost. Therefore a detached
//! process sends the request. It writes its error message to stdout, a pipe that it closes by its end.

use std::io;
use std::process::{ChildStdout, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use cli_ux::{Failure, Ui};
use sso_session::clients::background::Process;
use sso_session::threads;

use crate::args::Args;
use crate::detached;

/// Option of the process, which also takes the options of this process.
const OPTION: &str = "--refresh-in-background";

/// Maximum wait for the new token.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Starts the process. Returns `None` if it cannot be started, or would end with a container.
pub(crate) fn start(args: &Args) -> Option<Process> {
    if detached::is_in_container() {
        return None;
    }
    let mut first = detached::first(args, OPTION).ok()?;
    first.stdin(Stdio::null());
    first.stdout(Stdio::piped());
    first.stderr(Stdio::null());
    let mut first = first.spawn().ok()?;
    let output = first.stdout.take().expect("stdout is piped");
    let has_started = first.wait().is_ok_and(|status| status.success());
    has_started.then(|| Box::new(move || error_message(output)) as Process)
}

/// Returns the error message of the process if it ends within [`MAX_WAIT`] because of an error.
fn error_message(mut output: ChildStdout) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    let read = move || sender.send(io::read_to_string(&mut output));
    threads::spawn(read).ok()?;
    let message = receiver.recv_timeout(MAX_WAIT).ok()?.ok()?;
    Some(message).filter(|message| !message.is_empty())
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
