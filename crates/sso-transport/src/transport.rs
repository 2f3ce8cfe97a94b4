//! The interface to a network.

use std::rc::Rc;
use std::sync::Arc;

use crate::error::TransportError;

/// Sends requests.
pub trait Transport {
    /// Sends `request` once and returns the complete response, whatever its status.
    ///
    /// # Errors
    ///
    /// If there is no complete response. The variant says whether the service can have processed
    /// the request: see [`TransportError::was_not_sent`].
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
