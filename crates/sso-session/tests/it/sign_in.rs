use std::cell::Cell;
use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use identity_center_emulator::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE};
use identity_center_emulator::settings::Consent;
use identity_center_emulator::sign_in::{IssuedTokens, rfc3339};
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_session::keys::SessionKeys as _;
use sso_session::sign_in::{
    AuthorizationPrompt, AuthorizationRequest, PasteError, SignIn, SignInGrant, TokenRequirement,
};
use sso_session::{Clock as _, Error, ServiceClients};
use sso_test_support::{Browser, TestEnv};
use token_cache::{CachedToken, TokenCache};

use crate::world::{LESS_THAN_WINDOW, MINUTE, SECOND, WINDOW, World};

struct FakeUser<F>(F);

impl<F: Fn(&AuthorizationRequest<'_>)> AuthorizationPrompt for FakeUser<F> {
    type Guard = ();

    fn show(&self, request: &AuthorizationRequest<'_>) {
        (self.0)(request);
    }

    fn token_not_saved_yet(&self, _: &Error, _: Duration) {}
}

pub(crate) fn sign_in(
    world: &World,
    grant: SignInGrant,
    act: impl Fn(&AuthorizationRequest<'_>),
) -> Result<CachedToken, Error> {
    world.sign_in(grant, TokenRequirement::New, FakeUser(act))
}

pub(crate) fn sign_in_with(
    world: &World,
    clients: &ServiceClients<'_>,
    grant: SignInGrant,
) -> Result<CachedToken, Error> {
    let user = FakeUser(unexpected_prompt);
    world.sign_in_with(clients, grant, TokenRequirement::New, user)
}

/// Opens the URL in a browser that approves and follows the redirect.
pub(crate) fn approve(request: &AuthorizationRequest<'_>) {
    let AuthorizationRequest::Browser { url, .. } = request else {
        panic!("unexpected grant: {request:?}");
    };
    let url = (*url).to_owned();
    thread::spawn(move || Browser::new().approve(&url));
}

pub(crate) fn unexpected_prompt(request: &AuthorizationRequest<'_>) {
    panic!("unexpected prompt: {request:?}");
}

#[test]
fn a_sign_in_saves_the_token() {
    let world = World::new();
    let token = sign_in(&world, SignInGrant::AuthorizationCode, approve).unwrap();
    assert_eq!(world.cached_token(), Some(token.clone()));
    assert_eq!(token.start_url.unwrap().as_str(), TestEnv::START_URL);
    assert_eq!(token.region.unwrap().as_str(), "us-east-1");
    assert_eq!(token.expires_at, world.clock.now() + 60 * MINUTE);
    assert!(token.refresh_token.is_some());
}

#[test]
fn the_listener_is_open_before_the_prompt() {
    let world = World::new();
    let prompts = Cell::new(0);
    let check_and_approve = |request: &AuthorizationRequest<'_>| {
        let AuthorizationRequest::Browser { url, timeout, .. } = request else {
            panic!("{request:?}");
        };
        assert_eq!(*timeout, 10 * MINUTE);
        let address = redirect_address(url);
        assert!(address.ip().is_loopback());
        TcpStream::connect(address).unwrap();
        prompts.set(prompts.get() + 1);
        approve(request);
    };
    sign_in(&world, SignInGrant::AuthorizationCode, check_and_approve).unwrap();
    assert_eq!(prompts.get(), 1);
}

/// Returns the address of the redirect.
fn redirect_address(url: &str) -> SocketAddr {
    let redirect_uri = crate::loopback::parameter(url, "redirect_uri");
    let address = redirect_uri.strip_prefix("http://").unwrap();
    address.split('/').next().unwrap().parse().unwrap()
}

