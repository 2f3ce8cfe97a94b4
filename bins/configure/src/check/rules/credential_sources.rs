//! Profiles with several credential sources, of which programs select different ones.

use std::collections::{BTreeMap, BTreeSet};

use aws_config_parse::{MergedProfile, PropertyRef, SectionRef};
use sso_config::process::{Exported, ExportedSession, command_words};
use sso_config::profile::SsoProfile;
use sso_config::{ConfigFiles, Error, Location};
use sso_types::{ProfileName, escaped};

use crate::check::consumer::{CONSUMERS, Identity, Source};
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&DIFFERENT_CREDENTIALS, &DIFFERENT_SOURCES],
    finder: Finder::Files(find),
};

static DIFFERENT_CREDENTIALS: Rule = Rule {
    code: "different-credentials",
    severity: Severity::Error,
    summary: "Profile that provides different credentials to different programs",
    explanation: "The profile has several credential sources, of which the AWS CLI and the SDKs \
                  select different ones, so that their identities differ. The table in [Profiles \
                  that programs read differently](../guide/consumers.md) shows the source that each \
                  program selects. Keep one source, and remove the keys of the others.",
    fix: None,
};

static DIFFERENT_SOURCES: Rule = Rule {
    code: "different-sources",
    severity: Severity::Advice,
    summary: "Profile that only some programs accept, or of which they select different sources",
    explanation: "The identity may be the same: a `credential_process` can print the credentials of \
                  the other source, a role can be assumed in several ways, and other programs reject \
                  the profile. The table in [Profiles that programs read \
                  differently](../guide/consumers.md) shows the source that each program selects. \
                  Keep one source, and remove the keys of the others.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let files = scope.aws.files();
    // Another rule reports a profile that contradicts its session.
    let is_consistent = |profile: &MergedProfile<'_>| {
        let loaded = SsoProfile::load(files, &profile.name().as_str().into());
        !matches!(loaded, Err(Error::Inconsistent { .. }))
    };
    let profiles = files.profiles().filter(is_consistent);
    profiles.filter_map(|it| finding(files, &it)).collect()
}

/// Returns the location of a key with which programs use different credentials of `profile`, and a
/// message about it.
pub(crate) fn different_credentials(
    files: &ConfigFiles,
    profile: &ProfileName,
) -> Option<(Location, String)> {
    let profile = files.profile(profile)?;
    let (location, message) = difference(files, &profile)?;
    let sources = sources(&profile).into_keys().collect();
    let is_certain = rule(&selections(&sources)).code == DIFFERENT_CREDENTIALS.code;
    is_certain.then(|| (location, format!("{message}; {}", hint(&sources))))
}

/// Returns whether programs select different sources of the profile.
pub(super) fn is_ambiguous(profile: &MergedProfile<'_>) -> bool {
    selections(&sources(profile).into_keys().collect()).len() > 1
}

/// Returns whether the profile has a complete credential source.
pub(super) fn has_source(profile: &MergedProfile<'_>) -> bool {
    !sources(profile).is_empty()
}

fn finding(files: &ConfigFiles, profile: &MergedProfile<'_>) -> Option<Finding> {
    let (location, message) = difference(files, profile)?;
    let sources = sources(profile).into_keys().collect();
    let finding = Finding::new(rule(&selections(&sources)), &message);
    Some(finding.at(location).with_hint(&hint(&sources)))
}

fn difference(files: &ConfigFiles, profile: &MergedProfile<'_>) -> Option<(Location, String)> {
    let found = sources(profile);
    let sources = found.keys().copied().collect();
    let selections = selections(&sources);
    if selections.len() < 2 {
        return None;
    }
    let cli = CONSUMERS[0].selected(&sources);
    let other = found.iter().find(|(source, _)| Some(**source) != cli);
    let shown: Vec<_> = selections.iter().map(text).collect();
    let message = format!(
        "programs read profile {} differently: {}",
        escaped(profile.name().as_str()),
        shown.join("; ")
    );
    Some((files.location_of(other?.1), message))
}

