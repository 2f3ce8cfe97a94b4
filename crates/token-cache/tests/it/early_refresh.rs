//! Refreshes of a token that is still valid.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use time::OffsetDateTime;
use token_cache::failed_refresh::FailedRefresh;
use token_cache::refresh::{
    Background, EarlyRefresh, RefreshClock, RefreshError, RefreshGrant, refresh_early,
    refresh_in_background,
};
use token_cache::{CacheError, CachedToken, REFRESH_WINDOW, Refusal};

use crate::home::{Home, key, token};
use crate::refresh::{Response, now, save, valid};

const MINUTE: Duration = Duration::from_secs(60);

const EARLY: EarlyRefresh<'static> = EarlyRefresh {
    min_validity: REFRESH_WINDOW,
    start: None,
};

/// Returns a token with ten minutes left.
fn due(access_token: &str) -> CachedToken {
    CachedToken {
        expires_at: now() + time::Duration::minutes(10),
        ..token(access_token)
    }
}

/// A home with a token that is due, and a clock that no refresh may stop for a sleep.
struct World {
    home: Home,
    now: Cell<OffsetDateTime>,
    requests: Cell<usize>,
    sleep: fn(Duration),
}

impl World {
    fn new() -> Self {
        Self::with_sleep(|_| panic!("an early refresh waits for nothing"))
    }

    fn with_sleep(sleep: fn(Duration)) -> Self {
        let world = Self {
            home: Home::with_pause(|_| panic!("an early refresh waits for nothing")),
            now: Cell::new(now()),
            requests: Cell::new(0),
            sleep,
        };
        save(&world.home, &due("old"));
        world
    }

    fn refreshed(
        &self,
        response: impl FnOnce() -> Response,
    ) -> Result<CachedToken, RefreshError<CacheError>> {
        self.refreshed_with(&EARLY, response)
    }

    fn refreshed_with(
        &self,
        early: &EarlyRefresh<'_>,
        response: impl FnOnce() -> Response,
    ) -> Result<CachedToken, RefreshError<CacheError>> {
        let request = self.request(response);
        refresh_early(
            &self.home.cache,
            &key(),
            Some,
            *early,
            self.clock(),
            request,
        )
    }

    /// Lets another process refresh the token, if `start` returns a function that waits for it.
    fn refreshed_elsewhere(
        &self,
        start: impl Fn() -> Option<Background>,
        response: impl FnOnce() -> Response,
    ) -> Result<CachedToken, RefreshError<CacheError>> {
        let early = EarlyRefresh {
            start: Some(&start),
            ..EARLY
        };
        self.refreshed_with(&early, response)
    }

    /// Refreshes the token in the other process.
    fn refreshed_in_background(
        &self,
        response: impl FnOnce() -> Response,
    ) -> Result<CachedToken, RefreshError<CacheError>> {
        refresh_in_background(
            &self.home.cache,
            &key(),
            Some,
            REFRESH_WINDOW,
            self.clock(),
            self.request(response),
        )
    }

    fn clock(&self) -> RefreshClock<impl Fn() -> OffsetDateTime, impl Fn(Duration)> {
        RefreshClock {
            now: || self.now.get(),
            sleep: self.sleep,
        }
    }

    fn request(
        &self,
        response: impl FnOnce() -> Response,
    ) -> impl FnMut(&CachedToken, RefreshGrant<'_>) -> Response {
        let mut response = Some(response);
        move |_, _| {
            self.requests.set(self.requests.get() + 1);
            let response = response.take().expect("no other token is refreshed");
            response()
        }
    }

    fn wait(&self, duration: Duration) {
        self.now.set(self.now.get() + duration);
    }

    fn refusal(&self) -> Refusal {
        self.home.cache.refusal(&key(), &"old".into())
    }
}

fn failure() -> Response {
    let source = std::io::ErrorKind::TimedOut.into();
    let path = "service".into();
    Err(CacheError::List { path, source })
}

#[test]
fn a_due_token_is_refreshed_and_saved() {
    let world = World::new();
    let new = world.refreshed(|| Ok(Some(valid("new"))));
    assert_eq!(new.unwrap(), valid("new"));
    assert_eq!(world.home.cache.token(&key()).unwrap(), Some(valid("new")));
    assert_eq!(world.refreshed(failure).unwrap(), valid("new"));
    assert_eq!(world.requests.get(), 1);
    assert_eq!(world.home.cache.failed_refresh(&key(), &valid("new")), None);
}

