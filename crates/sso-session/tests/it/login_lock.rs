//! The wait for a sign-in by another process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sso_session::Error;
use sso_session::keys::SessionKeys as _;
use sso_session::sign_in::{APPROVAL_TIMEOUT, SignInGrant};
use token_cache::TokenCache;

use crate::sign_in::{sign_in, unexpected_prompt};
use crate::world::World;

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
