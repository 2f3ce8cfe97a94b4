//! Tokens that tools without locks save during a sign-out.

use token_cache::TokenCache;
use token_cache::refresh::protocol::REREAD_PAUSES;
use token_cache::scan::StoredToken;

use super::revocation::{Attempt, Ending};
use crate::clock::Clock;

/// Returns the tokens that replace one of `files` whose refresh token the service has refused, each with
/// its index. The AWS CLI and the AWS SDKs take no lock, so they may have used the refresh token and not
/// saved the response yet. Reads the files for up to three seconds, as after a refresh.
///
/// A refusal that is remembered is older than such a response.
pub(super) fn late_tokens(
    files: &[StoredToken],
    endings: &[Ending],
    cache: &TokenCache,
    clock: &dyn Clock,
) -> Vec<(usize, StoredToken)> {
    let is_refused = |attempt: &Attempt| matches!(attempt, Attempt::RefreshRefused { .. });
    let refused = files.iter().zip(endings).enumerate();
    let refused = refused.filter(|(_, (file, ending))| {
        is_refused(&ending.attempt) && !is_known_refusal(file, cache)
    });
    let mut awaited: Vec<_> = refused.map(|(index, (file, _))| (index, file)).collect();
    let mut found = Vec::new();
    let mut pauses = REREAD_PAUSES.iter();
    loop {
        awaited.retain(|(index, old)| match replacement_of(old, cache) {
            Some(new) => {
                found.push((*index, new));
                false
            }
            None => true,
        });
        match pauses.next() {
            Some(pause) if !awaited.is_empty() => clock.sleep(*pause),
            _ => return found,
        }
    }
}

/// Returns the tokens that are at the locations of removed `files` again, each with its index. Their tools
/// have used a refresh token before the sign-out, or read the old file before its removal.
pub(super) fn restored_tokens(
    files: &[StoredToken],
    endings: &[Ending],
    cache: &TokenCache,
) -> Vec<(usize, StoredToken)> {
    let removed = files.iter().zip(endings).enumerate();
    let removed = removed.filter(|(_, (_, ending))| ending.is_removed);
    removed
        .filter_map(|(index, (file, _))| Some((index, cache.stored_token(&file.location)?)))
        .collect()
}

fn is_known_refusal(file: &StoredToken, cache: &TokenCache) -> bool {
    let token = file.key.as_ref().zip(file.access_token.as_ref());
    token.is_some_and(|(key, access_token)| cache.refusal(key, access_token).refresh_token)
}

fn replacement_of(old: &StoredToken, cache: &TokenCache) -> Option<StoredToken> {
    let found = cache.stored_token(&old.location)?;
    let is_other =
        found.access_token != old.access_token || found.refresh_token != old.refresh_token;
    is_other.then_some(found)
}