#[test]
fn a_cancelled_sign_in_closes_its_listener() {
    let world = World::new();
    let address = Cell::new(None);
    let cancelled = sign_in(&world, SignInGrant::AuthorizationCode, |request| {
        let AuthorizationRequest::Browser {
            url, paste_back, ..
        } = request
        else {
            panic!("unexpected grant: {request:?}");
        };
        address.set(Some(redirect_address(url)));
        paste_back.cancel();
    });
    assert!(matches!(cancelled, Err(Error::Cancelled)), "{cancelled:?}");
    // The system may still accept a connection for a listener that is being closed.
    let response = TcpStream::connect(address.get().unwrap()).and_then(|mut browser| {
        browser.write_all(b"GET / HTTP/1.1\r\n\r\n")?;
        let mut response = String::new();
        browser.read_to_string(&mut response)?;
        Ok(response)
    });
    assert_eq!(response.unwrap_or_default(), "");
    sign_in(&world, SignInGrant::AuthorizationCode, approve).unwrap();
}

#[test]
fn two_concurrent_sign_ins_show_one_prompt_and_share_the_token() {
    let check = |lifetime| {
        let world = World::new();
        world
            .center
            .configure(|settings| settings.access_token_lifetime = lifetime);
        let (other, waits) = world.for_another_process();
        let login_lock = format!("{}.login.lock", world.session.token_key());
        let (start, started) = mpsc::channel();
        let other = thread::spawn(move || {
            started.recv().unwrap();
            sign_in(&other, SignInGrant::AuthorizationCode, unexpected_prompt).unwrap()
        });
        let first = sign_in(&world, SignInGrant::AuthorizationCode, |request| {
            start.send(()).unwrap();
            waits.expect(&login_lock);
            approve(request);
        });
        let other = other.join().unwrap();
        assert_eq!(first.unwrap(), other);
        assert_eq!(world.center.count_grants(AUTHORIZATION_CODE), 1);
        assert_eq!(world.center.count(Operation::RegisterClient), 1);
    };
    check(60 * MINUTE);
    check(MINUTE);
}

#[test]
fn a_required_new_token_replaces_a_cached_token() {
    let world = World::new();
    let old = world.sign_in_with_left(60 * MINUTE);
    world.center.set_consent(Consent::Granted);
    let token = sign_in(&world, SignInGrant::DeviceCode, unexpected_prompt).unwrap();
    assert_ne!(token.access_token.expose(), old.access_token);
    assert_eq!(world.center.count_grants(DEVICE_CODE), 1);
}

#[test]
fn a_cached_token_that_meets_the_requirement_is_returned_without_a_prompt() {
    let check = |min_validity, prompts| {
        let world = World::new();
        world.sign_in_with_left(60 * MINUTE);
        world.center.set_consent(Consent::Granted);
        let requirement = TokenRequirement::ValidFor(min_validity);
        world
            .sign_in(
                SignInGrant::DeviceCode,
                requirement,
                FakeUser(unexpected_prompt),
            )
            .unwrap();
        assert_eq!(world.center.count_grants(DEVICE_CODE), prompts);
    };
    check(60 * MINUTE, 0);
    check(61 * MINUTE, 1);
}

#[test]
fn an_already_approved_client_needs_no_prompt() {
    let world = World::new();
    world.center.set_consent(Consent::Granted);
    sign_in(&world, SignInGrant::DeviceCode, unexpected_prompt).unwrap();
    assert_eq!(world.center.count_grants(DEVICE_CODE), 1);
    assert!(world.clock.slept().is_empty());
}

pub(crate) fn leave_unapproved(request: &AuthorizationRequest<'_>) {
    assert!(
        matches!(request, AuthorizationRequest::UserCode(_)),
        "{request:?}"
    );
}

#[test]
fn a_device_code_that_is_not_approved_in_time_is_an_error() {
    let world = World::new();
    world
        .center
        .configure(|settings| settings.poll_interval = MINUTE);
    let error = sign_in(&world, SignInGrant::DeviceCode, leave_unapproved).unwrap_err();
    assert!(
        matches!(error, Error::NotApproved { timeout, .. } if timeout == 10 * MINUTE),
        "{error:?}"
    );
    let mut expected = vec![MINUTE; 8];
    expected.push(119 * SECOND);
    assert_eq!(world.clock.slept(), expected);
    assert_eq!(world.center.count_grants(DEVICE_CODE), 10);
    assert_eq!(world.cached_token(), None);
}

