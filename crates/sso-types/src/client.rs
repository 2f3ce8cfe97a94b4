//! The parts of a client registration.

use crate::text::{plain_text, secret_text};

plain_text! {
    /// The public identifier of a registered client.
    ClientId
}

secret_text! {
    /// The secret that belongs to a [`ClientId`].
    ClientSecret
}
