use std::fs::File;
use std::sync::Mutex;
use std::time::Duration;

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_credentials::accounts::{CheckpointUse, ListingProgress};
use sso_credentials::aws::Selection;
use sso_credentials::keys::RoleKeys as _;
use sso_credentials::provider::NoMfa;
use sso_credentials::{Aws, Error};
use sso_session::Clock as _;
use sso_session::PortalError;

use crate::world::{MINUTE, REFRESH_WINDOW, World};

const SECOND: Duration = Duration::from_secs(1);
const THROTTLED: Fault = Fault::Throttle(None);

fn signed_in() -> World {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    world
}

fn retrying(world: &World) -> Aws {
    world.aws_with(&[("AWS_MAX_ATTEMPTS", "3")])
}

fn export(aws: &Aws) -> Result<(), Error> {
    let dev = aws.profile(&Selection::Profile("dev".into()))?;
    dev.credentials(REFRESH_WINDOW, &NoMfa).map(drop)
}

fn list(aws: &Aws, on_progress: &(dyn Fn(ListingProgress) + Sync)) -> Result<usize, Error> {
    let session = aws.session(&Selection::Session("my-sso".into()))?;
    Ok(session
        .list_roles(&|_| true, CheckpointUse::Continue, on_progress)?
        .accounts
        .len())
}

fn requests(world: &World) -> usize {
    world.center.count(Operation::GetRoleCredentials)
}

fn assert_throttled(error: &Error) {
    assert!(
        matches!(
            error,
            Error::Session(sso_session::Error::Portal {
                source: PortalError::TooManyRequests(_),
                ..
            })
        ),
        "{error:?}"
    );
}

#[test]
fn throttled_requests_are_repeated_more_often_than_failed_ones() {
    let throttled_by_name = || Fault::Status(400, json!({"__type": "ThrottlingException"}));
    for fault in [&|| THROTTLED, &throttled_by_name as &dyn Fn() -> Fault] {
        let world = signed_in();
        for _ in 0..8 {
            world
                .center
                .fail_next(Operation::GetRoleCredentials, fault());
        }
        let started = world.clock.monotonic();
        export(&retrying(&world)).unwrap();
        assert_eq!(requests(&world), 9);
        let waited = world.clock.monotonic().saturating_sub(started);
        assert!(waited > 5 * SECOND, "{waited:?} for eight back-offs");
    }
}

#[test]
fn single_attempt_is_not_repeated() {
    let world = signed_in();
    world
        .center
        .fail_always(Operation::GetRoleCredentials, THROTTLED);
    assert_throttled(&export(&world.aws).unwrap_err());
    assert_eq!(requests(&world), 1);
}

#[test]
fn permanent_throttling_is_an_error_after_a_minute() {
    let world = signed_in();
    world
        .center
        .fail_always(Operation::GetRoleCredentials, THROTTLED);
    let started = world.clock.monotonic();
    assert_throttled(&export(&retrying(&world)).unwrap_err());
    let waited = world.clock.monotonic().saturating_sub(started);
    assert!((50 * SECOND..=MINUTE).contains(&waited), "{waited:?}");
    assert!((10..30).contains(&requests(&world)), "{}", requests(&world));

    world.center.forget_requests();
    assert_throttled(&export(&retrying(&world)).unwrap_err());
    assert_eq!(requests(&world), 1, "throttling continues");
    world.center.clear_faults();
    export(&retrying(&world)).unwrap();
}

#[test]
fn requested_pause_applies_to_all_processes() {
    let world = signed_in();
    let fault = Fault::Throttle(Some(40 * SECOND));
    world.center.fail_next(Operation::GetRoleCredentials, fault);
    assert_throttled(&export(&world.aws).unwrap_err());
    let started = world.clock.monotonic();
    export(&retrying(&world)).unwrap();
    let waited = world.clock.monotonic().saturating_sub(started);
    assert!((40 * SECOND..41 * SECOND).contains(&waited), "{waited:?}");
    assert_eq!(requests(&world), 2);
}

#[test]
fn requested_pause_that_is_too_long_is_an_error_at_once() {
    let world = signed_in();
    let fault = Fault::Throttle(Some(61 * SECOND));
    world.center.fail_next(Operation::GetRoleCredentials, fault);
    let error = export(&retrying(&world)).unwrap_err();
    assert_throttled(&error);
    let text = sso_session::ErrorChain(&error).to_string();
    assert!(
        text.ends_with("; the service requests a pause of 61s"),
        "{text}"
    );
    assert!(world.clock.slept().is_empty());
    export(&retrying(&world)).unwrap();
}

