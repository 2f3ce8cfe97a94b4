use std::cell::Cell;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use time::OffsetDateTime;
use token_cache::refresh::{
    RefreshClock, RefreshError, RefreshGrant, RefreshResponse, refresh, refresh_rejected,
};
use token_cache::{CacheError, CacheEvent, CachedToken, LOCK_TIMEOUT, REFRESH_WINDOW, TokenCache};

use crate::home::{Home, LONG, at, key, put, token};

pub(crate) type Response = Result<Option<CachedToken>, CacheError>;

pub(crate) fn now() -> OffsetDateTime {
    at("2026-11-22T20:00:00Z")
}

/// Returns a clock that does not move, and whose sleeps end at once.
fn clock() -> RefreshClock<impl Fn() -> OffsetDateTime, impl Fn(Duration)> {
    RefreshClock { now, sleep: drop }
}

pub(crate) fn valid(access_token: &str) -> CachedToken {
    CachedToken {
        expires_at: now() + time::Duration::hours(1),
        ..token(access_token)
    }
}

pub(crate) fn save(home: &Home, token: &CachedToken) {
    let locked = home.cache.lock_token(&key(), LONG).unwrap();
    locked.reserve().unwrap().commit(token).unwrap();
}

fn no_request(_: &CachedToken, _: RefreshGrant<'_>) -> Response {
    panic!("no request is necessary")
}

pub(crate) fn refreshed(
    home: &Home,
    request: impl FnMut(&CachedToken, RefreshGrant<'_>) -> Response,
) -> Result<CachedToken, RefreshError<CacheError>> {
    refresh(&home.cache, &key(), Some, REFRESH_WINDOW, clock(), request)
}

#[test]
fn a_token_that_is_valid_long_enough_needs_no_lock() {
    let home = Home::new();
    save(&home, &valid("a"));
    let _locked = home.cache.lock_token(&key(), LONG).unwrap();
    assert_eq!(refreshed(&home, no_request).unwrap(), valid("a"));
}

#[test]
fn a_token_that_cannot_be_refreshed_needs_no_lock() {
    let home = Home::new();
    put(
        &home.sso_file(&key()),
        r#"{"accessToken": "a", "expiresAt": "2026-11-22T19:46:33Z"}"#,
    );
    let refreshed = refreshed(&home, no_request);
    assert!(matches!(refreshed, Err(RefreshError::NotRefreshable)));
    assert!(!home.cache.state_dir().exists());
}

#[test]
fn a_due_token_is_refreshed_with_its_grant_and_saved() {
    let home = Home::new();
    save(&home, &token("old"));
    let new = refreshed(&home, |old, grant| {
        assert_eq!(old, &token("old"));
        assert_eq!(Some(grant.client_id), old.client_id.as_ref());
        assert_eq!(Some(grant.client_secret), old.client_secret.as_ref());
        assert_eq!(Some(grant.refresh_token), old.refresh_token.as_ref());
        Ok(Some(valid("new")))
    });
    assert_eq!(new.unwrap(), valid("new"));
    assert_eq!(home.cache.token(&key()).unwrap(), Some(valid("new")));
    home.check_events(&[]);
}

#[test]
fn threads_that_share_a_due_token_send_one_request() {
    let home = Home::new();
    save(&home, &token("old"));
    let requests = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let token = refreshed(&home, |_, _| {
                    requests.fetch_add(1, Ordering::Relaxed);
                    Ok(Some(valid("new")))
                });
                assert_eq!(token.unwrap(), valid("new"));
            });
        }
    });
    assert_eq!(requests.into_inner(), 1);
}

