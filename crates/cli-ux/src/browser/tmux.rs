//! Variables of a tmux session, which a later attachment changes.

use std::process::{Command, Stdio};

use sso_config::AwsEnv;

/// Variable that tmux updates when a client attaches, by its default option `update-environment`.
const CONNECTION: &str = "SSH_CONNECTION";

/// Variables of OpenSSH that the processes in a tmux session keep from their start.
const SSH_VARIABLES: [&str; 3] = [CONNECTION, "SSH_CLIENT", "SSH_TTY"];

/// Returns the environment with the SSH variables of the client that attached last to the tmux
/// session. Those of a process are stale if the session started locally and a client attached
/// through SSH, or the reverse. Outside of tmux, or if tmux does not know, returns `env` unchanged.
#[must_use]
pub fn with_variables_of_tmux(env: &AwsEnv) -> AwsEnv {
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

/// Returns the output of tmux: `NAME=VALUE`, or `-NAME`.
fn show_environment() -> Option<String> {
    let mut tmux = Command::new("tmux");
    tmux.args(["show-environment", CONNECTION])
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let output = tmux.output().ok()?;
    let shown = output.status.success().then_some(output.stdout)?;
    String::from_utf8(shown).ok()
}
