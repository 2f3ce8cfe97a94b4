//! Credentials from the output of a `credential_process`, as specified in the AWS SDKs and Tools
//! Reference Guide ("Process credential provider").

use std::fmt;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::time::Duration;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sso_config::process::{CredentialProcess, Exported, ShellSyntax, shown_program};
use sso_session::threads;
use sso_types::{Secret, escaped, shown_in_text, timestamp};
use time::OffsetDateTime;

use crate::credentials::Credentials;
use crate::error::{Error, ProcessError};

const MAX_OUTPUT_BYTES: u64 = 1024 * 1024;

/// Duration without output after which the output of an ended program is complete. Its own child
/// processes may keep the streams open.
const QUIET: Duration = Duration::from_millis(100);

/// JSON document that the program prints. Unknown fields are ignored. The last of several fields with
/// the same name counts, as in Python.
#[derive(Default)]
struct PrintedCredentials {
    version: Option<Value>,
    access_key_id: Option<Field<String>>,
    secret_access_key: Option<Field<Secret>>,
    session_token: Option<Field<Secret>>,
    expiration: Option<Field<String>>,
    account_id: Option<Field<String>>,
}

impl<'de> Deserialize<'de> for PrintedCredentials {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PrintedVisitor)
    }
}

struct PrintedVisitor;

impl<'de> Visitor<'de> for PrintedVisitor {
    type Value = PrintedCredentials;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut printed = PrintedCredentials::default();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "Version" => printed.version = map.next_value()?,
                "AccessKeyId" => printed.access_key_id = map.next_value()?,
                "SecretAccessKey" => printed.secret_access_key = map.next_value()?,
                "SessionToken" => printed.session_token = map.next_value()?,
                "Expiration" => printed.expiration = map.next_value()?,
                "AccountId" => printed.account_id = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(printed)
    }
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
        shell_syntax: harmful_syntax(process, &source).cloned(),
        source: source.into(),
    })
}

/// Returns the shell syntax of the command line if it can cause the error.
fn harmful_syntax<'a>(
    process: &'a CredentialProcess,
    error: &ProcessError,
) -> Option<&'a ShellSyntax> {
    use ProcessError::{Failed, NotJson, NotRun};
    let syntax = process.shell_syntax();
    syntax.filter(|_| matches!(error, NotRun { .. } | Failed { .. } | NotJson))
}

fn execute(
    process: &CredentialProcess,
    now: OffsetDateTime,
    stdin: Stdio,
) -> Result<Credentials, ProcessError> {
    let program = || escaped(&shown_program(process.program()));
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
            stderr: shown_stderr(process, &output.stderr),
        });
    }
    parse(&output.stdout, now)
}

/// Returns stderr of a process in one line. Replaces the error of `export-credentials` about an argument that
/// it does not have: it would repeat the argument, which may be a secret.
fn shown_stderr(process: &CredentialProcess, stderr: &[u8]) -> String {
    match process.exported() {
        Some(Exported::NotUnderstood) => {
            "export-credentials does not have one of the arguments".to_owned()
        }
        // The length is limited last, because the start of a token is not recognised.
        _ => escaped(&shown_in_text(&String::from_utf8_lossy(stderr))),
    }
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

/// Part of a stream.
enum Chunk {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
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

/// Reads both streams concurrently, because a program blocks on a full pipe. Does not wait for other
/// processes that have inherited the streams.
fn read_output(child: &mut Child) -> io::Result<Option<Output>> {
    let (sender, chunks) = mpsc::sync_channel(1);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let stream = child.stdout.take().expect("stdio is piped");
    forward(stream, Chunk::Stdout, sender.clone())?;
    let stream = child.stderr.take().expect("stdio is piped");
    forward(stream, Chunk::Stderr, sender)?;
    let mut has_ended = false;
    loop {
        match chunks.recv_timeout(QUIET) {
            Ok(Ok(Chunk::Stdout(chunk))) => stdout.extend(chunk),
            Ok(Ok(Chunk::Stderr(chunk))) => stderr.extend(chunk),
            Ok(Err(error)) => return Err(error),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) if has_ended => break,
            Err(RecvTimeoutError::Timeout) => has_ended = child.try_wait()?.is_some(),
        }
        if stdout.len() as u64 > MAX_OUTPUT_BYTES {
            return Ok(None);
        }
    }
    Ok(Some(Output {
        status: child.wait()?,
        stdout,
        stderr,
    }))
}

/// Starts to read the stream to its end, and sends its first bytes.
fn forward(
    stream: impl Read + Send + 'static,
    chunk: fn(Vec<u8>) -> Chunk,
    sender: SyncSender<io::Result<Chunk>>,
) -> io::Result<()> {
    threads::spawn(move || {
        // The receiver has gone if it needs no more.
        let send = |bytes: io::Result<Vec<u8>>| sender.send(bytes.map(chunk)).is_ok();
        send_chunks(stream, send);
    })
    .map(drop)
}

/// Sends at least `MAX_OUTPUT_BYTES + 1` bytes, unless the stream is shorter.
fn send_chunks(mut stream: impl Read, send: impl Fn(io::Result<Vec<u8>>) -> bool) {
    let mut buffer = vec![0; 64 * 1024];
    let mut count = 0;
    while count <= MAX_OUTPUT_BYTES {
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) if send(Ok(buffer[..length].to_vec())) => count += length as u64,
            Ok(_) => return,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                send(Err(error));
                return;
            }
        }
    }
    // Nothing more is needed, but the program must not block.
    let _ = io::copy(&mut stream, &mut io::sink());
}

fn credentials(
    printed: PrintedCredentials,
    now: OffsetDateTime,
) -> Result<Credentials, ProcessError> {
    if !printed.version.as_ref().is_some_and(is_one) {
        return Err(ProcessError::UnknownVersion);
    }
    let missing = |field| ProcessError::Missing { field };
    let not_blank =
        |secret: Option<Secret>| secret.filter(|secret| !secret.expose().trim().is_empty());
    let access_key_id = value("AccessKeyId", printed.access_key_id)?;
    let secret_access_key = value("SecretAccessKey", printed.secret_access_key)?;
    let expires_at = value("Expiration", printed.expiration)?;
    let account_id = value("AccountId", printed.account_id)?;
    Ok(Credentials {
        access_key_id: access_key_id
            .filter(|id| !id.trim().is_empty())
            .ok_or(missing("AccessKeyId"))?,
        secret_access_key: not_blank(secret_access_key).ok_or(missing("SecretAccessKey"))?,
        session_token: not_blank(value("SessionToken", printed.session_token)?),
        expires_at: expiration(expires_at.as_deref(), now)?,
        account_id: account_id.filter(|id| !id.is_empty()).map(Into::into),
    })
}

/// Returns whether the value equals 1 in Python, where `True` does.
fn is_one(version: &Value) -> bool {
    version.as_f64() == Some(1.0) || version.as_bool() == Some(true)
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
