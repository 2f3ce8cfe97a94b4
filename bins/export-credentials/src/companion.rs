//! Companion of a command: another process of this program, with the credentials endpoint.
//!
//! The command replaces this process, so that it has the process ID and the process group that the
//! shell knows. [`start`] runs this program as a launcher, which starts the companion and exits.
//! Therefore the companion is not a child of the command, which may wait for all of its children.
//! In a container, the command and the companion are children of this process: see
//! [`start_supervised`].
//!
//! The companion reads the first credentials from the first line of stdin, in the format of a
//! `credential_process`, and writes the variables of the endpoint to stdout, one `NAME=value` per
//! line.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, anyhow};
use cli_ux::{Failure, SupervisedService, Ui};
use serde_json::json;
use sso_credentials::endpoint::VARIABLES;
use sso_credentials::{Credentials, process};
use sso_types::{AccountId, Secret, timestamp};
use time::OffsetDateTime;

use crate::args::Args;
use crate::refresh;

/// Variables of the endpoint, with their values.
pub(crate) type Endpoint = [(&'static str, String); 2];

/// Companion of a command that this process supervises.
pub(crate) struct Supervised {
    process: Child,
    /// The companion serves until this is closed.
    input: Option<ChildStdin>,
    endpoint: Endpoint,
    ui: Ui,
}

/// Starts the companion of the command that replaces this process.
pub(crate) fn start(args: &Args, credentials: &Credentials) -> Result<Endpoint, Failure> {
    let mut launcher = Command::new(this_program().map_err(cannot_start)?);
    launcher
        .args(options_without_command(args))
        .arg(format!("--companion-of={}", std::process::id()));
    let mut launcher = spawn(&mut launcher)?;
    let endpoint = exchange(&mut launcher, credentials).map(|(_, endpoint)| endpoint);
    launcher.wait().map_err(cannot_start)?;
    endpoint.map_err(reported)
}

/// Starts the companion of a command that this process supervises. It serves until
/// [`end`](SupervisedService::end), for which this process waits: the end of the first process of a
/// container ends all others, and a refresh that is cut short loses the session.
pub(crate) fn start_supervised(
    args: &Args,
    ui: &Ui,
    credentials: &Credentials,
) -> Result<Supervised, Failure> {
    let mut companion = without_descriptors().map_err(cannot_start)?;
    companion
        .args(options_without_command(args))
        .arg("--supervised-companion");
    let mut process = spawn(&mut companion)?;
    match exchange(&mut process, credentials) {
        Ok((input, endpoint)) => Ok(Supervised {
            process,
            input: Some(input),
            endpoint,
            ui: ui.clone(),
        }),
        Err(error) => {
            process.wait().map_err(cannot_start)?;
            Err(reported(error))
        }
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
        if let Ok(Some(status)) = self.process.try_wait()
            && self.input.take().is_some()
        {
            self.ui.warn(format_args!(
                "the process with the credentials endpoint has ended ({status}); the command \
                 gets no more credentials from it"
            ));
        }
    }

    fn end(&mut self) {
        drop(self.input.take());
        // On failure the companion has ended.
        let _ = self.process.wait();
    }
}

fn spawn(companion: &mut Command) -> Result<Child, Failure> {
    companion.stdin(Stdio::piped()).stdout(Stdio::piped());
    companion.spawn().map_err(cannot_start)
}

/// The companion has reported its error.
fn reported(error: io::Error) -> Failure {
    cannot_start(error).silent()
}

/// Returns the arguments of this process without `--serve` and the command.
fn options_without_command(args: &Args) -> impl Iterator<Item = OsString> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let count = arguments.len() - args.command.len();
    let options = arguments.into_iter().take(count);
    options.filter(|argument| argument != "--serve" && argument != "--")
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
/// parent of this process.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    let served = match args.companion_of {
        None => ui.accompany_supervised(),
        Some(_) if !args.detached => return detach().map_err(cannot_start),
        Some(id) => ui
            .accompany(id)
            .ok_or_else(|| Failure::other(anyhow!("no process has the ID {id}")))?,
    };
    let first = first_credentials()?;
    let endpoint = refresh::endpoint(args, ui, first)?;
    let variables = endpoint.variables();
    let lines = variables.map(|(name, value)| format!("{name}={value}\n"));
    ui.print(&lines.concat())?;
    served.wait();
    Ok(())
}

