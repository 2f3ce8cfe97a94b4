//! Errors of the TLS library as text.
//!
//! The messages of rustls contain names from its source, such as
//! `Other(OtherError(CaUsedAsEndEntity))`.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error as TlsError};
use sso_types::at_least;

type Cause = Box<dyn Error + Send + Sync>;

/// Returns the reason of a TLS failure, without names from the source of rustls.
pub(super) fn tls_reason(error: Cause) -> Cause {
    match tls_error(&*error).and_then(text) {
        Some(text) => text.into(),
        None => error,
    }
}

/// Returns whether the peer sent other data than that of TLS.
pub(super) fn is_not_tls(error: &ureq::Error) -> bool {
    let error = match error {
        ureq::Error::Io(error) => tls_error(error),
        error => tls_error(error),
    };
    matches!(error, Some(TlsError::InvalidMessage(_)))
}

/// Returns whether a certificate has expired or is not valid yet, by the local clock.
pub(super) fn is_outside_validity(error: &(dyn Error + 'static)) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    let Some(TlsError::InvalidCertificate(problem)) = tls_error(error) else {
        return false;
    };
    matches!(
        problem,
        Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }
    )
}

/// Finds the error of rustls, which ureq or an I/O error contains.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e TlsError> {
    if let Some(error) = error.downcast_ref::<ureq::Error>() {
        return match error {
            ureq::Error::Rustls(error) => Some(error),
            _ => None,
        };
    }
    let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
    inner.downcast_ref().or_else(|| tls_error(inner))
}

/// Returns `None` if the message of `error` contains no name from the source.
fn text(error: &TlsError) -> Option<String> {
    Some(match error {
        TlsError::InvalidCertificate(error) => {
            format!("invalid peer certificate: {}", certificate_problem(error))
        }
        TlsError::InvalidCertRevocationList(error) => {
            format!("invalid certificate revocation list: {}", words(error))
        }
        TlsError::AlertReceived(alert) => format!("received the fatal alert: {}", words(alert)),
        TlsError::PeerIncompatible(problem) => format!("incompatible peer: {}", words(problem)),
        TlsError::PeerMisbehaved(problem) => {
            format!("the peer violated the protocol: {}", words(problem))
        }
        TlsError::InvalidMessage(problem) => {
            format!("received a corrupt message: {}", words(problem))
        }
        TlsError::InappropriateMessage { .. } | TlsError::InappropriateHandshakeMessage { .. } => {
            "received an unexpected message".to_owned()
        }
        TlsError::InconsistentKeys(problem) => format!("inconsistent keys: {}", words(problem)),
        _ => return None,
    })
}

fn certificate_problem(error: &CertificateError) -> String {
    match error {
        CertificateError::Other(other) => other_problem(&other.0.to_string()),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => wrong_name(&expected.to_str(), presented),
        CertificateError::ExpiredContext { time, not_after } => {
            let ago = between(*not_after, *time);
            format!("it expired {ago} ago by the local clock")
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            let left = between(*time, *not_before);
            format!("it becomes valid in {left} by the local clock")
        }
        CertificateError::ExpiredRevocationListContext { .. }
        | CertificateError::InvalidPurposeContext { .. } => error.to_string(),
        error => words(error),
    }
}

fn between(start: UnixTime, end: UnixTime) -> String {
    at_least(Duration::from_secs(
        end.as_secs().saturating_sub(start.as_secs()),
    ))
}

/// `presented` are names in the form `DnsName("example.com")`.
fn wrong_name(expected: &str, presented: &[String]) -> String {
    let inner = |name: &String| {
        let inner = name
            .split_once('(')
            .map_or(name.as_str(), |(_, inner)| inner);
        inner.trim_end_matches(')').trim_matches('"').to_owned()
    };
    let names: Vec<_> = presented.iter().map(inner).collect();
    let names = if names.is_empty() {
        "no name".to_owned()
    } else {
        names.join(", ")
    };
    format!("the certificate is not valid for {expected}, but for {names}")
}

/// Returns an error of the certificate verifier as text. That of webpki is a name from its source.
fn other_problem(text: &str) -> String {
    match text {
        "CaUsedAsEndEntity" => "it is the certificate of a CA, not of a server".to_owned(),
        text if is_name(text) => words(&format_args!("{text}")),
        text => text.to_owned(),
    }
}

fn is_name(text: &str) -> bool {
    let name = text.split(['(', '{', ' ']).next().unwrap_or_default();
    let has_words = name.chars().filter(char::is_ascii_uppercase).count() > 1;
    has_words && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Splits the name of a variant, such as `UnknownIssuer`, into lower-case words. Omits its fields.
fn words(name: &impl std::fmt::Debug) -> String {
    let debug = format!("{name:?}");
    let name = debug.split(['(', '{', ' ']).next().unwrap_or_default();
    let mut words = String::new();
    for c in name.trim_end_matches("Context").chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}
