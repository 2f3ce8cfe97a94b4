//! The listener that the browser's answer comes to: RFC 8252 §7.3.
//!
//! Connections are served side by side, each for ten seconds at the most, and where there are too
//! many the oldest makes room: an idle or hostile one blocks nobody. Only the first
//! `GET /oauth/callback` with our `state` counts; anything else is answered 400 or 404, and the
//! wait goes on.

pub(crate) mod request;
pub(crate) mod server;

mod answer;
mod page;

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use sso_oidc::State;

pub(crate) use answer::Answer;
use answer::answer_in;
pub(crate) use page::Page;
use request::{Refusal, Request};
use server::{CONNECTION_TIME, Response, Server};

use crate::Error;

/// Where the browser is sent back to, on whatever port.
pub(crate) const CALLBACK_PATH: &str = "/oauth/callback";

/// A listener on 127.0.0.1. Dropping it closes the port.
pub(crate) struct CallbackListener {
    server: Server,
    answers: Receiver<Callback>,
}

/// What the authorization server answered, and the browser that waits to be told how it went.
pub(crate) struct Callback {
    pub(crate) answer: Answer,
    browser: Arc<TcpStream>,
}

impl CallbackListener {
    /// Listens on a port that the system chooses, for answers that carry `state`.
    pub(crate) fn bind(state: State) -> Result<Self, Error> {
        let (sender, answers) = mpsc::channel();
        let expected = Expected {
            state,
            is_answered: AtomicBool::new(false),
            sender,
        };
        let server = Server::bind(move |browser| serve(browser, &expected));
        Ok(Self {
            server: server.map_err(Error::Listen)?,
            answers,
        })
    }

    /// Returns the redirect URI to register with the request, port included.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://{}{CALLBACK_PATH}", self.server.address())
    }

    /// Returns the answer, or `None` where none came in time.
    pub(crate) fn wait(&self, at_most: Duration) -> Option<Callback> {
        self.answers.recv_timeout(at_most).ok()
    }
}

impl Callback {
    /// Shows `page` in the browser.
    pub(crate) fn show(self, page: &Page<'_>) {
        respond(&self.browser, "200 OK", page);
    }
}

/// What the connections wait for together.
struct Expected {
    state: State,
    is_answered: AtomicBool,
    sender: Sender<Callback>,
}

fn serve(browser: Arc<TcpStream>, expected: &Expected) {
    let answer = Request::read(&browser, CONNECTION_TIME)
        .and_then(|request| answer_in(&request, &expected.state));
    match answer {
        Ok(answer) if !expected.is_answered.swap(true, Ordering::SeqCst) => {
            // Nobody waits any more where that fails; the connection ends.
            let _ = expected.sender.send(Callback { answer, browser });
        }
        Ok(_) | Err(Refusal::NotHere) => respond(&browser, "404 Not Found", &Page::not_here()),
        Err(Refusal::Malformed) => respond(&browser, "400 Bad Request", &Page::malformed()),
        Err(Refusal::Silent) => {}
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
