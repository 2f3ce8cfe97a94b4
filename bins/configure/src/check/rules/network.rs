//! Network settings of profiles.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sso_config::SsoSession;
use sso_config::network::NetworkSettings;
use sso_config::profile::SsoProfile;
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
                  with `use_fips_endpoint` or `use_dualstack_endpoint`, possibly of another profile \
                  of the session. Requests with the profile or the session fail. Correct the setting or remove it. A setting is not checked while a \
                  variable of the environment takes precedence over it. Then the variable is \
                  checked, except a file that it names.",
    fix: None,
};

/// Reports each setting once, even if several profiles, sessions or services use it.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let mut known_messages = BTreeSet::new();
    let errors = errors(scope).into_iter();
    let new = errors.filter(|error| known_messages.insert(ErrorChain(error).to_string()));
    new.map(|error| finding(error, scope)).collect()
}

fn finding(error: Error, scope: &Scope<'_>) -> Finding {
    let finding = Finding::new(&NETWORK_SETTING, &ErrorChain(&error).to_string());
    let finding = match location(&error) {
        Some(location) => finding.at(location),
        None => finding,
    };
    finding.with_hint_of(&error.into(), scope.program)
}

/// Returns true if this rule reports the error of a request.
pub(super) fn reports(error: &Error, scope: &Scope<'_>) -> bool {
    let message = ErrorChain(error).to_string();
    let mut errors = errors(scope).into_iter();
    errors.any(|error| ErrorChain(&error).to_string() == message)
}

/// Keys whose values a request takes from the profile in effect or from a profile of the session.
const MERGED_KEYS: [&str; 7] = [
    "ca_bundle",
    "endpoint_url",
    "ignore_configured_endpoint_urls",
    "max_attempts",
    "services",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

/// Returns the errors of each profile, then those of each session, which merges the settings of its
/// profiles, and those of each profile with the session that it uses. Contains the same error several
/// times.
fn errors(scope: &Scope<'_>) -> Vec<Error> {
    // Without a profile, the variables count.
    let names = scope.aws.files().profile_names().chain(["default".into()]);
    let profiles = names.map(|name| (Selection::Profile(name), None));
    let sessions = scope.configured.sessions.iter();
    let sessions = sessions.map(|session| (Selection::Default, Some(session)));
    let used = used_sessions(scope);
    let with_used = used.iter();
    let with_used = with_used.map(|(name, it)| (Selection::Profile(name.clone()), Some(it)));
    let mut usable = BTreeSet::new();
    let all = profiles.chain(sessions).chain(with_used);
    all.flat_map(|(selection, session)| {
        let mut errors = errors_of(scope, &selection, session, &mut usable);
        errors.retain(|error| !is_of_other_programs(scope, &selection, error));
        errors
    })
    .collect()
}

/// Returns whether only other programs use the setting: the `http` URL of a local service, in a profile with
/// which these programs send no requests.
fn is_of_other_programs(scope: &Scope<'_>, selection: &Selection, error: &Error) -> bool {
    let Selection::Profile(name) = selection else {
        return false;
    };
    let is_insecure = matches!(error, Error::Endpoint { source, .. } if source.is_insecure());
    let profile = scope.aws.files().profile(name);
    let has_role = profile.is_some_and(|profile| profile.get("role_arn").is_some());
    is_insecure && !has_role && sessions_of(scope, name).iter().all(Option::is_none)
}

/// Returns the profiles that get their credentials from a session, possibly of another profile. Omits
/// those whose settings and session are equal to those of an earlier one.
fn used_sessions(scope: &Scope<'_>) -> Vec<(ProfileName, SsoSession)> {
    let files = scope.aws.files();
    let mut known = BTreeSet::new();
    let names = files.profile_names();
    let used = names.flat_map(|name| {
        let sessions = sessions_of(scope, &name).into_iter().flatten();
        sessions.map(move |session| (name.clone(), session))
    });
    let new = used.filter(|(name, session)| {
        let profile = files.profile(name);
        let value = |key| Some(profile.as_ref()?.get(key)?.value().into_owned());
        let start_url = session.start_url.as_str().to_owned();
        known.insert((session.name.clone(), start_url, MERGED_KEYS.map(value)))
    });
    new.collect()
}

/// Returns the session that a sign-in with the profile uses, and the one that its credentials come from.
fn sessions_of(scope: &Scope<'_>, name: &ProfileName) -> [Option<SsoSession>; 2] {
    let files = scope.aws.files();
    let reached = scope.chains.reached_session(files, name);
    let own = || Some(SsoProfile::load(files, name).ok()?.session);
    [reached.or_else(own), scope.chains.session(name).cloned()]
}

/// Reads the CA bundle, unless it is known to be usable.
fn errors_of(
    scope: &Scope<'_>,
    selection: &Selection,
    session: Option<&SsoSession>,
    usable: &mut BTreeSet<PathBuf>,
) -> Vec<Error> {
    let Ok(network) = scope.aws.network(selection) else {
        return Vec::new();
    };
    let clients = network.clients(session);
    let bundle = ca_bundle_in_file(scope, &network.profile, session);
    let bundle = bundle.filter(|path| !usable.contains(path));
    let bundle_error = bundle.and_then(|path| {
        let error = clients.ca_bundle_error();
        if error.is_none() {
            usable.insert(path);
        }
        error
    });
    let errors = clients.setting_errors().into_iter();
    errors.chain(bundle_error).collect()
}

/// Returns the CA bundle if a profile names it. Ignores the bundle of a variable, and a pipe or a
/// device, which may be readable only once.
fn ca_bundle_in_file(
    scope: &Scope<'_>,
    profile: &ProfileName,
    session: Option<&SsoSession>,
) -> Option<PathBuf> {
    let (env, files) = (scope.aws.env(), scope.aws.files());
    let (settings, _) = NetworkSettings::with_errors(env, files, profile, session);
    let bundle = settings.ca_bundle?;
    location_in(&bundle.setting)?;
    let found = bundle.path.metadata();
    let is_special = found.is_ok_and(|found| !found.is_file() && !found.is_dir());
    (!is_special).then_some(bundle.path)
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
