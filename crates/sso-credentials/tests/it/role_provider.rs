use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::sign_in::rfc3339;
use identity_center_emulator::{Emulator, Fault, Operation};
use serde_json::json;
use sso_credentials::Error;
use sso_credentials::keys::RoleKeys as _;
use sso_credentials::role_provider::RoleCredentialsProvider;
use sso_session::{Clock as _, SignInReason};
use sso_test_support::TestEnv;
use token_cache::locked::Locked;
use token_cache::role_credentials::Origin;
use token_cache::{CacheEvent, CachedRoleCredentials};

use crate::world::{LESS_THAN_REFRESH_WINDOW, MINUTE, REFRESH_WINDOW, World};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

fn cached_with_left(left: Duration) -> World {
    let world = World::new();
    world.signed_in_with_left(HOUR);
    plant(&world, left);
    world
}

fn plant(world: &World, left: Duration) {
    let file = json!({"ProviderType": "sso", "Credentials": {
        "AccessKeyId": "CACHED", "SecretAccessKey": "s", "SessionToken": "t",
        "Expiration": rfc3339(world.clock.now() + left), "AccountId": "111122223333",
    }});
    world
        .home
        .plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &file);
}

fn credentials(world: &World, min_validity: Duration) -> Result<String, Error> {
    let (role, clients) = (world.role(), world.clients());
    let provider = RoleCredentialsProvider {
        role: &role,
        cache: world.aws.cache(),
        clients: &clients,
        clock: world.aws.clock(),
    };
    Ok(provider.credentials(min_validity)?.access_key_id)
}

