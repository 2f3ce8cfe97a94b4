//! The listener that the browser's answer comes to: RFC 8252 §7.3.
//!
//! Connections are served side by side, each for ten seconds at the most, so that an idle or
//! hostile one blocks nobody. Only `GET /oauth/callback` with our `state` counts; anything else
//! is answered 400 or 404, and the wait goes on.

mod page;
mod request;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use sso_oidc::State;

pub(crate) use page::Page;
pub(crate) use request::Answer;
use request::Refusal;

use crate::Error;

/// Where the browser is sent back to, on whatever port.
pub(crate) const CALLBACK_PATH: &str = "/oauth/callback";

const CONNECTION_TIME: Duration = Duration::from_secs(10);
const CONNECTIONS_AT_ONCE: usize = 64;

/// A listener on 127.0.0.1. Dropping it closes the port.
pub(crate) struct CallbackListener {
    address: SocketAddr,
    answers: Receiver<Callback>,
    is_closed: Arc<AtomicBool>,
}

/// What the authorization server answered, and the browser that waits to be told how it went.
pub(crate) struct Callback {
    pub(crate) answer: Answer,
    browser: TcpStream,
}

impl CallbackListener {
    /// Listens on a port that the system chooses, for answers that carry `state`.
    pub(crate) fn bind(state: State) -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::Listen)?;
        let address = listener.local_addr().map_err(Error::Listen)?;
        let is_closed = Arc::new(AtomicBool::new(false));
        let (sender, answers) = mpsc::channel();
        let accepting = Accepting {
            listener,
            is_closed: is_closed.clone(),
            state: state.into(),
            sender,
        };
        thread::spawn(move || accepting.run());
        Ok(Self {
            address,
            answers,
            is_closed,
        })
    }

    /// Returns the redirect URI to register with the request, port included.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://{}{CALLBACK_PATH}", self.address)
    }

    /// Returns the answer, or `None` where none came in time.
    pub(crate) fn wait(&self, at_most: Duration) -> Option<Callback> {
        self.answers.recv_timeout(at_most).ok()
    }
}

impl Drop for CallbackListener {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts; where that fails, the port is closed with the process.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }
}

impl Callback {
    /// Shows `page` in the browser.
    pub(crate) fn show(self, page: &Page<'_>) {
        respond(self.browser, "200 OK", &page.to_html());
    }
}

struct Accepting {
    listener: TcpListener,
    is_closed: Arc<AtomicBool>,
    state: Arc<State>,
    sender: Sender<Callback>,
}

impl Accepting {
    fn run(self) {
        for browser in self.listener.incoming().flatten() {
            if self.is_closed.load(Ordering::SeqCst) {
                return;
            }
            // Each connection holds a clone of `state`.
            if Arc::strong_count(&self.state) <= CONNECTIONS_AT_ONCE {
                let (state, sender) = (self.state.clone(), self.sender.clone());
                thread::spawn(move || serve(browser, &state, &sender));
            }
        }
    }
}

fn serve(mut browser: TcpStream, state: &State, sender: &Sender<Callback>) {
    match request::read_answer(&mut browser, state, CONNECTION_TIME) {
        Ok(answer) => {
            if let Err(unwanted) = sender.send(Callback { answer, browser }) {
                respond(
                    unwanted.0.browser,
                    "404 Not Found",
                    &Page::not_here().to_html(),
                );
            }
        }
        Err(Refusal::NotHere) => respond(browser, "404 Not Found", &Page::not_here().to_html()),
        Err(Refusal::Malformed) => {
            respond(browser, "400 Bad Request", &Page::malformed().to_html());
        }
        Err(Refusal::Silent) => {}
    }
}

fn respond(mut browser: TcpStream, status: &str, html: &str) {
    let response = format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: text/html; charset=utf-8\r\n\
         Content-Length: {}\r\n\
         Cache-Control: no-store\r\n\
         Content-Security-Policy: {}\r\n\
         Referrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\n\
         Connection: close\r\n\r\n{html}",
        html.len(),
        page::CONTENT_SECURITY_POLICY,
    );
    // A browser that has gone away needs no page.
    let _ = browser.set_write_timeout(Some(CONNECTION_TIME));
    let _ = browser
        .write_all(response.as_bytes())
        .and_then(|()| browser.flush());
}
