//! Checkpoint of an interrupted listing, in the state directory of the cache.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sso_session::ErrorChain;
use sso_session::sign_out::CHECKPOINT_SUFFIX;
use sso_types::{AccountId, RoleName};
use time::{Duration, OffsetDateTime};
use token_cache::{CacheKey, TokenCache};

use super::AccountRoles;

const MAX_AGE: Duration = Duration::HOUR;

/// Minimum time between two writes. An interrupt loses the entries since the last write.
const WRITE_INTERVAL: Duration = Duration::SECOND;

/// Roles that were listed within [`MAX_AGE`], by account.
#[derive(Debug)]
pub(super) struct ListingCheckpoint<'a> {
    cache: &'a TokenCache,
    session: CacheKey,
    accounts: BTreeMap<String, Entry>,
    written_at: OffsetDateTime,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    roles: Vec<String>,
    #[serde(with = "time::serde::timestamp")]
    listed_at: OffsetDateTime,
}

impl<'a> ListingCheckpoint<'a> {
    /// Reads the checkpoint of the previous run. An unreadable or corrupt file counts as missing.
    pub(super) fn read(cache: &'a TokenCache, session: &CacheKey, now: OffsetDateTime) -> Self {
        let accounts = cache.read_state(session, CHECKPOINT_SUFFIX);
        let mut accounts: BTreeMap<String, Entry> = accounts.unwrap_or_default();
        accounts.retain(|_, listed| (now - listed.listed_at).abs() < MAX_AGE);
        Self {
            cache,
            session: session.clone(),
            accounts,
            written_at: now,
        }
    }

    pub(super) fn get(&self, account: &AccountId) -> Option<Vec<RoleName>> {
        let listed = self.accounts.get(account.as_str())?;
        Some(
            listed
                .roles
                .iter()
                .map(|role| role.as_str().into())
                .collect(),
        )
    }

    /// Adds the roles of an account, unless the checkpoint contains them. Writes the file if
    /// [`WRITE_INTERVAL`] has passed.
    pub(super) fn add(&mut self, listed: &AccountRoles, now: OffsetDateTime) {
        let roles = listed.roles.iter();
        let roles = roles.map(|role| role.as_str().to_owned());
        let id = listed.account.account_id.as_str().to_owned();
        self.accounts.entry(id).or_insert_with(|| Entry {
            roles: roles.collect(),
            listed_at: now,
        });
        if now - self.written_at >= WRITE_INTERVAL {
            self.written_at = now;
            self.write();
        }
    }

    /// Writes the checkpoint for the next run. Only logs an error, because without a checkpoint the
    /// next run repeats the requests.
    pub(super) fn write(&self) {
        let cache = self.cache;
        if let Err(error) = cache.write_state(&self.session, CHECKPOINT_SUFFIX, &self.accounts) {
            log::debug!(
                "{}; the checkpoint of the listing is not saved",
                ErrorChain(&error)
            );
        }
    }

    pub(super) fn remove(self) {
        // The error is ignored: the entries of an old file expire.
        let _ = self.cache.remove_state(&self.session, CHECKPOINT_SUFFIX);
    }
}
