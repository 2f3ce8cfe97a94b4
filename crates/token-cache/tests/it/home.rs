//! A folder in place of `~/.aws`, and what is noticed in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use token_cache::{CacheKey, CachedToken, Notice, TokenCache};

pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) struct Home {
    folder: TempDir,
    notices: Arc<Mutex<Vec<Notice>>>,
    pub(crate) cache: TokenCache,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with_pause(|_| {})
    }

    /// A home in which `pause` is called before a file is read again.
    pub(crate) fn with_pause(pause: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        let folder = TempDir::new().unwrap();
        let notices = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&notices);
        Self {
            cache: TokenCache::under(folder.path())
                .with_notices(move |notice| sink.lock().unwrap().push(notice))
                .with_pause(pause),
            folder,
            notices,
        }
    }

    /// What was noticed since the last time.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        std::mem::take(&mut self.notices.lock().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn sso_file(&self, key: &CacheKey) -> PathBuf {
        self.path(&format!("sso/cache/{key}.json"))
    }

    pub(crate) fn cli_file(&self, key: &CacheKey) -> PathBuf {
        self.path(&format!("cli/cache/{key}.json"))
    }
}

/// Writes a file as another tool would, less its care.
pub(crate) fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    #[expect(clippy::disallowed_methods, reason = "another tool would")]
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