/// Signs in again. Calls `change` before the exchange of the code, which is the first request of a
/// sign-in with a cached client.
fn sign_in_with_change(
    world: &World,
    change: impl Fn() + Send + Sync,
) -> Result<CachedToken, Error> {
    sign_in(world, SignInGrant::AuthorizationCode, approve).unwrap();
    let clients = world.clients().before_first_request(change);
    let sign_in = SignIn {
        session: &world.session,
        issuer: &world.session.start_url,
        redirect_port: None,
        listeners: &world.listeners,
        cache: &world.cache,
        clients: &clients,
        clock: &world.shared_clock,
        prompt: FakeUser(approve),
    };
    let outcome = sign_in.run(SignInGrant::AuthorizationCode, TokenRequirement::New);
    assert_eq!(world.center.count_grants(AUTHORIZATION_CODE), 2);
    outcome
}

#[test]
fn an_approved_token_that_cannot_be_saved_is_reported_as_such() {
    let world = World::new();
    let path = world.home.sso_cache();
    let outcome = sign_in_with_change(&world, || {
        std::fs::remove_dir_all(&path).unwrap();
        std::fs::File::create(&path).unwrap();
    });
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::TokenNotSaved { .. }), "{error:?}");
    assert_eq!(world.clock.monotonic(), 10 * MINUTE);
}

/// The process that holds the lock may be stopped.
#[test]
fn an_authorization_code_is_exchanged_while_another_process_holds_the_lock() {
    let mut world = World::new();
    let key = world.session.token_key();
    let other = TokenCache::in_aws_dir(&world.home.aws_dir());
    let _held = other.lock_token(&key, Duration::ZERO).unwrap();
    world.cache = TokenCache::in_aws_dir(&world.home.aws_dir()).with_pause(drop);
    let token = sign_in(&world, SignInGrant::AuthorizationCode, approve).unwrap();
    assert_eq!(world.cached_token(), Some(token));
}

fn directory(token: &Path) -> &Path {
    token.parent().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "no content is written")]
fn move_directory(path: &Path) {
    std::fs::rename(path, path.with_extension("old")).unwrap();
}

#[test]
fn a_token_is_saved_whatever_replaces_its_file_during_the_request() {
    let check = |change: fn(&Path)| {
        let world = World::new();
        let path = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        let token = sign_in_with_change(&world, || change(&path)).unwrap();
        assert_eq!(world.cached_token(), Some(token));
    };
    check(|token| std::fs::remove_file(token).unwrap());
    check(|token| drop(std::fs::File::create(token).unwrap()));
    check(|token| {
        std::fs::remove_file(token).unwrap();
        std::fs::create_dir(token).unwrap();
    });
    check(|token| std::fs::remove_dir_all(directory(token)).unwrap());
    check(|token| {
        std::fs::remove_dir_all(directory(token)).unwrap();
        std::fs::create_dir(directory(token)).unwrap();
    });
    check(|token| {
        move_directory(directory(token));
    });
    check(|token| {
        let state = directory(token).join("aws-sso-tools");
        std::fs::remove_dir_all(&state).unwrap();
        std::fs::File::create(state).unwrap();
    });
}

#[test]
fn slow_down_increases_the_interval_permanently() {
    let world = World::new();
    world
        .center
        .configure(|settings| settings.poll_interval = MINUTE);
    let slow_down = || {
        world
            .center
            .fail_next(Operation::CreateToken, Fault::oidc("slow_down"));
    };
    slow_down();
    let act = |request: &AuthorizationRequest<'_>| {
        leave_unapproved(request);
        slow_down();
    };
    sign_in(&world, SignInGrant::DeviceCode, act).unwrap_err();
    let slept = world.clock.slept();
    let (last, others) = slept.split_last().unwrap();
    assert_eq!(others[0], 65 * SECOND);
    assert!(
        others[1..].iter().all(|duration| *duration == 70 * SECOND),
        "{slept:?}"
    );
    assert_eq!(slept.iter().sum::<Duration>(), 599 * SECOND);
    assert!(*last >= 70 * SECOND, "{slept:?}");
}

