//! Authorization code grant: the URL for the browser, and the random values that bind the redirect
//! to that URL (RFC 6749 §4.1.1, RFC 7636). The caller listens for the redirect.

use std::io;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use sso_transport::Transport;
use sso_types::{ClientId, RegistrationScope, Secret};

use crate::client::OidcClient;
use crate::error::OidcError;

/// PKCE code verifier and the challenge derived from it (RFC 7636 §4.1, §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pkce {
    /// Verifier for [`Grant::AuthorizationCode`](crate::Grant::AuthorizationCode).
    pub verifier: Secret,
    /// Challenge in the URL that the browser opens.
    pub challenge: String,
}

impl Pkce {
    /// Generates a pair from 256 random bits.
    ///
    /// # Errors
    ///
    /// [`OidcError::Random`] if the operating system provides no random numbers.
    pub fn generate() -> Result<Self, OidcError> {
        random_text().map(Self::from_verifier)
    }

    /// Derives the challenge from `verifier` with the method `S256`.
    #[must_use]
    pub fn from_verifier(verifier: Secret) -> Self {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()));
        Self {
            verifier,
            challenge,
        }
    }
}

/// OAuth `state` parameter, which binds a redirect to its authorization request (RFC 6749 §10.12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(Secret);

impl State {
    /// Generates a value of 256 random bits.
    ///
    /// # Errors
    ///
    /// [`OidcError::Random`] if the operating system provides no random numbers.
    pub fn generate() -> Result<Self, OidcError> {
        random_text().map(Self)
    }

    /// Returns whether `text` equals this value. Compares in constant time.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0 == Secret::from(text)
    }
}

/// Returns 256 random bits as 43 unreserved characters, the minimum length in RFC 7636 §4.1.
fn random_text() -> Result<Secret, OidcError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| OidcError::Random(io::Error::other(error)))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes).into())
}

impl<T: Transport> OidcClient<T> {
    /// Returns the URL of the sign-in page, to open in a browser.
    ///
    /// The service redirects the browser to `redirect_uri` with the parameters `code` and `state`,
    /// or `error`, `error_description` and `state`.
    ///
    /// # Errors
    ///
    /// [`OidcError::Transport`] if the URL is too long.
    pub fn authorize_url(
        &self,
        client_id: &ClientId,
        redirect_uri: &str,
        scopes: &[RegistrationScope],
        state: &State,
        pkce: &Pkce,
    ) -> Result<String, OidcError> {
        let scopes: Vec<_> = scopes.iter().map(RegistrationScope::as_str).collect();
        let query = [
            ("response_type", "code"),
            ("client_id", client_id.as_str()),
            ("redirect_uri", redirect_uri),
            ("state", state.0.expose()),
            ("code_challenge_method", "S256"),
            // The service expects `scopes` instead of the `scope` of RFC 6749.
            ("scopes", &scopes.join(" ")),
            ("code_challenge", &pkce.challenge),
        ];
        Ok(self.endpoint.uri("/authorize", &query)?.to_string())
    }
}
