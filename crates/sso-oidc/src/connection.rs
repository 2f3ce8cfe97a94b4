//! A request that shows whether the service can be reached.

use serde::Serialize;
use serde::de::IgnoredAny;
use sso_transport::{RequestKind, Transport};

use crate::client::OidcClient;
use crate::error::OidcError;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    client_id: &'static str,
    client_secret: &'static str,
    grant_type: &'static str,
    device_code: &'static str,
}

/// Placeholders, which no client and no device code can be.
const BODY: Body = Body {
    client_id: "none",
    client_secret: "none",
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: "none",
};

impl<T: Transport> OidcClient<T> {
    /// Checks that the service responds. Sends a `CreateToken` request with placeholders, which the
    /// service refuses: it registers nothing and starts no sign-in.
    ///
    /// # Errors
    ///
    /// Any [`OidcError`] that is not such a refusal.
    pub fn check_connection(&self) -> Result<(), OidcError> {
        let kind = RequestKind::Idempotent;
        match self.post::<IgnoredAny>("/token", &BODY, &[], &self.retry, kind) {
            Err(error) if !is_refusal_by_service(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

/// Returns whether the error has a name of the service model, which a proxy does not know.
fn is_refusal_by_service(error: &OidcError) -> bool {
    error.is_refusal() && !matches!(error, OidcError::Other(_))
}
