//! Selection of the CA bundle.

use std::borrow::Cow;

use sso_config::AwsEnv;
use sso_config::network::CaBundlePath;
use sso_transport::CaBundle;

use super::ConnectionOptions;

/// Returns an environment whose `AWS_CA_BUNDLE` is valid if the options contain a CA bundle, so that
/// the settings that it overrides are not checked.
pub(super) fn without_overridden<'a>(
    env: &'a AwsEnv,
    options: &ConnectionOptions,
) -> Cow<'a, AwsEnv> {
    match options.ca_bundle {
        Some(_) => Cow::Owned(env.with("AWS_CA_BUNDLE", Some("overridden"))),
        None => Cow::Borrowed(env),
    }
}

/// Returns the CA bundle, and the setting that contains its path.
pub(super) fn of(
    options: &ConnectionOptions,
    found: Option<CaBundlePath>,
) -> (Option<CaBundle>, String) {
    match (&options.ca_bundle, found) {
        (Some(bundle), _) => (Some(bundle.clone()), "--ca-bundle".to_owned()),
        (None, Some(found)) => (Some(found.path.into()), found.setting),
        (None, None) => (None, String::new()),
    }
}
