//! The one thing that is asked of a network.

use std::rc::Rc;
use std::sync::Arc;

use crate::TransportError;

/// Sends requests.
pub trait Transport {
    /// Sends `request` once and returns the whole answer, whatever its status.
    ///
    /// # Errors
    ///
    /// Where there is no answer that could be returned. An implementation says by the variant
    /// whether the request can have been processed: see [`TransportError::was_not_sent`].
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, TransportError>;
}

/// Implements [`Transport`] for pointers to one.
macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<T: Transport + ?Sized> Transport for $pointer {
            fn send(
                &self,
                request: http::Request<Vec<u8>>,
            ) -> Result<http::Response<Vec<u8>>, TransportError> {
                (**self).send(request)
            }
        }
    )*};
}

forward!(&T, Box<T>, Rc<T>, Arc<T>);