#[test]
fn polling_continues_after_a_transient_error_and_ends_after_a_rejection() {
    let check = |fault: Fault, continues| {
        let world = World::new();
        world
            .center
            .configure(|settings| settings.poll_interval = MINUTE);
        let act = |request: &AuthorizationRequest<'_>| {
            leave_unapproved(request);
            world
                .center
                .fail_next(Operation::CreateToken, fault.clone());
        };
        let error = sign_in(&world, SignInGrant::DeviceCode, act).unwrap_err();
        let has_timed_out = matches!(error, Error::NotApproved { .. });
        assert_eq!(has_timed_out, continues, "{fault:?}: {error:?}");
    };
    check(Fault::Status(503, json!({})), true);
    check(Fault::oidc("server_error"), true);
    check(Fault::oidc("authorization_pending"), true);
    check(Fault::oidc("access_denied"), false);
    check(Fault::oidc("expired_token"), false);
}

fn plant_registration(world: &World, left: Duration, is_for_device: bool) -> IssuedTokens {
    let signed_in = world.center.sign_in(&["sso:account:access"]);
    let mut file = signed_in.registration_file(&["sso:account:access"]);
    file["expiresAt"] = json!(rfc3339(world.clock.now() + left));
    if !is_for_device {
        file["grantTypes"] = json!(["authorization_code", "refresh_token"]);
    }
    world
        .home
        .plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &file);
    signed_in
}

#[test]
fn a_registration_is_reused_until_fifteen_minutes_before_its_expiry() {
    let check = |left, is_for_device, registered| {
        let world = World::new();
        world.center.set_consent(Consent::Granted);
        let planted = plant_registration(&world, left, is_for_device);
        let token = sign_in(&world, SignInGrant::DeviceCode, unexpected_prompt).unwrap();
        assert_eq!(
            world.center.count(Operation::RegisterClient),
            registered,
            "{left:?}"
        );
        let is_planted = token.client_id.unwrap().as_str() == planted.client_id;
        assert_eq!(is_planted, registered == 0, "{left:?}");
    };
    check(WINDOW + SECOND, true, 0);
    check(WINDOW, true, 0);
    check(LESS_THAN_WINDOW, true, 1);
    check(Duration::ZERO, true, 1);
    check(60 * MINUTE, false, 1);
}

#[test]
fn a_registration_requests_the_scopes_of_the_session() {
    let check = |scopes: Option<Vec<&str>>, grant, expected: serde_json::Value| {
        let mut world = World::new();
        world.center.set_consent(Consent::Granted);
        world.session.scopes = scopes.map(|scopes| scopes.into_iter().map(Into::into).collect());
        sign_in(&world, grant, |request| match request {
            AuthorizationRequest::Browser { .. } => approve(request),
            AuthorizationRequest::UserCode(_) => unexpected_prompt(request),
        })
        .unwrap();
        let requests = world.center.requests();
        let register = requests
            .iter()
            .find(|request| request.operation == Operation::RegisterClient);
        assert_eq!(register.unwrap().json()["scopes"], expected);
    };
    let default = json!(["sso:account:access"]);
    check(None, SignInGrant::AuthorizationCode, default.clone());
    check(
        Some(vec![]),
        SignInGrant::AuthorizationCode,
        default.clone(),
    );
    check(None, SignInGrant::DeviceCode, json!(null));
    check(
        Some(vec!["sso:account:access"]),
        SignInGrant::DeviceCode,
        default,
    );
}

/// Approves in a browser on another machine, and pastes the transformed redirect URL.
fn paste_redirect(
    request: &AuthorizationRequest<'_>,
    transform: impl Fn(&str) -> String,
) -> Result<(), PasteError> {
    let AuthorizationRequest::Browser {
        url, paste_back, ..
    } = request
    else {
        panic!("unexpected grant: {request:?}");
    };
    let redirect_url = Browser::new().approve_elsewhere(url);
    paste_back.take(&transform(&redirect_url))
}

