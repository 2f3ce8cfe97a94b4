//! Checkpoint of an interrupted listing, in the state directory of the cache.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sso_config::SsoSession;
use sso_session::ErrorChain;
use sso_session::cache::or_missing;
use sso_session::keys::SessionKeys;
use sso_session::sign_out::CHECKPOINT_SUFFIX;
use sso_types::{AccountId, RoleName};
use time::{Duration, OffsetDateTime};
use token_cache::{CacheKey, CachedToken, TokenCache};

use super::AccountRoles;

const MAX_AGE: Duration = Duration::HOUR;

/// Minimum time between two writes. An interrupt loses the entries since the last write.
const WRITE_INTERVAL: Duration = Duration::SECOND;

/// Roles that were listed within [`MAX_AGE`] for the same token, by account.
#[derive(Debug)]
pub(super) struct ListingCheckpoint<'a> {
    cache: &'a TokenCache,
    session: CacheKey,
    content: Content,
    /// Time of the last write, or of the first entry.
    written_at: Option<OffsetDateTime>,
}

/// Content of the file. It is bound to a token, because another sign-in may give access to other
/// accounts.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    start_url: String,
    access_token_sha1: String,
    accounts: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    roles: Vec<String>,
    #[serde(with = "time::serde::timestamp")]
    listed_at: OffsetDateTime,
}

impl<'a> ListingCheckpoint<'a> {
    /// Returns an empty checkpoint.
    pub(super) fn new(cache: &'a TokenCache, session: &SsoSession, token: &CachedToken) -> Self {
        Self {
            cache,
            session: session.token_key(),
            content: Content {
                start_url: session.start_url.as_str().to_owned(),
                access_token_sha1: token.digest(),
                accounts: BTreeMap::new(),
            },
            written_at: None,
        }
    }

    /// Adds the checkpoint of a previous run with the same token. An unreadable or corrupt file
    /// counts as missing.
    pub(super) fn read(mut self, now: OffsetDateTime) -> Self {
        let found: Option<Content> = self.cache.read_state(&self.session, CHECKPOINT_SUFFIX);
        let is_ours = |found: &Content| {
            found.start_url == self.content.start_url
                && found.access_token_sha1 == self.content.access_token_sha1
        };
        if let Some(found) = found.filter(is_ours) {
            self.content.accounts = found.accounts;
            let is_recent = |listed: &Entry| (now - listed.listed_at).abs() < MAX_AGE;
            self.content.accounts.retain(|_, listed| is_recent(listed));
        }
        self
    }

    /// Returns the roles in `account`, and the time at which they were listed.
    pub(super) fn get(&self, account: &AccountId) -> Option<(Vec<RoleName>, OffsetDateTime)> {
        let listed = self.content.accounts.get(account.as_str())?;
        let roles = listed.roles.iter().map(|role| role.as_str().into());
        Some((roles.collect(), listed.listed_at))
    }

    /// Adds the roles of an account, unless the checkpoint contains them. Writes the file if
    /// [`WRITE_INTERVAL`] has passed.
    pub(super) fn add(&mut self, listed: &AccountRoles, now: OffsetDateTime) {
        let roles = listed.roles.iter();
        let roles = roles.map(|role| role.as_str().to_owned());
        let id = listed.account.account_id.as_str().to_owned();
        self.content.accounts.entry(id).or_insert_with(|| Entry {
            roles: roles.collect(),
            listed_at: now,
        });
        if now - *self.written_at.get_or_insert(now) >= WRITE_INTERVAL {
            self.written_at = Some(now);
            self.write();
        }
    }

    /// Writes the checkpoint for the next run, unless the token has been removed or replaced. Only
    /// logs an error, because without a checkpoint the next run repeats the requests.
    pub(super) fn write(&self) {
        let is_current = || self.is_current();
        let (cache, session) = (self.cache, &self.session);
        match cache.write_state_if(session, CHECKPOINT_SUFFIX, &self.content, is_current) {
            // A sign-out may have ended between the check and the write.
            Ok(true) if !self.is_current() => self.remove_file(),
            Ok(_) => {}
            Err(error) => log::debug!(
                "{}; the checkpoint of the listing is not saved",
                ErrorChain(&error)
            ),
        }
    }

    pub(super) fn remove(self) {
        self.remove_file();
    }

    fn remove_file(&self) {
        // The error is ignored: the entries of an old file expire.
        let _ = self.cache.remove_state(&self.session, CHECKPOINT_SUFFIX);
    }

    fn is_current(&self) -> bool {
        let cached = or_missing(self.cache.token(&self.session)).ok().flatten();
        cached.is_some_and(|token| token.digest() == self.content.access_token_sha1)
    }
}
