//! The emulator itself: the server, and what a test may see and change of it.

mod settings;

mod operation;

mod fault;

mod signed_in;

mod server;

mod answer;

mod oidc;
mod portal;
mod sts;

mod pages;

mod state;

mod clock;
mod secrets;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wiremock::MockServer;

pub use fault::Fault;
pub use operation::{Operation, RecordedRequest};
pub use settings::{ACCESS_KEY, Account, AssumableRole, Consent, RefreshTokens, Settings};
pub use signed_in::{SignedIn, rfc3339};
use state::State;

/// `grantType` of the authorization code grant.
pub const AUTHORIZATION_CODE: &str = "authorization_code";
/// `grantType` of the device grant (RFC 8628).
pub const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// `grantType` of a refresh.
pub const REFRESH_TOKEN: &str = "refresh_token";

/// A local IAM Identity Center: the OIDC service, the access portal, the pages for a browser, and
/// STS, at one loopback address, until the last clone is dropped.
///
/// It is strict: what the real service may refuse is refused. It serves from a thread of its
/// own, so that tests are plain functions.
#[derive(Clone)]
pub struct FakeIdentityCenter {
    state: Arc<Mutex<State>>,
    server: Arc<MockServer>,
}

impl FakeIdentityCenter {
    /// Starts with default settings on a free port.
    #[must_use = "the emulator ends when this is dropped"]
    pub fn start() -> Self {
        Self::start_with(Settings::default())
    }

    /// Starts with `settings` on a free port.
    ///
    /// # Panics
    ///
    /// Where the loopback interface has no free port.
    #[must_use = "the emulator ends when this is dropped"]
    pub fn start_with(settings: Settings) -> Self {
        Self::start_on_port(0, settings).expect("the loopback interface has a free port")
    }

    /// Starts with `settings` on `port` of 127.0.0.1; 0 means a free one.
    ///
    /// # Errors
    ///
    /// Where the port cannot be listened on.
    pub fn start_on_port(port: u16, settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let state = Arc::new(Mutex::new(State {
            address: format!("http://{}", listener.local_addr()?),
            settings,
            ..State::default()
        }));
        let server = server::serve(listener, Arc::clone(&state))?;
        Ok(Self {
            state,
            server: Arc::new(server),
        })
    }

    /// Returns the URL of everything, such as `http://127.0.0.1:49152`: what
    /// `AWS_ENDPOINT_URL` is set to.
    #[must_use]
    pub fn url(&self) -> String {
        self.lock().address.clone()
    }

    /// Returns the address that it listens on, for a relay in front of it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        *self.server.address()
    }

    /// Changes the settings for what comes from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.lock().settings);
    }

    /// Changes what becomes of requests for consent.
    pub fn set_consent(&self, consent: Consent) {
        self.configure(|settings| settings.consent = consent);
    }

    /// Lets every answer to `operation` take this long.
    pub fn set_latency(&self, operation: Operation, latency: Duration) {
        self.configure(|settings| {
            settings.latency.insert(operation, latency);
        });
    }

    /// Moves the emulator's clock on: its tokens age, those who asked for them do not. The
    /// `Date` of its answers stays the machine's.
    pub fn advance(&self, time: Duration) {
        self.lock().clock.advance(time);
    }

    /// Stops the emulator's clock: from now on only [`FakeIdentityCenter::advance`] moves it, so
    /// that a test of intervals and limits does not depend on how fast it runs.
    pub fn stop_clock(&self) {
        self.lock().clock.stop();
    }

    /// Lets the next request for `operation` fail; after several calls, the next ones in turn.
    pub fn fail_next(&self, operation: Operation, fault: Fault) {
        self.lock().faults.fail_next(operation, fault);
    }

    /// Lets every request for `operation` fail for which no [`FakeIdentityCenter::fail_next`]
    /// is left.
    pub fn fail_always(&self, operation: Operation, fault: Fault) {
        self.lock().faults.fail_always(operation, fault);
    }

    /// Takes back all faults.
    pub fn heal(&self) {
        self.lock().faults.clear();
    }

    /// Ends the portal session, as its time limit or an administrator would: its access tokens
    /// are refused and its refresh tokens bring `invalid_grant`.
    pub fn end_session(&self) {
        self.lock().end_sessions();
    }

    /// Forgets all access tokens; refresh tokens stay good.
    pub fn revoke_access_tokens(&self) {
        self.lock().access_tokens.clear();
    }

    /// Signs in without a browser and without a request, for tests that begin signed in. The
    /// client is registered for the device grant with `scopes`; without scopes there is no
    /// refresh token.
    #[must_use]
    pub fn sign_in(&self, scopes: &[&str]) -> SignedIn {
        SignedIn::to(&mut self.lock(), scopes)
    }

    /// Returns the requests so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.clone()
    }

    /// Returns how often `operation` was asked for so far.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        let requests = self.requests();
        requests
            .iter()
            .filter(|request| request.operation == operation)
            .count()
    }

    /// Returns how often `CreateToken` was asked for with this `grantType`.
    #[must_use]
    pub fn count_grants(&self, grant_type: &str) -> usize {
        let requests = self.requests();
        let is_grant = |request: &&RecordedRequest| {
            request.operation == Operation::CreateToken && request.json()["grantType"] == grant_type
        };
        requests.iter().filter(is_grant).count()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.lock().requests.clear();
    }

    /// Returns every secret that was issued so far: client secrets, device codes, authorization
    /// codes, access and refresh tokens, secret access keys and session tokens.
    #[must_use]
    pub fn issued_secrets(&self) -> Vec<String> {
        self.lock().issued_secrets.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FakeIdentityCenter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeIdentityCenter")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}