#[test]
fn a_pasted_url_is_accepted_in_all_common_forms() {
    let check = |transform: fn(&str) -> String| {
        let world = World::new();
        let token = sign_in(&world, SignInGrant::AuthorizationCode, |request| {
            paste_redirect(request, transform).unwrap();
        });
        assert_eq!(world.cached_token(), Some(token.unwrap()));
    };
    check(str::to_owned);
    check(|url| url.split_once('?').unwrap().1.to_owned());
    check(|url| format!("  '{url}'\r\n"));
    check(|url| format!("<{url}#/>"));
    check(|url| {
        let (first, second) = url.split_at(60);
        format!("{first}\r\n    {second}")
    });
    check(|url| format!("URL: {url}"));
    check(|url| format!("what?\n{url}\n"));
    check(|url| format!("{url}\nwhat?\n"));
    check(|url| format!("see {url} for the rest"));
    check(|url| format!("[the page]({url})"));
    check(|url| format!("\u{201c}{url}\u{201d}"));
    check(|url| format!("\u{feff}\u{a0}{url}\u{200b}\u{0}"));
    check(|url| format!("\u{1b}[200~{url}\u{1b}[201~"));
    check(|url| format!("\u{1b}[200~\u{1b}[31m'{url}'\r\u{1b}[201~\r"));
    check(|url| url.replace("http://127.0.0.1", "https://forwarded.example"));
    check(|url| url.replace('&', "\n&"));
    for width in [1, 20, 72, 79, 80] {
        for ending in ["\n", "\r", "\r\n", "\u{2028}", " \n  "] {
            check_wrapped(width, &|lines| lines.join(ending));
        }
    }
    check_wrapped(72, &|lines| format!("> {}\n", lines.join("\n> ")));
    check_wrapped(72, &|lines| format!("From: a\n<{}>\nBye", lines.join("\n")));
    check_wrapped(72, &|lines| {
        format!("\u{1b}[200~{}\u{1b}[201~", lines.join("\r"))
    });
}

/// Pastes the transformed redirect URL. A wrong code would end the sign-in.
fn check_pasted(transform: &dyn Fn(&str) -> String) {
    let world = World::new();
    let pasted = RefCell::default();
    let token = sign_in(&world, SignInGrant::AuthorizationCode, |request| {
        let outcome = paste_redirect(request, |url| {
            pasted.replace(transform(url));
            pasted.borrow().clone()
        });
        assert_eq!(outcome, Ok(()), "{pasted:?}");
    });
    assert!(token.is_ok(), "{pasted:?}: {token:?}");
}

#[test]
fn punctuation_after_a_pasted_url_is_ignored() {
    for ending in [
        ".", ",", ";", ":", "!", "?", "...", "\u{2026}", "\u{3002}", ".)", "\".", ".\"",
    ] {
        check_pasted(&|url| format!("{url}{ending}"));
    }
    check_pasted(&|url| format!("<{url}>."));
    check_pasted(&|url| format!("see ({url}), please"));
    check_pasted(&|url| format!("**{url}**, and\nthe rest"));
    check_pasted(&|url| format!("{}.", state_first(url)));
    check_pasted(&|url| format!("{}!\nBye", state_first(url)));
}

#[test]
fn a_pasted_url_may_be_escaped_for_html_json_or_a_shell() {
    for ampersand in ["&amp;", "&AMP;", "&#38;", "&#x26;", "\\u0026", "\\&", "^&"] {
        check_pasted(&|url| url.replace('&', ampersand));
    }
    check_pasted(&|url| {
        ["?", "&", "="].iter().fold(url.to_owned(), |url, special| {
            url.replace(special, &format!("\\{special}"))
        })
    });
    check_pasted(&|url| url.replace('&', "\\u0026").replace('=', "\\u003d"));
    check_pasted(&|url| format!("{}\\\n{}", &url[..60], &url[60..]));
}

#[test]
fn the_8_bit_markers_of_a_bracketed_paste_are_ignored() {
    check_pasted(&|url| format!("\u{9b}200~{url}\u{9b}201~"));
    check_pasted(&|url| format!("\u{9b}200~'{url}'\r\u{9b}201~\r"));
}