#[test]
fn requested_pause_never_shortens_the_back_off() {
    let world = signed_in();
    for _ in 0..8 {
        let fault = Fault::Throttle(Some(Duration::ZERO));
        world.center.fail_next(Operation::GetRoleCredentials, fault);
    }
    let started = world.clock.monotonic();
    export(&retrying(&world)).unwrap();
    let waited = world.clock.monotonic().saturating_sub(started);
    assert!(waited > 5 * SECOND, "{waited:?} for eight back-offs");
}

#[test]
fn listing_ends_if_no_request_is_accepted_for_a_minute() {
    let world = signed_in();
    let accounts = Account::generated(30);
    world
        .center
        .configure(|settings| settings.accounts = accounts);
    world
        .center
        .fail_always(Operation::ListAccountRoles, THROTTLED);
    let reported = Mutex::new(Vec::new());
    let report = |progress: ListingProgress| reported.lock().unwrap().push(progress);
    let started = world.clock.monotonic();
    assert_throttled(&list(&retrying(&world), &report).unwrap_err());
    let waited = world.clock.monotonic().saturating_sub(started);
    // The threads share the clock, which each of their sleeps advances.
    assert!(waited >= 50 * SECOND, "{waited:?}");
    let reported = reported.into_inner().unwrap();
    assert!(reported.iter().any(|progress| progress.is_throttled));
    let sent = world.center.requests().len();
    assert!(sent < 150, "{sent} requests in {waited:?}");
}

#[test]
fn throttling_does_not_change_the_result_of_a_listing() {
    let world = signed_in();
    let accounts = Account::generated(30);
    world
        .center
        .configure(|settings| settings.accounts = accounts);
    for _ in 0..5 {
        world.center.fail_next(Operation::ListAccounts, THROTTLED);
        world
            .center
            .fail_next(Operation::ListAccountRoles, THROTTLED);
    }
    let reported = Mutex::new(Vec::new());
    let report = |progress: ListingProgress| reported.lock().unwrap().push(progress);
    assert_eq!(list(&retrying(&world), &report).unwrap(), 30);
    let reported = reported.into_inner().unwrap();
    assert!(reported.iter().any(|progress| progress.is_throttled));
    assert!(!reported.last().unwrap().is_throttled);
}

#[test]
fn listings_and_credentials_share_the_pace() {
    let world = signed_in();
    world
        .center
        .configure(|settings| settings.requests_per_second = Some(20));
    for _ in 0..15 {
        let aws = retrying(&world);
        let session = aws.session(&Selection::Session("my-sso".into())).unwrap();
        session.list_accounts().unwrap();
        session.list_account_roles(&"111122223333".into()).unwrap();
    }
    assert_eq!(list(&retrying(&world), &|_| {}).unwrap(), 2);
    export(&retrying(&world)).unwrap();
    let requests = world.center.requests();
    let statuses: Vec<_> = requests.iter().map(|request| request.status).collect();
    assert_eq!(statuses, [200; 34], "no request is refused");
}

/// The holder of the lock may send a request, and before wait for the rate limit.
#[test]
fn lock_of_a_role_is_awaited_for_a_request_and_for_throttling() {
    let check = |longer_than_a_request: Duration, expected: bool| {
        let world = signed_in();
        let lock = lock_of_dev(&world);
        lock.lock().unwrap();
        let lock = Mutex::new(Some(lock));
        let released_after = retrying(&world).cache().lock_timeout() + longer_than_a_request;
        let waited = Mutex::new(Duration::ZERO);
        let pause = move |pause: Duration| {
            let mut waited = waited.lock().unwrap();
            *waited += pause;
            if *waited > released_after {
                drop(lock.lock().unwrap().take());
            }
        };
        let aws = retrying(&world).with_cache(|cache| cache.with_pause(pause));
        let outcome = export(&aws);
        assert_eq!(outcome.is_ok(), expected, "{outcome:?}");
    };
    check(59 * SECOND, true);
    check(61 * SECOND, false);
}

fn lock_of_dev(world: &World) -> File {
    let key = world.role().credentials_key();
    let cache = world.aws.cache();
    drop(cache.lock_role_credentials(&key, SECOND).unwrap());
    File::open(cache.state_dir().join(format!("{key}.lock"))).unwrap()
}

#[test]
fn cached_credentials_do_not_use_the_pace() {
    let world = signed_in();
    export(&world.aws).unwrap();
    let state = world.aws.cache().state_dir().to_owned();
    std::fs::remove_dir_all(&state).unwrap();
    export(&world.aws).unwrap();
    assert!(!state.exists());
}
