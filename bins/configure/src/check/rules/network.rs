//! Network settings of profiles.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sso_config::network::NetworkSettings;
use sso_credentials::aws::Selection;
use sso_session::{Error, ErrorChain};
use sso_types::ProfileName;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&NETWORK_SETTING],
    finder: Finder::Files(find),
};

static NETWORK_SETTING: Rule = Rule {
    code: "network-setting",
    severity: Severity::Error,
    summary: "Network setting of a profile or of the environment that cannot be used",
    explanation: "The value of `region`, `endpoint_url`, `services`, `ca_bundle` or `max_attempts` \
                  is invalid, its section or file cannot be used, or `endpoint_url` is combined \
                  with `use_fips_endpoint` or `use_dualstack_endpoint`. Requests with the profile \
                  fail. Correct the setting or remove it. A setting is not checked while a \
                  variable of the environment takes precedence over it. Then the variable is \
                  checked, except a file that it names.",
    fix: None,
};

/// Reports each setting once, even if several profiles or services use it.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let (mut known_bundles, mut known_messages) = (BTreeSet::new(), BTreeSet::new());
    // Without a profile, the variables count.
    let names = scope.aws.files().profile_names().chain(["default".into()]);
    let errors = names.flat_map(|name| errors(scope, name, &mut known_bundles));
    let findings = errors.filter_map(|error| {
        let message = ErrorChain(&error).to_string();
        let is_new = known_messages.insert(message.clone());
        let finding = || Finding::new(&NETWORK_SETTING, &message);
        is_new.then(|| match location(&error) {
            Some(location) => finding().at(location),
            None => finding(),
        })
    });
    findings.collect()
}

fn errors(scope: &Scope<'_>, name: ProfileName, known: &mut BTreeSet<PathBuf>) -> Vec<Error> {
    let new_bundle = ca_bundle_in_file(scope, &name).filter(|path| known.insert(path.clone()));
    let Ok(network) = scope.aws.network(&Selection::Profile(name)) else {
        return Vec::new();
    };
    let clients = network.clients(None);
    let bundle = new_bundle.and_then(|_| clients.ca_bundle_error());
    clients.setting_errors().into_iter().chain(bundle).collect()
}

/// Returns the CA bundle if the profile names it. Ignores the bundle of a variable, which may be a
/// pipe that can be read only once.
fn ca_bundle_in_file(scope: &Scope<'_>, name: &ProfileName) -> Option<PathBuf> {
    let (env, files) = (scope.aws.env(), scope.aws.files());
    let (settings, _) = NetworkSettings::with_errors(env, files, name, None);
    let bundle = settings.ca_bundle?;
    location_in(&bundle.setting)?;
    Some(bundle.path)
}

/// Returns the location of the setting, or `None` if it is a variable or an option.
fn location(error: &Error) -> Option<String> {
    match error {
        Error::Config(sso_config::Error::UnknownServices { location, .. }) => {
            Some(location.to_string())
        }
        Error::Config(sso_config::Error::InvalidSetting { name, .. }) => location_in(name),
        Error::Endpoint { setting, .. } | Error::CaBundle { setting, .. } => location_in(setting),
        _ => None,
    }
}

/// Returns `FILE:LINE` of a setting in a file, which is described as `KEY at FILE:LINE`.
fn location_in(setting: &str) -> Option<String> {
    let (_, location) = setting.split_once(" at ")?;
    Some(location.to_owned())
}
