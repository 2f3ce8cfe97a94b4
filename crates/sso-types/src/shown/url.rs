//! Secrets in URLs.

use std::iter;
use std::ops::Range;

use super::token;

/// User name and password in the hints.
const PLACEHOLDER: &str = "USER:PASSWORD";

/// Port in the hints.
const PORT_PLACEHOLDER: &str = "PORT";

/// Ends of the names of parameters whose values are secrets.
const SECRET_NAMES: [&str; 6] = ["token", "code", "secret", "key", "password", "signature"];

/// Secret parts of a query.
#[derive(Clone, Copy)]
pub(super) enum Query {
    /// The query as a whole.
    Secret,
    /// The values of parameters that have the name or the form of a secret.
    Parameters,
}

/// Returns the ranges of the secrets in the URLs of a line. Each URL has a scheme and `://`.
pub(super) fn secrets(line: &str, query: Query) -> Vec<Range<usize>> {
    let delimiters = line.match_indices("://");
    let is_url = |at: usize| line[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let starts = delimiters.filter(|(at, _)| is_url(*at));
    let of_url = |(at, delimiter): (usize, &str)| {
        let start = at + delimiter.len();
        let user = user_info(line, start);
        let rest = user.as_ref().map_or(start, |user| user.end);
        let end = line[rest..].find(is_outside);
        let end = end.map_or(line.len(), |length| rest + length);
        let end = rest + line[rest..end].trim_end_matches(is_punctuation).len();
        with_parts(user, line, rest..end, query)
    };
    starts.flat_map(of_url).collect()
}

/// Returns the ranges of the secrets of a URL, which may lack its scheme.
pub(super) fn secrets_of(url: &str) -> Vec<Range<usize>> {
    let start = url.find("://").map_or(0, |at| at + "://".len());
    let user = user_info(url, start);
    let rest = user.as_ref().map_or(start, |user| user.end);
    with_parts(user, url, rest..url.len(), Query::Secret)
}

/// Returns whether a character ends a URL in a text.
fn is_outside(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'`<>\\\u{201c}\u{201d}".contains(c)
}

/// Returns whether a character at the end of a URL belongs to the text around it.
fn is_punctuation(c: char) -> bool {
    "()[]{},;:.!…".contains(c)
}

/// Returns the range of the user name and the password before the `@` of the authority (RFC 3986 §3.2).
fn user_info(line: &str, start: usize) -> Option<Range<usize>> {
    let rest = &line[start..];
    let end = rest.find(|c| is_outside(c) || "/?#".contains(c));
    let (authority, after) = rest.split_at(end.unwrap_or(rest.len()));
    let at = authority.rfind('@').or_else(|| {
        // A password may contain the characters that end an authority.
        is_cut_off(authority, after).then(|| rest.rfind('@'))?
    })?;
    (rest[..at] != *PLACEHOLDER).then_some(start..start + at)
}

/// Returns whether the text after the colon of an authority without `@` cannot be a port, and thus is the start
/// of a password.
fn is_cut_off(authority: &str, after: &str) -> bool {
    let host_end = authority.find(']').unwrap_or_default();
    let Some((_, port)) = authority[host_end..].split_once(':') else {
        return false;
    };
    match port.trim_end_matches(is_punctuation) {
        PORT_PLACEHOLDER => false,
        "" => after.starts_with(|c: char| !c.is_whitespace()),
        port => port.parse::<u16>().is_err(),
    }
}

/// Returns the user info and the secret parts of the query and the fragment in `rest`.
fn with_parts(
    user: Option<Range<usize>>,
    line: &str,
    rest: Range<usize>,
    query: Query,
) -> Vec<Range<usize>> {
    let url = &line[rest.clone()];
    let fragment = url.find('#').unwrap_or(url.len());
    let start = url[..fragment].find('?').map_or(fragment, |at| at + 1);
    let of_query = match query {
        Query::Secret => iter::once(start..fragment).collect(),
        Query::Parameters => secret_values(url, start..fragment),
    };
    let of_fragment = (fragment + 1).min(url.len())..url.len();
    let of_fragment = Some(of_fragment).filter(|it| has_secret(&url[it.clone()]));
    let parts = of_query.into_iter().chain(of_fragment);
    let parts = parts.map(|part| rest.start + part.start..rest.start + part.end);
    let parts = user.into_iter().chain(parts);
    parts.filter(|part| !part.is_empty()).collect()
}

fn secret_values(url: &str, query: Range<usize>) -> Vec<Range<usize>> {
    let mut at = query.start;
    let mut values = Vec::new();
    for parameter in url[query].split('&') {
        let end = at + parameter.len();
        if has_secret(parameter) {
            values.push(
                end - parameter
                    .split_once('=')
                    .map_or(parameter, |(_, it)| it)
                    .len()..end,
            );
        }
        at = end + 1;
    }
    values
}

fn has_secret(parameters: &str) -> bool {
    let parameters_in_lower_case = parameters.to_ascii_lowercase();
    let is_named = |name: &&str| parameters_in_lower_case.contains(&format!("{name}="));
    SECRET_NAMES.iter().any(is_named) || !token::secrets(parameters).is_empty()
}
