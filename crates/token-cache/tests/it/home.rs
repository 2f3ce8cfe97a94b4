use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use token_cache::{CacheEvent, CacheKey, CachedToken, TokenCache};

/// A timeout that no test reaches.
pub(crate) const LONG: Duration = Duration::from_secs(60 * 60);

const PAUSE_DIVISOR: u32 = 20;

/// A temporary directory in place of `~/.aws`.
pub(crate) struct Home {
    dir: TempDir,
    events: Arc<Mutex<Vec<CacheEvent>>>,
    pub(crate) cache: TokenCache,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with_pause(|pause| thread::sleep(pause / PAUSE_DIVISOR))
    }

    pub(crate) fn with_pause(pause: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        let dir = TempDir::new().unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&events);
        Self {
            cache: TokenCache::in_aws_dir(dir.path())
                .on_event(move |event| sink.lock().unwrap().push(event))
                .with_pause(pause),
            dir,
            events,
        }
    }

    /// Returns the events since the last call.
    pub(crate) fn events(&self) -> Vec<CacheEvent> {
        std::mem::take(&mut self.events.lock().unwrap())
    }

    pub(crate) fn check_events(&self, expected: &[CacheEvent]) {
        assert_eq!(format!("{:?}", self.events()), format!("{expected:?}"));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn sso_file(&self, key: &CacheKey) -> PathBuf {
        self.path(&format!("sso/cache/{key}.json"))
    }

    pub(crate) fn cli_file(&self, key: &CacheKey) -> PathBuf {
        self.path(&format!("cli/cache/{key}.json"))
    }
}

/// Writes a file as another tool does: in place, without a lock, with the default mode.
pub(crate) fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    #[expect(clippy::disallowed_methods, reason = "other tools write in place")]
    fs::write(path, text).unwrap();
}

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

pub(crate) fn at(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}

pub(crate) fn key() -> CacheKey {
    CacheKey::session_token(&"my-sso".into())
}

pub(crate) fn token(access_token: &str) -> CachedToken {
    CachedToken {
        start_url: Some("https://my-sso-portal.awsapps.com/start".into()),
        region: Some("us-east-1".parse().unwrap()),
        access_token: access_token.into(),
        expires_at: at("2026-11-22T19:46:33Z"),
        client_id: Some("client".into()),
        client_secret: Some("hunter2".into()),
        registration_expires_at: Some(at("2027-02-20T19:46:33Z")),
        refresh_token: Some("aorAAAAA".into()),
    }
}
