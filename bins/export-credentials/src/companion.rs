//! Companion of a command: another process of this program, with the credentials endpoint.
//!
//! The command replaces this process, so that it has the process ID and the process group that the
//! shell knows. The companion is [detached], so it is not a child of the command.
//! In a container, the command and the companion are children of this process: see
//! [`start_supervised`].
//!
//! The companion reads the first credentials from the first line of stdin, in the format of a
//! `credential_process`, and writes the variables of the endpoint to stdout, one `NAME=value` per
//! line.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::Context;
use cli_ux::{Failure, SupervisedService, Ui};
use serde_json::json;
use sso_credentials::endpoint::VARIABLES;
use sso_credentials::{Credentials, process};
use sso_session::{Clock, SystemClock, threads};
use sso_types::{AccountId, Secret, timestamp};
use time::OffsetDateTime;

use crate::args::Args;
use crate::{detached, refresh};

/// Maximum time between two checks whether a companion has ended.
const MAX_PAUSE: Duration = Duration::from_millis(250);

/// Variables of the endpoint, with their values.
pub(crate) type Endpoint = [(&'static str, String); 2];

/// Companion of a command that this process supervises.
pub(crate) struct Supervised {
    process: Child,
    /// The companion serves until this is closed.
    input: Option<ChildStdin>,
    endpoint: Endpoint,
    /// Maximum wait for its end.
    end_timeout: Duration,
    ui: Ui,
}

/// Starts the companion of the command that replaces this process. A signal to the process group of this
/// process, such as Ctrl-C, does not end the companion before it has left the terminal.
pub(crate) fn start(args: &Args, credentials: &Credentials) -> Result<Endpoint, Failure> {
    let option = format!("--companion-of={}", std::process::id());
    let mut launcher = detached::first(args, &option).map_err(cannot_start)?;
    // The companion itself is not the leader of this group, and so can leave the session.
    CommandExt::process_group(&mut launcher, 0);
    let mut launcher = spawn(&mut launcher)?;
    let endpoint = exchange(&mut launcher, credentials).map(|(_, endpoint)| endpoint);
    // If the caller ignores SIGCHLD, the system reaps the launcher.
    let status = launcher.wait().ok();
    endpoint.map_err(|error| failure(error, status))
}

/// Starts the companion of a command that this process supervises. It serves until
/// [`end`](SupervisedService::end), for which this process waits: the end of the first process of a
/// container ends all others, and a refresh that is cut short loses the session.
pub(crate) fn start_supervised(
    args: &Args,
    ui: &Ui,
    credentials: &Credentials,
) -> Result<Supervised, Failure> {
    let companion = detached::without_descriptors(args, "--supervised-companion");
    let mut companion = companion.map_err(cannot_start)?;
    let mut process = spawn(&mut companion)?;
    match exchange(&mut process, credentials) {
        Ok((input, endpoint)) => Ok(Supervised {
            process,
            input: Some(input),
            endpoint,
            end_timeout: args.global.connection(ui.program()).lock_timeout(),
            ui: ui.clone(),
        }),
        Err(error) => Err(failure(error, process.wait().ok())),
    }
}

impl Supervised {
    pub(crate) fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }
}

impl SupervisedService for Supervised {
    /// Warns once if the companion has ended, for example because the memory was exhausted.
    fn check(&mut self) {
        let status = match self.process.try_wait() {
            Ok(None) => return,
            Ok(Some(status)) => status.to_string(),
            // As the first process of a container, this process reaps all child processes.
            Err(_) => "unknown status".to_owned(),
        };
        if self.input.take().is_some() {
            let warning = format!(
                "the process with the credentials endpoint has ended ({status}); the command \
                 gets no more credentials from it"
            );
            let ui = self.ui.clone();
            // The supervisor forwards signals, and must not wait for a reader of stderr. Without a thread,
            // the warning is lost.
            let _ = threads::spawn(move || ui.warn(warning));
        }
    }

    fn end(&mut self) {
        drop(self.input.take());
        end_within(&mut self.process, self.end_timeout, &SystemClock);
    }
}

/// Waits for the end of a companion, and kills it after `timeout`: it may have been stopped.
fn end_within(companion: &mut Child, timeout: Duration, clock: &dyn Clock) {
    let deadline = clock.monotonic().saturating_add(timeout);
    let mut pause = Duration::from_millis(1);
    // On failure the companion has ended.
    while let Ok(None) = companion.try_wait() {
        if clock.monotonic() >= deadline {
            // The kernel ends it when the supervisor ends, if this has not.
            let _ = companion.kill();
            return;
        }
        clock.sleep(pause);
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

fn spawn(companion: &mut Command) -> Result<Child, Failure> {
    companion.stdin(Stdio::piped()).stdout(Stdio::piped());
    companion.spawn().map_err(cannot_start)
}

/// Returns the failure of a companion with this exit status. It has reported its error unless a signal
/// has ended it, for example Ctrl-C.
fn failure(error: io::Error, status: Option<ExitStatus>) -> Failure {
    match status {
        Some(status) if status.signal().is_some() => {
            Failure::of_signal(status).unwrap_or_else(|| cannot_start(error))
        }
        _ => cannot_start(error).silent(),
    }
}

/// Returns the stdin of the companion and the variables of its endpoint.
fn exchange(
    companion: &mut Child,
    credentials: &Credentials,
) -> io::Result<(ChildStdin, Endpoint)> {
    let mut input = companion.stdin.take().expect("stdin is piped");
    input.write_all(document(credentials).expose().as_bytes())?;
    let mut lines = BufReader::new(companion.stdout.take().expect("stdout is piped")).lines();
    let mut value_of = |name: &'static str| {
        let line = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
        match line.split_once('=') {
            Some((found, value)) if found == name => Ok((name, value.to_owned())),
            _ => Err(io::Error::from(io::ErrorKind::InvalidData)),
        }
    };
    let [uri, token] = VARIABLES;
    Ok((input, [value_of(uri)?, value_of(token)?]))
}

/// Returns a line with the credentials in the format of a `credential_process`.
fn document(credentials: &Credentials) -> Secret {
    let document = json!({
        "Version": 1,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.expose(),
        "SessionToken": credentials.session_token.as_ref().map(Secret::expose),
        "Expiration": credentials.expires_at.map(timestamp::format),
        "AccountId": credentials.account_id.as_ref().map(AccountId::as_str),
    });
    format!("{document}\n").into()
}

/// Serves a command until it ends: that which replaces the process `--companion-of`, or a child of the
/// parent of this process. Ends without a message if that process has ended, for example by Ctrl-C.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    let served = match args.companion_of {
        None => ui.accompany_supervised(),
        Some(_) if !args.detached => return detached::start_second().map_err(cannot_start),
        Some(id) => match ui.accompany(id) {
            Some(served) => served,
            None => return Ok(()),
        },
    };
    let Some(first) = first_credentials()? else {
        return Ok(());
    };
    let endpoint = refresh::endpoint(args, ui, first)?;
    let variables = endpoint.variables();
    let lines = variables.map(|(name, value)| format!("{name}={value}\n"));
    ui.print(&lines.concat())?;
    served.wait();
    Ok(())
}

