//! Device authorization grant: RFC 8628.

use std::time::Duration;

use sso_oidc::{DeviceAuthorization, Grant, OidcClient, OidcError, Poll};
use sso_transport::Transport;
use token_cache::{CachedRegistration, CachedToken};

use super::{AuthorizationPrompt, AuthorizationRequest, SignIn, SignInGrant};
use crate::error::{CREATE_TOKEN, Error, START_DEVICE_AUTHORIZATION};
use crate::keys::SessionKeys;

/// Time between the last poll and the expiration of the code, so that the request arrives in time.
const LAST_POLL_MARGIN: Duration = Duration::from_secs(1);

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
        let started_at = self.clock.monotonic();
        let device = oidc
            .start_device_authorization(client_id, client_secret, self.issuer)
            .map_err(self.failed_for_start_url(START_DEVICE_AUTHORIZATION))?;
        let polling = Polling {
            oidc,
            registration,
            device: &device,
            ends_at: started_at.saturating_add(device.expires_in),
        };
        let failed = self.failed_for_start_url(CREATE_TOKEN);
        let interval = match self.poll(&polling, device.interval, failed)? {
            Polled::Token(token) => return Ok(*token),
            Polled::Wait(interval) => interval,
        };
        let _guard = self.prompt.show(&AuthorizationRequest::UserCode(&device));
        self.token_after(&polling, interval)
    }

    /// Polls until the code expires.
    fn token_after(
        &self,
        polling: &Polling<'_, impl Transport>,
        mut interval: Duration,
    ) -> Result<CachedToken, Error> {
        while let Some(pause) = polling.pause(self.clock.monotonic(), interval) {
            self.clock.sleep(pause);
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

    /// Polls once, if an issued token can be saved: locks it and reserves disk space first. Is one
    /// critical section, so that Ctrl-C does not lose an issued token. Does not hold the lock between
    /// two polls, while the user has to act.
    fn poll(
        &self,
        polling: &Polling<'_, impl Transport>,
        interval: Duration,
        failed: impl Fn(OidcError) -> Error,
    ) -> Result<Polled, Error> {
        let Polling {
            oidc,
            registration,
            device,
            ..
        } = polling;
        let locked = self
            .cache
            .lock_token(&self.session.token_key(), self.cache.lock_timeout())?;
        let pending = locked.reserve()?;
        let grant = Grant::DeviceCode(device.device_code.clone());
        let response =
            oidc.create_token(&registration.client_id, &registration.client_secret, &grant);
        match Poll::after(response, interval) {
            Poll::Wait(interval) => Ok(Polled::Wait(interval)),
            Poll::Failed(error) => Err(failed(error)),
            Poll::Done(issued) => {
                let token = self.saved(pending, issued, registration)?;
                Ok(Polled::Token(Box::new(token)))
            }
        }
    }
}

struct Polling<'a, T> {
    oidc: &'a OidcClient<T>,
    registration: &'a CachedRegistration,
    device: &'a DeviceAuthorization,
    /// Expiration of the code, by the monotonic clock.
    ends_at: Duration,
}

impl<T> Polling<'_, T> {
    /// Returns the pause before the next poll; `None` after the last one. The last poll is right
    /// before the end, and no earlier than `interval` after the poll before it, because the service
    /// responds to an earlier one with `slow_down` even after the approval.
    fn pause(&self, now: Duration, interval: Duration) -> Option<Duration> {
        let last = self.ends_at.saturating_sub(LAST_POLL_MARGIN);
        let left = last.checked_sub(now).filter(|left| !left.is_zero())?;
        let is_last = left < interval.saturating_mul(2);
        Some(if is_last { left } else { interval })
    }
}

enum Polled {
    Token(Box<CachedToken>),
    Wait(Duration),
}
