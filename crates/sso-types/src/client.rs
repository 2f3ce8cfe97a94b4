//! Client ID and client secret of a client registration.

use crate::text::{plain_text, secret_text};

plain_text! {
    /// The client ID of a registered client, which is not secret.
    ClientId
}

secret_text! {
    /// The client secret of a registered client.
    ClientSecret
}