#[test]
fn a_due_token_is_used_at_once_while_another_process_holds_the_lock() {
    let world = World::new();
    let _locked = world.home.cache.lock_token(&key(), Duration::ZERO).unwrap();
    assert_eq!(world.refreshed(failure).unwrap(), due("old"));
    assert_eq!(world.requests.get(), 0);
}

#[test]
fn a_failed_refresh_is_not_repeated_within_a_minute() {
    let world = World::new();
    assert!(matches!(
        world.refreshed(failure),
        Err(RefreshError::Failed(_))
    ));
    for _ in 0..3 {
        assert_eq!(world.refreshed(failure).unwrap(), due("old"));
    }
    world.wait(Duration::from_secs(59));
    assert_eq!(world.refreshed(failure).unwrap(), due("old"));
    assert_eq!(world.requests.get(), 1);
    world.wait(Duration::from_secs(1));
    let new = world.refreshed(|| Ok(Some(valid("new"))));
    assert_eq!(new.unwrap(), valid("new"));
}

#[test]
fn a_longer_pause_that_the_service_requests_is_respected_up_to_15_minutes() {
    let check = |seconds: u64, expected: Duration| {
        let failure = FailedRefresh {
            failed_at: now(),
            is_rejected: false,
            retry_after: Some(Duration::from_secs(seconds)),
            restarted_at: None,
        };
        let world = World::new();
        let (cache, old) = (&world.home.cache, due("old"));
        cache
            .remember_failed_refresh(&key(), &old, failure)
            .unwrap();
        assert_eq!(cache.failed_refresh(&key(), &old), Some(failure));
        let last = now() + expected - Duration::from_secs(1);
        assert!(failure.is_recent(last), "{seconds}");
        assert!(!failure.is_recent(now() + expected), "{seconds}");
        assert!(
            !failure.is_recent(now() - Duration::from_secs(1)),
            "{seconds}"
        );
    };
    check(0, MINUTE);
    check(59, MINUTE);
    check(61, Duration::from_secs(61));
    check(300, 5 * MINUTE);
    check(900, 15 * MINUTE);
    check(u64::MAX, 15 * MINUTE);
}

#[test]
fn a_failure_of_one_token_is_not_one_of_another() {
    let world = World::new();
    world.refreshed(failure).unwrap_err();
    save(&world.home, &due("other"));
    world.refreshed(failure).unwrap_err();
    assert_eq!(world.requests.get(), 2);
}

#[test]
fn a_failure_in_the_future_is_old() {
    let world = World::new();
    let failure_at = |failed_at| FailedRefresh {
        failed_at,
        is_rejected: true,
        retry_after: None,
        restarted_at: None,
    };
    let later = now() + MINUTE;
    assert!(!failure_at(later).is_recent(now()));
    assert!(!failure_at(later).is_confirmed_by_rejection(now()));
    assert!(failure_at(now()).is_recent(now()));
    assert!(failure_at(now()).is_confirmed_by_rejection(later));
    let (cache, old) = (&world.home.cache, due("old"));
    let remembered = cache.remember_failed_refresh(&key(), &old, failure_at(later));
    remembered.unwrap();
    assert_eq!(cache.failed_refresh(&key(), &old), Some(failure_at(later)));
    world.refreshed(failure).unwrap_err();
}

/// The first rejection may be the fault of another tool that has not saved its response yet.
#[test]
fn only_a_second_rejection_ends_the_session() {
    let world = World::new();
    let rejection = || Ok(None);
    assert_eq!(world.refreshed(rejection).unwrap(), due("old"));
    assert_eq!(world.refreshed(rejection).unwrap(), due("old"));
    assert_eq!(world.refusal(), Refusal::default());
    world.wait(MINUTE);
    let ended = world.refreshed(rejection);
    assert!(
        matches!(ended, Err(RefreshError::SessionEnded)),
        "{ended:?}"
    );
    assert_eq!(world.refusal(), Refusal::OF_REFRESH_TOKEN);
    assert_eq!(world.requests.get(), 2);
}

#[test]
fn a_rejection_after_another_failure_does_not_end_the_session() {
    let world = World::new();
    world.refreshed(failure).unwrap_err();
    world.wait(MINUTE);
    assert_eq!(world.refreshed(|| Ok(None)).unwrap(), due("old"));
    assert_eq!(world.refusal(), Refusal::default());
}

#[test]
fn a_token_that_another_tool_saved_during_a_rejected_request_is_used() {
    let world = World::new();
    let path = world.home.sso_file(&key());
    let other = world.refreshed(|| {
        let text = std::fs::read_to_string(&path).unwrap();
        crate::home::put(&path, &text.replace("old", "other"));
        Ok(None)
    });
    assert_eq!(other.unwrap(), due("other"));
    assert_eq!(world.home.cache.failed_refresh(&key(), &due("other")), None);
}

