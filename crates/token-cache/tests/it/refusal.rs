use std::time::Duration;

use time::OffsetDateTime;
use token_cache::refusal::REFUSAL_SUFFIX;
use token_cache::{CachedToken, Refusal};

use crate::home::{Home, at, key, put, token};

fn now() -> OffsetDateTime {
    at("2026-11-22T19:46:33Z")
}

#[test]
fn refusals_of_a_token_add_up() {
    let home = Home::new();
    let token = "hunter2".into();
    let remembered = || home.cache.refusal(&key(), &token);
    let remember = |refusal| {
        home.cache
            .remember_refusal(&key(), &token, refusal)
            .unwrap();
    };
    assert_eq!(remembered(), Refusal::default());
    remember(Refusal::OF_REFRESH_TOKEN);
    assert_eq!(remembered(), Refusal::OF_REFRESH_TOKEN);
    remember(Refusal::OF_ACCESS_TOKEN);
    assert_eq!(remembered(), Refusal::OF_BOTH);
    assert_eq!(home.cache.state_files(REFUSAL_SUFFIX).len(), 1);
}

#[test]
fn a_refusal_of_one_token_is_not_one_of_another() {
    let home = Home::new();
    let remember = |token: &str, refusal| {
        let remembered = home.cache.remember_refusal(&key(), &token.into(), refusal);
        remembered.unwrap();
    };
    remember("old", Refusal::OF_BOTH);
    assert_eq!(
        home.cache.refusal(&key(), &"new".into()),
        Refusal::default()
    );
    remember("new", Refusal::OF_ACCESS_TOKEN);
    assert_eq!(
        home.cache.refusal(&key(), &"new".into()),
        Refusal::OF_ACCESS_TOKEN
    );
    assert_eq!(
        home.cache.refusal(&key(), &"old".into()),
        Refusal::default()
    );
}

#[cfg(unix)]
#[test]
fn a_state_file_that_is_a_symbolic_link_is_replaced() {
    let home = Home::new();
    let elsewhere = home.path("elsewhere");
    put(&elsewhere, "of the user");
    let name = format!("{}.{REFUSAL_SUFFIX}", key());
    let state_file = home.cache.state_dir().join(name);
    std::fs::create_dir_all(home.cache.state_dir()).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &state_file).unwrap();
    let (token, refusal) = ("hunter2".into(), Refusal::OF_BOTH);
    let remembered = home.cache.remember_refusal(&key(), &token, refusal);
    remembered.unwrap();
    assert_eq!(std::fs::read(&elsewhere).unwrap(), b"of the user");
    assert!(!state_file.is_symlink());
    assert_eq!(home.cache.refusal(&key(), &token), refusal);
}

#[test]
fn a_refused_part_of_a_token_is_not_used() {
    let check = |refusal: Refusal, left: i64, is_refreshable: bool, expected: Option<i64>| {
        let expires_at = now() + time::Duration::seconds(left);
        let cached = token_with(expires_at, is_refreshable);
        let usable = refusal.apply_to(cached, now());
        let left = usable.map(|token| (token.expires_at - now()).whole_seconds());
        assert_eq!(left, expected, "{refusal:?}, {is_refreshable}");
    };
    let (access, refresh) = (Refusal::OF_ACCESS_TOKEN, Refusal::OF_REFRESH_TOKEN);
    check(Refusal::default(), 60, true, Some(60));
    check(Refusal::default(), -60, false, Some(-60));
    check(access, 60, true, Some(0));
    check(access, -60, true, Some(-60));
    check(access, 60, false, None);
    check(refresh, 60, true, Some(60));
    check(refresh, 0, true, None);
    check(Refusal::OF_BOTH, 60, true, None);
}

fn token_with(expires_at: OffsetDateTime, is_refreshable: bool) -> CachedToken {
    let registration_expires_at = Some(now() + Duration::from_secs(3600));
    CachedToken {
        expires_at,
        registration_expires_at,
        refresh_token: is_refreshable.then(|| "hunter2".into()),
        client_id: Some("client".into()),
        client_secret: Some("hunter2".into()),
        ..token("hunter2")
    }
}
