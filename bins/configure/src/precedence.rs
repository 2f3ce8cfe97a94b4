//! Keys that take precedence over others, or over values that were written.

use sso_config::{ConfigFiles, Location};
use sso_types::{ProfileName, escaped};

/// Returns the location of the key that takes precedence over the SSO keys of `profile`, and a
/// message about it. The AWS CLI applies the same precedence.
pub(crate) fn before_sso(files: &ConfigFiles, profile: &ProfileName) -> Option<(Location, String)> {
    let property = files.key_before_sso(profile)?;
    let key = property.key().to_lowercase();
    let profile = escaped(profile.as_str());
    let message = format!(
        "{key} takes precedence over the SSO account and role of profile {profile}; \
         remove the keys that are not needed"
    );
    Some((files.location_of(&property), message))
}

/// Returns the location of each key of `profile` that does not have its value of `written`, and a
/// message about it. `None` means that the key was removed. The credentials file takes precedence
/// over the config file, and a profile inherits the keys of `[DEFAULT]`.
pub(crate) fn over_written(
    files: &ConfigFiles,
    profile: &ProfileName,
    written: &[(&str, Option<&str>)],
) -> Vec<(Location, String)> {
    let Some(merged) = files.profile(profile) else {
        return Vec::new();
    };
    let name = escaped(profile.as_str());
    let found = written.iter().filter_map(|(key, value)| {
        let effective = merged.get(key)?;
        let message = match value {
            Some(value) if effective.value() == *value => return None,
            Some(_) => {
                format!("{key} takes precedence over the new value for profile {name}")
            }
            None => format!("profile {name} still has {key}, from here"),
        };
        Some((files.location_of(&effective), message))
    });
    found.collect()
}
