//! Start URLs that the user types or pastes.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;
use sso_transport::Endpoint;
use sso_types::{StartUrl, is_hidden};

use super::{comparable_start_url, normalize};
use crate::start_url_problem::StartUrlProblem;

/// Characters that RFC 3986 does not allow in a URL, although they are visible ASCII characters.
const NOT_IN_URLS: &str = "\"<>\\^`{|}";

const HTTPS: &str = "https://";

/// Parses a start URL from the user or a file: an https URL, or an http URL with a loopback address.
///
/// Removes surrounding white space and invisible characters, the fragment, trailing slashes, the default
/// port and the dot of the root domain. The scheme and the host become lower case. Use this only for new
/// input: a stored start URL must keep its spelling, because the spelling identifies the token in the cache.
///
/// ```
/// use sso_session::start_url::{StartUrlProblem, parse_start_url};
///
/// let typed = "HTTPS://My-Portal.awsapps.com/start/#/\u{200b}";
/// let start_url = parse_start_url(typed).unwrap();
/// assert_eq!(start_url.as_str(), "https://my-portal.awsapps.com/start");
/// let homograph = "https://my-portal.\u{430}wsapps.com/start";
/// assert_eq!(parse_start_url(homograph), Err(StartUrlProblem::Character('\u{430}')));
/// ```
///
/// # Errors
///
/// The first problem of the text, which the error does not contain.
pub fn parse_start_url(typed: &str) -> Result<StartUrl, StartUrlProblem> {
    let is_blank = |character: char| character.is_whitespace() || is_hidden(character);
    let url = normalize(typed.trim_matches(is_blank)).trim_matches(is_blank);
    let is_url_character =
        |character: &char| character.is_ascii_graphic() && !NOT_IN_URLS.contains(*character);
    if let Some(character) = url.chars().find(|it| !is_url_character(it)) {
        return Err(StartUrlProblem::Character(character));
    }
    if url.contains('?') {
        return Err(StartUrlProblem::Query);
    }
    // The normal form lacks parts that are not valid, such as an empty port.
    let typed: Option<Uri> = url.parse().ok();
    if let Some(problem) = typed.as_ref().and_then(problem_of) {
        return Err(problem);
    }
    let url = comparable_start_url(&url.into());
    if url.parse::<Endpoint>().is_ok() {
        return Ok(url.into());
    }
    let after_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let is_https = url.starts_with("https:");
    if !is_https && parse_start_url(&format!("{HTTPS}{after_scheme}")).is_ok() {
        return Err(StartUrlProblem::Scheme);
    }
    Err(StartUrlProblem::NotAUrl)
}

/// Checks a start URL that is used as it is written, so that no part of it may be ignored, such as an invisible
/// character at its end.
///
/// # Errors
///
/// As [`parse_start_url`].
pub fn check_written_start_url(written: &str) -> Result<(), StartUrlProblem> {
    match written.chars().find(|it| !it.is_ascii_graphic()) {
        Some(character) => Err(StartUrlProblem::Character(character)),
        None => parse_start_url(written).map(drop),
    }
}

/// Returns the start URL with the path that AWS assigns to each host `NAME.awsapps.com`, if `start_url` has
/// such a host and another path.
#[must_use]
pub fn with_assigned_path(start_url: &StartUrl) -> Option<StartUrl> {
    let rest = start_url.as_str().strip_prefix(HTTPS)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let name = host.strip_suffix(".awsapps.com")?;
    let is_other = !name.contains('.') && path != "start";
    is_other.then(|| format!("{HTTPS}{host}/start").into())
}

fn problem_of(url: &Uri) -> Option<StartUrlProblem> {
    url.scheme()?;
    let authority = url.authority()?;
    if authority.as_str().contains('@') {
        return Some(StartUrlProblem::User);
    }
    let host = authority.host();
    let without_root = host.strip_suffix('.').filter(|host| !host.ends_with('.'));
    let name = without_root.unwrap_or(host);
    if !is_host(name) || is_scheme(name) {
        return Some(StartUrlProblem::Host);
    }
    if is_other_page(host) {
        return Some(StartUrlProblem::OtherPage);
    }
    let port = authority.as_str().strip_prefix(host).unwrap_or_default();
    if !is_port(port) {
        return Some(StartUrlProblem::Port);
    }
    invalid_in_path(url.path()).map(StartUrlProblem::Character)
}

/// Domains of the console, of its sign-in page and of other pages of AWS.
const OTHER_PAGES: [&str; 7] = [
    "aws.amazon.com",
    "console.amazonaws.cn",
    "console.amazonaws-us-gov.com",
    "signin.amazonaws.cn",
    "signin.amazonaws-us-gov.com",
    "signin.amazonaws.com",
    "signin.aws",
];

/// First labels of the hosts of IAM Identity Center's own services.
const SERVICES: [&str; 3] = ["device.sso.", "oidc.", "portal.sso."];

fn is_other_page(host: &str) -> bool {
    let is_in = |domain: &&str| {
        let labels = host.strip_suffix(*domain);
        labels.is_some_and(|labels| labels.is_empty() || labels.ends_with('.'))
    };
    let is_service = SERVICES.iter().any(|labels| host.starts_with(labels));
    OTHER_PAGES.iter().any(is_in) || is_service && host.ends_with(".amazonaws.com")
}

/// Returns whether the host of a URL is the scheme of another one, as in `https://https://…`.
fn is_scheme(host: &str) -> bool {
    ["https", "http"]
        .iter()
        .any(|it| host.eq_ignore_ascii_case(it))
}

/// Returns whether the text after a host is empty, or a colon and a port.
fn is_port(text: &str) -> bool {
    let Some(port) = text.strip_prefix(':') else {
        return text.is_empty();
    };
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    is_number && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Returns the first character of a path that RFC 3986 §3.3 does not allow there: a bracket, or a percent sign
/// without two hexadecimal digits.
fn invalid_in_path(path: &str) -> Option<char> {
    if let Some(bracket) = path.chars().find(|it| matches!(it, '[' | ']')) {
        return Some(bracket);
    }
    let mut after_percent = path.split('%').skip(1);
    let is_octet = |text: &str| {
        let digits = text.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    (!after_percent.all(is_octet)).then_some('%')
}

/// Returns whether a text is an IP address, or a host name (RFC 1123 §2.1) that is not a part of one.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(is_digit) {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    host.len() <= 253 && host.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=63).contains(&label.len())
        && label.bytes().all(is_valid)
        && !label.starts_with('-')
        && !label.ends_with('-')
}
