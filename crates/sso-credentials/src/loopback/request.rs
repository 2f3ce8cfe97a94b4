//! One request to the listener, read with suspicion.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// More than any browser sends to a page without cookies.
const REQUEST_BYTES: usize = 32 * 1024;
const HEADERS: usize = 100;

/// Why a request is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It asks for something else, or comes from somebody else.
    NotHere,
    /// It is no HTTP request, or an answer that says nothing.
    Malformed,
    /// Nothing came.
    Silent,
}

/// The head of a request. What follows it is not read.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// Reads a request within `at_most`.
    pub(crate) fn read(client: &TcpStream, at_most: Duration) -> Result<Self, Refusal> {
        let ends_at = Instant::now() + at_most;
        let mut bytes = Vec::new();
        loop {
            if let Some(request) = Self::in_bytes(&bytes)? {
                return Ok(request);
            }
            read_more(client, &mut bytes, ends_at)?;
        }
    }

    /// Returns a complete request, `None` while there is more to come.
    fn in_bytes(bytes: &[u8]) -> Result<Option<Self>, Refusal> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(bytes) {
            Ok(httparse::Status::Partial) => Ok(None),
            Ok(httparse::Status::Complete(_)) => Ok(Some(Self::of_parsed(&request))),
            Err(_) => Err(Refusal::Malformed),
        }
    }

    fn of_parsed(request: &httparse::Request<'_, '_>) -> Self {
        let own = |header: &httparse::Header<'_>| (header.name.to_owned(), header.value.to_owned());
        Self {
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            headers: request.headers.iter().map(own).collect(),
        }
    }

    /// Returns the value of a header that is there once.
    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        let mut found = self
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

fn read_more(mut client: &TcpStream, bytes: &mut Vec<u8>, ends_at: Instant) -> Result<(), Refusal> {
    let left = ends_at.saturating_duration_since(Instant::now());
    if left.is_zero() || client.set_read_timeout(Some(left)).is_err() {
        return Err(Refusal::Silent);
    }
    let mut chunk = [0; 4096];
    match client.read(&mut chunk) {
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