/// Returns the credential sources of a profile, each with a key.
fn sources<'a>(profile: &MergedProfile<'a>) -> BTreeMap<Source, PropertyRef<'a>> {
    let not_empty = |it: &PropertyRef<'_>| !it.value().is_empty();
    let get = |key| profile.get(key).filter(not_empty);
    let keys_in = |section: Option<SectionRef<'a>>| {
        let get = |key| section?.get(key).filter(not_empty);
        get("aws_secret_access_key").and(get("aws_access_key_id"))
    };
    let role = get("role_arn");
    let (of_profile, of_other) = (get("source_profile"), get("credential_source"));
    let (sso_role, session) = (
        get("sso_role_name").or(get("sso_account_id")),
        get("sso_session"),
    );
    let start_url = get("sso_start_url");
    let unless = |key: Option<_>, other: Option<_>| key.filter(|_| other.is_none());
    let mut found = BTreeMap::new();
    let mut add = |source, key: Option<PropertyRef<'a>>| {
        found.extend(key.map(|key| (source, key)));
    };
    add(
        Source::WebIdentity,
        role.and(get("web_identity_token_file")),
    );
    add(Source::TwoSources, role.and(of_profile).and(of_other));
    add(
        Source::RoleFromProfile,
        unless(role.and(of_profile), of_other),
    );
    add(
        Source::RoleFromService,
        unless(role.and(of_other), of_profile),
    );
    add(
        Source::LegacyKeys,
        session.and(start_url.or(get("sso_region"))),
    );
    add(Source::SsoRole, sso_role);
    add(Source::SsoSession, unless(session.or(start_url), sso_role));
    add(Source::CredentialsFileKeys, keys_in(profile.credentials()));
    add(Source::LoginSession, get("login_session"));
    let process = get("credential_process").filter(|it| !exports_itself(profile, it, &found));
    found.extend(process.map(|key| (Source::Process, key)));
    let mut add = |source, key: Option<PropertyRef<'a>>| {
        found.extend(key.map(|key| (source, key)));
    };
    add(Source::ConfigFileKeys, keys_in(profile.config()));
    let has = |source| found.contains_key(&source);
    let has_keys = has(Source::CredentialsFileKeys) || has(Source::ConfigFileKeys);
    let has_other = !found.is_empty() && !has(Source::WebIdentity);
    if of_profile.or(of_other).is_none() && (has_keys || has_other) {
        found.extend(role.map(|key| (Source::RoleArn, key)));
    }
    found
}

/// Returns whether the process prints the credentials of the source that these programs select of `found`,
/// those before the process. Some programs reject a process beside a role.
fn exports_itself<'a>(
    profile: &MergedProfile<'a>,
    process: &PropertyRef<'a>,
    found: &BTreeMap<Source, PropertyRef<'a>>,
) -> bool {
    let sources = found.keys().copied().collect();
    let selected = CONSUMERS[0].selected(&sources);
    let is_supported = matches!(
        selected,
        Some(Source::SsoRole | Source::CredentialsFileKeys)
    );
    if !is_supported || profile.get("role_arn").is_some() {
        return false;
    }
    let words = command_words(&process.value()).unwrap_or_default();
    let exported = words.split_first();
    match exported.and_then(|(program, arguments)| Exported::of_command(program, arguments)) {
        Some(Exported::Profile(name)) => name.as_str() == profile.name().as_str(),
        Some(Exported::Role {
            session,
            account_id,
            role_name,
        }) => {
            let has = |key, value: &str| profile.get(key).is_some_and(|it| it.value() == value);
            let is_own = |name: &str| name == profile.name().as_str();
            let has_session = match session {
                ExportedSession::Named(name) => has("sso_session", name.as_str()),
                ExportedSession::OfProfile(name) => is_own(name.as_str()),
                ExportedSession::OfName(name) => is_own(&name) || has("sso_session", &name),
            };
            has_session
                && has("sso_account_id", account_id.as_str())
                && has("sso_role_name", role_name.as_str())
                && selected == Some(Source::SsoRole)
        }
        Some(Exported::Default | Exported::NotUnderstood) | None => false,
    }
}

/// Programs by the source that they select. `None` means that they reject the profile.
type Selections = BTreeMap<Option<Source>, Vec<&'static str>>;

fn selections(sources: &BTreeSet<Source>) -> Selections {
    let mut selections = Selections::new();
    for consumer in &CONSUMERS {
        let programs = selections.entry(consumer.selected(sources)).or_default();
        programs.extend(consumer.programs);
    }
    selections
}

fn rule(selections: &Selections) -> &'static Rule {
    let identities = selections.keys().flatten().map(|source| source.identity());
    let known: BTreeSet<_> = identities.filter(|it| *it != Identity::Any).collect();
    if known.len() > 1 {
        &DIFFERENT_CREDENTIALS
    } else {
        &DIFFERENT_SOURCES
    }
}

fn text((source, programs): (&Option<Source>, &Vec<&str>)) -> String {
    let selected = source.map_or("error", Source::name);
    format!("{selected} in {}", programs.join(", "))
}

fn hint(sources: &BTreeSet<Source>) -> String {
    let is_source = |source: &&Source| !matches!(source, Source::LegacyKeys | Source::RoleArn);
    let keys: Vec<_> = sources
        .iter()
        .filter(is_source)
        .map(|it| it.keys())
        .collect();
    match keys.as_slice() {
        [_] if sources.contains(&Source::RoleArn) => {
            "remove role_arn, or move the other keys to a profile and set source_profile to it"
                .into()
        }
        [_] => "remove sso_start_url and sso_region; the SSO session sets them".into(),
        keys => format!("keep one of {}, and remove the other keys", keys.join(", ")),
    }
}