#[test]
fn an_expired_token_is_refreshed_like_by_any_caller() {
    let world = World::new();
    world.refreshed(failure).unwrap_err();
    world.wait(10 * MINUTE);
    let new = world.refreshed(|| Ok(Some(valid("new"))));
    assert_eq!(new.unwrap(), valid("new"));
}

#[test]
fn a_missing_token_and_one_without_a_grant_are_errors() {
    let world = World::new();
    save(
        &world.home,
        &CachedToken {
            refresh_token: None,
            ..due("old")
        },
    );
    let unused = || panic!("no request is possible");
    let not_refreshable = world.refreshed(unused);
    assert!(matches!(not_refreshable, Err(RefreshError::NotRefreshable)));
    std::fs::remove_file(world.home.sso_file(&key())).unwrap();
    assert!(matches!(
        world.refreshed(unused),
        Err(RefreshError::NotCached)
    ));
}

fn unused() -> Response {
    panic!("another process sends the request")
}

/// Returns a function that starts another process, which does `work` while this one waits.
fn process(work: impl Fn() + Clone + 'static) -> impl Fn() -> Option<Background> {
    move || Some(Box::new(work.clone()))
}

#[test]
fn another_process_refreshes_a_due_token_after_this_one_releases_the_lock() {
    let world = Rc::new(World::new());
    let other = Rc::clone(&world);
    let work = move || {
        let new = other.refreshed_in_background(|| Ok(Some(valid("new"))));
        assert_eq!(new.unwrap(), valid("new"));
    };
    let new = world.refreshed_elsewhere(process(work), unused);
    assert_eq!(new.unwrap(), valid("new"));
    assert_eq!(world.requests.get(), 1);
    let no_process = || panic!("the token is fresh");
    let found = world.refreshed_elsewhere(no_process, unused);
    assert_eq!(found.unwrap(), valid("new"));
}

#[test]
fn the_old_token_is_returned_while_another_process_refreshes_it() {
    let world = World::new();
    let old = world.refreshed_elsewhere(process(|| {}), unused);
    assert_eq!(old.unwrap(), due("old"));
    // The other process is still running, so no process starts another one within a minute.
    let no_process = || panic!("one process was started");
    for _ in 0..3 {
        let old = world.refreshed_elsewhere(no_process, unused);
        assert_eq!(old.unwrap(), due("old"));
        assert_eq!(world.refreshed(unused).unwrap(), due("old"));
    }
    world.wait(MINUTE);
    let _lock = world.home.cache.lock_token(&key(), Duration::ZERO).unwrap();
    let old = world.refreshed_elsewhere(no_process, unused);
    assert_eq!(old.unwrap(), due("old"));
}

#[test]
fn a_late_response_to_another_process_is_saved() {
    let world = World::new();
    world.refreshed_elsewhere(process(|| {}), unused).unwrap();
    let new = world.refreshed_in_background(|| Ok(Some(valid("new"))));
    assert_eq!(new.unwrap(), valid("new"));
    assert_eq!(world.refreshed(unused).unwrap(), valid("new"));
}

#[test]
fn a_token_that_expires_or_disappears_during_the_wait_is_not_returned() {
    let world = Rc::new(World::new());
    let other = Rc::clone(&world);
    let expiry = process(move || other.wait(10 * MINUTE));
    let new = world.refreshed_elsewhere(expiry, || Ok(Some(valid("new"))));
    assert_eq!(new.unwrap(), valid("new"));

    let world = World::new();
    let path = world.home.sso_file(&key());
    let sign_out = process(move || std::fs::remove_file(&path).unwrap());
    let missing = world.refreshed_elsewhere(sign_out, unused);
    assert!(matches!(missing, Err(RefreshError::NotCached)));
}

#[test]
fn the_token_is_refreshed_here_if_no_other_process_can_be_started() {
    let world = World::new();
    let new = world.refreshed_elsewhere(|| None, || Ok(Some(valid("new"))));
    assert_eq!(new.unwrap(), valid("new"));
}

/// The start of a process is remembered like a failure, but does not replace an earlier one.
#[test]
fn the_second_rejection_of_another_process_ends_the_session() {
    let world = World::new();
    let rejection = || Ok(None);
    for is_first in [true, false] {
        world.refreshed_elsewhere(process(|| {}), unused).unwrap();
        let rejected = world.refreshed_in_background(rejection);
        assert_eq!(rejected.is_ok(), is_first, "{rejected:?}");
        world.wait(MINUTE);
    }
    assert_eq!(world.refusal(), Refusal::OF_REFRESH_TOKEN);
}

