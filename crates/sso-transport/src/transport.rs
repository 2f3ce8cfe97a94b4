//! The interface to the network.

use std::rc::Rc;
use std::sync::Arc;

use crate::error::TransportError;

/// Sender of HTTP requests.
pub trait Transport {
    /// Sends `request` once and returns the complete response, whatever its status.
    ///
    /// # Errors
    ///
    /// If there is no complete response. See [`TransportError::was_not_sent`] for whether the
    /// service may have processed the request.
    fn send(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, TransportError>;
}

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
