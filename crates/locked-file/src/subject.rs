//! Paths in the messages of causes.

use std::fmt;
use std::path::Path;

/// The subject of a sentence about a path, which is not repeated.
pub(crate) enum Subject<'a> {
    Path(&'a Path),
    Same,
}

impl<'a> Subject<'a> {
    pub(crate) fn of(path: &'a Path, is_same: bool) -> Self {
        if is_same {
            Self::Same
        } else {
            Self::Path(path)
        }
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Same => f.write_str("it"),
        }
    }
}
