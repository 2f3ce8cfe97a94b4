//! Sign-in to the AWS console with the credentials of a profile.

use aws_console::{Destination, FederationClient, LoginUrl, SessionKeys};
use sso_config::chain::{CredentialChain, CredentialSource};
use sso_transport::{Endpoint, Service, Transport};
use sso_types::Region;

use super::profile::Profile;
use crate::credentials::Credentials;
use crate::error::Error;

/// Client for the federation endpoint that the settings of a profile select.
pub struct Federation<'a> {
    client: FederationClient<&'a dyn Transport>,
    endpoint: Endpoint,
    profile: &'a Profile<'a>,
}

impl Profile<'_> {
    /// Prepares the sign-in to the console in the partition of `region`. Sends no request.
    ///
    /// # Errors
    ///
    /// [`Error::Session`] if a network setting is invalid.
    pub fn federation(&self, region: &Region) -> Result<Federation<'_>, Error> {
        let connection = self.clients().connect(Service::Federation, region)?;
        Ok(Federation {
            endpoint: connection.endpoint.clone(),
            client: FederationClient::new(
                connection.transport,
                connection.endpoint,
                connection.retry,
            ),
            profile: self,
        })
    }

    /// Checks that the credentials can open the console, as far as the files show.
    ///
    /// # Errors
    ///
    /// [`Error::LongTermKeys`] for the access keys of an IAM user.
    pub fn check_console(&self) -> Result<(), Error> {
        let CredentialChain { source, roles } = self.chain();
        match source {
            CredentialSource::Static(keys) if roles.is_empty() && keys.session_token.is_none() => {
                Err(self.long_term_keys())
            }
            _ => Ok(()),
        }
    }

    fn long_term_keys(&self) -> Error {
        let name = self.name().cloned();
        Error::LongTermKeys {
            profile: name.unwrap_or_else(|| "default".into()),
        }
    }

    /// Returns whether the service accepts a duration of the console session: not for an SSO role, and
    /// not with role chaining. Only the service knows this for a `credential_process`.
    #[must_use]
    pub fn accepts_console_duration(&self) -> bool {
        let CredentialChain { source, roles } = self.chain();
        match (source, roles.len()) {
            (CredentialSource::Static(keys), 1) => keys.session_token.is_none(),
            (CredentialSource::Process(_), 0) => true,
            _ => false,
        }
    }
}

impl Federation<'_> {
    /// Gets a URL that signs in to the console with `credentials` and opens `destination`.
    ///
    /// `duration` is the duration of the console session in seconds: see
    /// [`FederationClient::get_signin_token`].
    ///
    /// # Errors
    ///
    /// [`Error::LongTermKeys`] if the credentials are not temporary; [`Error::Federation`].
    pub fn login_url(
        &self,
        credentials: &Credentials,
        destination: &Destination,
        duration: Option<u32>,
    ) -> Result<LoginUrl, Error> {
        let Some(session_token) = &credentials.session_token else {
            return Err(self.profile.long_term_keys());
        };
        let keys = SessionKeys {
            access_key_id: &credentials.access_key_id,
            secret_access_key: &credentials.secret_access_key,
            session_token,
        };
        log::info!("requesting a sign-in token for the console");
        let token = self.client.get_signin_token(&keys, duration);
        let token = token.map_err(|source| Error::Federation {
            operation: "getSigninToken",
            source: source.into(),
        })?;
        Ok(self.client.login_url(&token, destination))
    }

    /// Returns the URL that ends the console session in the browser before it opens `url`.
    #[must_use]
    pub fn after_sign_out(&self, url: &LoginUrl) -> LoginUrl {
        self.client.after_sign_out(url)
    }

    /// Returns the URL that ends the console session in the browser, and then opens `next`, a URL of AWS.
    #[must_use]
    pub fn sign_out_url(&self, next: &str) -> String {
        aws_console::sign_out_url(&self.endpoint, next)
    }
}
