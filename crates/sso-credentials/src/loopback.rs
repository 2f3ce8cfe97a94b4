//! The listener that the browser's answer comes to: RFC 8252 §7.3.
//!
//! Connections are served side by side, each for ten seconds at the most, and where there are too
//! many the oldest makes room: an idle or hostile one blocks nobody. Only the first
//! `GET /oauth/callback` with our `state` counts; anything else is answered 400 or 404, and the
//! wait goes on.

mod page;
mod request;

use std::collections::VecDeque;
use std::io::Write;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Weak};
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
/// As long as the system has no room for a connection, it says so at once.
const AFTER_A_FAILURE: Duration = Duration::from_millis(100);
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
    browser: Arc<TcpStream>,
}

impl CallbackListener {
    /// Listens on a port that the system chooses, for answers that carry `state`.
    pub(crate) fn bind(state: State) -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::Listen)?;
        let address = listener.local_addr().map_err(Error::Listen)?;
        let is_closed = Arc::new(AtomicBool::new(false));
        let (sender, answers) = mpsc::channel();
        let expected = Expected {
            state,
            is_answered: AtomicBool::new(false),
            sender,
        };
        let closed = is_closed.clone();
        thread::spawn(move || accept(&listener, &closed, &Arc::new(expected)));
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
        respond(&self.browser, "200 OK", page);
    }
}

/// What the connections wait for together.
struct Expected {
    state: State,
    is_answered: AtomicBool,
    sender: Sender<Callback>,
}

fn accept(listener: &TcpListener, is_closed: &AtomicBool, expected: &Arc<Expected>) {
    let mut open = VecDeque::new();
    for browser in listener.incoming() {
        if is_closed.load(Ordering::SeqCst) {
            return;
        }
        let Ok(browser) = browser else {
            thread::sleep(AFTER_A_FAILURE);
            continue;
        };
        let browser = Arc::new(browser);
        make_room(&mut open);
        open.push_back(Arc::downgrade(&browser));
        let expected = expected.clone();
        thread::spawn(move || serve(browser, &expected));
    }
}

/// Ends the oldest connection where no more may be open.
fn make_room(open: &mut VecDeque<Weak<TcpStream>>) {
    open.retain(|browser| browser.strong_count() > 0);
    if open.len() < CONNECTIONS_AT_ONCE {
        return;
    }
    if let Some(oldest) = open.pop_front().and_then(|browser| browser.upgrade()) {
        // Where that fails it has ended already.
        let _ = oldest.shutdown(Shutdown::Both);
    }
}

fn serve(browser: Arc<TcpStream>, expected: &Expected) {
    match request::read_answer(&browser, &expected.state, CONNECTION_TIME) {
        Ok(answer) if !expected.is_answered.swap(true, Ordering::SeqCst) => {
            // Nobody waits any more where that fails; the connection ends.
            let _ = expected.sender.send(Callback { answer, browser });
        }
        Ok(_) | Err(Refusal::NotHere) => respond(&browser, "404 Not Found", &Page::not_here()),
        Err(Refusal::Malformed) => respond(&browser, "400 Bad Request", &Page::malformed()),
        Err(Refusal::Silent) => {}
    }
}

fn respond(mut browser: &TcpStream, status: &str, page: &Page<'_>) {
    let html = page.to_html();
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
