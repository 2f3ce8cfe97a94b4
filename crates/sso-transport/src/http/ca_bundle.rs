//! CA certificates in a PEM file.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use locked_file::{ReadError, is_descriptor, read_input};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use ureq::tls::{Certificate, RootCerts};

use super::pem::{self, NotPem};
use crate::error::TransportError;

/// Maximum size of the file, far above the size of the bundles of operating systems.
const MAX_BYTES: u64 = 16 << 20;

/// PEM file with CA certificates that replace the platform's. Clones share the certificates, so that
/// the file is read only once, even by several threads, and can be a pipe.
#[derive(Clone)]
pub struct CaBundle {
    path: PathBuf,
    content: Arc<Mutex<Option<Content>>>,
}

#[derive(Clone)]
struct Content {
    roots: RootCerts,
    /// False for a pipe, which this process has read to its end.
    can_be_read_again: bool,
}

impl CaBundle {
    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns true if another process that reads the file finds the same certificates. It does not
    /// if the file is unusable, a pipe, or a descriptor of this process, such as `/dev/stdin`. Reads the
    /// file if it has not been read.
    #[must_use]
    pub fn can_be_read_by_others(&self) -> bool {
        let content = self.content();
        content.is_ok_and(|content| content.can_be_read_again) && !is_descriptor(&self.path)
    }

    /// Returns true if the file is a pipe, a device, or a descriptor of this process, such as
    /// `/dev/stdin`. Another process cannot read the same certificates from it. Does not read the file.
    #[must_use]
    pub fn is_unrepeatable(&self) -> bool {
        let is_special = |found: fs::Metadata| !found.is_file() && !found.is_dir();
        is_descriptor(&self.path) || fs::metadata(&self.path).is_ok_and(is_special)
    }

    /// Returns the certificates. Reads the file if it has not been read.
    pub(crate) fn roots(&self) -> Result<RootCerts, TransportError> {
        Ok(self.content()?.roots)
    }

    fn content(&self) -> Result<Content, TransportError> {
        let mut known = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = &*known {
            return Ok(content.clone());
        }
        let content = read(&self.path).map_err(|source| TransportError::CaBundle {
            path: self.path.clone(),
            source,
        })?;
        Ok(known.insert(content).clone())
    }
}

impl From<PathBuf> for CaBundle {
    fn from(path: PathBuf) -> Self {
        Self {
            path,
            content: Arc::default(),
        }
    }
}

impl fmt::Debug for CaBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

fn read(path: &Path) -> io::Result<Content> {
    let input = read_input(MAX_BYTES, path).map_err(reason)?;
    Ok(Content {
        roots: RootCerts::from(certificates_in(&input.bytes)?),
        can_be_read_again: input.can_be_read_again,
    })
}

fn certificates_in(pem: &[u8]) -> io::Result<Vec<Certificate<'static>>> {
    let certificates = pem::certificates(pem);
    let certificates =
        certificates.map_err(|NotPem| io::Error::other("the file is not valid PEM"))?;
    if count_of_valid(&certificates) == 0 {
        let problem = "the file contains no valid certificates";
        return Err(io::Error::other(problem));
    }
    Ok(certificates)
}

/// Returns the error of the operating system, without the path, which the caller adds.
fn reason(error: ReadError) -> io::Error {
    match error {
        ReadError::Unreadable { source, .. } => source,
        ReadError::NoWriter { .. } => io::Error::other("no process has written to the pipe"),
        ReadError::TooLarge { .. } => io::Error::other("the file is too large"),
        error => io::Error::other(error),
    }
}

/// Returns the number of certificates that rustls can use. It ignores the others.
fn count_of_valid(certificates: &[Certificate<'_>]) -> usize {
    let ders = certificates.iter().map(Certificate::der);
    let ders = ders.map(CertificateDer::from);
    let (valid, _) = RootCertStore::empty().add_parsable_certificates(ders);
    valid
}