fn first_credentials() -> Result<Credentials, Failure> {
    let mut line = Vec::new();
    let read = io::stdin().lock().read_until(b'\n', &mut line);
    let document: Secret = read
        .and_then(|_| String::from_utf8(line).map_err(io::Error::other))
        .map_err(cannot_start)?
        .into();
    // Credentials that have expired in the meantime are refreshed like others.
    let credentials = process::parse(document.expose().as_bytes(), OffsetDateTime::UNIX_EPOCH);
    let context = "the input of the companion contains no credentials";
    credentials.context(context).map_err(Failure::other)
}

/// Starts this program again with the same streams. It is not a child of the command when this
/// process has ended.
fn detach() -> io::Result<()> {
    let mut companion = without_descriptors()?;
    companion
        .args(std::env::args_os().skip(1))
        .arg("--detached");
    companion.spawn().map(drop)
}

/// Descriptors that a POSIX shell can close by their numbers.
const SINGLE_DIGITS: std::ops::RangeInclusive<u32> = 3..=9;

/// Descriptors that are closed on a system that does not list the open ones.
const UNLISTED: std::ops::RangeInclusive<u32> = 3..=63;

const SH: &str = "/bin/sh";

/// A shell that can close descriptors with several digits. In Debian, `/bin/sh` cannot.
const BASH: &str = "/bin/bash";

/// Runs the arguments with the environment of the shell's caller. bash adds a missing `SHLVL`.
const START: &str = r#"[ -n "$BASH_VERSION" ] && [ "$SHLVL" = 1 ] && exec /usr/bin/env -u SHLVL "$0" "$@"
exec "$0" "$@""#;

/// Returns the path or the name of this program. A container may have no `/proc`, from which Linux
/// reads the path.
pub(crate) fn this_program() -> io::Result<PathBuf> {
    let name = std::env::args_os().next();
    std::env::current_exe().or_else(|error| name.map(PathBuf::from).ok_or(error))
}

/// Returns a command that runs this program without the descriptors that the caller has opened, such
/// as a lock or a pipe: the companion would hold them for longer than the command. Its arguments
/// follow. The program keeps the descriptors if there is no shell, as in some containers.
fn without_descriptors() -> io::Result<Command> {
    let program = this_program()?;
    if !Path::new(SH).exists() {
        return Ok(Command::new(program));
    }
    let (digits, numbers): (Vec<u32>, Vec<u32>) = open_descriptors()
        .into_iter()
        .partition(|number| SINGLE_DIGITS.contains(number));
    let mut shell = if !numbers.is_empty() && Path::new(BASH).exists() {
        let mut bash = Command::new(BASH);
        // Without the files of the user.
        bash.arg("-p");
        bash
    } else {
        Command::new(SH)
    };
    let script = format!(
        // If the shell takes a number for the name of a command, only the subshell fails.
        "exec{}; (exec{several}) 2>/dev/null && exec{several}; {START}",
        closing(&digits),
        several = closing(&numbers),
    );
    shell.arg("-c").arg(script).arg(program);
    Ok(shell)
}

fn closing(numbers: &[u32]) -> String {
    let closing = numbers.iter().map(|number| format!(" {number}>&-"));
    closing.collect::<Vec<_>>().concat()
}

/// Returns the numbers of the descriptors that are open now, without those of the standard streams.
fn open_descriptors() -> BTreeSet<u32> {
    let number = |name: &OsStr| name.to_str().and_then(|name| name.parse().ok());
    let entries = std::fs::read_dir("/dev/fd").into_iter().flatten().flatten();
    let listed: BTreeSet<_> = entries
        .filter_map(|entry| number(&entry.file_name()))
        .filter(|number| *number > 2)
        .collect();
    // The list contains the descriptor of the directory itself.
    if listed.is_empty() {
        UNLISTED.collect()
    } else {
        listed
    }
}

fn cannot_start(error: io::Error) -> Failure {
    Failure::other(anyhow::Error::new(error).context("cannot start the credentials endpoint"))
}
