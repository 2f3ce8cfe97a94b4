//! Requests within the rate limit of the access portal.

use std::sync::Mutex;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use sso_session::clock::SharedClock;
use sso_transport::{Transport, TransportError, retry_after};

use super::lock;
use super::pacer::{Pacer, Slot};

/// Maximum pause after a throttled request without `Retry-After`.
const MAX_PAUSE: Duration = Duration::from_millis(500);

pub(super) struct RateLimiter {
    pacer: Mutex<Pacer>,
    clock: SharedClock,
    started: Duration,
}

impl RateLimiter {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self {
            pacer: Mutex::new(Pacer::new()),
            started: clock.monotonic(),
            clock,
        }
    }

    /// Blocks until a request may be sent. Reserves another slot if the rate was halved meanwhile.
    fn acquire(&self) -> Slot {
        loop {
            let now = self.now();
            let slot = lock(&self.pacer).reserve(now);
            self.clock.sleep(slot.at.saturating_sub(now));
            if lock(&self.pacer).try_acquire(slot, self.now()) {
                return slot;
            }
        }
    }

    fn slow_down(&self, slot: Slot, requested: Option<Duration>) {
        let pause = requested.unwrap_or_else(jitter);
        let mut pacer = lock(&self.pacer);
        pacer.slow_down(slot, self.now(), pause);
        log::info!(
            "the access portal is throttling requests; \
             continuing with {:.1} requests per second after {pause:.1?}",
            pacer.rate(Duration::ZERO)
        );
    }

    fn now(&self) -> Duration {
        self.clock.monotonic().saturating_sub(self.started)
    }
}

/// Returns a random pause, so that two processes do not retry at the same time.
fn jitter() -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    MAX_PAUSE.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// Transport that observes the rate limit and repeats throttled requests.
pub(super) struct RateLimitedTransport<'a, T> {
    pub(super) transport: T,
    pub(super) limiter: &'a RateLimiter,
}

impl<T: Transport> Transport for RateLimitedTransport<'_, T> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        loop {
            let slot = self.limiter.acquire();
            let response = self.transport.send(request.clone())?;
            if response.status() != StatusCode::TOO_MANY_REQUESTS {
                return Ok(response);
            }
            self.limiter.slow_down(slot, retry_after(&response));
        }
    }
}
