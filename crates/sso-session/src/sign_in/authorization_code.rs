//! Authorization code grant with PKCE: RFC 7636, RFC 8252.

use sso_oidc::{Grant, OidcClient, Pkce, State};
use sso_transport::Transport;
use sso_types::sanitize;
use token_cache::{CachedRegistration, CachedToken};

use super::{APPROVAL_TIMEOUT, AuthorizationPrompt, AuthorizationRequest, SignIn, SignInGrant};
use crate::error::{CREATE_TOKEN, Error};
use crate::error_chain::ErrorChain;
use crate::scopes::scopes_or_default;
use crate::sign_in::callback::{AuthorizationResponse, ExpectedRedirect, Page};
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
        let outcome = self
            .response(&attempt, client)
            .and_then(|response| self.token_for(response, &attempt, oidc, registration));
        match &outcome {
            Ok(_) => attempt.redirect.show(&Page::signed_in()),
            Err(error) => {
                let reason = ErrorChain(error).to_string();
                let page = if client.is_replaced_after(error, SignInGrant::AuthorizationCode) {
                    Page::started_again(&reason)
                } else {
                    Page::failed(&reason, error.next_step())
                };
                attempt.redirect.show(&page);
                if matches!(error, Error::Cancelled) {
                    self.listeners.cancel(&attempt.redirect);
                }
            }
        }
        outcome
    }

    fn token_for(
        &self,
        response: AuthorizationResponse,
        attempt: &Attempt,
        oidc: &OidcClient<impl Transport>,
        registration: &CachedRegistration,
    ) -> Result<CachedToken, Error> {
        match response {
            AuthorizationResponse::Refused { error, description } => {
                let description = shown_description(description.as_deref(), &error);
                Err(Error::AuthorizationRefused { error, description })
            }
            AuthorizationResponse::Cancelled => Err(Error::Cancelled),
            AuthorizationResponse::Code(code) => {
                let grant = Grant::AuthorizationCode {
                    code,
                    redirect_uri: attempt.redirect.redirect_uri(),
                    verifier: attempt.pkce.verifier.clone(),
                };
                self.exchanged(oidc, registration, &grant)
            }
        }
    }

    fn attempt(
        &self,
        oidc: &OidcClient<impl Transport>,
        registration: &CachedRegistration,
    ) -> Result<Attempt, Error> {
        let failed = self.failed("preparing the sign-in");
        let pkce = Pkce::generate().map_err(&failed)?;
        let state = State::generate().map_err(&failed)?;
        let listeners = self.listeners;
        let redirect = listeners.expect(self.redirect_port, state.clone(), self.clock)?;
        let (redirect_uri, scopes) = (redirect.redirect_uri(), scopes_or_default(self.session));
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
            redirect,
            url,
        })
    }

    fn response(&self, attempt: &Attempt, client: &Client) -> Result<AuthorizationResponse, Error> {
        let timeout = APPROVAL_TIMEOUT;
        let redirect = &attempt.redirect;
        let _guard = self.prompt.show(&AuthorizationRequest::Browser {
            url: &attempt.url,
            paste_back: redirect.paste_back(),
            timeout,
        });
        redirect.wait(timeout).ok_or(Error::NotApproved {
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
    redirect: ExpectedRedirect,
    url: String,
}

/// Returns the description of a refusal, or else the error code, if it has visible characters.
fn shown_description(description: Option<&str>, error: &str) -> String {
    let mut texts = description.into_iter().chain([error]).map(sanitize);
    let visible = texts.find(|text| !text.is_empty());
    visible.unwrap_or_else(|| "the server gave no reason".to_owned())
}
