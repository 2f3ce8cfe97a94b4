//! Companion of a command: another process of this program, with the credentials endpoint.
//!
//! The command replaces this process, so that it has the process ID and the process group that the
//! shell knows. [`start`] runs this program as a launcher, which starts the companion and exits.
//! Therefore the companion is not a child of the command, which may wait for all of its children.
//!
//! The companion reads the first credentials from stdin, in the format of a `credential_process`, and
//! writes the variables of the endpoint to stdout, one `NAME=value` per line.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, anyhow};
use cli_ux::{Failure, Ui};
use serde_json::json;
use sso_credentials::endpoint::VARIABLES;
use sso_credentials::{Credentials, process};
use sso_types::{AccountId, Secret, timestamp};
use time::OffsetDateTime;

use crate::args::Args;
use crate::refresh;

/// Variables of the endpoint, with their values.
pub(crate) type Endpoint = [(&'static str, String); 2];

/// Starts the companion of the command that replaces this process.
pub(crate) fn start(args: &Args, credentials: &Credentials) -> Result<Endpoint, Failure> {
    let program = std::env::current_exe().map_err(cannot_start)?;
    let launcher = Command::new(program)
        .args(options_without_command(args))
        .arg(format!("--companion-of={}", std::process::id()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut launcher = launcher.map_err(cannot_start)?;
    let endpoint = exchange(&mut launcher, credentials);
    launcher.wait().map_err(cannot_start)?;
    // The companion has reported its error.
    endpoint.map_err(|error| cannot_start(error).silent())
}

/// Returns the arguments of this process without `--serve` and the command.
fn options_without_command(args: &Args) -> impl Iterator<Item = OsString> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let count = arguments.len() - args.command.len();
    let options = arguments.into_iter().take(count);
    options.filter(|argument| argument != "--serve" && argument != "--")
}

fn exchange(launcher: &mut Child, credentials: &Credentials) -> io::Result<Endpoint> {
    let mut input = launcher.stdin.take().expect("stdin is piped");
    input.write_all(document(credentials).expose().as_bytes())?;
    drop(input);
    let mut lines = BufReader::new(launcher.stdout.take().expect("stdout is piped")).lines();
    let mut value_of = |name: &'static str| {
        let line = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
        match line.split_once('=') {
            Some((found, value)) if found == name => Ok((name, value.to_owned())),
            _ => Err(io::Error::from(io::ErrorKind::InvalidData)),
        }
    };
    let [uri, token] = VARIABLES;
    Ok([value_of(uri)?, value_of(token)?])
}

/// Returns the credentials in the format of a `credential_process`.
fn document(credentials: &Credentials) -> Secret {
    let document = json!({
        "Version": 1,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.expose(),
        "SessionToken": credentials.session_token.as_ref().map(Secret::expose),
        "Expiration": credentials.expires_at.map(timestamp::format),
        "AccountId": credentials.account_id.as_ref().map(AccountId::as_str),
    });
    document.to_string().into()
}

/// Serves the command that replaces the process `id`, until it ends.
pub(crate) fn run(args: &Args, ui: &Ui, id: u32) -> Result<(), Failure> {
    if !args.detached {
        return detach().map_err(cannot_start);
    }
    let served = ui.accompany(id);
    let served = served.ok_or_else(|| Failure::other(anyhow!("no process has the ID {id}")))?;
    let first = first_credentials()?;
    let endpoint = refresh::endpoint(args, ui, first)?;
    let variables = endpoint.variables();
    let lines = variables.map(|(name, value)| format!("{name}={value}\n"));
    ui.print(&lines.concat())?;
    served.wait();
    Ok(())
}

fn first_credentials() -> Result<Credentials, Failure> {
    let document: Secret = io::read_to_string(io::stdin())
        .map_err(cannot_start)?
        .into();
    // Credentials that have expired in the meantime are refreshed like others.
    let credentials = process::parse(document.expose().as_bytes(), OffsetDateTime::UNIX_EPOCH);
    let context = "the input of the companion contains no credentials";
    credentials.context(context).map_err(Failure::other)
}

/// Closes the other descriptors that a script can open, such as a lock, which the companion would
/// hold for longer than the command. POSIX shells number them from 3 to 9.
const WITHOUT_DESCRIPTORS: &str = r#"exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; exec "$0" "$@""#;

/// Starts this program again with the same streams. It is not a child of the command when this
/// process has ended.
fn detach() -> io::Result<()> {
    let mut companion = Command::new("/bin/sh");
    companion
        .args(["-c", WITHOUT_DESCRIPTORS])
        .arg(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .arg("--detached");
    companion.spawn().map(drop)
}

fn cannot_start(error: io::Error) -> Failure {
    Failure::other(anyhow::Error::new(error).context("cannot start the credentials endpoint"))
}
