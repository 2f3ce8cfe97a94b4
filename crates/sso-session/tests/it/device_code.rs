//! Polling for the token of a device code.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use identity_center_emulator::grant_type::DEVICE_CODE;
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_session::keys::SessionKeys as _;
use sso_session::sign_in::{
    AuthorizationPrompt, AuthorizationRequest, SignInGrant, TokenRequirement,
};
use sso_session::{Clock as _, Error};
use sso_test_support::Browser;
#[cfg(target_os = "linux")]
use sso_test_support::{FileAttribute, TestEnv};
use token_cache::{CacheEvent, CachedToken, TokenCache};

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
    for interval in [37, 59, 60, 61, 299, 300, 590] {
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

/// Signs in with `fields` in the response with the device code, and checks that the first poll follows after
/// `pause` seconds and returns the token.
fn check_first_pause(fields: &serde_json::Value, pause: u64) {
    let world = World::new();
    let fault = Fault::Amend(fields.clone());
    world
        .center
        .fail_next(Operation::StartDeviceAuthorization, fault);
    let token = sign_in(&world, SignInGrant::DeviceCode, approve_code);
    assert_eq!(world.cached_token(), Some(token.unwrap()), "{fields}");
    assert_eq!(pauses(&world), [pause], "{fields}");
}

#[test]
fn a_code_is_polled_at_its_end_if_its_interval_is_longer() {
    check_first_pause(&json!({"interval": 600}), 599);
    check_first_pause(&json!({"interval": 3600}), 599);
    check_first_pause(&json!({"interval": u64::MAX}), 599);
    check_first_pause(&json!({"interval": 60, "expiresIn": 30}), 29);
    check_first_pause(&json!({"interval": 5, "expiresIn": 2}), 1);
}

#[test]
fn a_code_with_an_odd_lifetime_or_interval_gets_its_token() {
    for expires_in in [
        json!(0),
        json!(null),
        json!(-1),
        json!("600"),
        json!(u64::MAX),
    ] {
        check_first_pause(&json!({"expiresIn": expires_in}), 1);
    }
    for (interval, pause) in [
        (json!(0), 1),
        (json!(null), 5),
        (json!(-1), 5),
        (json!("7"), 7),
        (json!("soon"), 5),
    ] {
        check_first_pause(&json!({"interval": interval}), pause);
    }
}

/// The monotonic clock does not count a suspension of the machine, but the service does.
#[test]
fn a_code_that_expired_during_a_suspension_ends_with_the_error_of_the_service() {
    let world = World::new();
    let error = sign_in(&world, SignInGrant::DeviceCode, |request| {
        leave_unapproved(request);
        world.clock.set(world.clock.now() + 15 * MINUTE);
        world.center.advance(15 * MINUTE);
    })
    .unwrap_err();
    let text = sso_session::ErrorChain(&error).to_string();
    assert!(
        text.contains("the device code or token has expired"),
        "{text}"
    );
    assert_eq!(pauses(&world), [1]);
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

/// A prompt that approves a device code after a change, and records the warnings.
struct Approval<F> {
    change: F,
    warnings: RefCell<Vec<(String, Duration)>>,
}

impl<F: Fn()> Approval<F> {
    fn after(change: F) -> Self {
        let warnings = RefCell::default();
        Self { change, warnings }
    }
}

impl<F: Fn()> AuthorizationPrompt for &Approval<F> {
    type Guard = ();

    fn show(&self, request: &AuthorizationRequest<'_>) {
        approve_code(request);
        (self.change)();
    }

    fn token_not_saved_yet(&self, error: &Error, timeout: Duration) {
        let text = sso_session::ErrorChain(error).to_string();
        self.warnings.borrow_mut().push((text, timeout));
    }
}

fn approved(world: &World, approval: &Approval<impl Fn()>) -> Result<CachedToken, Error> {
    let requirement = TokenRequirement::New;
    world.sign_in(SignInGrant::DeviceCode, requirement, approval)
}

#[test]
fn a_device_code_is_not_polled_while_its_token_cannot_be_saved() {
    let world = World::new();
    let restore = RefCell::new(None);
    let approval = Approval::after(|| {
        restore.replace(Some(without_state_directory(&world)));
    });
    let error = approved(&world, &approval).unwrap_err();
    assert!(matches!(error, Error::Cache(_)), "{error:?}");
    assert_eq!(world.center.count_grants(DEVICE_CODE), 1);
    assert_eq!(world.clock.monotonic(), 599 * SECOND);
    let warnings = approval.warnings.take();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(warnings[0].1, 598 * SECOND, "{warnings:?}");
    drop(restore);
    sign_in(&world, SignInGrant::DeviceCode, approve_code).unwrap();
}

/// The last poll is the one at which the token can be saved again.
#[test]
fn an_approval_is_kept_until_its_token_can_be_saved() {
    for seconds in [1, 2, 300, 599] {
        let restore = Arc::new(Mutex::new(None));
        let sleeps = Mutex::new(0);
        let world = World::with_sleep({
            let restore = restore.clone();
            move |_| {
                let mut sleeps = sleeps.lock().unwrap();
                *sleeps += 1;
                if *sleeps == seconds {
                    drop(restore.lock().unwrap().take());
                }
            }
        });
        let approval = Approval::after(|| {
            *restore.lock().unwrap() = Some(without_state_directory(&world));
        });
        let token = approved(&world, &approval).unwrap();
        assert_eq!(world.cached_token(), Some(token));
        assert_eq!(world.clock.slept().len(), seconds);
        assert_eq!(world.center.count_grants(DEVICE_CODE), 2);
        let warned = approval.warnings.take().len();
        assert_eq!(warned, usize::from(seconds > 1));
    }
}

/// An earlier poll would be answered with `slow_down`.
#[test]
fn attempts_to_save_do_not_shorten_the_interval() {
    let restore = Arc::new(Mutex::new(None));
    let world = World::with_sleep({
        let (restore, sleeps) = (restore.clone(), Mutex::new(0));
        move |_| {
            let mut sleeps = sleeps.lock().unwrap();
            *sleeps += 1;
            if *sleeps == 3 {
                drop(restore.lock().unwrap().take());
            }
        }
    });
    world
        .center
        .configure(|settings| settings.poll_interval = 10 * SECOND);
    let approval = Approval::after(|| {
        *restore.lock().unwrap() = Some(without_state_directory(&world));
        let fault = Fault::Status(503, json!({}));
        world.center.fail_next(Operation::CreateToken, fault);
    });
    let token = approved(&world, &approval).unwrap();
    assert_eq!(world.cached_token(), Some(token));
    assert_eq!(pauses(&world), [10, 1, 1, 10]);
}

/// The token can be locked, but not replaced.
#[cfg(target_os = "linux")]
#[test]
fn a_device_code_is_not_polled_while_its_token_cannot_be_replaced() {
    let world = World::new();
    let immutable = RefCell::new(None);
    let approval = Approval::after(|| {
        world.sign_in_with_left(MINUTE);
        let path = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        immutable.replace(FileAttribute::set('i', &path));
    });
    let outcome = approved(&world, &approval);
    if immutable.take().is_none() {
        return;
    }
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Cache(_)), "{error:?}");
    assert_eq!(world.center.count_grants(DEVICE_CODE), 1);
    assert_eq!(approval.warnings.take().len(), 1);
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
        text.contains("the service requests a pause of 10m"),
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

/// The process that holds the lock may be stopped.
#[test]
fn a_token_whose_lock_is_never_released_is_saved_without_it() {
    let mut world = World::new();
    let key = world.session.token_key();
    let other = TokenCache::in_aws_dir(&world.home.aws_dir());
    let _held = other.lock_token(&key, Duration::ZERO).unwrap();
    let events = Arc::new(Mutex::new(Vec::new()));
    let waited = Arc::new(Mutex::new(Duration::ZERO));
    world.cache = TokenCache::in_aws_dir(&world.home.aws_dir())
        .with_pause({
            let waited = waited.clone();
            move |pause| *waited.lock().unwrap() += pause
        })
        .on_event({
            let events = events.clone();
            move |event| events.lock().unwrap().push(event)
        });
    let token = sign_in(&world, SignInGrant::DeviceCode, approve_code).unwrap();
    assert_eq!(world.cached_token(), Some(token));
    assert_eq!(*waited.lock().unwrap(), 30 * SECOND);
    let events = events.lock().unwrap();
    assert!(
        matches!(&events[..], [
            CacheEvent::WaitingForLock { .. },
            CacheEvent::SavedWithoutLock { error },
        ] if error.is_locked()),
        "{events:?}"
    );
}
