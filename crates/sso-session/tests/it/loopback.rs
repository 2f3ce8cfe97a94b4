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
    redirect_url(url, &query.finish())
}

fn redirect_url(url: &str, query: &str) -> String {
    let mut state = form_urlencoded::Serializer::new(String::new());
    state.append_pair("state", &parameter(url, "state"));
    format!(
        "{}?{query}&{}",
        parameter(url, "redirect_uri"),
        state.finish()
    )
}

/// Returns the path and the query of a redirect URL.
fn target_of(redirect_url: &str) -> &str {
    &redirect_url[redirect_url.find("/oauth").unwrap()..]
}

fn connect(url: &str) -> TcpStream {
    let redirect_uri = parameter(url, "redirect_uri");
    let address = redirect_uri.strip_prefix("http://").unwrap();
    TcpStream::connect(address.split('/').next().unwrap()).unwrap()
}

fn response_to(connection: &TcpStream, target: &str) -> String {
    response_to_request(connection, "GET", target)
}

fn response_to_request(mut connection: &TcpStream, method: &str, target: &str) -> String {
    let request = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
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
fn only_the_first_response_is_accepted_and_all_get_its_result_page() {
    let (outcome, responses) = sign_in(|url| {
        let descriptions = ["first", "second", "first"];
        descriptions.map(|description| {
            let redirect_url = denied_redirect_url(&url, description);
            response_to(&connect(&url), target_of(&redirect_url))
        })
    });
    let Err(Error::AuthorizationRefused { description, .. }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(description, "first");
    for response in &responses {
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
        assert!(response.contains("the sign-in failed: first"), "{response}");
    }
}

#[test]
fn a_repeated_redirect_gets_the_result_page_while_and_after_the_code_is_exchanged() {
    let (outcome, responses) = sign_in(|url| {
        let redirect_url = Browser::new().approve_elsewhere(&url);
        let send = || response_to(&connect(&url), target_of(&redirect_url));
        let mut responses = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
            let responses = threads.into_iter().map(|it| it.join().unwrap());
            responses.collect::<Vec<_>>()
        });
        responses.push(send());
        // The user goes back, and approves again.
        let again = Browser::new().approve_elsewhere(&url);
        responses.push(response_to(&connect(&url), target_of(&again)));
        responses
    });
    outcome.unwrap();
    assert_eq!(responses.len(), 10);
    for response in &responses {
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
        assert!(response.contains("You are signed in"), "{response}");
        assert!(response.ends_with("</html>\n"), "{response}");
    }
}

#[test]
fn a_browser_that_reloads_after_a_paste_gets_the_result_page() {
    let world = World::new();
    let mut redirect_url = RefCell::new(String::new());
    let paste = |request: &AuthorizationRequest<'_>| {
        let AuthorizationRequest::Browser {
            url, paste_back, ..
        } = request
        else {
            panic!("{request:?}");
        };
        redirect_url.replace(Browser::new().approve_elsewhere(url));
        paste_back.take(&redirect_url.borrow()).unwrap();
    };
    let grant = SignInGrant::AuthorizationCode;
    crate::sign_in::sign_in(&world, grant, paste).unwrap();
    let page = Browser::new().visit(redirect_url.get_mut());
    assert!(page.body.contains("You are signed in"), "{page:?}");
}

#[test]
fn a_second_sign_in_uses_the_same_port_and_keeps_the_first_result_page() {
    let world = World::new();
    let urls = RefCell::new(Vec::new());
    let sign_in = |is_approved: bool| {
        let act = |request: &AuthorizationRequest<'_>| {
            let AuthorizationRequest::Browser { url, .. } = request else {
                panic!("{request:?}");
            };
            let redirect_url = if is_approved {
                Browser::new().approve_elsewhere(url)
            } else {
                denied_redirect_url(url, "no")
            };
            urls.borrow_mut().push(redirect_url.clone());
            thread::spawn(move || Browser::new().visit(&redirect_url));
        };
        crate::sign_in::sign_in(&world, SignInGrant::AuthorizationCode, act)
    };
    sign_in(true).unwrap();
    sign_in(false).unwrap_err();
    let urls = urls.into_inner();
    let port = |url: &str| url.split(['/', ':']).nth(4).unwrap().to_owned();
    assert_eq!(port(&urls[0]), port(&urls[1]));
    for (url, title) in urls.iter().zip(["You are signed in", "Sign-in failed"]) {
        let page = Browser::new().visit(url);
        assert!(page.body.contains(title), "{page:?}");
    }
}

#[test]
fn a_head_request_has_the_status_of_the_redirect_but_does_not_count() {
    let (outcome, responses) = sign_in(|url| {
        let redirect_url = Browser::new().approve_elsewhere(&url);
        let head = |target: &str| response_to_request(&connect(&url), "HEAD", target);
        let before = head(target_of(&redirect_url));
        let other = head("/oauth/callback?code=x&state=y");
        let page = Browser::new().visit(&redirect_url);
        assert!(page.body.contains("You are signed in"), "{page:?}");
        [before, other, head(target_of(&redirect_url))]
    });
    outcome.unwrap();
    let [before, other, after] = responses;
    assert!(before.starts_with("HTTP/1.1 200 "), "{before}");
    assert!(before.ends_with("\r\n\r\n"), "{before}");
    assert!(!before.contains("Content-Length"), "{before}");
    assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
    assert_eq!(before, after);
}

#[test]
fn a_refusal_shows_its_description_or_its_code_or_that_there_is_neither() {
    let check = |query: &str, expected: &str| {
        let query = query.to_owned();
        let (outcome, page) = sign_in(move |url| Browser::new().visit(&redirect_url(&url, &query)));
        let error = outcome.unwrap_err();
        assert_eq!(error.to_string(), format!("the sign-in failed: {expected}"));
        assert!(page.body.contains(expected), "{}", page.body);
    };
    let denied = "error=access_denied";
    check(&format!("{denied}&error_description=no"), "no");
    check(denied, "access_denied");
    check(&format!("{denied}&code=x"), "access_denied");
    for description in ["", "+%20%09", "%1b%07%0d%0a", "%E2%80%8B%E2%80%AE"] {
        let query = format!("{denied}&error_description={description}");
        check(&query, "access_denied");
    }
    for error in ["error", "error=", "error=+", "error=%1b"] {
        check(&format!("{error}&code="), "the server gave no reason");
        check(
            &format!("{error}&error_description=+"),
            "the server gave no reason",
        );
        check(&format!("{error}&error_description=no"), "no");
    }
    let long = "x".repeat(10_000);
    let shown = format!("{}…", "x".repeat(500));
    check(&format!("{denied}&error_description={long}"), &shown);
}

#[test]
fn an_empty_error_does_not_replace_the_code() {
    let (outcome, page) = sign_in(|url| {
        let redirect_url = Browser::new().approve_elsewhere(&url);
        Browser::new().visit(&format!("{redirect_url}&error="))
    });
    outcome.unwrap();
    assert!(page.body.contains("You are signed in"), "{}", page.body);
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
