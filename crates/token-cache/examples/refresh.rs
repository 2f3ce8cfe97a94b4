//! Four threads, in place of four processes, share an expired token, and one of them refreshes
//! it. The service is simulated, and the directory is temporary:
//! `cargo run -p token-cache --example refresh`.

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use time::OffsetDateTime;
use token_cache::refresh::{RefreshClock, RefreshError, RefreshGrant, refresh};
use token_cache::{CacheError, CacheKey, CachedToken, REFRESH_WINDOW, TokenCache};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let aws_dir = tempfile::tempdir()?;
    let cache = TokenCache::in_aws_dir(aws_dir.path()).on_event(|event| println!("{event:?}"));
    let key = CacheKey::session_token(&"my-sso".into());
    let locked = cache.lock_token(&key, Duration::ZERO)?;
    locked.reserve()?.commit(&expired_token())?;
    drop(locked);

    let requests = AtomicUsize::new(0);
    // Return `Ok(None)` if the service rejects the refresh token (`invalid_grant`).
    let request = |old: &CachedToken, _: RefreshGrant<'_>| -> Result<_, CacheError> {
        let number = requests.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(Some(create_token(old, number)))
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let clock = RefreshClock {
                    now: OffsetDateTime::now_utc,
                    sleep: locked_file::clock::sleep,
                };
                match refresh(&cache, &key, Some, REFRESH_WINDOW, clock, request) {
                    Ok(token) => println!("valid until {}", token.expires_at),
                    Err(RefreshError::Failed(error)) => println!("{error}"),
                    Err(error) => println!("sign in again: {error}"),
                }
            });
        }
    });
    println!("requests: {}", requests.load(Ordering::Relaxed));
    Ok(())
}

/// Simulates the operation `CreateToken` of the OIDC service.
fn create_token(old: &CachedToken, number: usize) -> CachedToken {
    CachedToken {
        access_token: format!("access token {number}").into(),
        refresh_token: Some(format!("refresh token {number}").into()),
        expires_at: OffsetDateTime::now_utc() + Duration::from_secs(3600),
        ..old.clone()
    }
}

fn expired_token() -> CachedToken {
    let now = OffsetDateTime::now_utc();
    CachedToken {
        start_url: None,
        region: None,
        access_token: "access token 0".into(),
        expires_at: now,
        client_id: Some("client".into()),
        client_secret: Some("secret".into()),
        registration_expires_at: Some(now + Duration::from_secs(3600)),
        refresh_token: Some("refresh token 0".into()),
    }
}
