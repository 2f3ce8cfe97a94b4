//! Four threads, each as good as a process of its own, find one token due; one refreshes it. The
//! service is made up and the folder temporary: `cargo run -p token-cache --example refresh`.

#![expect(clippy::print_stdout, reason = "it is what the example is for")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use time::OffsetDateTime;
use token_cache::{
    CacheError, CacheKey, CachedToken, Locked, NoToken, REFRESH_WINDOW, RefreshSteps, Renewal,
    Slot, TokenCache, token_valid_for,
};

/// How this tool refreshes.
struct Tool<'a> {
    cache: &'a TokenCache,
    key: &'a CacheKey,
    requests: &'a AtomicUsize,
}

impl<'a> RefreshSteps for Tool<'a> {
    type Lock = Locked<'a, CachedToken>;
    type Room<'lock>
        = Slot<'lock, CachedToken>
    where
        Self: 'lock;
    type Error = CacheError;

    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn read(&self) -> Result<Option<CachedToken>, CacheError> {
        self.cache.token(self.key)
    }

    fn lock(&self) -> Result<Self::Lock, CacheError> {
        self.cache.lock_token(self.key, Duration::from_secs(30))
    }

    fn make_room<'lock>(&self, lock: &'lock Self::Lock) -> Result<Self::Room<'lock>, CacheError> {
        lock.prepare_write()
    }

    /// Here the OIDC service would be asked, and its `invalid_grant` would be `None`.
    fn request(
        &self,
        old: &CachedToken,
        _: Renewal<'_>,
    ) -> Result<Option<CachedToken>, CacheError> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(Some(CachedToken {
            access_token: format!("access token {number}").into(),
            refresh_token: Some(format!("refresh token {number}").into()),
            expires_at: self.now() + Duration::from_secs(3600),
            ..old.clone()
        }))
    }

    fn save<'lock>(&'lock self, room: Self::Room<'lock>, new: &CachedToken) {
        if let Err(error) = room.commit(new) {
            println!("the new token is lost: {error}");
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let cache = TokenCache::under(folder.path());
    let key = CacheKey::session_token(&"my-sso".into());
    let locked = cache.lock_token(&key, Duration::ZERO)?;
    locked.prepare_write()?.commit(&expired())?;
    drop(locked);

    let requests = AtomicUsize::new(0);
    let tool = Tool {
        cache: &cache,
        key: &key,
        requests: &requests,
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| match token_valid_for(&tool, REFRESH_WINDOW) {
                Ok(token) => println!("a token until {}", token.expires_at),
                Err(NoToken::Failed(error)) => println!("{error}"),
                Err(_) => println!("somebody has to sign in"),
            });
        }
    });
    println!("requests: {}", requests.into_inner());
    Ok(())
}

fn expired() -> CachedToken {
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
