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

/// Returns the decoded value of a parameter in the query of `url`.
pub(crate) fn parameter(url: &str, name: &str) -> String {
    let (_, query) = url.split_once('?').unwrap();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
}

/// Calls `act` with the URL to open while the sign-in waits. A panic ends the wait, too.
struct Meanwhile<F, R> {
    act: RefCell<Option<F>>,
    doing: RefCell<Option<thread::JoinHandle<R>>>,
}

impl<F: FnOnce(String) -> R + Send + 'static, R: Send + 'static> AuthorizationPrompt
    for &Meanwhile<F, R>
{
    type Guard = ();

    fn show(&self, request: &AuthorizationRequest<'_>) {
        let AuthorizationRequest::Browser { url, .. } = request else {
            panic!("{request:?}");
        };
        let (url, act) = ((*url).to_owned(), self.act.take().unwrap());
        let doing = thread::spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(|| act(url.clone())));
            done.unwrap_or_else(|panic| {
                Browser::new().visit(&refusal(&url, "the test has failed"));
                resume_unwind(panic)
            })
        });
        self.doing.replace(Some(doing));
    }
}

/// Signs in while `act` uses the URL to open. Returns both results.
fn sign_in<R: Send + 'static>(
    act: impl FnOnce(String) -> R + Send + 'static,
) -> (Result<(), Error>, R) {
    let world = World::new();
    let meanwhile = Meanwhile {
        act: RefCell::new(Some(act)),
        doing: RefCell::default(),
    };
    let grant = SignInGrant::AuthorizationCode;
    let outcome = world.sign_in(grant, TokenRequirement::New, &meanwhile);
    let doing = meanwhile.doing.take().unwrap();
    (outcome.map(drop), doing.join().unwrap())
}

/// Returns the redirect URL of a refusal with this description.
fn refusal(url: &str, description: &str) -> String {
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

/// Returns the complete response to a request for `target`.
fn answer_of(mut connection: &TcpStream, target: &str) -> String {
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_page_escapes_the_description_of_the_server() {
    let check = |description: &'static str, escaped: &str| {
        let (outcome, page) = sign_in(move |url| Browser::new().visit(&refusal(&url, description)));
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
    let (outcome, _) =
        sign_in(|url| Browser::new().visit(&refusal(&url, "no\u{1b}[31m\nway\u{202e}")));
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
fn only_the_first_response_counts() {
    let (outcome, answers) = sign_in(|url| {
        let connections = [connect(&url), connect(&url)];
        // Connections are accepted in order, so that both are accepted after this.
        let _ = answer_of(&connect(&url), "/");
        let refusal = refusal(&url, "no");
        let target = &refusal[refusal.find("/oauth").unwrap()..];
        connections.map(|connection| answer_of(&connection, target))
    });
    assert!(
        matches!(outcome, Err(Error::AuthorizationRefused { .. })),
        "{outcome:?}"
    );
    assert!(answers[0].starts_with("HTTP/1.1 200 "), "{}", answers[0]);
    assert!(answers[1].starts_with("HTTP/1.1 404 "), "{}", answers[1]);
}

#[test]
fn a_redirect_without_code_and_error_leaves_the_sign_in_waiting() {
    let (outcome, page) = sign_in(|url| {
        let state = parameter(&url, "state");
        for query in [format!("state={state}"), format!("state={state}&code=")] {
            let answer = answer_of(&connect(&url), &format!("/oauth/callback?{query}"));
            assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        }
        Browser::new().approve(&url)
    });
    outcome.unwrap();
    assert_eq!(page.status, 200);
}
