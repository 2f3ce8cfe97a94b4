//! The head of one HTTP request from an untrusted client.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::Duration;

use crate::clock::Clock;

/// Maximum size of the head of a request. Browsers send less to a host without cookies.
const MAX_REQUEST_BYTES: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;

/// Reason why a request is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request is for another resource, or has an unexpected `state`.
    NotFound,
    /// The request is not valid HTTP, or a required parameter is missing.
    Malformed,
    /// The head of the request did not arrive in time.
    Timeout,
}

/// Head of a request. The body is not read.
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The request target: path and query.
    pub target: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// Reads the head of a request within `time_limit`.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`] and [`Refusal::Timeout`].
    pub fn read(
        client: &TcpStream,
        clock: &dyn Clock,
        time_limit: Duration,
    ) -> Result<Self, Refusal> {
        let deadline = clock.monotonic() + time_limit;
        let mut bytes = Vec::new();
        loop {
            if let Some(request) = Self::parse(&bytes)? {
                return Ok(request);
            }
            let time_left = deadline.saturating_sub(clock.monotonic());
            read_more(client, &mut bytes, time_left)?;
        }
    }

    /// Returns `None` if the head is incomplete.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, Refusal> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(bytes) {
            Ok(httparse::Status::Partial) => Ok(None),
            Ok(httparse::Status::Complete(_)) => Ok(Some(Self::from_parsed(&request))),
            Err(_) => Err(Refusal::Malformed),
        }
    }

    fn from_parsed(request: &httparse::Request<'_, '_>) -> Self {
        let to_owned_pair =
            |header: &httparse::Header<'_>| (header.name.to_owned(), header.value.to_owned());
        Self {
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            headers: request.headers.iter().map(to_owned_pair).collect(),
        }
    }

    /// Returns the value of a header, if exactly one header has this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
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

fn read_more(
    mut client: &TcpStream,
    bytes: &mut Vec<u8>,
    time_left: Duration,
) -> Result<(), Refusal> {
    if time_left.is_zero() || client.set_read_timeout(Some(time_left)).is_err() {
        return Err(Refusal::Timeout);
    }
    let mut chunk = [0; 4096];
    match client.read(&mut chunk) {
        Ok(0) => Err(Refusal::Timeout),
        Ok(_) if bytes.len() > MAX_REQUEST_BYTES => Err(Refusal::Malformed),
        Ok(count) => {
            bytes.extend_from_slice(&chunk[..count]);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
        Err(_) => Err(Refusal::Timeout),
    }
}
