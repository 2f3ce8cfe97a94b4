//! CA certificates in a PEM file.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use locked_file::{ReadError, read_input};
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
    roots: Arc<Mutex<Option<RootCerts>>>,
}

impl CaBundle {
    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the certificates. Reads the file if it has not been read.
    pub(crate) fn roots(&self) -> Result<RootCerts, TransportError> {
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(roots) = &*roots {
            return Ok(roots.clone());
        }
        let certificates = read_certificates(&self.path);
        let certificates = certificates.map_err(|source| TransportError::CaBundle {
            path: self.path.clone(),
            source,
        })?;
        Ok(roots.insert(RootCerts::from(certificates)).clone())
    }
}

impl From<PathBuf> for CaBundle {
    fn from(path: PathBuf) -> Self {
        Self {
            path,
            roots: Arc::default(),
        }
    }
}

impl fmt::Debug for CaBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

fn read_certificates(path: &Path) -> io::Result<Vec<Certificate<'static>>> {
    let pem = read_input(MAX_BYTES, path).map_err(reason)?;
    let certificates = pem::certificates(&pem);
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