/// Calls `act` with the lock of the role while another process waits for the lock, then releases
/// the lock. Returns the result of the other process.
fn credentials_after_wait(
    world: &World,
    min_validity: Duration,
    act: impl FnOnce(&Locked<'_, CachedRoleCredentials>),
) -> Result<String, Error> {
    let key = world.role().credentials_key();
    let (other, waits) = world.of_another_process();
    let lock = world
        .aws
        .cache()
        .lock_role_credentials(&key, MINUTE)
        .unwrap();
    let waiting = thread::spawn(move || credentials(&other, min_validity));
    waits.for_lock(&format!("{key}.lock"));
    act(&lock);
    drop(lock);
    waiting.join().unwrap()
}

fn requests(world: &World) -> usize {
    world.center.count(Operation::GetRoleCredentials)
}

#[test]
fn cached_credentials_are_returned_until_fifteen_minutes_before_expiry() {
    let check = |left, min_validity, expected| {
        let world = cached_with_left(left);
        let key = credentials(&world, min_validity).unwrap();
        assert_eq!(
            requests(&world),
            expected,
            "{left:?} left, {min_validity:?} requested"
        );
        assert_eq!(key == "CACHED", expected == 0, "{key}");
    };
    check(REFRESH_WINDOW + SECOND, Duration::ZERO, 0);
    check(LESS_THAN_REFRESH_WINDOW, Duration::ZERO, 1);
    check(LESS_THAN_REFRESH_WINDOW, MINUTE, 1);
    check(30 * MINUTE + SECOND, 30 * MINUTE, 0);
    check(29 * MINUTE, 30 * MINUTE, 1);
    check(Duration::ZERO, Duration::ZERO, 1);
}

#[test]
fn cached_credentials_with_exactly_fifteen_minutes_left_are_returned() {
    let world = cached_with_left(HOUR);
    let key = world.role().credentials_key();
    let cached = world.aws.cache().role_credentials(&key).unwrap().unwrap();
    world.clock.set(cached.expires_at - REFRESH_WINDOW);
    assert_eq!(credentials(&world, REFRESH_WINDOW).unwrap(), "CACHED");
    world
        .clock
        .set(cached.expires_at - REFRESH_WINDOW + Duration::from_nanos(1));
    assert_ne!(credentials(&world, REFRESH_WINDOW).unwrap(), "CACHED");
}

#[test]
fn cached_credentials_are_returned_if_the_request_fails() {
    let check = |left, min_validity, serves| {
        let world = cached_with_left(left);
        world
            .center
            .fail_always(Operation::GetRoleCredentials, Fault::CaptivePortal);
        let outcome = credentials(&world, min_validity);
        assert_eq!(
            outcome.is_ok(),
            serves,
            "{left:?} left, {min_validity:?} requested: {outcome:?}"
        );
        assert_eq!(requests(&world), 1);
    };
    check(10 * MINUTE, 5 * MINUTE, true);
    check(10 * MINUTE, Duration::ZERO, true);
    check(10 * MINUTE, 11 * MINUTE, false);
    check(30 * MINUTE, HOUR, false);
    check(Duration::ZERO, Duration::ZERO, false);
}

#[test]
fn cached_credentials_are_returned_without_a_token() {
    let world = World::new();
    plant(&world, HOUR);
    assert_eq!(credentials(&world, REFRESH_WINDOW).unwrap(), "CACHED");
    plant(&world, 10 * MINUTE);
    assert_eq!(credentials(&world, 5 * MINUTE).unwrap(), "CACHED");
    assert!(
        credentials(&world, REFRESH_WINDOW)
            .unwrap_err()
            .is_sign_in_required()
    );
    assert!(world.center.requests().is_empty());
}

#[test]
fn newly_issued_credentials_are_returned_even_if_they_expire_soon() {
    let world = World::new();
    world.signed_in_with_left(HOUR);
    world
        .center
        .configure(|settings| settings.role_credentials_lifetime = MINUTE);
    credentials(&world, 12 * HOUR).unwrap();
    assert_eq!(requests(&world), 1);
}

#[test]
fn issued_credentials_are_cached_with_the_key_of_their_token() {
    let world = World::new();
    world.signed_in_with_left(HOUR);
    let key = credentials(&world, REFRESH_WINDOW).unwrap();
    let cached = world
        .aws
        .cache()
        .role_credentials(&world.role().credentials_key());
    let cached = cached.unwrap().unwrap();
    let token_key = Some(world.token_key());
    assert_eq!(
        (cached.access_key_id, cached.origin),
        (key, Origin::Sso { token_key })
    );
    assert_eq!(cached.account_id.unwrap().as_str(), "111122223333");
}

#[test]
fn rejected_token_is_refreshed_once_then_a_sign_in_is_required() {
    let world = World::new();
    world.signed_in_with_left(HOUR);
    let unauthorized = Fault::portal("UnauthorizedException");
    world
        .center
        .fail_next(Operation::GetRoleCredentials, unauthorized.clone());
    credentials(&world, REFRESH_WINDOW).unwrap();
    assert_eq!(
        (requests(&world), world.center.count_grants(REFRESH_TOKEN)),
        (2, 1)
    );

    let world = World::new();
    world.signed_in_with_left(HOUR);
    world
        .center
        .fail_always(Operation::GetRoleCredentials, unauthorized);
    let error = credentials(&world, REFRESH_WINDOW).unwrap_err();
    assert_revoked(&error);
    assert_eq!(
        (requests(&world), world.center.count_grants(REFRESH_TOKEN)),
        (2, 1)
    );
}

#[test]
fn rejected_token_without_a_refresh_token_requires_a_sign_in() {
    let world = World::new();
    world.signed_in_with_left(HOUR);
    let path = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let mut token = world.home.read_json(path);
    token["refreshToken"] = json!(null);
    world.home.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    world.center.revoke_access_tokens();
    assert_revoked(&credentials(&world, REFRESH_WINDOW).unwrap_err());
    assert_eq!(
        (requests(&world), world.center.count(Operation::CreateToken)),
        (1, 0)
    );
}

fn assert_revoked(error: &Error) {
    let reason = SignInReason::Revoked;
    assert!(
        matches!(
            error,
            Error::Session(sso_session::Error::SignInRequired { reason: found, .. })
                if *found == reason
        ),
        "{error:?}"
    );
}

#[test]
fn denied_role_does_not_require_a_sign_in() {
    let world = World::new();
    world.signed_in_with_left(HOUR);
    let forbidden = Fault::portal("ForbiddenException");
    world
        .center
        .fail_always(Operation::GetRoleCredentials, forbidden);
    let error = credentials(&world, REFRESH_WINDOW).unwrap_err();
    assert!(matches!(error, Error::RoleRefused { .. }), "{error:?}");
    assert!(!error.is_sign_in_required());
    assert_eq!(
        (requests(&world), world.center.count(Operation::CreateToken)),
        (1, 0)
    );
}

/// Credentials that another process cached during the wait are used even if they expire sooner than
/// requested.
#[test]
fn waiting_process_uses_the_credentials_of_the_other_process() {
    let check = |expected: Duration, is_cached: bool| {
        let world = World::new();
        world.signed_in_with_left(HOUR);
        if is_cached {
            plant(&world, 10 * MINUTE);
        }
        let issued = CachedRoleCredentials {
            access_key_id: "ISSUED".to_owned(),
            secret_access_key: "s".into(),
            session_token: "t".into(),
            expires_at: world.cached_token().unwrap().expires_at,
            account_id: None,
            origin: Origin::Sso { token_key: None },
        };
        let key = credentials_after_wait(&world, expected, |lock| {
            lock.reserve().unwrap().commit(&issued).unwrap();
        });
        assert_eq!(key.unwrap(), "ISSUED");
        assert!(world.center.requests().is_empty());
    };
    for is_cached in [false, true] {
        check(REFRESH_WINDOW, is_cached);
        check(12 * HOUR, is_cached);
    }
}

#[test]
fn waiting_process_requests_credentials_if_the_other_process_cached_none() {
    let world = cached_with_left(10 * MINUTE);
    let key = credentials_after_wait(&world, REFRESH_WINDOW, |_| {});
    assert_ne!(key.unwrap(), "CACHED");
    assert_eq!(requests(&world), 1);
}

#[test]
fn role_is_not_locked_during_a_wait_for_the_token() {
    let world = World::new();
    world.signed_in_with_left(Duration::ZERO);
    let (token_key, role_key) = (world.token_key(), world.role().credentials_key());
    let (other, waits) = world.of_another_process();
    let lock = world.aws.cache().lock_token(&token_key, MINUTE).unwrap();
    let waiting = thread::spawn(move || credentials(&other, REFRESH_WINDOW).unwrap());
    waits.for_lock(&format!("{token_key}.lock"));
    drop(
        world
            .aws
            .cache()
            .lock_role_credentials(&role_key, Duration::ZERO)
            .unwrap(),
    );
    drop(lock);
    waiting.join().unwrap();
}

#[test]
fn credentials_are_not_cached_if_their_token_was_removed_or_replaced() {
    let check = |change: &dyn Fn(&World), is_cached: bool| {
        let world = World::new();
        world.signed_in_with_left(HOUR);
        credentials_after_wait(&world, Duration::ZERO, |_| change(&world)).unwrap();
        let key = world.role().credentials_key();
        let cached = world.aws.cache().role_credentials(&key).unwrap();
        assert_eq!(cached.is_some(), is_cached);
    };
    let sign_out = |world: &World| {
        let key = world.token_key();
        let locked = world.aws.cache().lock_token(&key, MINUTE).unwrap();
        locked.remove().unwrap();
    };
    let sign_in_again = |world: &World| {
        world.home.plant_my_sso(&world.center.sign_in(&[]));
    };
    check(&|_| {}, true);
    check(&sign_out, false);
    check(&sign_in_again, false);
}

/// Calls `change` during the write of the credentials: before the token is checked, or right after
/// its file is read for the check. Returns whether credentials are cached at the end.
#[cfg(unix)]
fn is_cached_in_spite_of(when: Change, change: fn(&TestEnv, &Emulator)) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.signed_in_with_left(HOUR);
    let (home, center) = (world.home.clone(), world.center.clone());
    let set_mode = |path: &Path, mode| {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    };
    let (token, dir) = (token_file(&home), home.home().join(".aws/cli/cache"));
    fs::create_dir_all(&dir).unwrap();
    set_mode(&dir, 0o755);
    // The write narrows the mode of the directory first, and then that of the token.
    let on_event = move |event| match event {
        CacheEvent::PermissionsNarrowed { path, .. } if path == dir => match when {
            Change::BeforeCheck => change(&home, &center),
            Change::AfterCheck => set_mode(&token, 0o644),
        },
        CacheEvent::PermissionsNarrowed { path, .. } if path == token => change(&home, &center),
        _ => {}
    };
    let aws = world
        .aws_with(&[])
        .with_cache(|cache| cache.on_event(on_event));
    let world = World { aws, ..world };
    assert_ne!(credentials(&world, Duration::ZERO).unwrap(), "");
    let key = world.role().credentials_key();
    world.aws.cache().role_credentials(&key).unwrap().is_some()
}

