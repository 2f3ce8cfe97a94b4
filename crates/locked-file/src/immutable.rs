//! Immutable files and directories.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use crate::attributes::Attributes;
use crate::cause;
use crate::subject::Subject;

/// A file or directory that is immutable, as the cause of an [`io::Error`]: it has the attribute `i` of
/// chattr(1). The files in an immutable directory cannot be created, replaced or removed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{} is immutable", Subject::of(path, *is_subject))]
#[non_exhaustive]
pub struct Immutable {
    /// The file or directory.
    pub path: PathBuf,
    /// True if the error of which this is the cause is about the same path.
    pub(crate) is_subject: bool,
}

impl Immutable {
    /// Returns the immutable file or directory among the causes of `error`, if there is one.
    #[must_use]
    pub fn in_causes_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        cause::in_causes_of(error)
    }

    /// Returns the reason for `error`, an error of a change of `path`, if it is `found`, the nearest path
    /// that exists, or its directory.
    pub(crate) fn explaining(error: &io::Error, path: &Path, found: &Path) -> Option<Self> {
        if !is_not_permitted(error) {
            return None;
        }
        let dir = found.parent().filter(|_| found == path);
        let mut candidates = [Some(found), dir].into_iter().flatten();
        let immutable = candidates.find(|path| Attributes::of(path).is_immutable)?;
        Some(Self {
            path: immutable.to_owned(),
            is_subject: immutable == path,
        })
    }

    pub(crate) fn into_error(self) -> io::Error {
        io::Error::new(io::ErrorKind::PermissionDenied, self)
    }
}

/// Attributes lead to EPERM, missing permissions to EACCES.
fn is_not_permitted(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        Errno::from_io_error(error) == Some(Errno::PERM)
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}
