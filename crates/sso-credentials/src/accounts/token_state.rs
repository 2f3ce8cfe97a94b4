//! State files that belong to one token, because another sign-in may give access to other accounts.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sso_config::SsoSession;
use sso_session::ErrorChain;
use sso_session::cache::or_missing;
use sso_session::keys::SessionKeys;
use token_cache::{CacheKey, CachedToken, TokenCache};

/// State file of a session, for one of its tokens.
#[derive(Debug)]
pub(super) struct TokenState<'a> {
    cache: &'a TokenCache,
    session: CacheKey,
    suffix: &'static str,
    owner: Owner,
}

/// The token that a file belongs to.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    start_url: String,
    access_token_sha1: String,
}

#[derive(Deserialize, Serialize)]
struct File<T> {
    #[serde(flatten)]
    owner: Owner,
    #[serde(flatten)]
    content: T,
}

impl<'a> TokenState<'a> {
    pub(super) fn new(
        cache: &'a TokenCache,
        session: &SsoSession,
        token: &CachedToken,
        suffix: &'static str,
    ) -> Self {
        Self {
            cache,
            session: session.token_key(),
            suffix,
            owner: Owner {
                start_url: session.start_url.as_str().to_owned(),
                access_token_sha1: token.digest(),
            },
        }
    }

    /// Returns the content of the file. A file of another token, and an unreadable or corrupt file,
    /// count as missing.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        let found: File<T> = self.cache.read_state(&self.session, self.suffix)?;
        (found.owner == self.owner).then_some(found.content)
    }

    /// Writes the file, unless the token has been removed or replaced. Only logs an error, because
    /// without the file the requests are repeated.
    pub(super) fn write(&self, content: &impl Serialize) {
        let file = File {
            owner: self.owner.clone(),
            content,
        };
        let is_current = || self.is_current();
        let written = self
            .cache
            .write_state_if(&self.session, self.suffix, &file, is_current);
        match written {
            // A sign-out may have ended between the check and the write.
            Ok(true) if !self.is_current() => self.remove(),
            Ok(_) => {}
            Err(error) => log::debug!("{}; the listing is not saved", ErrorChain(&error)),
        }
    }

    /// Ignores an error, because the entries of an old file expire.
    pub(super) fn remove(&self) {
        let _ = self.cache.remove_state(&self.session, self.suffix);
    }

    fn is_current(&self) -> bool {
        let cached = or_missing(self.cache.token(&self.session)).ok().flatten();
        cached.is_some_and(|token| token.digest() == self.owner.access_token_sha1)
    }
}
