//! Device authorization grant: RFC 8628.

use sso_oidc::{DeviceAuthorization, Grant, OidcClient, OidcError, Poll};
use sso_transport::Transport;
use time::OffsetDateTime;
use token_cache::{CachedRegistration, CachedToken};

use super::{AuthorizationPrompt, AuthorizationRequest, SignIn, SignInGrant};
use crate::error::{CREATE_TOKEN, Error, START_DEVICE_AUTHORIZATION};
use crate::keys::SessionKeys;

impl<P: AuthorizationPrompt> SignIn<'_, P> {
    /// Polls once before the prompt, because the client may already be approved.
    pub(super) fn by_device_code(&self) -> Result<CachedToken, Error> {
        let oidc = self.clients.oidc(&self.session.region)?;
        self.with_client(SignInGrant::DeviceCode, &oidc, |client| {
            self.device_token(&oidc, &client.registration)
        })
    }

    fn device_token(
        &self,
        oidc: &OidcClient<impl Transport>,
        registration: &CachedRegistration,
    ) -> Result<CachedToken, Error> {
        let CachedRegistration {
            client_id,
            client_secret,
            ..
        } = registration;
        let device = oidc
            .start_device_authorization(client_id, client_secret, self.issuer)
            .map_err(self.failed_for_start_url(START_DEVICE_AUTHORIZATION))?;
        let polling = Polling {
            oidc,
            registration,
            device: &device,
            ends_at: self.clock.now() + device.expires_in,
        };
        let failed = self.failed_for_start_url(CREATE_TOKEN);
        let interval = match self.poll(&polling, device.interval, failed)? {
            Polled::Token(token) => return Ok(*token),
            Polled::Wait(interval) => interval,
        };
        let _guard = self.prompt.show(&AuthorizationRequest::UserCode(&device));
        self.token_after(&polling, interval)
    }

    fn token_after(
        &self,
        polling: &Polling<'_, impl Transport>,
        mut interval: std::time::Duration,
    ) -> Result<CachedToken, Error> {
        while self.clock.now() + interval < polling.ends_at {
            self.clock.sleep(interval);
            match self.poll(polling, interval, self.failed(CREATE_TOKEN))? {
                Polled::Token(token) => return Ok(*token),
                Polled::Wait(next) => interval = next,
            }
        }
        Err(Error::NotApproved {
            timeout: polling.device.expires_in,
            may_be_unknown_client: false,
        })
    }

    /// Polls once. Saves an issued token in the same critical section, so that Ctrl-C does not lose
    /// it.
    fn poll(
        &self,
        polling: &Polling<'_, impl Transport>,
        interval: std::time::Duration,
        failed: impl Fn(OidcError) -> Error,
    ) -> Result<Polled, Error> {
        let Polling {
            oidc,
            registration,
            device,
            ..
        } = polling;
        let _section = locked_file::critical_section::CriticalSection::begin();
        let grant = Grant::DeviceCode(device.device_code.clone());
        let response =
            oidc.create_token(&registration.client_id, &registration.client_secret, &grant);
        match Poll::after(response, interval) {
            Poll::Wait(interval) => Ok(Polled::Wait(interval)),
            Poll::Failed(error) => Err(failed(error)),
            Poll::Done(issued) => {
                let token = self.for_cache(issued, registration);
                let locked = self
                    .cache
                    .lock_token(&self.session.token_key(), self.cache.lock_timeout())?;
                locked.reserve()?.commit(&token)?;
                Ok(Polled::Token(Box::new(token)))
            }
        }
    }
}

struct Polling<'a, T> {
    oidc: &'a OidcClient<T>,
    registration: &'a CachedRegistration,
    device: &'a DeviceAuthorization,
    ends_at: OffsetDateTime,
}

enum Polled {
    Token(Box<CachedToken>),
    Wait(std::time::Duration),
}
