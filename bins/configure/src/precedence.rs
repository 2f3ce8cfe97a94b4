//! The keys of a profile that take precedence over its SSO keys.

use sso_config::{ConfigFiles, Location};
use sso_types::{ProfileName, sanitize};

/// Returns the location of the key that takes precedence over the SSO keys of a profile, for the
/// AWS CLI as for these programs, and a sentence about it.
pub(crate) fn before_sso(files: &ConfigFiles, profile: &ProfileName) -> Option<(Location, String)> {
    let property = files.key_before_sso(profile)?;
    let key = property.key().to_lowercase();
    let profile = sanitize(profile.as_str());
    let sentence = format!(
        "{key} counts before the account and role that the profile {profile} has of a session; \
         remove what you do not mean"
    );
    Some((files.location_of(&property), sentence))
}
