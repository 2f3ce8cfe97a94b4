//! Keys of a profile that take precedence over its SSO keys.

use sso_config::{ConfigFiles, Location};
use sso_types::{ProfileName, sanitize};

/// Returns the location of the key that takes precedence over the SSO keys of `profile`, and a
/// message about it. The AWS CLI applies the same precedence.
pub(crate) fn before_sso(files: &ConfigFiles, profile: &ProfileName) -> Option<(Location, String)> {
    let property = files.key_before_sso(profile)?;
    let key = property.key().to_lowercase();
    let profile = sanitize(profile.as_str());
    let message = format!(
        "{key} takes precedence over the SSO account and role of profile {profile}; \
         remove the keys that are not needed"
    );
    Some((files.location_of(&property), message))
}
