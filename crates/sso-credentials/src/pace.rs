//! Pace of the requests to the access portal, which all processes of a user share.
//!
//! The access portal limits the requests of a user. Each process reserves a slot in a small file,
//! under a lock that it holds for a moment only, and waits for its slot without the lock.

mod plan;
mod shared_plan;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{Request, Response};
use sso_portal::PortalClient;
use sso_session::clock::SharedClock;
use sso_session::{ServiceClients, TokenProvider};
use sso_transport::{Service, Transport, TransportError, is_throttled, retry_after};
use sso_types::Region;
use token_cache::CachedToken;

use crate::error::Error;
pub(crate) use plan::THROTTLING_TIMEOUT;
use plan::{Grant, Step};
use shared_plan::SharedPlan;

/// Duration of throttling after which a warning is logged.
const SILENT_FOR: Duration = Duration::from_secs(3);

/// Pace of the requests to the access portal of a start URL in a Region.
pub(crate) struct Pace<'a> {
    plan: SharedPlan<'a>,
    clock: &'a SharedClock,
    /// Called with true if the portal refuses requests, and with false when it accepts one again.
    on_throttling: &'a (dyn Fn(bool) + Sync),
    has_warned: AtomicBool,
}

/// The portal has accepted no request for [`THROTTLING_TIMEOUT`].
struct TimedOut;

impl<'a> Pace<'a> {
    /// Returns the pace of the portal that accepts `token`. Accesses no file.
    pub(crate) fn of(tokens: &TokenProvider<'a>, token: &CachedToken) -> Self {
        let session = tokens.session;
        let start_url = token.start_url.as_ref().unwrap_or(&session.start_url);
        let region = tokens.region_of(token);
        Self {
            plan: SharedPlan::of(start_url, region, tokens.cache, tokens.clock),
            clock: tokens.clock,
            on_throttling: &|_| {},
            has_warned: AtomicBool::new(false),
        }
    }

    pub(crate) fn on_throttling(self, on_throttling: &'a (dyn Fn(bool) + Sync)) -> Self {
        Self {
            on_throttling,
            ..self
        }
    }

    /// Returns a client that observes the pace, for the portal in `region`.
    ///
    /// A request that the portal throttles is repeated until it is accepted, and does not count as
    /// an attempt. If a single attempt is configured, no request is repeated.
    pub(crate) fn portal<'c>(
        &'c self,
        clients: &'c ServiceClients<'_>,
        region: &Region,
    ) -> Result<PortalClient<PacedTransport<'c>>, Error> {
        let connection = clients.connect(Service::SsoPortal, region)?;
        let transport = PacedTransport {
            pace: self,
            clients,
            is_single_attempt: connection.retry.is_single_attempt(),
        };
        Ok(PortalClient::new(
            transport,
            connection.endpoint,
            connection.retry.without_throttling(),
        ))
    }

    /// Blocks until a request may be sent. `was_refused` is true for a request that is repeated.
    fn acquire(&self, was_refused: bool) -> Result<Grant, TimedOut> {
        let mut slot = None;
        let mut waited = Duration::ZERO;
        loop {
            let random = random();
            let (step, throttled_for) = self.plan.update(|plan, now| {
                let step = plan.step(slot, now, random);
                (step, plan.throttled_for(now))
            });
            let pause = match step {
                Step::Send(grant) => return Ok(grant),
                Step::Wait { pause, slot: next } => {
                    slot = next;
                    pause
                }
            };
            waited += pause;
            if let Some(throttled_for) = throttled_for {
                let has_waited = was_refused || waited >= THROTTLING_TIMEOUT;
                if has_waited && throttled_for + pause >= THROTTLING_TIMEOUT {
                    return Err(TimedOut);
                }
                self.report(throttled_for + pause);
            }
            log::debug!("waiting for {pause:.1?} to observe the rate limit of the access portal");
            self.clock.sleep(pause);
        }
    }

    /// Warns once if throttling lasts for long enough that a user notices.
    fn report(&self, duration: Duration) {
        (self.on_throttling)(true);
        if duration >= SILENT_FOR && !self.has_warned.swap(true, Ordering::Relaxed) {
            log::warn!(
                "the access portal is throttling requests; waiting up to {} seconds until it accepts one",
                THROTTLING_TIMEOUT.as_secs()
            );
        }
    }

    fn accept(&self, grant: Grant) {
        if grant.is_throttled {
            self.plan.update(|plan, _| plan.accept());
            (self.on_throttling)(false);
        }
    }

    /// Reduces the pace of all processes. Returns an error if the request must not be repeated.
    fn refuse(&self, grant: Grant, requested: Option<Duration>) -> Result<(), TimedOut> {
        let random = random();
        let (rate, throttled_for) = self.plan.update(|plan, now| {
            plan.refuse(grant, now, requested, random);
            (plan.rate(now), plan.throttled_for(now))
        });
        log::info!(
            "the access portal is throttling requests; continuing with {rate:.1} per second"
        );
        (self.on_throttling)(true);
        let longest = requested.max(throttled_for).unwrap_or_default();
        if longest < THROTTLING_TIMEOUT {
            Ok(())
        } else {
            Err(TimedOut)
        }
    }
}

/// Transport that observes a pace and repeats throttled requests.
pub(crate) struct PacedTransport<'a> {
    pace: &'a Pace<'a>,
    clients: &'a ServiceClients<'a>,
    is_single_attempt: bool,
}

impl Transport for PacedTransport<'_> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        // The wait for a slot can be interrupted like a request.
        self.clients.notify_first_request();
        let mut refused = None;
        loop {
            let Ok(grant) = self.pace.acquire(refused.is_some()) else {
                return Ok(refused.unwrap_or_else(refusal));
            };
            let response = self.clients.send(request.clone())?;
            if !is_throttled(&response) {
                self.pace.accept(grant);
                return Ok(response);
            }
            let repeated = self.pace.refuse(grant, retry_after(&response));
            if self.is_single_attempt || repeated.is_err() {
                return Ok(response);
            }
            refused = Some(response);
        }
    }
}

/// Returns a response in place of that of the portal, which would refuse the request.
fn refusal() -> Response<Vec<u8>> {
    let body = format!(
        r#"{{"message":"no request was accepted for {} seconds"}}"#,
        THROTTLING_TIMEOUT.as_secs()
    );
    let mut response = Response::new(body.into_bytes());
    *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    response
}

/// Returns a random number that is at least 0 and at most 1; 1 without random bytes.
fn random() -> f64 {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    f64::from(random) / f64::from(u32::MAX)
}