#[cfg(unix)]
#[derive(Clone, Copy, Debug)]
enum Change {
    BeforeCheck,
    AfterCheck,
}

fn token_file(home: &TestEnv) -> PathBuf {
    home.home()
        .join(home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO))
}

#[cfg(unix)]
#[test]
fn credentials_of_a_token_that_another_tool_removes_or_replaces_during_the_write_are_not_kept() {
    for when in [Change::BeforeCheck, Change::AfterCheck] {
        let sign_out = |home: &TestEnv, _: &Emulator| fs::remove_file(token_file(home)).unwrap();
        let sign_in = |home: &TestEnv, center: &Emulator| home.plant_my_sso(&center.sign_in(&[]));
        assert!(!is_cached_in_spite_of(when, sign_out), "{when:?}");
        assert!(!is_cached_in_spite_of(when, sign_in), "{when:?}");
        assert!(is_cached_in_spite_of(when, |_, _| {}), "{when:?}");
    }
}

#[test]
fn an_implausible_expiration_is_an_invalid_response() {
    let check = |expiration: i64, is_valid: bool| {
        let world = World::new();
        world.signed_in_with_left(HOUR);
        let fields = json!({"roleCredentials": {"expiration": expiration}});
        world
            .center
            .fail_always(Operation::GetRoleCredentials, Fault::Amend(fields));
        let outcome = credentials(&world, Duration::ZERO);
        assert_eq!(outcome.is_ok(), is_valid, "{expiration}: {outcome:?}");
        if let Err(error) = outcome {
            let text = sso_session::ErrorChain(&error).to_string();
            assert!(text.contains("has no valid expiration"), "{text}");
            assert!(
                world
                    .home
                    .files()
                    .iter()
                    .all(|file| !file.contains("cli/cache"))
            );
        }
    };
    let now = World::new().clock.now().unix_timestamp();
    let day = 86_400;
    check((now + 3600) * 1000, true);
    check((now + 365 * day) * 1000, true);
    // The service's clock is right, although the credentials have expired by the local clock.
    check((now - 3600) * 1000, true);
    check(now + 3600, false);
    check(0, false);
    check(-1, false);
    check((now - 2 * day) * 1000, false);
    check((now + 3600) * 1_000_000, false);
    check(i64::MAX, false);
    check(i64::MIN, false);
}
