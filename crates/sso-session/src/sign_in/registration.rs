use sso_oidc::{OidcClient, OidcError, RegisterClient, RegistrationGrant, client_name};
use sso_transport::Transport;
use token_cache::{CacheError, CachedRegistration, CachedToken, Freshness};

use super::{AuthorizationPrompt, SignIn, SignInGrant};
use crate::cache::or_missing;
use crate::error::{CREATE_TOKEN, Error};
use crate::error_chain::ErrorChain;
use crate::keys::SessionKeys;
use crate::scopes::scopes_or_default;
use crate::sign_in::callback::CALLBACK_PATH;

/// Prefix of the client name, which the approval page shows.
const CLIENT_NAME: &str = "aws-sso-tools";

/// Grant types in the cached registration, as the AWS CLI writes them.
const GRANT_TYPES: [&str; 2] = ["authorization_code", "refresh_token"];

/// Client of a sign-in.
pub(super) struct Client {
    pub(super) registration: CachedRegistration,
    /// True if an earlier sign-in, possibly of another tool, registered the client. The service may
    /// no longer know it.
    pub(super) is_cached: bool,
}

impl Client {
    /// Returns true if a sign-in with `grant` that fails with `error` is started again, with a new client.
    pub(super) fn is_replaced_after(&self, error: &Error, grant: SignInGrant) -> bool {
        self.is_cached && is_client_refused(error, grant)
    }
}

impl<P: AuthorizationPrompt> SignIn<'_, P> {
    /// Signs in with the cached client registration, or with a new one if the service rejects it.
    pub(super) fn with_client(
        &self,
        grant: SignInGrant,
        oidc: &OidcClient<impl Transport>,
        sign_in: impl Fn(&Client) -> Result<CachedToken, Error>,
    ) -> Result<CachedToken, Error> {
        let cached = self.cache.registration(&self.session.registration_key());
        let cached = self.cache.corrupt_as_missing(cached)?;
        if let Some(registration) = self.acceptable(cached.clone(), grant) {
            let client = Client {
                registration,
                is_cached: true,
            };
            match sign_in(&client) {
                Err(error) if client.is_replaced_after(&error, grant) => {
                    log::warn!(
                        "{}; signing in again with a new client registration",
                        ErrorChain(&error)
                    );
                }
                outcome => return outcome,
            }
        }
        sign_in(&Client {
            registration: self.new_registration(grant, oidc, cached.as_ref())?,
            is_cached: false,
        })
    }

    /// Returns the cached registration if it was made for `grant`, is valid for at least 15
    /// minutes, and belongs to no sign-in that has failed.
    fn acceptable(
        &self,
        cached: Option<CachedRegistration>,
        grant: SignInGrant,
    ) -> Option<CachedRegistration> {
        cached
            .filter(|registration| self.is_valid_for_grant(registration, grant))
            .filter(|registration| !self.is_unconfirmed(registration))
    }

    fn is_unconfirmed(&self, registration: &CachedRegistration) -> bool {
        let key = self.session.token_key();
        let client_id = &registration.client_id;
        let is_unconfirmed = self.cache.is_unconfirmed_client(&key, client_id);
        if is_unconfirmed {
            log::info!("the last sign-in with the cached client registration did not succeed");
        }
        is_unconfirmed
    }

    /// Registers the client, and saves it in place of `cached`. A registration that cannot be saved
    /// is used only for this sign-in.
    fn new_registration(
        &self,
        grant: SignInGrant,
        oidc: &OidcClient<impl Transport>,
        cached: Option<&CachedRegistration>,
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
        match self.save(&registration, cached) {
            Ok(true) => {}
            Ok(false) => log::info!("another process changed the cached client registration"),
            Err(error) => log::warn!(
                "{}; the client registration is not cached",
                ErrorChain(&error)
            ),
        }
        Ok(registration)
    }

    /// Returns false, without a change, if the cache no longer contains `cached`: another process has
    /// registered a client or removed it since.
    fn save(
        &self,
        registration: &CachedRegistration,
        cached: Option<&CachedRegistration>,
    ) -> Result<bool, CacheError> {
        let key = self.session.registration_key();
        let locked = self
            .cache
            .lock_registration(&key, self.cache.lock_timeout())?;
        locked.reserve()?.commit_if(registration, || {
            or_missing(self.cache.registration(&key)).is_ok_and(|found| found.as_ref() == cached)
        })
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

/// Returns true if a sign-in with `grant` may succeed with a new client: the service refused a request
/// with the client, whatever its error code. A decision of the user and the end of a device code are
/// not refusals of the client.
fn is_client_refused(error: &Error, grant: SignInGrant) -> bool {
    match error {
        Error::Oidc { operation, source } => {
            let is_polling = grant == SignInGrant::DeviceCode && *operation == CREATE_TOKEN;
            source.is_refusal() && !(is_polling && is_end_of_polling(source))
        }
        Error::UnknownStartUrl { source, .. } => source.is_refusal(),
        Error::AuthorizationRefused { error, .. } => !matches!(
            error.as_str(),
            "access_denied" | "server_error" | "temporarily_unavailable"
        ),
        Error::ClockOff { source, .. } => is_client_refused(source, grant),
        _ => false,
    }
}

fn is_end_of_polling(error: &OidcError) -> bool {
    matches!(
        error,
        OidcError::AccessDenied(_) | OidcError::ExpiredToken(_)
    )
}
