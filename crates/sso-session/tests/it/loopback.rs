use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use sso_session::Error;
use sso_session::sign_in::{
    AuthorizationPrompt, AuthorizationRequest, SignInGrant, TokenRequirement,
};
use sso_test_support::Browser;

use crate::world::World;

pub(crate) fn parameter(url: &str, name: &str) -> String {
    let (_, query) = url.split_once('?').unwrap();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
}

/// Calls `act` with the URL to open while the sign-in waits. A panic also ends the wait.
struct ConcurrentUser<F, R> {
    act: RefCell<Option<F>>,
    thread: RefCell<Option<thread::JoinHandle<R>>>,
}

impl<F: FnOnce(String) -> R + Send + 'static, R: Send + 'static> AuthorizationPrompt
    for &ConcurrentUser<F, R>
{
    type Guard = ();

    fn show(&self, request: &AuthorizationRequest<'_>) {
        let AuthorizationRequest::Browser { url, .. } = request else {
            panic!("{request:?}");
        };
        let (url, act) = ((*url).to_owned(), self.act.take().unwrap());
        let thread = thread::spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| act(url.clone())));
            outcome.unwrap_or_else(|panic| {
                Browser::new().visit(&denied_redirect_url(&url, "the test has failed"));
                resume_unwind(panic)
            })
        });
        self.thread.replace(Some(thread));
    }

    fn token_not_saved_yet(&self, error: &sso_session::Error, _: std::time::Duration) {
        panic!("the token cannot be saved: {error:?}");
    }
}

/// Signs in while `act` uses the URL to open. Returns both results.
fn sign_in<R: Send + 'static>(
    act: impl FnOnce(String) -> R + Send + 'static,
) -> (Result<(), Error>, R) {
    let world = World::new();
    let user = ConcurrentUser {
        act: RefCell::new(Some(act)),
        thread: RefCell::default(),
    };
    let grant = SignInGrant::AuthorizationCode;
    let outcome = world.sign_in(grant, TokenRequirement::New, &user);
    let thread = user.thread.take().unwrap();
    (outcome.map(drop), thread.join().unwrap())
}

fn denied_redirect_url(url: &str, description: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("error", "access_denied");
    query.append_pair("error_description", description);
    query.append_pair("state", &parameter(url, "state"));
    format!("{}?{}", parameter(url, "redirect_uri"), query.finish())
}

fn connect(url: &str) -> TcpStream {
    let redirect_uri = parameter(url, "redirect_uri");
    let address = redirect_uri.strip_prefix("http://").unwrap();
    TcpStream::connect(address.split('/').next().unwrap()).unwrap()
}

fn response_to(mut connection: &TcpStream, target: &str) -> String {
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn the_result_page_escapes_the_description_of_the_error() {
    let check = |description: &'static str, escaped: &str| {
        let (outcome, page) =
            sign_in(move |url| Browser::new().visit(&denied_redirect_url(&url, description)));
        assert!(
            matches!(outcome, Err(Error::AuthorizationRefused { .. })),
            "{outcome:?}"
        );
        assert_eq!(page.status, 200);
        assert!(
            page.body.contains(escaped),
            "{description:?} in {}",
            page.body
        );
    };
    check(
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    );
    check(
        "\"quoted\" & 'quoted'",
        "&quot;quoted&quot; &amp; &#39;quoted&#39;",
    );
    check("&lt;", "&amp;lt;");
    check("{title}{detail}", "{title}{detail}");
}

#[test]
fn the_error_contains_the_description_without_control_characters() {
    let (outcome, _) = sign_in(|url| {
        Browser::new().visit(&denied_redirect_url(&url, "no\u{1b}[31m\nway\u{202e}"))
    });
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("no") && error.contains("way"), "{error:?}");
    assert!(!error.contains(['\u{1b}', '\n', '\u{202e}']), "{error:?}");
}

#[test]
fn idle_connections_do_not_block_the_redirect() {
    let (outcome, page) = sign_in(|url| {
        let _idle: Vec<_> = (0..200).map(|_| connect(&url)).collect();
        Browser::new().approve(&url)
    });
    outcome.unwrap();
    assert!(page.body.contains("You are signed in"), "{}", page.body);
}

#[test]
fn only_the_first_response_is_accepted() {
    let (outcome, responses) = sign_in(|url| {
        let connections = [connect(&url), connect(&url)];
        // Connections are accepted in order: after this response, both are accepted.
        let _ = response_to(&connect(&url), "/");
        let redirect_url = denied_redirect_url(&url, "no");
        let target = &redirect_url[redirect_url.find("/oauth").unwrap()..];
        connections.map(|connection| response_to(&connection, target))
    });
    assert!(
        matches!(outcome, Err(Error::AuthorizationRefused { .. })),
        "{outcome:?}"
    );
    assert!(
        responses[0].starts_with("HTTP/1.1 200 "),
        "{}",
        responses[0]
    );
    assert!(
        responses[1].starts_with("HTTP/1.1 404 "),
        "{}",
        responses[1]
    );
}

#[test]
fn a_redirect_without_a_code_or_an_error_is_ignored() {
    let (outcome, page) = sign_in(|url| {
        let state = parameter(&url, "state");
        for query in [format!("state={state}"), format!("state={state}&code=")] {
            let response = response_to(&connect(&url), &format!("/oauth/callback?{query}"));
            assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
        }
        Browser::new().approve(&url)
    });
    outcome.unwrap();
    assert_eq!(page.status, 200);
}
