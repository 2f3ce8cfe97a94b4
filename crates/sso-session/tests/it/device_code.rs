//! Polling for the token of a device code.

use std::cell::{Cell, RefCell};
use std::sync::Mutex;
use std::time::Duration;

use identity_center_emulator::grant_type::DEVICE_CODE;
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_session::keys::SessionKeys as _;
use sso_session::sign_in::{AuthorizationRequest, SignInGrant};
use sso_session::{Clock as _, Error};
use sso_test_support::Browser;
#[cfg(target_os = "linux")]
use sso_test_support::{FileAttribute, TestEnv};
use token_cache::TokenCache;

use crate::sign_in::{leave_unapproved, sign_in, unexpected_prompt};
use crate::world::{MINUTE, SECOND, World};

/// Approves the device code in a browser.
fn approve_code(request: &AuthorizationRequest<'_>) {
    let AuthorizationRequest::UserCode(device) = request else {
        panic!("unexpected grant: {request:?}");
    };
    let _ = Browser::new().approve(&device.verification_uri_complete);
}

#[test]
fn the_last_poll_before_the_end_gets_the_token() {
    for interval in [37, 59, 60] {
        let world = World::new();
        world
            .center
            .configure(|settings| settings.poll_interval = interval * SECOND);
        let polls = Cell::new(0);
        let token = sign_in(&world, SignInGrant::DeviceCode, |request| {
            approve_code(request);
            for _ in 0..599 / interval - 1 {
                let fault = Fault::Status(503, json!({}));
                world.center.fail_next(Operation::CreateToken, fault);
                polls.set(polls.get() + 1);
            }
        });
        assert_eq!(world.cached_token(), Some(token.unwrap()));
        assert_eq!(world.clock.slept().len(), polls.get() + 1);
        assert_eq!(world.clock.monotonic(), 599 * SECOND);
    }
}

#[test]
fn changes_of_the_system_time_do_not_affect_the_polls() {
    for change in [-24 * 60, -1, 1, 24 * 60] {
        let world = World::new();
        world
            .center
            .configure(|settings| settings.poll_interval = MINUTE);
        let act = |request: &AuthorizationRequest<'_>| {
            leave_unapproved(request);
            let now = world.clock.now();
            world.clock.set(now + time::Duration::minutes(change));
        };
        let error = sign_in(&world, SignInGrant::DeviceCode, act).unwrap_err();
        let source = match &error {
            Error::ClockOff { source, .. } => source,
            error => error,
        };
        assert!(matches!(source, Error::NotApproved { .. }), "{error:?}");
        assert_eq!(world.clock.monotonic(), 599 * SECOND, "{change}");
    }
}

/// Replaces the directory of locks and temporary files with a file until the result is dropped.
fn without_state_directory(world: &World) -> impl Drop + use<> {
    struct Restore(std::path::PathBuf);
    impl Drop for Restore {
        fn drop(&mut self) {
            std::fs::remove_file(&self.0).unwrap();
        }
    }
    let path = world.cache.state_dir().to_owned();
    std::fs::remove_dir_all(&path).unwrap();
    world
        .home
        .write(path.strip_prefix(world.home.home()).unwrap(), "");
    Restore(path)
}

#[test]
fn a_device_code_is_not_polled_while_its_token_cannot_be_saved() {
    let world = World::new();
    let restore = RefCell::new(None);
    let outcome = sign_in(&world, SignInGrant::DeviceCode, |request| {
        approve_code(request);
        restore.replace(Some(without_state_directory(&world)));
    });
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Cache(_)), "{error:?}");
    assert_eq!(world.center.count_grants(DEVICE_CODE), 1);
    drop(restore);
    sign_in(&world, SignInGrant::DeviceCode, approve_code).unwrap();
}

/// The token can be locked, but not replaced.
#[cfg(target_os = "linux")]
#[test]
fn a_device_code_is_not_polled_while_its_token_cannot_be_replaced() {
    let world = World::new();
    let immutable = RefCell::new(None);
    let outcome = sign_in(&world, SignInGrant::DeviceCode, |request| {
        approve_code(request);
        world.sign_in_with_left(MINUTE);
        let path = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        immutable.replace(FileAttribute::set('i', &path));
    });
    if immutable.take().is_none() {
        return;
    }
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Cache(_)), "{error:?}");
    assert_eq!(world.center.count_grants(DEVICE_CODE), 1);
}

#[test]
fn a_device_code_is_not_shown_if_its_token_cannot_be_saved() {
    let world = World::new();
    let locked = world.cache.lock_token(&world.session.token_key(), MINUTE);
    drop(locked.unwrap());
    let _restore = without_state_directory(&world);
    sign_in(&world, SignInGrant::DeviceCode, unexpected_prompt).unwrap_err();
    assert!(world.center.requests().is_empty());
}

