//! Credential sources that a profile has beside its SSO role.

use sso_config::{ConfigFiles, Location};
use sso_types::ProfileName;

use crate::check::different_credentials;
use crate::precedence::before_sso;

/// Returns the location of the key with which all programs, or some of them, do not use the SSO role of
/// `profile`, and a message about it.
pub(crate) fn in_place_of_sso(
    files: &ConfigFiles,
    profile: &ProfileName,
) -> Option<(Location, String)> {
    before_sso(files, profile).or_else(|| different_credentials(files, profile))
}