#[test]
fn a_failure_of_another_process_is_not_repeated_within_a_minute() {
    let world = World::new();
    world.refreshed_elsewhere(process(|| {}), unused).unwrap();
    world.wait(Duration::from_secs(30));
    world.refreshed_in_background(failure).unwrap_err();
    world.wait(Duration::from_secs(59));
    assert_eq!(world.refreshed(unused).unwrap(), due("old"));
    world.wait(Duration::from_secs(1));
    world.refreshed(failure).unwrap_err();
}

/// The lock may have no effect, so that all of these threads hold it. A new claim has the time of the
/// system's clock for a moment.
#[test]
fn one_of_many_concurrent_starts_is_granted() {
    for _ in 0..20 {
        let world = World::new();
        let (cache, old, now) = (&world.home.cache, due("old"), OffsetDateTime::now_utc());
        let starts = std::thread::scope(|scope| {
            let start = || cache.remember_started_refresh(&key(), &old, now).unwrap();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            let started = threads.into_iter().map(|thread| thread.join().unwrap());
            started.filter(|started| *started).count()
        });
        assert_eq!(starts, 1);
        let later = now + MINUTE;
        assert!(cache.remember_started_refresh(&key(), &old, later).unwrap());
    }
}

#[test]
fn a_start_without_an_outcome_is_no_failure() {
    let world = World::new();
    let (cache, old) = (&world.home.cache, due("old"));
    assert!(cache.remember_started_refresh(&key(), &old, now()).unwrap());
    let has_failed = || cache.failed_refresh(&key(), &old).unwrap().has_failed();
    assert!(!has_failed());
    let failure = FailedRefresh {
        failed_at: now(),
        is_rejected: false,
        retry_after: None,
        restarted_at: None,
    };
    cache
        .remember_failed_refresh(&key(), &old, failure)
        .unwrap();
    let later = now() + 2 * MINUTE;
    assert!(cache.remember_started_refresh(&key(), &old, later).unwrap());
    assert!(has_failed());
}

fn claim(world: &World) -> std::path::PathBuf {
    let file = world.home.sso_file(&key());
    let name = format!("{}.failed-refresh.claim", key());
    file.parent().unwrap().join("aws-sso-tools").join(name)
}

#[test]
fn a_start_leaves_no_claim() {
    let world = World::new();
    world.refreshed_elsewhere(process(|| {}), unused).unwrap();
    assert!(!claim(&world).exists());
}

#[test]
fn the_claim_of_a_killed_process_lasts_a_minute() {
    let world = World::new();
    let no_process = || panic!("another process starts one");
    let file = {
        std::fs::create_dir_all(claim(&world).parent().unwrap()).unwrap();
        std::fs::File::create(claim(&world)).unwrap()
    };
    for age in [Duration::ZERO, Duration::from_secs(59)] {
        file.set_modified((now() - age).into()).unwrap();
        let old = world.refreshed_elsewhere(no_process, unused);
        assert_eq!(old.unwrap(), due("old"));
    }
    for at in [now() - MINUTE, now() + MINUTE] {
        std::fs::File::create(claim(&world))
            .unwrap()
            .set_modified(at.into())
            .unwrap();
        // It is removed for the next process.
        let old = world.refreshed_elsewhere(no_process, unused);
        assert_eq!(old.unwrap(), due("old"));
        assert!(!claim(&world).exists());
    }
    let new = world.refreshed_elsewhere(|| None, || Ok(Some(valid("new"))));
    assert_eq!(new.unwrap(), valid("new"));
}

#[test]
fn a_start_that_cannot_be_claimed_is_granted() {
    let world = World::new();
    let dir = claim(&world).parent().unwrap().to_owned();
    if dir.exists() {
        std::fs::remove_dir_all(&dir).unwrap();
    }
    std::fs::File::create(&dir).unwrap();
    let started = world
        .home
        .cache
        .remember_started_refresh(&key(), &due("old"), now());
    assert!(matches!(started, Err(CacheError::Write(_))), "{started:?}");
}

#[test]
fn an_old_claim_that_cannot_be_removed_does_not_prevent_refreshes() {
    let world = World::new();
    std::fs::create_dir_all(claim(&world)).unwrap();
    for new in ["first", "second"] {
        let found = world.refreshed_elsewhere(|| None, || Ok(Some(due(new))));
        assert_eq!(found.unwrap(), due(new));
    }
    let started = world
        .home
        .cache
        .remember_started_refresh(&key(), &due("second"), now());
    assert!(matches!(started, Err(CacheError::Write(_))), "{started:?}");
}
