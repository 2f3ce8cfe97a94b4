//! Settings that take precedence over those of the written profiles.

use sso_config::{ConfigFiles, Location};

use super::desired::DesiredProfile;
use super::write::desired_values;
use crate::other_source::in_place_of_sso;
use crate::precedence::over_written;

/// Returns a message for each of `profiles` whose credentials come from another source.
pub(super) fn shadowed(
    files: &ConfigFiles,
    profiles: &[DesiredProfile],
) -> Vec<(Location, String)> {
    let names = profiles.iter().map(|profile| profile.name.as_str().into());
    names
        .filter_map(|name| in_place_of_sso(files, &name))
        .collect()
}

/// Returns a message for each key of the credentials file that replaces one of `profiles`.
pub(super) fn overruled(
    files: &ConfigFiles,
    profiles: &[DesiredProfile],
) -> Vec<(Location, String)> {
    let found = profiles.iter().flat_map(|profile| {
        let values = desired_values(profile).into_iter();
        let values: Vec<_> = values.map(|(key, value)| (key, Some(value))).collect();
        over_written(files, &profile.name.as_str().into(), &values)
    });
    found.collect()
}
