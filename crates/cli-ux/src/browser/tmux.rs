//! Variables of a tmux session, which a later attachment changes.

use std::cell::OnceCell;
use std::process::{Command, Stdio};

use sso_config::AwsEnv;

use super::within::{MAX_WAIT, within};

/// Variable that tmux updates when a client attaches, by its default option `update-environment`.
const CONNECTION: &str = "SSH_CONNECTION";

/// Variables of OpenSSH that the processes in a tmux session keep from their start.
const SSH_VARIABLES: [&str; 3] = [CONNECTION, "SSH_CLIENT", "SSH_TTY"];

/// Environment with the variables of tmux, which is asked when they are first used.
#[derive(Debug)]
pub struct TmuxEnv<'a> {
    env: &'a AwsEnv,
    current: OnceCell<AwsEnv>,
}

impl<'a> TmuxEnv<'a> {
    /// Creates the environment from that of the process.
    #[must_use]
    pub fn new(env: &'a AwsEnv) -> Self {
        let current = OnceCell::new();
        Self { env, current }
    }

    /// Returns the environment of the process.
    #[must_use]
    pub fn of_process(&self) -> &'a AwsEnv {
        self.env
    }

    /// Returns the environment with the variables of tmux. Waits for tmux, for at most a second.
    #[must_use]
    pub fn current(&self) -> &AwsEnv {
        self.current
            .get_or_init(|| with_variables_of_tmux(self.env))
    }
}

/// Returns the environment with the SSH variables of the client that attached last to the tmux
/// session. Those of a process are stale if the session started locally and a client attached
/// through SSH, or the reverse. Outside of tmux, or if tmux does not know, returns `env` unchanged.
fn with_variables_of_tmux(env: &AwsEnv) -> AwsEnv {
    let shown = env.get_os("TMUX").and_then(|_| show_environment());
    let line = shown.as_deref().unwrap_or_default().trim_end();
    if let Some(value) = line
        .strip_prefix(CONNECTION)
        .and_then(|rest| rest.strip_prefix('='))
    {
        return env.with(CONNECTION, Some(value));
    }
    // A minus sign marks a variable that the client did not have.
    if line.strip_prefix('-') == Some(CONNECTION) {
        let mut env = env.clone();
        for name in SSH_VARIABLES {
            env = env.with(name, None);
        }
        return env;
    }
    env.clone()
}

/// Returns the output of tmux: `NAME=VALUE`, or `-NAME`. A server of tmux that is stopped does not
/// answer.
fn show_environment() -> Option<String> {
    let mut tmux = Command::new("tmux");
    tmux.args(["show-environment", CONNECTION])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut tmux = tmux.spawn().ok()?;
    let stdout = tmux.stdout.take()?;
    let shown = within(MAX_WAIT, || std::io::read_to_string(stdout).ok());
    // If the output is complete, tmux has nothing left to do.
    let _ = tmux.kill();
    let _ = tmux.wait();
    shown.flatten()
}