#[test]
fn the_soft_line_breaks_of_a_pasted_url_are_undone() {
    let position = |url: &str, text: &str| url.find(text).unwrap();
    let breaks_at = |at: &dyn Fn(&str) -> usize| {
        for soft_break in ["=\n", "=\r\n", "= \n> "] {
            check_pasted(&|url| format!("{}{soft_break}{}", &url[..at(url)], &url[at(url)..]));
        }
    };
    breaks_at(&|url| position(url, "?"));
    breaks_at(&|url| position(url, "code=") + 2);
    breaks_at(&|url| position(url, "code=") + 4);
    breaks_at(&|url| position(url, "code=") + 5);
    breaks_at(&|url| position(url, "code=") + 9);
    breaks_at(&|url| position(url, "&state="));
    breaks_at(&|url| position(url, "state=") + 3);
    breaks_at(&|url| position(url, "state=") + 6);
    breaks_at(&|url| url.len() - 1);
    breaks_at(&str::len);
    check_wrapped(20, &|lines| format!("See\n<{}>.\nBye", lines.join("=\r\n")));
    check_pasted(&|url| url.replace('=', "=3D"));
    check_pasted(&|url| {
        let encoded = url.replace('=', "=3D");
        format!("{}=\n{}", &encoded[..60], &encoded[60..])
    });
    // These are no soft breaks.
    check_pasted(&|url| url.replace('=', "=\n"));
    check_pasted(&|url| url.replace("code=", "code=\n"));
    check_pasted(&|url| url.replace("state=", "state=\n"));
}

/// Returns the redirect URL with the code at the end.
fn state_first(url: &str) -> String {
    let (base, query) = url.split_once('?').unwrap();
    let (code, state) = query.split_once('&').unwrap();
    assert!(code.starts_with("code=") && state.starts_with("state="));
    format!("{base}?{state}&{code}")
}

#[test]
fn a_pasted_url_ends_before_the_text_that_follows() {
    for text in [
        "what?",
        "Bye",
        "Bye.",
        "OK",
        "--",
        "the rest",
        "a1 b2",
        "&x=y",
        "#",
        "> Bye",
        "",
        "\u{e9}t\u{e9}",
    ] {
        check_pasted(&|url| format!("{}\n{text}", state_first(url)));
        check_pasted(&|url| format!("what?\nsee {}\n{text}\nwhat?", state_first(url)));
        check_pasted(&|url| format!("{url}\n{text}"));
    }
    check_pasted(&|url| format!("see {} and\nx1", state_first(url)));
    check_pasted(&|url| format!("<{}>\nx1", state_first(url)));
    check_pasted(&|url| format!("{}&x=y\nBye", state_first(url)));
    check_pasted(&|url| wrapped(&state_first(url), 1));
    for width in [20, 72, 79] {
        for end in ["", "\n", "\nwhat?", "\nBye now"] {
            check_pasted(&|url| wrapped(&state_first(url), width) + end);
        }
    }
    check_pasted(&|url| format!("{}\nBye", wrapped(&state_first(url), 72)));
}

fn wrapped(url: &str, width: usize) -> String {
    let lines = url.as_bytes().chunks(width);
    let lines: Vec<_> = lines.map(|it| str::from_utf8(it).unwrap()).collect();
    lines.join("\n")
}

/// Pastes the redirect URL in lines of `width` characters, which `join` joins.
fn check_wrapped(width: usize, join: &dyn Fn(&[&str]) -> String) {
    let world = World::new();
    let token = sign_in(&world, SignInGrant::AuthorizationCode, |request| {
        let wrap = |url: &str| {
            let lines: Vec<_> = url.as_bytes().chunks(width).collect();
            let lines: Vec<_> = lines.iter().map(|it| str::from_utf8(it).unwrap()).collect();
            join(&lines)
        };
        paste_redirect(request, wrap).unwrap();
    });
    token.unwrap();
}

