//! Refreshes that the service rejects, because another tool may have used the refresh token first.

use std::cell::{Cell, RefCell};
use std::fs;
use std::time::Duration;

use token_cache::refresh::{RefreshClock, RefreshError, refresh, refresh_rejected};
use token_cache::{CacheError, CachedToken, REFRESH_WINDOW, Refusal};

use crate::home::{Home, key, put, token};
use crate::refresh::{now, save, valid};

const THREE_SECONDS: Duration = Duration::from_secs(3);

struct Outcome {
    token: Result<CachedToken, RefreshError<CacheError>>,
    waited: Duration,
    home: Home,
}

impl Outcome {
    fn refusal(&self) -> Refusal {
        self.home.cache.refusal(&key(), &"old".into())
    }
}

/// Refreshes a token whose refresh token is rejected, and calls `during` at each pause with the sum
/// of the previous pauses.
fn rejected(during: impl Fn(&Home, Duration)) -> Outcome {
    let home = Home::with_pause(|_| {});
    save(&home, &token("old"));
    let waited = Cell::new(Duration::ZERO);
    let sleep = |pause| {
        let temporary = locked_file::temporary_files(home.cache.state_dir());
        assert!(
            temporary.is_empty(),
            "a critical section goes on: {temporary:?}"
        );
        assert!(home.cache.lock_token(&key(), Duration::ZERO).is_err());
        during(&home, waited.get());
        waited.set(waited.get() + pause);
    };
    let clock = RefreshClock { now, sleep };
    let token = refresh(&home.cache, &key(), Some, REFRESH_WINDOW, clock, |_, _| {
        Ok(None)
    });
    Outcome {
        token,
        waited: waited.get(),
        home,
    }
}

#[test]
fn a_session_has_ended_if_nothing_changes_for_three_seconds() {
    let outcome = rejected(|home, _| {
        let refusal = home.cache.refusal(&key(), &"old".into());
        assert_eq!(
            refusal,
            Refusal::default(),
            "remembered before the end of the wait"
        );
    });
    assert!(matches!(outcome.token, Err(RefreshError::SessionEnded)));
    assert_eq!(outcome.waited, THREE_SECONDS);
    assert_eq!(outcome.refusal(), Refusal::OF_REFRESH_TOKEN);
}

#[test]
fn a_token_that_another_tool_saves_within_three_seconds_is_used() {
    for at in [0, 100, 1000, 2499].map(Duration::from_millis) {
        let outcome = rejected(|home, waited| {
            if waited >= at {
                let text = fs::read_to_string(home.sso_file(&key())).unwrap();
                let text = text
                    .replace("old", "other")
                    .replace("T19:46:33Z", "T21:00:00Z");
                put(&home.sso_file(&key()), &text);
            }
        });
        assert_eq!(outcome.token.unwrap().access_token.expose(), "other");
        assert!(outcome.waited <= THREE_SECONDS);
    }
}

#[test]
fn a_token_that_another_tool_writes_in_place_is_used_without_a_warning() {
    let texts = RefCell::new(vec![
        serde_json::json!({"accessToken": "other", "expiresAt": "2026-11-22T21:00:00Z"})
            .to_string(),
        "{\"accessToken\": \"oth".to_owned(),
        String::new(),
    ]);
    let outcome = rejected(|home, _| {
        if let Some(text) = texts.borrow_mut().pop() {
            put(&home.sso_file(&key()), &text);
        }
    });
    assert_eq!(
        outcome.token.as_ref().unwrap().access_token.expose(),
        "other"
    );
    assert_eq!(outcome.refusal(), Refusal::default());
    let events = outcome.home.events();
    let is_warning = |event: &_| format!("{event:?}").contains("Corrupt");
    assert!(!events.iter().any(is_warning), "{events:?}");
}

#[test]
fn a_token_that_is_removed_meanwhile_is_not_remembered_as_ended() {
    let outcome = rejected(|home, _| {
        let _ = fs::remove_file(home.sso_file(&key()));
    });
    assert!(matches!(outcome.token, Err(RefreshError::NotCached)));
    assert_eq!(outcome.refusal(), Refusal::default());
}

#[test]
fn a_token_that_is_replaced_by_an_expired_one_is_no_replacement() {
    let outcome = rejected(|home, _| {
        let text = fs::read_to_string(home.sso_file(&key())).unwrap();
        put(&home.sso_file(&key()), &text.replace("old", "other"));
    });
    assert!(matches!(outcome.token, Err(RefreshError::SessionEnded)));
}

#[test]
fn a_replacement_of_a_rejected_access_token_is_awaited_too() {
    let home = Home::new();
    save(&home, &valid("rejected"));
    let replace = |_| {
        let text = fs::read_to_string(home.sso_file(&key())).unwrap();
        put(&home.sso_file(&key()), &text.replace("rejected", "other"));
    };
    let clock = RefreshClock {
        now,
        sleep: replace,
    };
    let rejected = "rejected".into();
    let token: Result<_, RefreshError<CacheError>> =
        refresh_rejected(&home.cache, &key(), Some, &rejected, clock, |_, _| Ok(None));
    assert_eq!(token.unwrap(), valid("other"));
}
