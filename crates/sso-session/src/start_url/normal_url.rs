//! URLs in their normal form (RFC 3986 §6): scheme and host in lower case, without the default port,
//! the dot of the root domain, dot segments, trailing slashes, a query and a fragment.

use http::Uri;
use http::uri::Authority;

/// Returns the URL of a `Location` header in the response from `url` (RFC 9110 §10.2.2), in its
/// normal form. A location that is not a URL with a host is returned without a query and a fragment.
pub(super) fn redirect_target(url: &Uri, location: &str) -> String {
    let location = location.split(['?', '#']).next().unwrap_or_default();
    let scheme = url.scheme_str().unwrap_or_default();
    let authority = url.authority().map_or("", Authority::as_str);
    let absolute = if has_scheme(location) {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else {
        format!("{scheme}://{authority}{}", merged(url.path(), location))
    };
    normalized(&absolute).unwrap_or(absolute)
}

/// Returns whether a URL begins with a scheme (RFC 3986 §3.1).
fn has_scheme(location: &str) -> bool {
    let is_scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    location.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(is_scheme_byte)
    })
}

/// Merges a path with that of the request (RFC 3986 §5.2.2).
fn merged(base: &str, path: &str) -> String {
    if path.is_empty() || path.starts_with('/') {
        return if path.is_empty() { base } else { path }.to_owned();
    }
    let directory = base.rsplit_once('/').map_or("", |(directory, _)| directory);
    format!("{directory}/{path}")
}

/// Returns `None` if the text is not a URL with a scheme and a host.
pub(super) fn normalized(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let scheme = url.scheme_str()?.to_ascii_lowercase();
    let authority = normalized_authority(url.authority()?, &scheme)?;
    let path = without_dot_segments(url.path());
    Some(format!("{scheme}://{authority}{path}"))
}

fn normalized_authority(authority: &Authority, scheme: &str) -> Option<String> {
    let text = authority.as_str();
    let user_end = text.rfind('@').map_or(0, |at| at + 1);
    let (user, host_and_port) = text.split_at(user_end);
    let port = host_and_port.strip_prefix(authority.host())?;
    let host = authority.host().to_ascii_lowercase();
    let without_root = host.strip_suffix('.').filter(|host| !host.ends_with('.'));
    let host = without_root.unwrap_or(&host);
    let port = if is_default_port(port, scheme) {
        ""
    } else {
        port
    };
    Some(format!("{user}{host}{port}"))
}

/// Returns whether the text from the colon on is empty or the default port (RFC 3986 §6.2.3).
fn is_default_port(port: &str, scheme: &str) -> bool {
    let default = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return false,
    };
    matches!(port, "" | ":")
        || port.strip_prefix(':').and_then(|it| it.parse().ok()) == Some(default)
}

/// Removes the segments `.` and `..` (RFC 3986 §5.2.4), and trailing slashes.
fn without_dot_segments(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let path = segments.iter().map(|segment| format!("/{segment}"));
    path.collect::<String>().trim_end_matches('/').to_owned()
}
