//! Identity of the credentials of a profile.

use std::cell::OnceCell;
use std::time::Duration;

use sso_session::ErrorChain;
use sts_assume_role::CallerIdentity;

use super::CredentialsProvider;
use crate::credentials::Credentials;
use crate::error::{Error, KeysOrigin};

impl CredentialsProvider<'_> {
    /// Returns the identity of credentials that are valid for at least `min_validity`, or newly issued
    /// ones. If STS refuses cached credentials, requests others once.
    ///
    /// # Errors
    ///
    /// Those of [`credentials`](Self::credentials); [`Error::CallerIdentity`].
    pub fn caller_identity(&self, min_validity: Duration) -> Result<CallerIdentity, Error> {
        // Reports an invalid setting before a process runs or the user is prompted.
        self.sts()?;
        let of_chain = |refused| {
            let token = OnceCell::new();
            self.chain_credentials(&self.chain.roles, min_validity, refused, &token)
        };
        let first = of_chain(None)?;
        match self.identity_of(&first.credentials) {
            Err(error) if first.is_cached && error.is_refusal_of_keys() => {
                log::info!("{}; requesting other credentials", ErrorChain(&error));
                let other = of_chain(Some(&first.credentials))?.credentials;
                if other == first.credentials {
                    return Err(error);
                }
                self.identity_of(&other)
            }
            outcome => outcome,
        }
    }

    fn identity_of(&self, credentials: &Credentials) -> Result<CallerIdentity, Error> {
        let now = self.clock.now();
        let identity = self.sts()?.get_caller_identity(&credentials.into(), now);
        identity.map_err(|source| {
            self.explain(Error::CallerIdentity {
                origin: Box::new(KeysOrigin::from(&self.chain.source)),
                source: source.into(),
            })
        })
    }
}
