//! Credentials from the output of a `credential_process`, as specified in the AWS SDKs and Tools
//! Reference Guide ("Process credential provider").

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde::Deserialize;
use sso_config::process::CredentialProcess;
use sso_session::threads;
use sso_types::{Secret, sanitize, timestamp};
use time::OffsetDateTime;

use crate::credentials::Credentials;
use crate::error::{Error, ProcessError};

const MAX_OUTPUT_BYTES: u64 = 1024 * 1024;

/// JSON document that the program prints. Unknown fields are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PrintedCredentials {
    version: Option<serde_json::Value>,
    access_key_id: Option<String>,
    secret_access_key: Option<Secret>,
    session_token: Option<Secret>,
    expiration: Option<String>,
    account_id: Option<String>,
}

/// Runs `process` and returns the credentials that it prints. Uses no shell. The program inherits
/// stdin.
///
/// # Errors
///
/// [`Error::CredentialProcess`]. It contains no output of the program, except its stderr if it
/// failed.
pub fn run(process: &CredentialProcess, now: OffsetDateTime) -> Result<Credentials, Error> {
    log::info!(
        "running the credential_process of profile {}",
        process.profile()
    );
    execute(process, now).map_err(|source| Error::CredentialProcess {
        profile: process.profile().clone(),
        location: process.location().clone(),
        source: source.into(),
    })
}

fn execute(process: &CredentialProcess, now: OffsetDateTime) -> Result<Credentials, ProcessError> {
    let program = || sanitize(process.program());
    let (variable, ancestry) = process.ancestry_variable();
    let child = Command::new(process.program())
        .args(process.arguments())
        .env(variable, ancestry)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| ProcessError::NotRun {
            program: program(),
            source,
        })?;
    let output = output_of(child).map_err(|source| ProcessError::NotRead {
        program: program(),
        source,
    })?;
    if !output.status.success() {
        return Err(ProcessError::Failed {
            status: output.status,
            stderr: sanitize(&String::from_utf8_lossy(&output.stderr)),
        });
    }
    let printed = output.stdout.ok_or(ProcessError::TooLong {
        limit: MAX_OUTPUT_BYTES,
    })?;
    let printed = serde_json::from_slice(&printed).map_err(|_| ProcessError::NotJson)?;
    credentials(printed, now)
}

struct Output {
    status: ExitStatus,
    /// `None` if longer than [`MAX_OUTPUT_BYTES`].
    stdout: Option<Vec<u8>>,
    stderr: Vec<u8>,
}

/// Reads the output until the program ends. On failure, ends the program.
fn output_of(mut child: Child) -> io::Result<Output> {
    let output = read_output(&mut child);
    if output.is_err() {
        // This fails only if the program has ended.
        let _ = child.kill().and_then(|()| child.wait());
    }
    output
}

/// Reads both streams concurrently, because a program blocks on a full pipe.
fn read_output(child: &mut Child) -> io::Result<Output> {
    let stderr = child.stderr.take().expect("stdio is piped");
    let stdout = child.stdout.take().expect("stdio is piped");
    let stderr = threads::spawn(move || read_prefix(stderr))?;
    let stdout = read_prefix(stdout)?;
    let stderr = stderr.join().expect("reading does not panic")?;
    Ok(Output {
        status: child.wait()?,
        stdout: (stdout.len() as u64 <= MAX_OUTPUT_BYTES).then_some(stdout),
        stderr,
    })
}

/// Reads the stream to its end, and returns at most its first `MAX_OUTPUT_BYTES + 1` bytes.
fn read_prefix(mut stream: impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    stream
        .by_ref()
        .take(MAX_OUTPUT_BYTES + 1)
        .read_to_end(&mut start)?;
    io::copy(&mut stream, &mut io::sink())?;
    Ok(start)
}

fn credentials(
    printed: PrintedCredentials,
    now: OffsetDateTime,
) -> Result<Credentials, ProcessError> {
    if printed.version.as_ref().and_then(serde_json::Value::as_u64) != Some(1) {
        return Err(ProcessError::UnknownVersion);
    }
    let missing = |field| ProcessError::Missing { field };
    let non_empty = |secret: Option<Secret>| secret.filter(|secret| !secret.expose().is_empty());
    let access_key_id = printed.access_key_id.filter(|id| !id.is_empty());
    Ok(Credentials {
        access_key_id: access_key_id.ok_or(missing("AccessKeyId"))?,
        secret_access_key: non_empty(printed.secret_access_key)
            .ok_or(missing("SecretAccessKey"))?,
        session_token: non_empty(printed.session_token),
        expires_at: expiration(printed.expiration.as_deref(), now)?,
        account_id: printed.account_id.map(Into::into),
    })
}

fn expiration(
    text: Option<&str>,
    now: OffsetDateTime,
) -> Result<Option<OffsetDateTime>, ProcessError> {
    let Some(text) = text else { return Ok(None) };
    match timestamp::parse(text) {
        None => Err(ProcessError::Missing {
            field: "Expiration",
        }),
        Some(at) if at <= now => Err(ProcessError::Expired),
        at => Ok(at),
    }
}
