//! Checkpoint of an interrupted listing, in the state directory of the cache.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sso_session::sign_out::CHECKPOINT_SUFFIX;
use sso_types::{AccountId, RoleName};
use time::{Duration, OffsetDateTime};

use super::token_state::TokenState;
use super::{AccountRoles, MAX_AGE};

/// Minimum time between two writes. An interrupt loses the entries since the last write.
const WRITE_INTERVAL: Duration = Duration::SECOND;

/// Roles that were listed within [`MAX_AGE`] for the same token, by account.
#[derive(Debug)]
pub(super) struct ListingCheckpoint<'a> {
    file: TokenState<'a>,
    content: Content,
    /// Time of the last write, or of the first entry.
    written_at: Option<OffsetDateTime>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
struct Content {
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
    pub(super) const SUFFIX: &'static str = CHECKPOINT_SUFFIX;

    /// Returns an empty checkpoint.
    pub(super) fn new(file: TokenState<'a>) -> Self {
        Self {
            file,
            content: Content::default(),
            written_at: None,
        }
    }

    /// Adds the checkpoint of a previous run with the same token.
    pub(super) fn read(mut self, now: OffsetDateTime) -> Self {
        self.content = self.file.read().unwrap_or_default();
        let is_recent = |listed: &Entry| (now - listed.listed_at).abs() < MAX_AGE;
        self.content.accounts.retain(|_, listed| is_recent(listed));
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

    /// Writes the checkpoint for the next run.
    pub(super) fn write(&self) {
        self.file.write(&self.content);
    }

    pub(super) fn remove(self) {
        self.file.remove();
    }
}
