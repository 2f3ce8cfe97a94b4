//! Refreshes of a token that is still valid, and the wait for a token of another tool.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_session::clients::background::Process;
use sso_session::keys::SessionKeys as _;
use sso_session::{Clock as _, Error, SignInReason};
use sso_test_support::TestEnv;
use time::OffsetDateTime;
use token_cache::{CachedToken, TokenCache};

use crate::token::reason;
use crate::world::{MINUTE, SECOND, WINDOW, World};

fn token(world: &World) -> Result<CachedToken, Error> {
    let clients = world.clients();
    world.tokens(&clients).token()
}

fn requests(world: &World) -> usize {
    world.center.count(Operation::CreateToken)
}

fn slept(world: &World) -> Duration {
    world.clock.slept().iter().sum()
}

fn unavailable(world: &World) {
    let fault = Fault::Status(503, json!({}));
    world.center.fail_always(Operation::CreateToken, fault);
}

fn reject(world: &World) {
    let fault = Fault::oidc("invalid_grant");
    world.center.fail_always(Operation::CreateToken, fault);
}

#[test]
fn a_valid_token_is_returned_while_another_process_holds_the_lock() {
    let world = World::new();
    let old = world.sign_in_with_left(10 * MINUTE);
    let (mut other, _waits) = world.for_another_process();
    other.cache = TokenCache::in_aws_dir(&world.home.aws_dir())
        .with_pause(|_| panic!("a valid token needs no wait"));
    let key = world.session.token_key();
    let _lock = world.cache.lock_token(&key, Duration::ZERO).unwrap();
    assert_eq!(
        token(&other).unwrap().access_token.expose(),
        old.access_token
    );
    assert_eq!(requests(&world), 0);
}

#[test]
fn a_refresh_of_a_valid_token_is_sent_once() {
    let check = |left: Duration, expected: usize| {
        let world = World::new().retrying();
        world.sign_in_with_left(left);
        unavailable(&world);
        assert_eq!(token(&world).is_ok(), !left.is_zero());
        assert_eq!(requests(&world), expected);
    };
    check(10 * MINUTE, 1);
    check(Duration::ZERO, 3);
}

// The service has replaced the refresh token, so a response that is not awaited loses the session. The
// connection may take five seconds.
#[test]
fn a_refresh_of_a_valid_token_waits_for_a_late_response() {
    let world = World::new();
    let old = world.sign_in_with_left(10 * MINUTE);
    world
        .center
        .set_latency(Operation::CreateToken, Duration::from_secs(6));
    let new = token(&world).unwrap();
    assert_ne!(new.access_token.expose(), old.access_token);
    assert_eq!(world.cached_token(), Some(new));
    assert_eq!(requests(&world), 1);
}

fn token_in_place_of_sign_in(world: &World) -> Result<CachedToken, Error> {
    let clients = world.clients();
    world.tokens(&clients).token_in_place_of_sign_in(WINDOW)
}

#[test]
fn a_valid_token_does_not_replace_a_sign_in_if_it_cannot_be_refreshed() {
    let world = World::new();
    world.sign_in_with_left(10 * MINUTE);
    reject(&world);
    // The first rejection is not final for other programs.
    token(&world).unwrap();
    let error = token_in_place_of_sign_in(&world).unwrap_err();
    assert!(error.is_sign_in_required(), "{error}");
    assert_eq!((slept(&world), requests(&world)), (3 * SECOND, 2));

    let world = World::new();
    world.sign_in_with_left(10 * MINUTE);
    let path = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let mut file = world.home.read_json(path);
    file["refreshToken"].take();
    world.home.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &file);
    let error = token_in_place_of_sign_in(&world).unwrap_err();
    assert!(
        matches!(
            error,
            Error::SignInRequired {
                reason: SignInReason::ExpiresIn(_),
                ..
            }
        ),
        "{error:?}"
    );
    token(&world).unwrap();
}

#[test]
fn another_process_refreshes_a_valid_token_but_not_an_expired_one() {
    let world = World::new();
    let old = world.sign_in_with_left(10 * MINUTE);
    let started = AtomicUsize::new(0);
    let start = || {
        started.fetch_add(1, Ordering::SeqCst);
        Some(Box::new(|| None) as Process)
    };
    let clients = world.clients().refresh_in_background(start);
    let token = world.tokens(&clients).token().unwrap();
    assert_eq!(token.access_token.expose(), old.access_token);
    assert_eq!((started.load(Ordering::SeqCst), requests(&world)), (1, 0));
    let new = world.tokens(&clients).refresh_in_background().unwrap();
    assert_eq!(world.tokens(&clients).token().unwrap(), new);
    assert_eq!((started.load(Ordering::SeqCst), requests(&world)), (1, 1));
    world.clock.set(new.expires_at);
    assert_ne!(world.tokens(&clients).token().unwrap(), new);
    assert_eq!((started.load(Ordering::SeqCst), requests(&world)), (1, 2));
}

#[test]
fn the_process_in_the_background_sends_one_request() {
    let world = World::new().retrying();
    world.sign_in_with_left(10 * MINUTE);
    unavailable(&world);
    let clients = world.clients();
    world.tokens(&clients).refresh_in_background().unwrap_err();
    assert_eq!(requests(&world), 1);
}

