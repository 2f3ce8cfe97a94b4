//! One request to the listener, read with suspicion.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use sso_oidc::State;
use sso_types::Secret;

use super::CALLBACK_PATH;

/// More than any browser sends to a page without cookies.
const REQUEST_BYTES: usize = 32 * 1024;
const HEADERS: usize = 100;

/// What the authorization server answered: RFC 6749 §4.1.2.
#[derive(Debug)]
pub(crate) enum Answer {
    Code(Secret),
    Refused {
        error: String,
        description: Option<String>,
    },
}

/// Why a request is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It asks for something else, or comes from somebody else.
    NotHere,
    /// It is no HTTP request, or an answer that says nothing.
    Malformed,
    /// Nothing came.
    Silent,
}

/// Reads a request within `at_most`, and takes it for an answer where it carries `state`.
pub(super) fn read_answer(
    browser: &TcpStream,
    state: &State,
    at_most: Duration,
) -> Result<Answer, Refusal> {
    let ends_at = Instant::now() + at_most;
    let mut bytes = Vec::new();
    loop {
        if let Some(target) = target_of(&bytes)? {
            return answer_in(&target, state);
        }
        read_more(browser, &mut bytes, ends_at)?;
    }
}

fn read_more(
    mut browser: &TcpStream,
    bytes: &mut Vec<u8>,
    ends_at: Instant,
) -> Result<(), Refusal> {
    let left = ends_at.saturating_duration_since(Instant::now());
    if left.is_zero() || browser.set_read_timeout(Some(left)).is_err() {
        return Err(Refusal::Silent);
    }
    let mut chunk = [0; 4096];
    match browser.read(&mut chunk) {
        Ok(0) => Err(Refusal::Silent),
        Ok(_) if bytes.len() > REQUEST_BYTES => Err(Refusal::Malformed),
        Ok(count) => {
            bytes.extend_from_slice(&chunk[..count]);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
        Err(_) => Err(Refusal::Silent),
    }
}

/// Returns the target of a complete GET request, `None` while there is more to come.
fn target_of(bytes: &[u8]) -> Result<Option<String>, Refusal> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Partial) => Ok(None),
        Ok(httparse::Status::Complete(_)) if request.method == Some("GET") => {
            Ok(request.path.map(str::to_owned))
        }
        Ok(httparse::Status::Complete(_)) => Err(Refusal::NotHere),
        Err(_) => Err(Refusal::Malformed),
    }
}

fn answer_in(target: &str, state: &State) -> Result<Answer, Refusal> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let parameter = |name| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    if path != CALLBACK_PATH || !parameter("state").is_some_and(|text| state.matches(&text)) {
        return Err(Refusal::NotHere);
    }
    match (parameter("error"), parameter("code")) {
        (Some(error), _) => Ok(Answer::Refused {
            error,
            description: parameter("error_description"),
        }),
        (None, Some(code)) if !code.is_empty() => Ok(Answer::Code(code.into())),
        _ => Err(Refusal::Malformed),
    }
}
