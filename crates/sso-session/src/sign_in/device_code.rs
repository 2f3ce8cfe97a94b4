//! Device authorization grant: RFC 8628.

use std::time::Duration;

use sso_oidc::{DeviceAuthorization, Grant, OidcClient, OidcError, Poll};
use sso_transport::Transport;
use token_cache::{CacheError, CachedRegistration, CachedToken};

use super::save::RETRY_PAUSE;
use super::{AuthorizationPrompt, AuthorizationRequest, SignIn, SignInGrant};
use crate::error::{CREATE_TOKEN, Error, START_DEVICE_AUTHORIZATION};

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
        let wait = match self.poll(&polling, device.interval, failed)? {
            Polled::Token(token) => return Ok(*token),
            Polled::Wait(wait) => wait,
            Polled::NotSent(error) => return Err(error.into()),
        };
        let _guard = self.prompt.show(&AuthorizationRequest::UserCode(&device));
        self.token_after(&polling, wait)
    }

    /// Polls until the code expires.
    fn token_after(
        &self,
        polling: &Polling<'_, impl Transport>,
        mut wait: Wait,
    ) -> Result<CachedToken, Error> {
        let mut last = None;
        while let Some(pause) = polling.pause(self.clock.monotonic(), &wait) {
            if self.prompt.is_cancelled_within(pause, self.clock) {
                return Err(Error::Cancelled);
            }
            match self.poll(polling, wait.interval, self.failed(CREATE_TOKEN))? {
                Polled::Token(token) => return Ok(*token),
                Polled::Wait(next) => {
                    wait = next;
                    last = None;
                }
                Polled::NotSent(error) => {
                    let error = Error::Cache(error);
                    if last.is_none() {
                        let left = polling.left(self.clock.monotonic());
                        self.prompt.token_not_saved_yet(&error, left);
                    }
                    wait.pause = RETRY_PAUSE;
                    last = Some(error);
                }
            }
        }
        Err(last.unwrap_or(Error::NotApproved {
            timeout: polling.device.expires_in,
            may_be_unknown_client: false,
        }))
    }

    /// Polls once, if an issued token can be saved: reserves disk space for it first. The code stays
    /// valid if no request is sent, so that the approval is not lost.
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
        let reserved = match self.reserved() {
            Ok(reserved) => reserved,
            Err(error) => return Ok(Polled::NotSent(error)),
        };
        let grant = Grant::DeviceCode(device.device_code.clone());
        let response =
            oidc.create_token(&registration.client_id, &registration.client_secret, &grant);
        let response = match response {
            Err(error) if polling.is_over_after(&error, self.clock.monotonic()) => {
                return Err(failed(error));
            }
            response => response,
        };
        match Poll::after(response, interval) {
            Poll::Wait { pause, interval } => Ok(Polled::Wait(Wait { pause, interval })),
            Poll::Failed(error) => Err(failed(error)),
            Poll::Done(issued) => {
                let token = self.saved(reserved, issued, registration)?;
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
    /// before the end. A poll is no earlier than `wait.pause` after the one before it, because the
    /// service responds to an earlier one with `slow_down` even after the approval. The only exception
    /// is a last poll for which less time is left.
    fn pause(&self, now: Duration, wait: &Wait) -> Option<Duration> {
        let left = Some(self.left(now)).filter(|left| !left.is_zero())?;
        let is_last = left < wait.pause.saturating_add(wait.interval);
        Some(if is_last { left } else { wait.pause })
    }

    /// Returns whether the service requests a pause until after the last poll, so that the token cannot
    /// be issued.
    fn is_over_after(&self, error: &OidcError, now: Duration) -> bool {
        let is_pending = matches!(error, OidcError::AuthorizationPending(_));
        !is_pending && error.retry_after() > Some(self.left(now))
    }

    /// Returns the time until the last poll.
    fn left(&self, now: Duration) -> Duration {
        let last = self.ends_at.saturating_sub(LAST_POLL_MARGIN);
        last.saturating_sub(now)
    }
}

enum Polled {
    Token(Box<CachedToken>),
    Wait(Wait),
    /// No request was sent, because a token could not be saved.
    NotSent(CacheError),
}

/// Time between two polls.
struct Wait {
    /// Pause before the next poll.
    pause: Duration,
    /// Pause before each later poll.
    interval: Duration,
}