#[test]
fn each_cause_of_a_failed_refresh_has_its_own_message() {
    let check = |cached: Option<CachedToken>, request: fn() -> Response, expected: &str| {
        let home = Home::new();
        if let Some(token) = &cached {
            save(&home, token);
        }
        let error = refreshed(&home, |_, _| request()).unwrap_err();
        let error: &dyn std::error::Error = &error;
        assert_eq!(error.to_string(), expected);
        assert_eq!(home.cache.token(&key()).unwrap(), cached);
    };
    let not_refreshable = CachedToken {
        refresh_token: None,
        ..token("old")
    };
    let unregistered = CachedToken {
        registration_expires_at: Some(now()),
        ..token("old")
    };
    let unused: fn() -> Response = || panic!("no request is possible");
    check(None, unused, "no token is cached");
    let expected = "the cached token cannot be refreshed";
    check(Some(not_refreshable), unused, expected);
    check(Some(unregistered), unused, expected);
    check(Some(token("old")), || Ok(None), "the session has ended");
    let failed = || {
        let source = std::io::ErrorKind::TimedOut.into();
        let path = "service".into();
        Err(CacheError::List { path, source })
    };
    check(Some(token("old")), failed, "cannot list service");
}

#[test]
fn a_corrupt_token_counts_as_missing_and_is_reported() {
    let home = Home::with_pause(|_| {});
    put(&home.sso_file(&key()), "{\"broken");
    let error = refreshed(&home, no_request).unwrap_err();
    assert!(matches!(error, RefreshError::NotCached), "{error:?}");
    let events = home.events();
    let ignored = events.iter().any(|event| {
        matches!(event, CacheEvent::CorruptEntryIgnored { error }
            if error.location() == home.cache.token_location(&key()))
    });
    assert!(ignored, "{events:?}");
}

#[test]
fn a_new_token_that_cannot_be_saved_is_returned_and_reported() {
    let home = Home::new();
    save(&home, &token("old"));
    let new = refreshed(&home, |_, _| {
        let path = home.sso_file(&key());
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        Ok(Some(valid("new")))
    });
    assert_eq!(new.unwrap(), valid("new"));
    let events = home.events();
    assert!(
        matches!(
            events[..],
            [CacheEvent::RefreshedTokenNotSaved {
                error: CacheError::Write(_)
            }]
        ),
        "{events:?}"
    );
}

/// The AWS CLI signs in and out without a lock.
#[test]
fn a_token_that_another_tool_removed_or_replaced_meanwhile_is_not_overwritten() {
    let home = Home::new();
    let path = home.sso_file(&key());
    let content = |token: &CachedToken| {
        save(&home, token);
        fs::read_to_string(&path).unwrap()
    };
    let (other, same) = (content(&valid("other")), content(&token("old")));
    let expired = content(&token("expired"));
    // The new token may belong to another user than the one who has signed in since.
    let check = |change: &dyn Fn(), expected: Option<&str>| {
        put(&path, &same);
        let found = refreshed(&home, |_, _| {
            change();
            Ok(Some(valid("new")))
        });
        match found {
            Ok(found) => assert_eq!(Some(found.access_token.expose()), expected),
            Err(RefreshError::NotCached) => assert_eq!(expected, None),
            Err(RefreshError::NotRefreshable) => assert_eq!(expected, Some("expired")),
            Err(error) => panic!("{error:?}"),
        }
        let cached = home.cache.token(&key()).unwrap();
        let cached = cached.map(|token| token.access_token.expose().to_owned());
        assert_eq!(cached.as_deref(), expected);
    };
    check(&|| fs::remove_file(&path).unwrap(), None);
    check(&|| put(&path, &other), Some("other"));
    check(&|| put(&path, &expired), Some("expired"));
    check(&|| put(&path, &same), Some("new"));
    check(&|| put(&path, "{"), Some("new"));
    let is_reported = |event: &CacheEvent| {
        matches!(
            event,
            CacheEvent::RefreshedTokenNotSaved {
                error: CacheError::ChangedDuringRefresh { .. }
            }
        )
    };
    let events = home.events();
    assert_eq!(events.iter().filter(|event| is_reported(event)).count(), 3);
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Windows cannot rename a directory with an open file"
)]
fn no_request_is_sent_if_its_result_could_not_be_saved() {
    let home = Home::new();
    save(&home, &token("old"));
    let state_dir = home.cache.state_dir();
    let lock = state_dir.join(format!("{}.lock", key()));
    let now = || {
        // The lock file names its holder, so that this call follows the second read.
        if fs::metadata(&lock).is_ok_and(|file| file.len() > 0) {
            #[expect(clippy::disallowed_methods, reason = "simulates another program")]
            fs::rename(state_dir, home.path("moved")).unwrap();
            put(state_dir, "a file in place of the directory");
        }
        now()
    };
    let calls = Cell::new(0);
    let result = refresh(
        &home.cache,
        &key(),
        Some,
        Duration::ZERO,
        RefreshClock { now, sleep: drop },
        |_, _| {
            calls.set(calls.get() + 1);
            Ok(Some(valid("new")))
        },
    );
    let error: RefreshError<CacheError> = result.unwrap_err();
    assert!(
        matches!(error, RefreshError::Failed(CacheError::Write(_))),
        "{error:?}"
    );
    assert_eq!(calls.get(), 0);
}

