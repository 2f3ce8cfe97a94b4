//! Requests at the pace that the portal keeps up with.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use http::{Request, Response, StatusCode};
use sso_transport::{Transport, TransportError, retry_after};

use super::lock;
use super::pacer::{Pacer, Slot};

/// How long it takes breath at the most where the service does not say for how long.
const LONGEST_BREATH: Duration = Duration::from_millis(500);

/// The pace that several threads keep together.
#[derive(Debug)]
pub(crate) struct Pace {
    pacer: Mutex<Pacer>,
    started: Instant,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self {
            pacer: Mutex::new(Pacer::new()),
            started: Instant::now(),
        }
    }

    /// Returns when a request may go. One that waits while the pace slows down waits on.
    fn wait(&self) -> Slot {
        loop {
            let now = self.started.elapsed();
            let slot = lock(&self.pacer).reserve(now);
            thread::sleep(slot.at.saturating_sub(now));
            if lock(&self.pacer).lets_go(slot, self.started.elapsed()) {
                return slot;
            }
        }
    }

    fn slow_down(&self, slot: Slot, asked_for: Option<Duration>) {
        let pause = asked_for.unwrap_or_else(breath);
        let mut pacer = lock(&self.pacer);
        pacer.slow_down(slot, self.started.elapsed(), pause);
        log::info!(
            "the access portal asks to slow down: {:.1} requests a second, after {pause:.1?}",
            pacer.rate(Duration::ZERO)
        );
    }
}

/// A random time, so that two programs do not come back together.
fn breath() -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    LONGEST_BREATH.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// Sends at a pace, and sends again what came too soon.
#[derive(Debug)]
pub(crate) struct PacedTransport<'a, T> {
    pub(crate) transport: T,
    pub(crate) pace: &'a Pace,
}

impl<T: Transport> Transport for PacedTransport<'_, T> {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        loop {
            let slot = self.pace.wait();
            let answer = self.transport.send(request.clone())?;
            if answer.status() != StatusCode::TOO_MANY_REQUESTS {
                return Ok(answer);
            }
            self.pace.slow_down(slot, retry_after(&answer));
        }
    }
}
