//! Retries of requests.

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use http::{Request, Response};

use crate::error::TransportError;
use crate::response::{ServiceError, retry_after};
use crate::transport::Transport;

/// Kind of a request, which decides whether the request is retried after an error, and which
/// connection it uses. [`RetryPolicy::send`] adds it to the request as an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// Sending the request again has no further effect.
    Idempotent,
    /// The request contains a code or token that is valid only once. Without a response, the
    /// request is retried only if it [was not sent](TransportError::was_not_sent). It uses a new
    /// connection, because a server may close an idle connection at the same moment.
    SingleUse,
}

/// Number of attempts and the pauses between them: exponential back-off with full jitter, or longer if
/// the service sends `Retry-After`.
#[derive(Clone)]
pub struct RetryPolicy {
    max_attempts: u32,
    retries_throttled: bool,
    base: Duration,
    max_pause: Duration,
    read_error: fn(&Response<Vec<u8>>) -> ServiceError,
    pause: Arc<dyn Fn(Duration) + Send + Sync>,
}

impl Default for RetryPolicy {
    /// Returns a policy with three attempts. The first pause is at most 1 s, and every pause is at
    /// most 20 s.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            retries_throttled: true,
            base: Duration::from_secs(1),
            max_pause: Duration::from_secs(20),
            read_error: ServiceError::from_response,
            pause: Arc::new(thread::sleep),
        }
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("max_attempts", &self.max_attempts)
            .field("base", &self.base)
            .field("max_pause", &self.max_pause)
            .finish_non_exhaustive()
    }
}

impl RetryPolicy {
    /// Returns a policy that never retries.
    #[must_use]
    pub fn single_attempt() -> Self {
        Self::default().with_max_attempts(1)
    }

    /// Sets the number of attempts, including the first; 0 is treated as 1.
    #[must_use]
    pub fn with_max_attempts(self, max_attempts: u32) -> Self {
        Self {
            max_attempts,
            ..self
        }
    }

    /// Returns whether requests are never retried.
    #[must_use]
    pub fn is_single_attempt(&self) -> bool {
        self.max_attempts <= 1
    }

    /// Returns throttled responses at once, for a transport that repeats such requests itself.
    #[must_use]
    pub fn without_throttling(self) -> Self {
        Self {
            retries_throttled: false,
            ..self
        }
    }

    /// Returns the maximum duration of a request: its attempts, each of at most `attempt`, and the
    /// pauses between them.
    #[must_use]
    pub fn max_duration(&self, attempt: Duration) -> Duration {
        let pauses = self.max_attempts.saturating_sub(1);
        attempt
            .saturating_mul(self.max_attempts.max(1))
            .saturating_add(self.max_pause.saturating_mul(pauses))
    }

    /// Sets the function that waits between two attempts. Default: [`std::thread::sleep`].
    #[must_use]
    pub fn with_pause(self, pause: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        Self {
            pause: Arc::new(pause),
            ..self
        }
    }

    /// Sets the function that reads an error response, for a service whose errors are not JSON.
    /// Default: [`ServiceError::from_response`].
    #[must_use]
    pub fn with_error_reader(self, read_error: fn(&Response<Vec<u8>>) -> ServiceError) -> Self {
        Self { read_error, ..self }
    }

    /// Sends `request`, and retries after status 500, 502, 503 or 504, and after
    /// [throttling](ServiceError::is_throttling). Also retries after a
    /// [transient](TransportError::is_transient) error, or another error whose name means a temporary
    /// fault, if `kind` allows it. Returns the last response, whatever its status. The transport finds
    /// `kind` in the extensions of the request.
    ///
    /// A pause is never shorter than `Retry-After`. If that is longer than the maximum pause, the
    /// response is returned at once; [`ServiceError::retry_after`] contains the requested pause.
    ///
    /// # Errors
    ///
    /// The error of the last attempt.
    pub fn send(
        &self,
        transport: &(impl Transport + ?Sized),
        request: &Request<Vec<u8>>,
        kind: RequestKind,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let mut request = request.clone();
        request.extensions_mut().insert(kind);
        let mut attempt = 1;
        loop {
            let outcome = transport.send(request.clone());
            if attempt >= self.max_attempts || !self.should_retry(&outcome, kind) {
                return outcome;
            }
            let requested = outcome.as_ref().ok().and_then(retry_after);
            let pause = self.jittered(attempt).max(requested.unwrap_or_default());
            if pause > self.max_pause {
                log::debug!("the service requests a pause of {pause:.1?}, too long for a retry");
                return outcome;
            }
            log::debug!(
                "attempt {attempt} of {} failed; retrying in {pause:.1?}",
                self.max_attempts
            );
            (self.pause)(pause);
            attempt += 1;
        }
    }

    fn should_retry(
        &self,
        outcome: &Result<Response<Vec<u8>>, TransportError>,
        kind: RequestKind,
    ) -> bool {
        let may_repeat = kind == RequestKind::Idempotent;
        match outcome {
            Ok(response) if response.status().is_success() => false,
            Ok(response) => {
                let error = (self.read_error)(response);
                if error.is_throttling() {
                    return self.retries_throttled;
                }
                error.has_retried_status() || (may_repeat && error.has_temporary_name())
            }
            Err(error) => error.is_transient() && (may_repeat || error.was_not_sent()),
        }
    }

    /// Returns a random pause of at most `base`, doubled for each previous attempt.
    fn jittered(&self, attempt: u32) -> Duration {
        let doublings = 2_u32.saturating_pow(attempt - 1);
        let ceiling = self.base.saturating_mul(doublings).min(self.max_pause);
        // Without random bytes, the pause is the full `ceiling`.
        let random = getrandom::u32().unwrap_or(u32::MAX);
        ceiling.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}
