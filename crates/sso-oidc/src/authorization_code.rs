//! The authorization code grant, as far as it needs no listener: the page to open, and the random
//! values that tie the browser's answer to it (RFC 6749 §4.1.1, RFC 7636).

use std::io;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use sso_transport::Transport;
use sso_types::{ClientId, RegistrationScope, Secret};

use crate::{OidcClient, OidcError};

/// A code verifier, and the challenge that can be shown before it (RFC 7636 §4.1, §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pkce {
    /// What [`Grant::AuthorizationCode`](crate::Grant::AuthorizationCode) takes.
    pub verifier: Secret,
    /// What goes into the address of the page.
    pub challenge: String,
}

impl Pkce {
    /// Returns a new pair with 256 random bits.
    ///
    /// # Errors
    ///
    /// [`OidcError::Random`] where the system has no random numbers.
    pub fn generate() -> Result<Self, OidcError> {
        random_text().map(Self::from_verifier)
    }

    /// Returns `verifier` with its challenge, by the method `S256`.
    #[must_use]
    pub fn from_verifier(verifier: Secret) -> Self {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()));
        Self {
            verifier,
            challenge,
        }
    }
}

/// The value by which the browser's answer is known for the answer to our page (RFC 6749 §10.12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(Secret);

impl State {
    /// Returns a new value of 256 random bits.
    ///
    /// # Errors
    ///
    /// [`OidcError::Random`] where the system has no random numbers.
    pub fn generate() -> Result<Self, OidcError> {
        random_text().map(Self)
    }

    /// Returns whether `text` is this value, compared in constant time.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0 == Secret::from(text)
    }
}

/// 256 random bits as 43 unreserved characters: the least that RFC 7636 §4.1 allows.
fn random_text() -> Result<Secret, OidcError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| OidcError::Random(io::Error::other(error)))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes).into())
}

impl<T: Transport> OidcClient<T> {
    /// Returns the address of the page where a person signs in, for the browser.
    ///
    /// The browser comes back to `redirect_uri` with `code` and `state`, or with `error`,
    /// `error_description` and `state`.
    ///
    /// # Errors
    ///
    /// Where the address would be longer than any URL may be.
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
            // Not `scope`, as RFC 6749 has it.
            ("scopes", &scopes.join(" ")),
            ("code_challenge", &pkce.challenge),
        ];
        Ok(self.endpoint.uri("/authorize", &query)?.to_string())
    }
}
