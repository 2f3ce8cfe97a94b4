//! What is sent again, and when.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use http::header::RETRY_AFTER;
use http::{Request, Response};

use crate::{Transport, TransportError, server_date};

/// Whether a request may be sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// Twice does what once does.
    Safe,
    /// It carries a code or token that is good once: it is sent again only where the service
    /// cannot have processed it, or says that it did not.
    SingleUse,
}

/// How often a request is tried, and how long the pauses are: exponential back-off with full
/// jitter, unless the service asks for a certain time.
#[derive(Clone)]
pub struct RetryPolicy {
    max_attempts: u32,
    base: Duration,
    longest: Duration,
    pause: Arc<dyn Fn(Duration) + Send + Sync>,
}

impl Default for RetryPolicy {
    /// Three attempts, the first pause at most 1 s, no pause above 20 s.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base: Duration::from_secs(1),
            longest: Duration::from_secs(20),
            pause: Arc::new(thread::sleep),
        }
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("max_attempts", &self.max_attempts)
            .field("base", &self.base)
            .field("longest", &self.longest)
            .finish_non_exhaustive()
    }
}

impl RetryPolicy {
    /// Returns the policy that tries once.
    #[must_use]
    pub fn single_attempt() -> Self {
        Self::default().with_max_attempts(1)
    }

    /// Sets how often a request is tried in all; 0 counts as 1.
    #[must_use]
    pub fn with_max_attempts(self, max_attempts: u32) -> Self {
        Self {
            max_attempts,
            ..self
        }
    }

    /// Sets what happens between two attempts, instead of [`std::thread::sleep`].
    #[must_use]
    pub fn with_pause(self, pause: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        Self {
            pause: Arc::new(pause),
            ..self
        }
    }

    /// Sends `request` until there is an answer that is neither 429 nor 500, 502, 503 or 504, or
    /// the attempts are used up. Then the last answer is returned, whatever its status.
    ///
    /// # Errors
    ///
    /// Those of `transport`: the first that is not transient, or that of the last attempt.
    pub fn send(
        &self,
        transport: &(impl Transport + ?Sized),
        request: &Request<Vec<u8>>,
        replay: Replay,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let mut attempt = 1;
        loop {
            let outcome = transport.send(request.clone());
            if attempt >= self.max_attempts || !is_worth_another(&outcome, replay) {
                return outcome;
            }
            let asked_for = outcome.as_ref().ok().and_then(retry_after);
            let pause = asked_for.map_or_else(|| self.jittered(attempt), |it| it.min(self.longest));
            log::debug!(
                "attempt {attempt} of {} failed, the next in {pause:.1?}",
                self.max_attempts
            );
            (self.pause)(pause);
            attempt += 1;
        }
    }

    /// A random time below the doubled pause of the attempt before.
    fn jittered(&self, attempt: u32) -> Duration {
        let doublings = 2_u32.saturating_pow(attempt - 1);
        let ceiling = self.base.saturating_mul(doublings).min(self.longest);
        // Without randomness there is no jitter, but still a pause.
        let random = getrandom::u32().unwrap_or(u32::MAX);
        ceiling.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

fn is_worth_another(outcome: &Result<Response<Vec<u8>>, TransportError>, replay: Replay) -> bool {
    match outcome {
        Ok(answer) => matches!(answer.status().as_u16(), 429 | 500 | 502 | 503 | 504),
        Err(error) => error.is_transient() && (replay == Replay::Safe || error.was_not_sent()),
    }
}

/// Returns the time that `Retry-After` names (RFC 9110 §10.2.3): seconds, or a date, which is held
/// against the server's own clock.
#[must_use]
pub fn retry_after(answer: &Response<Vec<u8>>) -> Option<Duration> {
    let value = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until: SystemTime = httpdate::parse_http_date(value).ok()?;
    let now = server_date(answer)?;
    Some(until.duration_since(now).unwrap_or_default())
}
