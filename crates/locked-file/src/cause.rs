//! Causes of errors.

use std::error::Error;
use std::io;

/// Returns the `T` in the first [`io::Error`] that contains one, among `error` and its causes.
pub(crate) fn in_causes_of<'a, T: Error + 'static>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a T> {
    let own = |error: &'a (dyn Error + 'static)| {
        let error = error.downcast_ref::<io::Error>()?;
        error.get_ref()?.downcast_ref()
    };
    own(error).or_else(|| in_causes_of(error.source()?))
}
