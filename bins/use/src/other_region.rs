//! Region in the environment that takes precedence over that of the profile.

use cli_ux::Ui;
use sso_credentials::Aws;
use sso_types::{ProfileName, escaped};

use crate::environment::Environment;

/// Warns of the first variable with another Region than that of `profile`.
pub(crate) fn warn(ui: &Ui, aws: &Aws, profile: &ProfileName) {
    let Some(own) = aws.files().region(profile) else {
        return;
    };
    let mut others = Environment::of(aws.env()).own_regions();
    if let Some((variable, other)) = others.find(|(_, region)| *region != own) {
        let profile = escaped(profile.as_str());
        // In quotes, which show white space.
        ui.warn(format_args!(
            "the Region of profile {profile} is {own:?}, but programs in this shell use {other:?} \
             from {variable}"
        ));
    }
}
