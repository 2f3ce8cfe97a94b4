//! Selection of a profile by credentials in the environment.

use sso_config::{AwsEnv, Error};
use sso_credentials::aws::Selection;

use crate::ui::Ui;

/// Returns the profile whose keys `sso-use --credentials` has set, unless a variable selects one; else the
/// default. Warns about other keys in the environment, which other programs prefer to a profile.
///
/// # Errors
///
/// [`Error::NotUnicode`].
pub fn selection_of_environment(ui: &Ui, env: &AwsEnv) -> Result<Selection, Error> {
    if let Some(profile) = env.exported_profile()? {
        return Ok(Selection::Profile(profile));
    }
    if env.get_os("AWS_ACCESS_KEY_ID").is_some() {
        ui.warn_with_hint(
            "the credentials in AWS_ACCESS_KEY_ID are ignored; only those of a profile are used",
            "select a profile with --profile, or unset AWS_ACCESS_KEY_ID",
        );
    }
    Ok(Selection::Default)
}
