use sso_oidc::{OidcClient, RegisterClient, RegistrationGrant, client_name};
use sso_transport::Transport;
use token_cache::{CachedRegistration, Freshness};

use super::{AuthorizationPrompt, SignIn, SignInGrant};
use crate::error::Error;
use crate::error_chain::ErrorChain;
use crate::keys::SessionKeys;
use crate::scopes::scopes_or_default;
use crate::sign_in::callback::CALLBACK_PATH;

/// Prefix of the client name, which the approval page shows.
const CLIENT_NAME: &str = "aws-sso-tools";

/// Grant types in the cached registration, as the AWS CLI writes them.
const GRANT_TYPES: [&str; 2] = ["authorization_code", "refresh_token"];

impl<P: AuthorizationPrompt> SignIn<'_, P> {
    pub(super) fn registration(
        &self,
        grant: SignInGrant,
        oidc: &OidcClient<impl Transport>,
    ) -> Result<CachedRegistration, Error> {
        match self.cached_registration(grant)? {
            Some(registration) => Ok(registration),
            None => self.new_registration(grant, oidc),
        }
    }

    /// Returns the cached registration if it was made for `grant` and is valid for at
    /// least 15 minutes.
    pub(super) fn cached_registration(
        &self,
        grant: SignInGrant,
    ) -> Result<Option<CachedRegistration>, Error> {
        let cached = self.cache.registration(&self.session.registration_key());
        let cached = self.cache.corrupt_as_missing(cached)?;
        Ok(cached.filter(|registration| self.is_valid_for_grant(registration, grant)))
    }

    /// Registers the client. A registration that cannot be saved is used only for this sign-in.
    pub(super) fn new_registration(
        &self,
        grant: SignInGrant,
        oidc: &OidcClient<impl Transport>,
    ) -> Result<CachedRegistration, Error> {
        let request = self.request(grant);
        log::info!("registering the client {}", request.client_name);
        let issued = oidc
            .register_client(&request)
            .map_err(self.failed_for_start_url("RegisterClient"))?;
        let registration = CachedRegistration {
            client_id: issued.client_id,
            client_secret: issued.client_secret,
            expires_at: issued.expires_at,
            scopes: Some(request.scopes).filter(|scopes| !scopes.is_empty()),
            grant_types: match grant {
                SignInGrant::AuthorizationCode => GRANT_TYPES.map(str::to_owned).to_vec(),
                SignInGrant::DeviceCode => Vec::new(),
            },
        };
        let locked = self
            .cache
            .lock_registration(&self.session.registration_key(), self.cache.lock_timeout());
        let saved = locked.and_then(|locked| locked.reserve()?.commit(&registration));
        if let Err(error) = saved {
            log::warn!(
                "{}; the client registration is not cached",
                ErrorChain(&error)
            );
        }
        Ok(registration)
    }

    fn is_valid_for_grant(&self, registration: &CachedRegistration, grant: SignInGrant) -> bool {
        registration.is_for_authorization_code() == (grant == SignInGrant::AuthorizationCode)
            && Freshness::of(registration.expires_at, self.clock.now()) == Freshness::Fresh
    }

    fn request(&self, grant: SignInGrant) -> RegisterClient {
        let legacy = self.clock.now().unix_timestamp().to_string();
        let session = self
            .session
            .name
            .as_ref()
            .map_or(legacy.as_str(), |name| name.as_str());
        RegisterClient {
            client_name: client_name(CLIENT_NAME, session),
            scopes: match grant {
                SignInGrant::AuthorizationCode => scopes_or_default(self.session),
                SignInGrant::DeviceCode => self.session.scopes.clone().unwrap_or_default(),
            },
            grant: match grant {
                SignInGrant::AuthorizationCode => RegistrationGrant::AuthorizationCode {
                    redirect_uri: format!("http://127.0.0.1{CALLBACK_PATH}"),
                    issuer_url: self.issuer.clone(),
                },
                SignInGrant::DeviceCode => RegistrationGrant::DeviceCode,
            },
        }
    }
}
