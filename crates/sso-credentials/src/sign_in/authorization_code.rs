//! The authorization code grant with PKCE: RFC 7636, RFC 8252.

use sso_oidc::{Grant, OidcClient, Pkce, State};
use sso_transport::{Transport, printable};
use token_cache::{CachedRegistration, CachedToken};

use super::registration::scopes_or_default;
use super::{APPROVAL_TIME, AuthorizationPrompt, AuthorizationRequest, SignIn, SignInGrant};
use crate::Error;
use crate::cached::with_causes;
use crate::loopback::{Answer, Callback, CallbackListener, Page};
use crate::token_provider::LOCK_WAIT;

impl<P: AuthorizationPrompt> SignIn<'_, P> {
    /// Listens first, then asks; the browser is told how it went once the token is saved.
    pub(super) fn by_authorization_code(&self) -> Result<CachedToken, Error> {
        let oidc = self.clients.oidc(&self.session.region)?;
        let registration = self.registration(SignInGrant::AuthorizationCode, &oidc)?;
        let attempt = self.attempt(&oidc, &registration)?;
        let callback = self.callback(&attempt)?;
        let outcome = match &callback.answer {
            Answer::Refused { error, description } => Err(Error::AuthorizationRefused {
                description: printable(description.as_ref().unwrap_or(error)),
            }),
            Answer::Code(code) => {
                let grant = Grant::AuthorizationCode {
                    code: code.clone(),
                    redirect_uri: attempt.listener.redirect_uri(),
                    verifier: attempt.pkce.verifier.clone(),
                };
                self.exchanged(&oidc, &registration, &grant)
            }
        };
        match &outcome {
            Ok(_) => callback.show(&Page::signed_in()),
            Err(error) => callback.show(&Page::failed(&with_causes(error))),
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
        let listener = CallbackListener::bind(state.clone())?;
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

    fn callback(&self, attempt: &Attempt) -> Result<Callback, Error> {
        let at_most = APPROVAL_TIME;
        let url = &attempt.url;
        let _waiting = self
            .prompt
            .ask(&AuthorizationRequest::Browser { url, at_most });
        let callback = attempt.listener.wait(at_most);
        callback.ok_or(Error::NotApproved { at_most })
    }

    /// The code is good once, so a place for the token is prepared before it is sent.
    fn exchanged(
        &self,
        oidc: &OidcClient<impl Transport>,
        registration: &CachedRegistration,
        grant: &Grant,
    ) -> Result<CachedToken, Error> {
        let locked = self
            .cache
            .lock_token(&self.session.token_key(), LOCK_WAIT)?;
        let slot = locked.prepare_write()?;
        let issued = oidc
            .create_token(&registration.client_id, &registration.client_secret, grant)
            .map_err(self.failed("asking for the token"))?;
        let token = self.for_cache(issued, registration);
        slot.commit(&token)?;
        Ok(token)
    }
}

/// What one browser is sent away with, and awaited with.
struct Attempt {
    pkce: Pkce,
    listener: CallbackListener,
    url: String,
}
