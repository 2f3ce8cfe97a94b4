//! Listener for the sign-in redirect: RFC 8252 §7.3.
//!
//! Connections are served concurrently, each for at most ten seconds until its request has arrived. If
//! too many are open, the oldest is closed, so that idle or hostile clients do not block others. Only
//! the first `GET /oauth/callback` with the expected `state` is accepted. Browsers may repeat it, for
//! example to load a page in advance or again: each request with the same `state` gets the same result
//! page, also after the sign-in. Other requests get status 400 or 404, and the wait continues.

mod authorization_response;
mod outcome;
mod page;
mod paste;

use std::fmt;
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sso_oidc::State;

pub(crate) use authorization_response::AuthorizationResponse;
use authorization_response::{Received, parse_request};
use outcome::Outcome;
pub(crate) use page::Page;
pub use paste::{PasteBack, PasteError};

use crate::clock::SharedClock;
use crate::error::Error;
use crate::loopback_server::{CONNECTION_TIMEOUT, Refusal, Request, Response, Server};

pub(crate) const CALLBACK_PATH: &str = "/oauth/callback";

/// Listeners on 127.0.0.1, one for each requested port. They stay open until this is dropped, so that
/// a browser that repeats its request after the sign-in gets the result page again. Only a cancelled sign-in
/// closes its listener.
#[derive(Default)]
pub struct RedirectListeners(Mutex<Vec<Listener>>);

struct Listener {
    /// Requested port; `None` for any.
    port: Option<NonZeroU16>,
    server: Server,
    sign_ins: SignIns,
}

/// Sign-ins whose redirects a listener receives.
type SignIns = Arc<Mutex<Vec<Arc<Expected>>>>;

impl RedirectListeners {
    /// Receives the redirect with `state` on `port`.
    pub(crate) fn expect(
        &self,
        port: Option<NonZeroU16>,
        state: State,
        clock: &SharedClock,
    ) -> Result<ExpectedRedirect, Error> {
        let (sender, responses) = mpsc::channel();
        let expected = Arc::new(Expected {
            state,
            is_received: AtomicBool::new(false),
            sender,
            outcome: Outcome::default(),
        });
        let mut listeners = lock(&self.0);
        let open = listeners.iter().find(|listener| listener.port == port);
        let address = if let Some(listener) = open {
            listener.receive(&expected)
        } else {
            let listener = Listener::bind(port, clock)?;
            let address = listener.receive(&expected);
            listeners.push(listener);
            address
        };
        Ok(ExpectedRedirect {
            address,
            expected,
            responses,
        })
    }

    /// Stops receiving the redirect of a cancelled sign-in. Closes its listener unless another sign-in uses it.
    pub(crate) fn cancel(&self, redirect: &ExpectedRedirect) {
        lock(&self.0).retain(|listener| {
            let mut sign_ins = lock(&listener.sign_ins);
            sign_ins.retain(|it| !Arc::ptr_eq(it, &redirect.expected));
            !sign_ins.is_empty()
        });
    }
}

impl fmt::Debug for RedirectListeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedirectListeners").finish_non_exhaustive()
    }
}

impl Listener {
    fn bind(port: Option<NonZeroU16>, clock: &SharedClock) -> Result<Self, Error> {
        let sign_ins = SignIns::default();
        let (known, serve_clock) = (sign_ins.clone(), clock.clone());
        let serve = move |browser: Arc<TcpStream>| serve(&browser, &known, &serve_clock);
        let server = Server::bind(port, clock.clone(), serve);
        Ok(Self {
            port,
            server: server.map_err(|source| Error::Listen { port, source })?,
            sign_ins,
        })
    }

    fn receive(&self, expected: &Arc<Expected>) -> SocketAddr {
        lock(&self.sign_ins).push(expected.clone());
        self.server.address()
    }
}

/// Redirect of a sign-in. When this is dropped, browsers that wait for a result page get one.
pub(crate) struct ExpectedRedirect {
    address: SocketAddr,
    expected: Arc<Expected>,
    responses: Receiver<AuthorizationResponse>,
}

impl ExpectedRedirect {
    pub(crate) fn paste_back(&self) -> PasteBack {
        PasteBack::new(self.expected.clone())
    }

    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://{}{CALLBACK_PATH}", self.address)
    }

    pub(crate) fn wait(&self, timeout: Duration) -> Option<AuthorizationResponse> {
        self.responses.recv_timeout(timeout).ok()
    }

    /// Shows the result page to all browsers, and waits until those that have sent the redirect have
    /// received it.
    pub(crate) fn show(&self, page: &Page<'_>) {
        self.expected.outcome.publish(page.to_html());
    }
}

impl Drop for ExpectedRedirect {
    fn drop(&mut self) {
        self.show(&Page::failed("", None));
    }
}

struct Expected {
    state: State,
    is_received: AtomicBool,
    sender: Sender<AuthorizationResponse>,
    outcome: Outcome,
}

impl Expected {
    /// Forwards the first response.
    fn take(&self, response: AuthorizationResponse) {
        if !self.is_received.swap(true, Ordering::SeqCst) {
            // Fails if the wait has ended.
            let _ = self.sender.send(response);
        }
    }
}

fn serve(browser: &TcpStream, sign_ins: &SignIns, clock: &SharedClock) {
    let received = Request::read(browser, clock.as_ref(), CONNECTION_TIMEOUT)
        .and_then(|request| receive(&request, sign_ins));
    match received {
        Ok((expected, Received::Response(response))) => {
            // Otherwise the program could end before it has sent the page.
            let waiting = expected.outcome.waiting();
            expected.take(response);
            respond(browser, "200 OK", &waiting.page());
        }
        Ok((_, Received::Probe)) => response("200 OK", &headers(), "").send_head(browser),
        Err(Refusal::NotFound) => respond(browser, "404 Not Found", &Page::not_found().to_html()),
        Err(Refusal::Malformed) => {
            respond(browser, "400 Bad Request", &Page::malformed().to_html());
        }
        Err(Refusal::Timeout) => {}
    }
}

/// Returns the sign-in with the `state` of the request.
fn receive(request: &Request, sign_ins: &SignIns) -> Result<(Arc<Expected>, Received), Refusal> {
    let sign_ins = lock(sign_ins).clone();
    let received = sign_ins.into_iter().map(|expected| {
        let received = parse_request(request, &expected.state);
        received.map(|received| (expected, received))
    });
    let is_known = |received: &Result<_, Refusal>| !matches!(received, Err(Refusal::NotFound));
    received
        .into_iter()
        .find(is_known)
        .unwrap_or(Err(Refusal::NotFound))
}

fn respond(browser: &TcpStream, status: &str, page: &str) {
    response(status, &headers(), page).send(browser);
}

fn response<'a>(status: &'a str, headers: &'a str, body: &'a str) -> Response<'a> {
    Response {
        status,
        headers,
        body,
    }
}

fn headers() -> String {
    format!(
        "Content-Type: text/html; charset=utf-8\r\n\
         Content-Security-Policy: {}\r\n\
         Referrer-Policy: no-referrer\r\n",
        page::CONTENT_SECURITY_POLICY,
    )
}

/// Ignores poisoning, because no change of the lists is incomplete.
fn lock<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}