#[test]
fn other_pasted_text_is_rejected_and_the_sign_in_continues() {
    let world = World::new();
    let token = sign_in(&world, SignInGrant::AuthorizationCode, |request| {
        let AuthorizationRequest::Browser {
            url, paste_back, ..
        } = request
        else {
            panic!("{request:?}");
        };
        let check =
            |text: &str, error: PasteError| assert_eq!(paste_back.take(text), Err(error), "{text}");
        check("", PasteError::NoCode);
        check("what?", PasteError::NoCode);
        check(url, PasteError::NoCode);
        check("code=x", PasteError::NoCode);
        check(
            "http://127.0.0.1:1/oauth/callback?code=x&state=y",
            PasteError::OtherSignIn,
        );
        check("error=access_denied&state=y", PasteError::OtherSignIn);
        check(&"code=x&state=".repeat(10_000), PasteError::OtherSignIn);
        check(
            "what?\nhttp://127.0.0.1:1/oauth/callback?code=x\n&state=y\nwhat?",
            PasteError::OtherSignIn,
        );
        check(&"code=x&state=\n".repeat(1_000), PasteError::OtherSignIn);
        check("\u{1b}[200~\u{1b}[201~", PasteError::NoCode);
        check("\u{1b}[\u{1b}[2", PasteError::NoCode);
        approve(request);
    });
    assert!(token.is_ok(), "{token:?}");
}

#[test]
fn a_pasted_url_with_an_error_fails_the_sign_in() {
    let world = World::new();
    let outcome = sign_in(&world, SignInGrant::AuthorizationCode, |request| {
        let transform = |url: &str| url.replace("code=", "error_description=no&error=");
        paste_redirect(request, transform).unwrap();
    });
    let error = outcome.unwrap_err();
    assert!(error.to_string().ends_with("failed: no"), "{error}");
}

#[test]
fn an_unknown_start_url_and_a_rejected_device_code_are_different_errors() {
    let check = |grant, operation, fault: Fault| {
        let world = World::new();
        world.center.fail_always(operation, fault);
        let error = sign_in(&world, grant, unexpected_prompt).unwrap_err();
        assert!(matches!(error, Error::UnknownStartUrl { .. }), "{error:?}");
    };
    let (code, device) = (SignInGrant::AuthorizationCode, SignInGrant::DeviceCode);
    let invalid = |error| Fault::oidc(error);
    check(code, Operation::RegisterClient, invalid("invalid_request"));
    check(
        device,
        Operation::StartDeviceAuthorization,
        invalid("invalid_request"),
    );
    check(
        device,
        Operation::StartDeviceAuthorization,
        invalid("invalid_grant"),
    );
    check(device, Operation::CreateToken, invalid("invalid_grant"));

    let world = World::new();
    let error = sign_in(&world, device, |_| {
        world
            .center
            .fail_always(Operation::CreateToken, invalid("invalid_grant"));
    });
    assert!(matches!(error, Err(Error::Oidc { .. })), "{error:?}");
}

#[test]
fn a_key_that_cannot_be_used_is_not_a_problem_of_the_start_url() {
    let world = World::new();
    let body = json!({ "error": "invalid_request", "reason": "KMS_DisabledException" });
    world.center.fail_always(
        Operation::StartDeviceAuthorization,
        Fault::Status(400, body),
    );
    let error = sign_in(&world, SignInGrant::DeviceCode, unexpected_prompt).unwrap_err();
    assert!(matches!(error, Error::Oidc { .. }), "{error:?}");
}

#[test]
fn a_token_that_cannot_be_saved_is_an_error_before_any_request_and_prompt() {
    for grant in [SignInGrant::AuthorizationCode, SignInGrant::DeviceCode] {
        let world = World::new();
        world.home.write(".aws/sso/cache/aws-sso-tools", "a file");
        let error = sign_in(&world, grant, unexpected_prompt).unwrap_err();
        assert!(matches!(error, Error::Cache(_)), "{error:?}");
        assert!(world.center.requests().is_empty());
    }
}

#[test]
fn an_unusable_ca_bundle_is_an_error_before_any_request_and_prompt() {
    for (name, bundle) in [
        ("missing", None),
        ("empty", Some("")),
        ("garbage", Some("garbage")),
    ] {
        let mut world = World::new();
        let path = world.home.home().join("ca.pem");
        if let Some(text) = bundle {
            world.home.write("ca.pem", text);
        }
        world.trust_only(&path);
        for grant in [SignInGrant::AuthorizationCode, SignInGrant::DeviceCode] {
            let error = sign_in(&world, grant, unexpected_prompt).unwrap_err();
            assert!(matches!(error, Error::CaBundle { .. }), "{name}: {error:?}");
        }
        assert!(world.center.requests().is_empty(), "{name}");
    }
}
