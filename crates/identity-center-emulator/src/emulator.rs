//! Handle of a running emulator.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wiremock::MockServer;

use crate::fault::Fault;
use crate::operation::Operation;
use crate::recorded_request::RecordedRequest;
use crate::server;
use crate::settings::{Consent, Settings};
use crate::sign_in::IssuedTokens;
use crate::state::State;

/// Local IAM Identity Center on a loopback address, with the OIDC service, the access portal, the
/// sign-in pages, and STS. It stops when the last clone is dropped.
///
/// The emulator rejects every request that the real service may reject. It serves in its own
/// thread, so that tests need no async runtime.
#[derive(Clone)]
pub struct Emulator {
    state: Arc<Mutex<State>>,
    server: Arc<MockServer>,
}

impl Emulator {
    /// Starts with default settings on a free port. [`Emulator::configure`] changes the settings.
    ///
    /// # Panics
    ///
    /// If the loopback interface has no free port.
    #[must_use = "the emulator stops when this is dropped"]
    pub fn start() -> Self {
        Self::start_on_port(0).expect("the loopback interface has a free port")
    }

    /// Starts with default settings on `port` of 127.0.0.1; 0 means a free port.
    ///
    /// # Errors
    ///
    /// If the emulator cannot listen on the port.
    pub fn start_on_port(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let state = Arc::new(Mutex::new(State {
            url: format!("http://{}", listener.local_addr()?),
            ..State::default()
        }));
        let server = server::serve(listener, Arc::clone(&state))?;
        Ok(Self {
            state,
            server: Arc::new(server),
        })
    }

    /// Returns the URL of all services and pages, for example `http://127.0.0.1:49152`. It is the
    /// value for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        self.lock().url.clone()
    }

    /// Returns the socket address of the emulator, for a proxy in front of it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        *self.server.address()
    }

    /// Changes the settings for subsequent requests.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.lock().settings);
    }

    /// Sets the decision on consent requests.
    pub fn set_consent(&self, consent: Consent) {
        self.configure(|settings| settings.consent = consent);
    }

    /// Delays every response to `operation` by `latency`.
    pub fn set_latency(&self, operation: Operation, latency: Duration) {
        self.configure(|settings| {
            settings.latency.insert(operation, latency);
        });
    }

    /// Advances the emulator's clock, so that tokens expire. The clocks of clients and the `Date`
    /// of responses do not change.
    pub fn advance(&self, duration: Duration) {
        self.lock().clock.advance(duration);
    }

    /// Stops the emulator's clock. From then on, only [`Emulator::advance`] changes it, so that a
    /// test of intervals and limits does not depend on its own speed.
    pub fn stop_clock(&self) {
        self.lock().clock.stop();
    }

    /// Makes the next request for `operation` fail. Several calls queue one fault per request.
    pub fn fail_next(&self, operation: Operation, fault: Fault) {
        self.lock().faults.fail_next(operation, fault);
    }

    /// Makes every request for `operation` fail, after the queue of [`Emulator::fail_next`] is
    /// empty.
    pub fn fail_always(&self, operation: Operation, fault: Fault) {
        self.lock().faults.fail_always(operation, fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    /// Ends the portal session, as its time limit or an administrator does. Its access tokens are
    /// rejected, and a refresh fails with `invalid_grant`.
    pub fn end_session(&self) {
        self.lock().end_sessions();
    }

    /// Revokes all access tokens; refresh tokens stay valid.
    pub fn revoke_access_tokens(&self) {
        self.lock().access_tokens.clear();
    }

    /// Forgets all registered clients, like an instance that was deleted and created again. The
    /// authorization endpoint then shows an error page, and other requests fail with
    /// `invalid_client`.
    pub fn forget_clients(&self) {
        self.lock().clients.clear();
    }

    /// Signs in without a browser and without a request, for tests that start signed in.
    ///
    /// Registers a client for the device grant with `scopes`. Without scopes, no refresh token is
    /// issued.
    #[must_use]
    pub fn sign_in(&self, scopes: &[&str]) -> IssuedTokens {
        IssuedTokens::issue(&mut self.lock(), scopes)
    }

    /// Returns all recorded requests, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.clone()
    }

    /// Returns the number of recorded requests for `operation`.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        let requests = self.requests();
        requests
            .iter()
            .filter(|request| request.operation == operation)
            .count()
    }

    /// Returns the number of recorded `CreateToken` requests with `grant_type`, see
    /// [`grant_type`](crate::grant_type).
    #[must_use]
    pub fn count_grants(&self, grant_type: &str) -> usize {
        let requests = self.requests();
        let is_grant = |request: &&RecordedRequest| {
            request.operation == Operation::CreateToken && request.json()["grantType"] == grant_type
        };
        requests.iter().filter(is_grant).count()
    }

    /// Clears the recorded requests.
    pub fn forget_requests(&self) {
        self.lock().requests.clear();
    }

    /// Returns all issued secrets: client secrets, device codes, authorization codes, access and
    /// refresh tokens, secret access keys, and session tokens. A test can assert that none of them
    /// is in a log.
    #[must_use]
    pub fn issued_secrets(&self) -> Vec<String> {
        self.lock().issued_secrets.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}
