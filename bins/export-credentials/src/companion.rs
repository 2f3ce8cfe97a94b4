//! Companion of a command: another process of this program, with the credentials endpoint.
//!
//! The command replaces this process, so that it has the process ID and the process group that the
//! shell knows. The companion is [detached](crate::detached), so it is not a child of the command.
//!
//! The companion reads the first credentials from stdin, in the format of a `credential_process`, and
//! writes the variables of the endpoint to stdout, one `NAME=value` per line.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, Stdio};

use anyhow::{Context, anyhow};
use cli_ux::{Failure, Ui};
use serde_json::json;
use sso_credentials::endpoint::VARIABLES;
use sso_credentials::{Credentials, process};
use sso_types::{AccountId, Secret, timestamp};
use time::OffsetDateTime;

use crate::args::Args;
use crate::{detached, refresh};

/// Variables of the endpoint, with their values.
pub(crate) type Endpoint = [(&'static str, String); 2];

/// Starts the companion of the command that replaces this process.
pub(crate) fn start(args: &Args, credentials: &Credentials) -> Result<Endpoint, Failure> {
    let option = format!("--companion-of={}", std::process::id());
    let mut launcher = detached::first(args, &option).map_err(cannot_start)?;
    let launcher = launcher
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut launcher = launcher.map_err(cannot_start)?;
    let endpoint = exchange(&mut launcher, credentials);
    launcher.wait().map_err(cannot_start)?;
    // The companion has reported its error.
    endpoint.map_err(|error| cannot_start(error).silent())
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
        return detached::start_second().map_err(cannot_start);
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

fn cannot_start(error: io::Error) -> Failure {
    Failure::other(anyhow::Error::new(error).context("cannot start the credentials endpoint"))
}
