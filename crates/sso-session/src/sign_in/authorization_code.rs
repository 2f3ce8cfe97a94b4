//! Authorization code grant with PKCE: RFC 7636, RFC 8252.

use sso_oidc::{Grant, OidcClient, Pkce, State};
use sso_transport::Transport;
use sso_types::sanitize;
use token_cache::{CachedRegistration, CachedToken};

use super::{APPROVAL_TIMEOUT, AuthorizationPrompt, AuthorizationRequest, SignIn, SignInGrant};
use crate::error::{CREATE_TOKEN, Error};
use crate::error_chain::ErrorChain;
use crate::scopes::scopes_or_default;
use crate::sign_in::callback::{AuthorizationResponse, Callback, CallbackListener, Page};
use crate::sign_in::registration::Client;
use crate::unconfirmed_client::remember_unconfirmed_client;

impl<P: AuthorizationPrompt> SignIn<'_, P> {
    /// If the service rejects the client only after the approval, the user has to approve again. If
    /// it does not know the client, only the browser shows an error: the next sign-in then registers
    /// a new client.
    pub(super) fn by_authorization_code(&self) -> Result<CachedToken, Error> {
        let oidc = self.clients.oidc(&self.session.region)?;
        self.with_client(SignInGrant::AuthorizationCode, &oidc, |client| {
            self.approved(&oidc, client)
        })
    }

    /// Starts to listen before the prompt, and shows the result in the browser after the token is
    /// saved.
    fn approved(
        &self,
        oidc: &OidcClient<impl Transport>,
        client: &Client,
    ) -> Result<CachedToken, Error> {
        let registration = &client.registration;
        let attempt = self.attempt(oidc, registration)?;
        if client.is_cached {
            remember_unconfirmed_client(self.session, self.cache, &registration.client_id);
        }
        let callback = self.callback(&attempt, client)?;
        let outcome = match &callback.response {
            AuthorizationResponse::Refused { error, description } => {
                Err(Error::AuthorizationRefused {
                    error: error.clone(),
                    description: sanitize(description.as_ref().unwrap_or(error)),
                })
            }
            AuthorizationResponse::Code(code) => {
                let grant = Grant::AuthorizationCode {
                    code: code.clone(),
                    redirect_uri: attempt.listener.redirect_uri(),
                    verifier: attempt.pkce.verifier.clone(),
                };
                self.exchanged(oidc, registration, &grant)
            }
        };
        match &outcome {
            Ok(_) => callback.show(&Page::signed_in()),
            Err(error) => callback.show(&Page::failed(&ErrorChain(error).to_string())),
        }
        outcome
    }

    fn attempt(
        &self,
        oidc: &OidcClient<impl Transport>,
        registration: &CachedRegistration,
    ) -> Result<Attempt, Error> {
        let failed = self.failed("preparing the sign-in");
        let pkce = Pkce::generate().map_err(&failed)?;
        let state = State::generate().map_err(&failed)?;
        let listener = CallbackListener::bind(self.redirect_port, state.clone(), self.clock)?;
        let (redirect_uri, scopes) = (listener.redirect_uri(), scopes_or_default(self.session));
        let url = oidc
            .authorize_url(
                &registration.client_id,
                &redirect_uri,
                &scopes,
                &state,
                &pkce,
            )
            .map_err(&failed)?;
        Ok(Attempt {
            pkce,
            listener,
            url,
        })
    }

    fn callback(&self, attempt: &Attempt, client: &Client) -> Result<Callback, Error> {
        let timeout = APPROVAL_TIMEOUT;
        let listener = &attempt.listener;
        let _guard = self.prompt.show(&AuthorizationRequest::Browser {
            url: &attempt.url,
            paste_back: listener.paste_back(),
            timeout,
        });
        let callback = listener.wait(timeout);
        callback.ok_or(Error::NotApproved {
            timeout,
            may_be_unknown_client: client.is_cached,
        })
    }

    /// Reserves disk space for the token first, because the code can be exchanged only once.
    fn exchanged(
        &self,
        oidc: &OidcClient<impl Transport>,
        registration: &CachedRegistration,
        grant: &Grant,
    ) -> Result<CachedToken, Error> {
        let reserved = self.reserved_eventually()?;
        let issued = oidc
            .create_token(&registration.client_id, &registration.client_secret, grant)
            .map_err(self.failed(CREATE_TOKEN))?;
        self.saved(reserved, issued, registration)
    }
}

struct Attempt {
    pkce: Pkce,
    listener: CallbackListener,
    url: String,
}
