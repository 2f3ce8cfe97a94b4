//! Certificates in PEM, in each form that OpenSSL accepts, and with it the AWS CLI.

use ureq::tls::{Certificate, PemItem, parse_pem};

/// Returns the certificates in `pem` that may be the issuers of a server's certificate. Ignores text
/// between the certificates, byte order marks, white space at the end of a line, and other items such as
/// keys.
///
/// # Errors
///
/// If an item is not valid PEM.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, NotPem> {
    let pem = with_standard_labels(pem);
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| NotPem)?
            && let Some(der) = issuer_of_servers(certificate.der())
        {
            certificates.push(Certificate::from_der(der).to_owned());
        }
    }
    Ok(certificates)
}

/// An item is not valid PEM. The message of the parser contains names from its source, and parts of the
/// file as bytes.
pub(super) struct NotPem;

fn with_standard_labels(pem: &[u8]) -> Vec<u8> {
    let mut standard = Vec::with_capacity(pem.len());
    for line in pem.split(|byte| *byte == b'\n') {
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        standard.extend_from_slice(standard_label(line.trim_ascii_end()));
        standard.push(b'\n');
    }
    standard
}

/// Replaces the labels that OpenSSL writes for a certificate with trust settings
/// (`openssl x509 -trustout`), and has written in old versions.
fn standard_label(line: &[u8]) -> &[u8] {
    match line {
        b"-----BEGIN TRUSTED CERTIFICATE-----" | b"-----BEGIN X509 CERTIFICATE-----" => {
            b"-----BEGIN CERTIFICATE-----"
        }
        b"-----END TRUSTED CERTIFICATE-----" | b"-----END X509 CERTIFICATE-----" => {
            b"-----END CERTIFICATE-----"
        }
        line => line,
    }
}

/// Returns the certificate without the trust settings that may follow it, or `None` if these do not
/// allow it to issue the certificate of a server.
fn issuer_of_servers(der: &[u8]) -> Option<&[u8]> {
    let Some(certificate) = Element::first_in(der) else {
        return Some(der);
    };
    let settings = Element::first_in(certificate.rest);
    let is_allowed = settings.is_none_or(|settings| allow_servers(settings.content));
    is_allowed.then_some(certificate.bytes)
}

/// Reads OpenSSL's trust settings (`X509_CERT_AUX`): the allowed and the rejected purposes.
fn allow_servers(mut settings: &[u8]) -> bool {
    while let Some(setting) = Element::first_in(settings) {
        let is_allowed = match setting.tag {
            ALLOWED_PURPOSES => contain_servers(setting.content),
            REJECTED_PURPOSES => !contain_servers(setting.content),
            _ => true,
        };
        if !is_allowed {
            return false;
        }
        settings = setting.rest;
    }
    true
}

const ALLOWED_PURPOSES: u8 = 0x30;
const REJECTED_PURPOSES: u8 = 0xa0;

fn contain_servers(mut purposes: &[u8]) -> bool {
    while let Some(purpose) = Element::first_in(purposes) {
        if [SERVER_AUTHENTICATION, ANY_PURPOSE].contains(&purpose.content) {
            return true;
        }
        purposes = purpose.rest;
    }
    false
}

/// `id-kp-serverAuth` and `anyExtendedKeyUsage` (RFC 5280 §4.2.1.12).
const SERVER_AUTHENTICATION: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
const ANY_PURPOSE: &[u8] = &[0x55, 0x1d, 0x25, 0];

/// Element in DER.
struct Element<'d> {
    tag: u8,
    content: &'d [u8],
    /// The element with its tag and its length.
    bytes: &'d [u8],
    /// The bytes after the element.
    rest: &'d [u8],
}

impl<'d> Element<'d> {
    fn first_in(der: &'d [u8]) -> Option<Self> {
        let (tag, after_tag) = der.split_first()?;
        let (first, after_first) = after_tag.split_first()?;
        let (length, content_and_rest) = match *first {
            0..=0x7f => (usize::from(*first), after_first),
            0x81..=0x84 => {
                let (length, rest) = after_first.split_at_checked(usize::from(first & 0x7f))?;
                let append = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
                (length.iter().fold(0, append), rest)
            }
            _ => return None,
        };
        let (content, rest) = content_and_rest.split_at_checked(length)?;
        Some(Self {
            tag: *tag,
            content,
            bytes: &der[..der.len() - rest.len()],
            rest,
        })
    }
}
