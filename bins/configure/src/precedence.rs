//! What a profile has besides its SSO keys, and what counts before them.

use sso_credentials::{ConfigFiles, Place, sanitize};
use sso_types::ProfileName;

/// Returns what counts before the SSO keys of a profile, for the AWS CLI as here: where it stands,
/// and a sentence about it.
pub(crate) fn before_sso(files: &ConfigFiles, profile: &ProfileName) -> Option<(Place, String)> {
    let property = files.counted_before_sso(profile)?;
    let key = property.key().to_lowercase();
    let profile = sanitize(profile.as_str());
    let sentence = format!(
        "{key} counts before the account and role that the profile {profile} has of a session; \
         remove what you do not mean"
    );
    Some((files.place_of(&property), sentence))
}
