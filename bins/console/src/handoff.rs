//! Page on 127.0.0.1 that redirects the browser to the URL with the sign-in token.
//!
//! Other users of the machine can read the command line of a browser. Therefore it contains only the URL
//! of this page, which has 256 random bits, responds once, and on Linux only to processes of this user and
//! of root.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use anyhow::anyhow;
use aws_console::LoginUrl;
use cli_ux::browser::{Browser, BrowserError};
use cli_ux::{Failure, Ui};
use sso_session::clock::SharedClock;
use sso_session::loopback_server::{CONNECTION_TIMEOUT, Request, Response, Server};
use sso_types::{Secret, hex};

/// Time for the start of a browser and its request.
const TIMEOUT: Duration = Duration::from_secs(2 * 60);

enum Event {
    Redirected,
    BrowserFailed(BrowserError),
}

/// Opens `url` in `browser`, and waits until the browser has requested it.
///
/// # Errors
///
/// If the page cannot be served, or the browser does not request it.
pub(crate) fn open(
    browser: &Browser,
    url: LoginUrl,
    ui: &Ui,
    clock: &SharedClock,
) -> Result<(), Failure> {
    let (sender, events) = mpsc::channel();
    let page = Page::new(url, sender.clone(), ui).map_err(not_served)?;
    let path = page.path.clone();
    let (page, serve_clock) = (Arc::new(page), clock.clone());
    let serve = move |client: Arc<TcpStream>| page.serve(&client, &serve_clock);
    let server = Server::bind(None, clock.clone(), serve).map_err(not_served)?;
    let page_url = format!("http://{}{}", server.address(), path.expose());
    let on_failure = move |error| {
        // Fails if the wait has ended.
        let _ = sender.send(Event::BrowserFailed(error));
    };
    browser.open(&page_url, on_failure)?;
    let _waiting = ui.spinner("Waiting for the browser", TIMEOUT);
    match events.recv_timeout(TIMEOUT) {
        Ok(Event::Redirected) => Ok(()),
        Ok(Event::BrowserFailed(error)) => Err(error.into()),
        Err(_) => {
            let minutes = TIMEOUT.as_secs() / 60;
            Err(Failure::other(anyhow!(
                "the browser did not open the sign-in page within {minutes} minutes"
            )))
        }
    }
}

fn not_served(error: io::Error) -> Failure {
    let context = "cannot serve the sign-in page on 127.0.0.1";
    Failure::other(anyhow::Error::new(error).context(context))
}

struct Page {
    path: Secret,
    url: LoginUrl,
    is_taken: AtomicBool,
    events: Sender<Event>,
    ui: Ui,
}

impl Page {
    fn new(url: LoginUrl, events: Sender<Event>, ui: &Ui) -> io::Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self {
            path: format!("/{}", hex::encode(&bytes)).into(),
            url,
            is_taken: AtomicBool::new(false),
            events,
            ui: ui.clone(),
        })
    }

    fn serve(&self, client: &TcpStream, clock: &SharedClock) {
        let Ok(request) = Request::read(client, clock.as_ref(), CONNECTION_TIMEOUT) else {
            return;
        };
        // Secrets are compared in constant time.
        if Secret::from(request.target.as_str()) != self.path {
            return respond(client, "404 Not Found", "Not found.\n");
        }
        if !is_trusted(client) {
            let warning = "a process of another user requested the sign-in page and was refused";
            self.ui.warn(warning);
            return respond(client, "403 Forbidden", "Forbidden.\n");
        }
        if request.method != "GET" || is_prefetch(&request) {
            // The browser may repeat the request for the user.
            return respond(client, "405 Method Not Allowed", "Not allowed.\n");
        }
        if self.is_taken.swap(true, Ordering::SeqCst) {
            return respond(client, "410 Gone", "This page can be opened once.\n");
        }
        self.redirect(client);
        // Fails if the wait has ended.
        let _ = self.events.send(Event::Redirected);
    }

    fn redirect(&self, client: &TcpStream) {
        let headers = format!(
            "Location: {}\r\nReferrer-Policy: no-referrer\r\n",
            self.url.expose()
        );
        let response = Response {
            status: "303 See Other",
            headers: &headers,
            body: "",
        };
        response.send(client);
    }
}

fn respond(client: &TcpStream, status: &str, body: &str) {
    let response = Response {
        status,
        headers: "Content-Type: text/plain; charset=utf-8\r\n",
        body,
    };
    response.send(client);
}

fn is_prefetch(request: &Request) -> bool {
    let names = ["sec-purpose", "purpose"];
    let mut values = names.iter().filter_map(|name| request.header(name));
    values.any(|value| value.starts_with(b"prefetch"))
}

#[cfg(target_os = "linux")]
fn is_trusted(client: &TcpStream) -> bool {
    crate::peer::is_of_this_user_or_root(client)
}

/// Only Linux shows the user of a connection without a system call that the standard library lacks.
#[cfg(not(target_os = "linux"))]
fn is_trusted(_client: &TcpStream) -> bool {
    true
}
