//! Response of a proxy to `CONNECT`.

use std::io::Read;

use super::proxy_fault::ProxyFault;
use crate::proxy_problem::ProxyProblem;

/// Maximum size of the status line and the headers.
const MAX_HEAD_BYTES: usize = 64 << 10;

const HTTP: &[u8] = b"HTTP/";

/// Status and headers of a proxy's response.
pub(super) struct ProxyResponse {
    status: u16,
    /// Values of `Proxy-Authenticate`.
    challenges: Vec<String>,
}

/// Reads the response up to its end, and no byte of what follows. Skips interim responses.
pub(super) fn read_response(stream: &mut impl Read) -> Result<ProxyResponse, ProxyFault> {
    loop {
        let head = read_head(stream)?;
        let response = parse(&head).ok_or(ProxyFault::Tunnel(ProxyProblem::NotHttp))?;
        if response.status >= 200 {
            return Ok(response);
        }
    }
}

fn read_head(stream: &mut impl Read) -> Result<String, ProxyFault> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !(head.ends_with(b"\r\n\r\n") || head.ends_with(b"\n\n")) {
        if stream.read(&mut byte)? == 0 {
            return Err(ProxyFault::Tunnel(ProxyProblem::Closed));
        }
        head.extend(byte);
        // Other data, such as the greeting of a mail server, may have no end.
        if !head
            .iter()
            .zip(HTTP)
            .all(|(found, expected)| found == expected)
        {
            return Err(ProxyFault::Tunnel(ProxyProblem::NotHttp));
        }
        if head.len() > MAX_HEAD_BYTES {
            return Err(ProxyFault::Tunnel(ProxyProblem::TooLong {
                limit: MAX_HEAD_BYTES,
            }));
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn parse(head: &str) -> Option<ProxyResponse> {
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?;
    let headers = lines.filter_map(|line| line.split_once(':'));
    let challenges = headers.filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authenticate"));
    Some(ProxyResponse {
        status: status.parse().ok().filter(|it| (100..600).contains(it))?,
        challenges: challenges.map(|(_, value)| value.to_owned()).collect(),
    })
}

/// Returns the reason why the proxy refused to connect to the host; `None` if it did not.
pub(super) fn refusal(response: &ProxyResponse, has_credentials: bool) -> Option<ProxyProblem> {
    match response.status {
        200..300 => None,
        407 => Some(ProxyProblem::Authentication {
            schemes: schemes(&response.challenges),
            has_credentials,
        }),
        status => Some(ProxyProblem::Status(status)),
    }
}

/// Returns the authentication schemes (RFC 9110 §11.6.1), without duplicates. A header may contain
/// several challenges.
fn schemes(challenges: &[String]) -> Vec<String> {
    let parts = challenges.iter().flat_map(|challenge| parts(challenge));
    let mut schemes: Vec<String> = Vec::new();
    for scheme in parts.filter_map(|part| scheme(&part)) {
        if !schemes.iter().any(|it| it.eq_ignore_ascii_case(&scheme)) {
            schemes.push(scheme);
        }
    }
    schemes
}

/// Splits at commas, and removes quoted strings.
fn parts(challenge: &str) -> Vec<String> {
    let unquoted = challenge.split('"').step_by(2);
    let unquoted = unquoted.collect::<String>();
    unquoted.split(',').map(str::to_owned).collect()
}

/// Returns the scheme at the start of a challenge; `None` for a parameter such as `realm="x"`.
fn scheme(part: &str) -> Option<String> {
    let (word, rest) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
    let is_name = word
        .bytes()
        .all(|it| it.is_ascii_alphanumeric() || it == b'-');
    let is_scheme = is_name && (1..=MAX_SCHEME_CHARACTERS).contains(&word.len());
    (is_scheme && !rest.trim_start().starts_with('=')).then(|| word.to_owned())
}

const MAX_SCHEME_CHARACTERS: usize = 30;