#[test]
fn a_rejected_token_is_replaced_before_its_expiry() {
    let home = Home::new();
    save(&home, &valid("rejected"));
    let replaced = |rejected: &str, request: fn() -> Response| {
        let request = |_: &CachedToken, _: RefreshGrant<'_>| request();
        refresh_rejected(
            &home.cache,
            &key(),
            Some,
            &rejected.into(),
            clock(),
            request,
        )
        .unwrap()
    };
    let new = replaced("rejected", || Ok(Some(valid("new"))));
    assert_eq!(new, valid("new"));
    // The cached token differs from the rejected token.
    let unused: fn() -> Response = || panic!("no request is necessary");
    assert_eq!(replaced("rejected", unused), valid("new"));
}

#[test]
fn a_refresh_waits_for_the_lock_as_long_as_the_request_of_the_holder_may_take() {
    let limit = Duration::from_secs(400);
    assert_eq!(wait_for_lock(&token("old"), limit), limit);
}

#[test]
fn a_refresh_of_a_valid_token_does_not_wait_long_for_the_lock() {
    let due = CachedToken {
        expires_at: now() + time::Duration::minutes(10),
        ..token("due")
    };
    assert_eq!(wait_for_lock(&due, Duration::from_secs(400)), LOCK_TIMEOUT);
    let short = Duration::from_secs(3);
    assert_eq!(wait_for_lock(&due, short), short);
}

/// Returns the time that a refresh of `cached` waits for a lock that is never released.
fn wait_for_lock(cached: &CachedToken, timeout: Duration) -> Duration {
    let home = Home::new();
    save(&home, cached);
    let _holder = home.cache.lock_token(&key(), Duration::ZERO).unwrap();
    let waited = Arc::new(Mutex::new(Duration::ZERO));
    let cache = TokenCache::in_aws_dir(&home.path(""))
        .with_lock_timeout(timeout)
        .with_pause({
            let waited = Arc::clone(&waited);
            move |pause| *waited.lock().unwrap() += pause
        });
    let outcome = refresh(&cache, &key(), Some, REFRESH_WINDOW, clock(), no_request);
    assert!(
        matches!(outcome, Err(RefreshError::Failed(_))),
        "{outcome:?}"
    );
    *waited.lock().unwrap()
}

/// The new refresh token is the only one that the service still accepts.
#[test]
fn the_refresh_token_of_an_incomplete_response_is_saved() {
    let home = Home::new();
    save(&home, &token("old"));
    let incomplete = CachedToken {
        refresh_token: Some("new".into()),
        ..token("old")
    };
    let request = |_: &CachedToken, _: RefreshGrant<'_>| {
        Ok(RefreshResponse::Incomplete {
            token: incomplete.clone(),
            error: CacheError::List {
                path: "the response".into(),
                source: std::io::ErrorKind::InvalidData.into(),
            },
        })
    };
    let error = refresh(&home.cache, &key(), Some, REFRESH_WINDOW, clock(), request);
    assert!(matches!(error, Err(RefreshError::Failed(_))), "{error:?}");
    assert_eq!(home.cache.token(&key()).unwrap(), Some(incomplete));
}
