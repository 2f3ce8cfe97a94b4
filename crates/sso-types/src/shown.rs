//! Masking of secrets in texts for the user.

use std::borrow::Cow;

/// Text in place of a secret.
const MASK: &str = "****";

/// User name and password in the hints.
const PLACEHOLDER: &str = "USER:PASSWORD";

/// Returns the value of a setting for a message, with `****` in place of secrets.
///
/// Masks the user name and the password, the query and the fragment of a URL. Masks the whole value if it
/// has the form of a secret access key, a JSON Web Token or another long token. Other values are unchanged,
/// because a name cannot be distinguished from a password.
///
/// ```
/// use sso_types::shown;
///
/// assert_eq!(shown("https://me:secret@example.com/ca.pem"), "https://****@example.com/ca.pem");
/// assert_eq!(shown("https://example.com/start?token=secret"), "https://example.com/start?****");
/// assert_eq!(shown("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."), "****");
/// assert_eq!(shown("~/certificates/me@example.com.pem"), "~/certificates/me@example.com.pem");
/// ```
#[must_use]
pub fn shown(value: &str) -> Cow<'_, str> {
    let (start, core) = without_punctuation(value);
    let end = &value[start.len() + core.len()..];
    let after_key = core.split_once('=').map_or("", |(_, value)| value);
    if is_token(core) || is_token(after_key) {
        return format!("{start}{MASK}{end}").into();
    }
    let Some(shown) = url_prefix(core).and_then(|prefix| masked_url(prefix, core)) else {
        return Cow::Borrowed(value);
    };
    format!("{start}{shown}{end}").into()
}

/// Returns a text with each word like [`shown`]. Use this for texts that may contain values of settings,
/// such as an error message.
///
/// ```
/// use sso_types::shown_in_text;
///
/// let text = "cannot read certificates from https://me:secret@example.com: no such file";
/// let expected = "cannot read certificates from https://****@example.com: no such file";
/// assert_eq!(shown_in_text(text), expected);
/// ```
#[must_use]
pub fn shown_in_text(text: &str) -> Cow<'_, str> {
    let words = || text.split_inclusive(char::is_whitespace).map(shown);
    if words().all(|word| matches!(word, Cow::Borrowed(_))) {
        return Cow::Borrowed(text);
    }
    words().collect::<String>().into()
}

/// Returns a URL like [`shown`], also if it lacks the scheme.
pub(crate) fn shown_url(url: &str) -> Cow<'_, str> {
    match url_prefix(url) {
        None => masked_url(Prefix::OfUrl(0), url).map_or(Cow::Borrowed(url), Cow::Owned),
        Some(_) => shown(url),
    }
}

/// Splits off the punctuation and the quotes before a word. The end of the word is without those after it.
fn without_punctuation(value: &str) -> (&str, &str) {
    let is_outside = |c: char| {
        c.is_whitespace() || c.is_control() || "\"'`()[]{}<>,;:!…\u{201c}\u{201d}".contains(c)
    };
    let core = value.trim_start_matches(is_outside);
    let start = &value[..value.len() - core.len()];
    (
        start,
        core.trim_end_matches(is_outside).trim_end_matches('.'),
    )
}

/// Length of the part of a URL that is shown in any case.
#[derive(Clone, Copy)]
enum Prefix {
    /// Scheme of a URL with slashes.
    OfUrl(usize),
    /// Text that may be the user name before a password, or a scheme without slashes.
    OfPassword(usize),
}

/// Returns the scheme of a URL, with its delimiters. The drive of a path is not a scheme.
fn url_prefix(word: &str) -> Option<Prefix> {
    let Some(colon) = word.find(':') else {
        return word.starts_with("//").then_some(Prefix::OfUrl(0));
    };
    let (scheme, rest) = (&word[..colon], &word[colon + 1..]);
    let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(is_of_scheme)
        && scheme != "arn";
    if !is_scheme || rest.contains("://") {
        let is_url = word.starts_with("//") || word.contains("://");
        return is_url.then_some(Prefix::OfUrl(0));
    }
    let slashes = rest.len() - rest.trim_start_matches('/').len();
    let is_drive = scheme.len() == 1 && (slashes == 1 || rest.starts_with('\\'));
    match slashes {
        _ if is_drive => None,
        0 => Some(Prefix::OfPassword(colon + 1)),
        _ => Some(Prefix::OfUrl(colon + 1 + slashes)),
    }
}

/// Returns the URL with masks, if it contains secrets. A password may contain the characters that delimit
/// the other parts.
fn masked_url(prefix: Prefix, url: &str) -> Option<String> {
    let (start, rest) = match prefix {
        Prefix::OfPassword(_) if !url.contains('@') => return None,
        Prefix::OfUrl(length) | Prefix::OfPassword(length) => url.split_at(length),
    };
    let user = rest.rfind('@').filter(|at| rest[..*at] != *PLACEHOLDER);
    match (user, query_of(rest)) {
        (None, None) => None,
        (None, Some(query)) => Some(format!("{start}{}{MASK}", &rest[..=query])),
        (Some(at), None) => Some(format!("{start}{MASK}{}", &rest[at..])),
        (Some(at), Some(query)) if at < query => {
            Some(format!("{start}{MASK}{}{MASK}", &rest[at..=query]))
        }
        (Some(_), Some(_)) => Some(format!("{start}{MASK}")),
    }
}

/// Returns the start of the query or of the fragment. Access portals add the fragment `#/` to their URLs.
fn query_of(url: &str) -> Option<usize> {
    let start = url.find(['?', '#'])?;
    let is_empty = matches!(&url[start..], "?" | "#" | "#/");
    (!is_empty).then_some(start)
}

/// Start of each JSON Web Token: `{"` in Base64.
const WEB_TOKEN: &str = "eyJ";

/// Minimum length of a text that counts as a web token because of its start.
const MIN_WEB_TOKEN: usize = 20;

/// Length of a secret access key.
const SECRET_ACCESS_KEY: usize = 40;

/// Minimum length of session tokens and access tokens.
const MIN_TOKEN: usize = 100;

fn is_token(text: &str) -> bool {
    let has = |is_in: fn(&u8) -> bool| text.as_bytes().iter().any(is_in);
    let consists_of = |others: &[u8]| {
        let mut bytes = text.trim_end_matches('=').bytes();
        bytes.all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit)
    };
    let is_path = text.starts_with(['/', '~', '.', '\\']) || text.get(1..3) == Some(":/");
    match text.len() {
        _ if is_path => false,
        MIN_WEB_TOKEN.. if text.starts_with(WEB_TOKEN) => true,
        SECRET_ACCESS_KEY => consists_of(b"+/"),
        MIN_TOKEN.. => !text.starts_with("arn:") && !text.contains("://") && consists_of(b"+/-_.:"),
        _ => false,
    }
}
