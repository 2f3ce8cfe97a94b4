//! Listener for the sign-in redirect: RFC 8252 §7.3.
//!
//! Connections are served concurrently, each for at most ten seconds. If too many are open, the
//! oldest is closed, so that idle or hostile clients do not block others. Only the first
//! `GET /oauth/callback` with the expected `state` is accepted. Other requests get status 400 or
//! 404, and the wait continues.

mod authorization_response;
mod page;
mod paste;

use std::net::TcpStream;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use sso_oidc::State;

pub(crate) use authorization_response::AuthorizationResponse;
use authorization_response::parse_request;
pub(crate) use page::Page;
pub use paste::{PasteBack, PasteError};

use crate::clock::SharedClock;
use crate::error::Error;
use crate::loopback_server::{CONNECTION_TIMEOUT, Refusal, Request, Response, Server};

pub(crate) const CALLBACK_PATH: &str = "/oauth/callback";

/// Listener on 127.0.0.1. Dropping it closes the port.
pub(crate) struct CallbackListener {
    server: Server,
    expected: Arc<Expected>,
    responses: Receiver<Callback>,
}

/// Authorization response, and the browser that waits for the result page.
pub(crate) struct Callback {
    pub(crate) response: AuthorizationResponse,
    /// `None` if the user pasted the URL.
    browser: Option<Arc<TcpStream>>,
}

impl CallbackListener {
    pub(crate) fn bind(
        port: Option<NonZeroU16>,
        state: State,
        clock: &SharedClock,
    ) -> Result<Self, Error> {
        let (sender, responses) = mpsc::channel();
        let expected = Arc::new(Expected {
            state,
            is_received: AtomicBool::new(false),
            sender,
        });
        let (expected_by_serve, serve_clock) = (expected.clone(), clock.clone());
        let serve = move |browser| serve(&browser, &expected_by_serve, &serve_clock);
        let server = Server::bind(port, clock.clone(), serve);
        Ok(Self {
            server: server.map_err(|source| Error::Listen { port, source })?,
            expected,
            responses,
        })
    }

    pub(crate) fn paste_back(&self) -> PasteBack {
        PasteBack::new(self.expected.clone())
    }

    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://{}{CALLBACK_PATH}", self.server.address())
    }

    pub(crate) fn wait(&self, timeout: Duration) -> Option<Callback> {
        self.responses.recv_timeout(timeout).ok()
    }
}

impl Callback {
    pub(crate) fn show(self, page: &Page<'_>) {
        if let Some(browser) = &self.browser {
            respond(browser, "200 OK", page);
        }
    }
}

struct Expected {
    state: State,
    is_received: AtomicBool,
    sender: Sender<Callback>,
}

impl Expected {
    /// Forwards the first response and returns true; returns false for others.
    fn take(&self, response: AuthorizationResponse, browser: Option<Arc<TcpStream>>) -> bool {
        let is_first = !self.is_received.swap(true, Ordering::SeqCst);
        if is_first {
            // Fails if the wait has ended. The connection is closed in that case.
            let _ = self.sender.send(Callback { response, browser });
        }
        is_first
    }
}

fn serve(browser: &Arc<TcpStream>, expected: &Expected, clock: &SharedClock) {
    let not_found = || respond(browser, "404 Not Found", &Page::not_found());
    let response = Request::read(browser, clock.as_ref(), CONNECTION_TIMEOUT)
        .and_then(|request| parse_request(&request, &expected.state));
    match response {
        Ok(response) => {
            if !expected.take(response, Some(browser.clone())) {
                not_found();
            }
        }
        Err(Refusal::NotFound) => not_found(),
        Err(Refusal::Malformed) => respond(browser, "400 Bad Request", &Page::malformed()),
        Err(Refusal::Timeout) => {}
    }
}

fn respond(browser: &TcpStream, status: &str, page: &Page<'_>) {
    let headers = format!(
        "Content-Type: text/html; charset=utf-8\r\n\
         Content-Security-Policy: {}\r\n\
         Referrer-Policy: no-referrer\r\n",
        page::CONTENT_SECURITY_POLICY,
    );
    let body = page.to_html();
    let response = Response {
        status,
        headers: &headers,
        body: &body,
    };
    response.send(browser);
}