#[test]
fn no_process_repeats_a_failed_refresh_within_a_minute() {
    let world = World::new();
    let old = world.sign_in_with_left(10 * MINUTE);
    let (other, _waits) = world.for_another_process();
    unavailable(&world);
    for world in [&world, &other, &world] {
        assert_eq!(
            token(world).unwrap().access_token.expose(),
            old.access_token
        );
    }
    assert_eq!(requests(&world), 1);
    world.clock.sleep(MINUTE);
    token(&other).unwrap();
    assert_eq!(requests(&world), 2);
    world.center.clear_faults();
    world.clock.sleep(MINUTE);
    let new = token(&world).unwrap();
    assert_ne!(new.access_token.expose(), old.access_token);
}

#[test]
fn no_process_repeats_a_refresh_within_the_pause_that_the_service_requests() {
    let world = World::new();
    world.sign_in_with_left(10 * MINUTE);
    let throttle = Fault::Throttle(Some(5 * MINUTE));
    world.center.fail_always(Operation::CreateToken, throttle);
    let (other, _waits) = world.for_another_process();
    for minute in 1..=6 {
        token(&world).unwrap();
        token(&other).unwrap();
        assert_eq!(requests(&world), if minute <= 5 { 1 } else { 2 });
        world.clock.sleep(MINUTE);
    }
}

/// A date in `Retry-After` is compared with the local clock if the response has no `Date`.
#[test]
fn a_date_until_which_the_service_requests_a_pause_is_respected() {
    let world = World::new();
    let old = world.sign_in_with_left(10 * MINUTE);
    let (url, server) = unavailable_until(world.clock.now() + 5 * MINUTE);
    let world = world.with_oidc_at(&url);
    let name = format!("{}.failed-refresh", world.session.token_key());
    let path = world.cache.state_dir().join(name);
    let last_failure = || {
        let found = token(&world).unwrap();
        assert_eq!(found.access_token.expose(), old.access_token);
        world.home.read_json(&path)["failedAt"].clone()
    };
    let first = last_failure();
    server.join().unwrap();
    for _ in 0..4 {
        world.clock.sleep(MINUTE);
        assert_eq!(last_failure(), first);
    }
    world.clock.sleep(MINUTE);
    assert_ne!(last_failure(), first);
}

/// Starts a server that responds once, without `Date`.
fn unavailable_until(until: OffsetDateTime) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = until.format(format).unwrap();
    let server = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"}") {
            let mut part = [0; 4096];
            let count = client.read(&mut part).unwrap();
            request.extend_from_slice(&part[..count]);
        }
        let head = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0";
        write!(client, "{head}\r\nRetry-After: {date}\r\n\r\n").unwrap();
    });
    (url, server)
}

#[test]
fn a_caller_that_needs_a_newer_token_is_not_affected_by_a_failure() {
    let world = World::new();
    world.sign_in_with_left(10 * MINUTE);
    unavailable(&world);
    token(&world).unwrap();
    let clients = world.clients();
    let tokens = world.tokens(&clients);
    tokens.token_valid_for(WINDOW).unwrap_err();
    assert_eq!(requests(&world), 2);
    world.center.clear_faults();
    let rejected = world.cached_token().unwrap().access_token;
    let new = tokens.token_instead_of(&rejected).unwrap();
    assert_ne!(new.access_token, rejected);
}

#[test]
fn a_rejected_refresh_of_a_valid_token_waits_for_nothing_and_ends_no_session() {
    let world = World::new();
    let old = world.sign_in_with_left(10 * MINUTE);
    reject(&world);
    assert_eq!(
        token(&world).unwrap().access_token.expose(),
        old.access_token
    );
    assert_eq!(slept(&world), Duration::ZERO);
    world.center.clear_faults();
    let clients = world.clients();
    world.tokens(&clients).token_valid_for(WINDOW).unwrap();
}

fn assert_ended(world: &World) {
    let error = token(world).unwrap_err();
    assert_eq!(reason(&error), Some(SignInReason::SessionEnded));
}

#[test]
fn an_ended_session_is_waited_for_once() {
    let world = World::new();
    world.sign_in_with_left(Duration::ZERO);
    reject(&world);
    assert_ended(&world);
    assert_eq!(slept(&world), 3 * SECOND);
    let (other, _waits) = world.for_another_process();
    for world in [&world, &other] {
        assert_ended(world);
        assert_eq!((slept(world), requests(world)), (3 * SECOND, 1));
    }
}

// An SDK takes no lock, and writes its response up to two seconds after ours was rejected.
#[test]
fn a_token_that_an_sdk_saves_late_is_used() {
    for reason in [
        "invalid_grant",
        "invalid_client",
        "access_denied",
        "expired_token",
    ] {
        let world = World::with_sleep(|home| {
            let path = home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
            let mut file = home.read_json(path);
            let sleeps = file["sleeps"].as_u64().unwrap_or(0) + 1;
            file["sleeps"] = json!(sleeps);
            if sleeps == 8 {
                file["accessToken"] = json!("of the SDK");
                file["expiresAt"] = json!("2099-01-01T00:00:00Z");
            }
            home.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &file);
        });
        world.sign_in_with_left(Duration::ZERO);
        let fault = Fault::oidc(reason);
        world.center.fail_always(Operation::CreateToken, fault);
        let found = token(&world).unwrap();
        assert_eq!(found.access_token.expose(), "of the SDK");
        assert_eq!((slept(&world), requests(&world)), (2 * SECOND, 1));
        assert_eq!(token(&world).unwrap(), found);
    }
}
