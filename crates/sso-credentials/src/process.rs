//! Credentials from the output of a `credential_process`, as specified in the AWS SDKs and Tools
//! Reference Guide ("Process credential provider").

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde::Deserialize;
use serde::de::IgnoredAny;
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
    access_key_id: Option<Field<String>>,
    secret_access_key: Option<Field<Secret>>,
    session_token: Option<Field<Secret>>,
    expiration: Option<Field<String>>,
    account_id: Option<Field<String>>,
}

/// Field that may have the wrong type, so that the error can name it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Field<T> {
    Valid(T),
    Invalid(IgnoredAny),
}

/// Runs `process` and returns the credentials that it prints. Uses no shell. The program reads
/// from `stdin`.
///
/// # Errors
///
/// [`Error::CredentialProcess`]. It contains no output of the program, except its stderr if it
/// failed.
pub fn run(
    process: &CredentialProcess,
    now: OffsetDateTime,
    stdin: Stdio,
) -> Result<Credentials, Error> {
    log::info!(
        "running the credential_process of profile {}",
        process.profile()
    );
    execute(process, now, stdin).map_err(|source| Error::CredentialProcess {
        profile: process.profile().clone(),
        location: process.location().clone(),
        source: source.into(),
    })
}

fn execute(
    process: &CredentialProcess,
    now: OffsetDateTime,
    stdin: Stdio,
) -> Result<Credentials, ProcessError> {
    let program = || sanitize(process.program());
    let (variable, ancestry) = process.ancestry_variable();
    let child = Command::new(process.program())
        .args(process.arguments())
        .env(variable, ancestry)
        .stdin(stdin)
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
    let output = output.ok_or(ProcessError::TooLong {
        limit: MAX_OUTPUT_BYTES,
    })?;
    if !output.status.success() {
        return Err(ProcessError::Failed {
            status: output.status,
            stderr: sanitize(&String::from_utf8_lossy(&output.stderr)),
        });
    }
    parse(&output.stdout, now)
}

/// Parses credentials in the format of a `credential_process`.
///
/// # Errors
///
/// [`ProcessError`], without the input.
pub fn parse(printed: &[u8], now: OffsetDateTime) -> Result<Credentials, ProcessError> {
    let printed = serde_json::from_slice(printed).map_err(|_| ProcessError::NotJson)?;
    credentials(printed, now)
}

struct Output {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// Reads the output until the program ends. On failure, ends the program. Returns `None` if stdout is
/// longer than [`MAX_OUTPUT_BYTES`].
fn output_of(mut child: Child) -> io::Result<Option<Output>> {
    let output = read_output(&mut child);
    if !matches!(output, Ok(Some(_))) {
        // This fails only if the program has ended.
        let _ = child.kill().and_then(|()| child.wait());
    }
    output
}

/// Reads both streams concurrently, because a program blocks on a full pipe.
fn read_output(child: &mut Child) -> io::Result<Option<Output>> {
    let stderr = child.stderr.take().expect("stdio is piped");
    let stdout = child.stdout.take().expect("stdio is piped");
    let stderr = threads::spawn(move || read_all_of(stderr))?;
    let stdout = read_prefix(stdout)?;
    if stdout.len() as u64 > MAX_OUTPUT_BYTES {
        return Ok(None);
    }
    let stderr = stderr.join().expect("reading does not panic")?;
    let status = child.wait()?;
    Ok(Some(Output {
        status,
        stdout,
        stderr,
    }))
}

/// Reads the stream to its end, and returns its first bytes.
fn read_all_of(mut stream: impl Read) -> io::Result<Vec<u8>> {
    let start = read_prefix(&mut stream)?;
    io::copy(&mut stream, &mut io::sink())?;
    Ok(start)
}

/// Reads at most `MAX_OUTPUT_BYTES + 1` bytes.
fn read_prefix(stream: impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    stream.take(MAX_OUTPUT_BYTES + 1).read_to_end(&mut start)?;
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
    let access_key_id = value("AccessKeyId", printed.access_key_id)?;
    let secret_access_key = value("SecretAccessKey", printed.secret_access_key)?;
    let expires_at = value("Expiration", printed.expiration)?;
    let account_id = value("AccountId", printed.account_id)?;
    Ok(Credentials {
        access_key_id: access_key_id
            .filter(|id| !id.is_empty())
            .ok_or(missing("AccessKeyId"))?,
        secret_access_key: non_empty(secret_access_key).ok_or(missing("SecretAccessKey"))?,
        session_token: non_empty(value("SessionToken", printed.session_token)?),
        expires_at: expiration(expires_at.as_deref(), now)?,
        account_id: account_id.filter(|id| !id.is_empty()).map(Into::into),
    })
}

/// Returns the value of a field, or `None` if it is missing or `null`.
fn value<T>(name: &'static str, field: Option<Field<T>>) -> Result<Option<T>, ProcessError> {
    match field {
        None => Ok(None),
        Some(Field::Valid(value)) => Ok(Some(value)),
        Some(Field::Invalid(_)) => Err(ProcessError::Missing { field: name }),
    }
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
