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

/// Returns a token that has expired, as from a backup.
fn restored(refresh_token: &str) -> CachedToken {
    CachedToken {
        refresh_token: Some(refresh_token.into()),
        ..token("restored")
    }
}

/// Refreshes a token, and saves `restored` in its place like another program at the first pause. The
/// service rejects the refresh tokens that contain `dead`. Returns the refresh tokens of the requests.
fn replaced_by(
    restored: &CachedToken,
    refresh_it: impl FnOnce(
        &Home,
        &dyn Fn(Duration),
        &dyn Fn(&CachedToken) -> Option<CachedToken>,
    ) -> Result<CachedToken, RefreshError<CacheError>>,
) -> (
    Result<CachedToken, RefreshError<CacheError>>,
    Vec<String>,
    Home,
) {
    let home = Home::new();
    let requests = RefCell::new(Vec::new());
    let is_replaced = Cell::new(false);
    let other = Home::new();
    save(&other, restored);
    let text = fs::read_to_string(other.sso_file(&key())).unwrap();
    let pause = |_| {
        if !is_replaced.replace(true) {
            put(&home.sso_file(&key()), &text);
        }
    };
    let request = |old: &CachedToken| {
        let refresh_token = old.refresh_token.as_ref().unwrap().expose().to_owned();
        let is_rejected = refresh_token.contains("dead");
        requests.borrow_mut().push(refresh_token);
        (!is_rejected).then(|| valid("new"))
    };
    let result = refresh_it(&home, &pause, &request);
    (result, requests.into_inner(), home)
}

fn refresh_dead(
    home: &Home,
    sleep: &dyn Fn(Duration),
    request: &dyn Fn(&CachedToken) -> Option<CachedToken>,
) -> Result<CachedToken, RefreshError<CacheError>> {
    let dead = CachedToken {
        refresh_token: Some("dead".into()),
        ..token("old")
    };
    save(home, &dead);
    let clock = RefreshClock { now, sleep };
    refresh(
        &home.cache,
        &key(),
        Some,
        REFRESH_WINDOW,
        clock,
        |old, _| Ok(request(old)),
    )
}

#[test]
fn an_expired_token_with_another_refresh_token_is_refreshed_once() {
    let restored = restored("good");
    let (result, requests, home) = replaced_by(&restored, refresh_dead);
    assert_eq!(result.unwrap(), valid("new"));
    assert_eq!(requests, ["dead", "good"]);
    assert_eq!(home.cache.token(&key()).unwrap(), Some(valid("new")));
    let of_old = home.cache.refusal(&key(), &"old".into());
    assert_eq!(of_old, Refusal::default());
}

#[test]
fn a_token_with_the_same_access_token_and_another_refresh_token_is_refreshed() {
    let restored = CachedToken {
        access_token: "old".into(),
        ..restored("good")
    };
    let (result, requests, _) = replaced_by(&restored, refresh_dead);
    assert_eq!(result.unwrap(), valid("new"));
    assert_eq!(requests, ["dead", "good"]);
}

#[test]
fn a_second_rejection_ends_the_session() {
    let (result, requests, home) = replaced_by(&restored("dead too"), refresh_dead);
    assert!(matches!(result, Err(RefreshError::SessionEnded)));
    assert_eq!(requests, ["dead", "dead too"]);
    let refused = home.cache.refusal(&key(), &"restored".into());
    assert_eq!(refused, Refusal::OF_REFRESH_TOKEN);
}

#[test]
fn an_expired_token_that_cannot_be_refreshed_is_no_replacement() {
    let without_refresh_token = CachedToken {
        refresh_token: None,
        ..token("restored")
    };
    let (result, requests, _) = replaced_by(&without_refresh_token, refresh_dead);
    assert!(matches!(result, Err(RefreshError::SessionEnded)));
    assert_eq!(requests, ["dead"]);
}

#[test]
fn a_token_that_replaces_one_that_the_portal_rejects_is_refreshed() {
    for access_token in ["restored", "rejected"] {
        let restored = CachedToken {
            access_token: access_token.into(),
            expires_at: match access_token {
                "rejected" => valid("").expires_at,
                _ => token("").expires_at,
            },
            ..restored("good")
        };
        let (result, requests, _) = replaced_by(&restored, |home, sleep, request| {
            let dead = CachedToken {
                refresh_token: Some("dead".into()),
                ..valid("rejected")
            };
            save(home, &dead);
            let clock = RefreshClock { now, sleep };
            let (key, rejected) = (key(), "rejected".into());
            refresh_rejected(&home.cache, &key, Some, &rejected, clock, |old, _| {
                Ok(request(old))
            })
        });
        assert_eq!(result.unwrap(), valid("new"), "{access_token}");
        assert_eq!(requests, ["dead", "good"], "{access_token}");
    }
}