/// Returns `None` if stdin is empty.
fn first_credentials() -> Result<Option<Credentials>, Failure> {
    let mut line = Vec::new();
    let read = io::stdin().lock().read_until(b'\n', &mut line);
    if read.map_err(cannot_start)? == 0 {
        return Ok(None);
    }
    let document = String::from_utf8(line).map_err(io::Error::other);
    let document: Secret = document.map_err(cannot_start)?.into();
    // Credentials that have expired in the meantime are refreshed like others.
    let credentials = process::parse(document.expose().as_bytes(), OffsetDateTime::UNIX_EPOCH);
    let context = "the input of the companion contains no credentials";
    credentials
        .context(context)
        .map(Some)
        .map_err(Failure::other)
}

fn cannot_start(error: io::Error) -> Failure {
    Failure::other(anyhow::Error::new(error).context("cannot start the credentials endpoint"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;
    use std::time::Duration;

    use sso_session::clock::{Clock as _, ManualClock};
    use time::OffsetDateTime;

    use super::end_within;

    const TIMEOUT: Duration = Duration::from_secs(400);

    fn clock() -> ManualClock {
        ManualClock::at(OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_companion_that_does_not_end_is_killed_after_the_timeout() {
        let clock = clock();
        let mut stopped = Command::new("sh")
            .args(["-c", "kill -STOP $$"])
            .spawn()
            .unwrap();
        end_within(&mut stopped, TIMEOUT, &clock);
        let waited = clock.monotonic();
        assert!(waited >= TIMEOUT && waited < TIMEOUT + Duration::from_secs(1));
        assert_eq!(stopped.wait().unwrap().signal(), Some(9));
    }

    #[test]
    fn nothing_waits_for_a_companion_that_has_ended() {
        let clock = clock();
        let mut ended = Command::new("true").spawn().unwrap();
        ended.wait().unwrap();
        end_within(&mut ended, TIMEOUT, &clock);
        assert!(clock.slept().is_empty());
    }
}
