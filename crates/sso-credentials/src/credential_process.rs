//! `credential_process`: credentials that a program prints, by the contract of the SDKs ("Sourcing
//! credentials with an external process").

mod words;

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use serde::Deserialize;
use sso_transport::printable;
use sso_types::{ProfileName, Secret};
use time::OffsetDateTime;
use token_cache::timestamp;

use crate::profile_chain::{ProfileChain, VARIABLE};
use crate::{Credentials, Error, Place, ProcessError};

/// The longest answer that is read.
const LONGEST: u64 = 1024 * 1024;

/// A program that prints credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialProcess {
    profile: ProfileName,
    place: Place,
    program: String,
    arguments: Vec<String>,
    chain: String,
}

/// Its words may hold secrets, so that only the first is shown.
impl std::fmt::Debug for CredentialProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CredentialProcess")
            .field("profile", &self.profile)
            .field("place", &self.place)
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

/// What it prints. Other fields mean nothing.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: Option<serde_json::Value>,
    access_key_id: Option<String>,
    secret_access_key: Option<Secret>,
    session_token: Option<Secret>,
    expiration: Option<String>,
    account_id: Option<String>,
}

impl CredentialProcess {
    /// Reads the line of a profile, to which `way` has led.
    pub(crate) fn new(
        line: &str,
        profile: &ProfileName,
        place: Place,
        way: &ProfileChain<'_>,
    ) -> Result<Self, Error> {
        let words = words::split(line).map(Vec::into_iter);
        let program = words.and_then(|mut words| Some((words.next()?, words.collect())));
        let Some((program, arguments)) = program else {
            return Err(Error::CredentialProcess {
                profile: profile.clone(),
                place,
                source: ProcessError::NoCommand.into(),
            });
        };
        Ok(Self {
            profile: profile.clone(),
            place,
            program,
            arguments,
            chain: way.for_process(),
        })
    }

    /// Runs the program and returns what it prints. No shell is involved; it has the terminal, if
    /// there is one, as its standard input.
    ///
    /// # Errors
    ///
    /// [`Error::CredentialProcess`], in which nothing of the output is; what the program said on
    /// stderr is, where it failed.
    pub fn run(&self, now: OffsetDateTime) -> Result<Credentials, Error> {
        log::info!("running the credential_process of profile {}", self.profile);
        self.outcome(now)
            .map_err(|source| Error::CredentialProcess {
                profile: self.profile.clone(),
                place: self.place.clone(),
                source: source.into(),
            })
    }

    fn outcome(&self, now: OffsetDateTime) -> Result<Credentials, ProcessError> {
        let not_run = |source| ProcessError::NotRun {
            program: printable(&self.program),
            source,
        };
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .env(VARIABLE, &self.chain)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(not_run)?;
        let heard = heard(child).map_err(not_run)?;
        if !heard.status.success() {
            return Err(ProcessError::Failed {
                status: heard.status,
                said: printable(&String::from_utf8_lossy(&heard.stderr)),
            });
        }
        let printed = heard
            .stdout
            .ok_or(ProcessError::TooLong { limit: LONGEST })?;
        let printed = serde_json::from_slice(&printed).map_err(|_| ProcessError::NotJson)?;
        credentials(printed, now)
    }
}

/// What came of a program.
struct Heard {
    status: ExitStatus,
    /// `None` where it is longer than it may be.
    stdout: Option<Vec<u8>>,
    stderr: Vec<u8>,
}

/// Hears both streams at once, so that the program waits for nobody.
fn heard(mut child: Child) -> io::Result<Heard> {
    let stderr = child.stderr.take().expect("it was asked for");
    let stdout = child.stdout.take().expect("it was asked for");
    let stderr = thread::spawn(move || start_of(stderr));
    let stdout = start_of(stdout)?;
    let stderr = stderr.join().expect("reading does not panic")?;
    Ok(Heard {
        status: child.wait()?,
        stdout: (stdout.len() as u64 <= LONGEST).then_some(stdout),
        stderr,
    })
}

/// Reads to the end, and keeps a byte more than is allowed.
fn start_of(mut stream: impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    stream.by_ref().take(LONGEST + 1).read_to_end(&mut start)?;
    io::copy(&mut stream, &mut io::sink())?;
    Ok(start)
}

fn credentials(printed: Printed, now: OffsetDateTime) -> Result<Credentials, ProcessError> {
    if printed.version.as_ref().and_then(serde_json::Value::as_u64) != Some(1) {
        return Err(ProcessError::UnknownVersion);
    }
    let missing = |field| ProcessError::Missing { field };
    let some = |secret: Option<Secret>| secret.filter(|secret| !secret.expose().is_empty());
    let access_key_id = printed.access_key_id.filter(|id| !id.is_empty());
    Ok(Credentials {
        access_key_id: access_key_id.ok_or(missing("AccessKeyId"))?,
        secret_access_key: some(printed.secret_access_key).ok_or(missing("SecretAccessKey"))?,
        session_token: some(printed.session_token),
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