#[test]
fn the_token_is_not_locked_while_the_user_has_to_approve_a_device_code() {
    let world = World::new();
    sign_in(&world, SignInGrant::DeviceCode, |request| {
        let key = world.session.token_key();
        drop(world.cache.lock_token(&key, Duration::ZERO).unwrap());
        approve_code(request);
    })
    .unwrap();
}

fn pauses(world: &World) -> Vec<u64> {
    let slept = world.clock.slept();
    slept.iter().map(Duration::as_secs).collect()
}

#[test]
fn slow_down_and_retry_after_lengthen_the_pauses() {
    let check = |faults: &[Fault], expected: &[u64]| {
        let world = World::new();
        world
            .center
            .configure(|settings| settings.poll_interval = 10 * SECOND);
        let token = sign_in(&world, SignInGrant::DeviceCode, |request| {
            approve_code(request);
            for fault in faults {
                world
                    .center
                    .fail_next(Operation::CreateToken, fault.clone());
            }
        });
        assert_eq!(world.cached_token(), Some(token.unwrap()));
        assert_eq!(pauses(&world), expected, "{faults:?}");
    };
    let throttled = |seconds: u32| Fault::Throttle(Some(seconds * SECOND));
    check(&[Fault::oidc("slow_down")], &[10, 15]);
    check(&[throttled(40), throttled(0)], &[10, 40, 20]);
    check(&[throttled(570)], &[10, 570]);
    check(&[throttled(580)], &[10, 589]);
    check(&[throttled(589)], &[10, 589]);
}

#[test]
fn polls_end_if_the_requested_pause_is_longer_than_the_lifetime_of_the_code() {
    let world = World::new();
    world
        .center
        .configure(|settings| settings.poll_interval = 10 * SECOND);
    let error = sign_in(&world, SignInGrant::DeviceCode, |request| {
        approve_code(request);
        let fault = Fault::Throttle(Some(590 * SECOND));
        world.center.fail_next(Operation::CreateToken, fault);
    })
    .unwrap_err();
    assert_eq!(pauses(&world), [10]);
    assert!(matches!(error, Error::Oidc { .. }), "{error:?}");
    let text = sso_session::ErrorChain(&error).to_string();
    assert!(
        text.contains("the service requests a pause of 10 minutes"),
        "{text}"
    );
}

#[test]
fn a_last_poll_is_sent_even_if_slow_down_leaves_less_than_the_interval() {
    let world = World::new();
    world
        .center
        .configure(|settings| settings.poll_interval = 35 * SECOND);
    let token = sign_in(&world, SignInGrant::DeviceCode, |request| {
        approve_code(request);
        for _ in 0..15 {
            let fault = Fault::Status(503, json!({}));
            world.center.fail_next(Operation::CreateToken, fault);
        }
        let slow_down = Fault::oidc("slow_down");
        world.center.fail_next(Operation::CreateToken, slow_down);
    });
    assert_eq!(world.cached_token(), Some(token.unwrap()));
    assert_eq!(pauses(&world)[15..], [35, 39]);
    assert_eq!(world.clock.monotonic(), 599 * SECOND);
}

/// A slow refresh holds the lock. The token is saved when it ends.
#[test]
fn a_device_code_is_polled_while_another_process_holds_the_lock() {
    let mut world = World::new();
    let key = world.session.token_key();
    let other: &TokenCache = Box::leak(Box::new(TokenCache::in_aws_dir(&world.home.aws_dir())));
    let held = Mutex::new(Some(other.lock_token(&key, Duration::ZERO).unwrap()));
    let cache = TokenCache::in_aws_dir(&world.home.aws_dir());
    world.cache = cache.with_pause(move |_| drop(held.lock().unwrap().take()));
    let token = sign_in(&world, SignInGrant::DeviceCode, approve_code);
    assert_eq!(world.cached_token(), Some(token.unwrap()));
    assert_eq!(world.center.count_grants(DEVICE_CODE), 2);
}

/// The wait for the lock ends, but the sign-in was approved.
#[test]
fn a_token_whose_lock_is_never_released_is_reported_as_not_saved() {
    let mut world = World::new();
    let key = world.session.token_key();
    let other = TokenCache::in_aws_dir(&world.home.aws_dir());
    let _held = other.lock_token(&key, Duration::ZERO).unwrap();
    world.cache = TokenCache::in_aws_dir(&world.home.aws_dir()).with_pause(drop);
    let error = sign_in(&world, SignInGrant::DeviceCode, approve_code).unwrap_err();
    assert!(
        matches!(&error, Error::TokenNotSaved { source } if source.is_locked()),
        "{error:?}"
    );
}
