//! The wait for a sign-in by another process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use identity_center_emulator::grant_type::DEVICE_CODE;
use identity_center_emulator::settings::Consent;
use sso_session::Error;
use sso_session::keys::SessionKeys as _;
use sso_session::sign_in::{APPROVAL_TIMEOUT, SignInGrant};
use token_cache::TokenCache;

use crate::sign_in::{sign_in, unexpected_prompt};
use crate::world::{MINUTE, World};

/// The other sign-in may last as long as the approval and three requests: a registration, a device
/// authorization and a token.
#[test]
fn a_sign_in_waits_for_the_longest_sign_in_of_another_process() {
    let mut world = World::new();
    let other = TokenCache::in_aws_dir(&world.home.aws_dir());
    let _lock = other
        .lock_login(&world.session.token_key(), Duration::ZERO)
        .unwrap();
    let waited = Arc::new(Mutex::new(Duration::ZERO));
    let request = Duration::from_secs(400);
    let cache = TokenCache::in_aws_dir(&world.home.aws_dir()).with_lock_timeout(request);
    world.cache = cache.with_pause({
        let waited = waited.clone();
        move |pause| *waited.lock().unwrap() += pause
    });
    let outcome = sign_in(&world, SignInGrant::DeviceCode, unexpected_prompt);
    let Err(Error::Cache(error)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(error.is_locked(), "{error}");
    assert_eq!(*waited.lock().unwrap(), APPROVAL_TIMEOUT + 3 * request);
    assert!(world.center.requests().is_empty());
}

/// Signs in with `--force` while another process holds the lock, performs `act`, and releases it.
/// Returns the number of sign-ins.
fn sign_ins_after(act: impl Fn(&World) + Send + Sync + 'static) -> usize {
    let mut world = World::new();
    world.center.set_consent(Consent::Granted);
    world.sign_in_with_left(10 * MINUTE);
    let (other, _waits) = world.for_another_process();
    let lock = other
        .cache
        .lock_login(&other.session.token_key(), Duration::ZERO);
    let held = Mutex::new(Some((lock.unwrap(), other)));
    let cache = TokenCache::in_aws_dir(&world.home.aws_dir());
    world.cache = cache.with_pause(move |_| {
        if let Some((lock, other)) = held.lock().unwrap().take() {
            drop(lock);
            act(&other);
        }
    });
    let before = world.cached_token();
    let token = sign_in(&world, SignInGrant::DeviceCode, unexpected_prompt).unwrap();
    assert_ne!(Some(&token), before.as_ref());
    assert_eq!(world.cached_token(), Some(token));
    world.center.count_grants(DEVICE_CODE)
}

#[test]
fn only_a_sign_in_by_another_process_replaces_a_forced_sign_in() {
    let refresh = |other: &World| {
        let clients = other.clients();
        other.tokens(&clients).token_valid_for(15 * MINUTE).unwrap();
    };
    let sign_in = |other: &World| {
        sign_in(other, SignInGrant::DeviceCode, unexpected_prompt).unwrap();
    };
    assert_eq!(sign_ins_after(|_| {}), 1);
    assert_eq!(sign_ins_after(refresh), 1);
    assert_eq!(sign_ins_after(sign_in), 1);
    let sign_in_and_refresh = move |other: &World| {
        sign_in(other);
        let token = other.cached_token().unwrap();
        other.clock.set(token.expires_at);
        refresh(other);
    };
    assert_eq!(sign_ins_after(sign_in_and_refresh), 1);
}
