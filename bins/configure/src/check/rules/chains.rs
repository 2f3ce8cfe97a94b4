//! Role chains that do not lead to credentials.

use std::collections::{BTreeMap, BTreeSet};

use aws_config_parse::{MergedProfile, PropertyRef};
use cli_ux::config_hint;
use sso_config::Error;
use sso_config::chain::ChainLink;
use sso_config::name_clue::NameClue;
use sso_session::ErrorChain;
use sso_types::{ProfileName, escaped};

use super::credential_sources::{has_source, is_ambiguous};
use super::keys::misspelled_keys;
use super::sections::is_ignored_section;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[
        &UNKNOWN_SOURCE,
        &CYCLE,
        &ROLE_WITHOUT_SOURCE,
        &TWO_SOURCES,
        &UNUSABLE_SOURCE,
        &MISSING_ROLE_ARN,
        &UNUSED_SOURCE,
    ],
    finder: Finder::Files(find),
};

const fn rule(code: &'static str, summary: &'static str, explanation: &'static str) -> Rule {
    Rule {
        code,
        severity: Severity::Error,
        summary,
        explanation,
        fix: None,
    }
}

static UNKNOWN_SOURCE: Rule = rule(
    "unknown-source-profile",
    "`source_profile` with the name of a profile that does not exist",
    "The role cannot be assumed. Correct the name, or create the profile.",
);

static CYCLE: Rule = rule(
    "profile-cycle",
    "Profiles that are the source of each other",
    "None of the roles can be assumed. Set `source_profile` of one of them to a profile with \
     credentials. A profile may be its own source only if it contains access keys.",
);

static ROLE_WITHOUT_SOURCE: Rule = rule(
    "role-without-source",
    "`role_arn` without a source of credentials",
    "The AWS CLI and the SDKs reject the profile. Add `source_profile`, `credential_source` or \
     `web_identity_token_file`.",
);

static TWO_SOURCES: Rule = rule(
    "two-sources",
    "`role_arn` with both `source_profile` and `credential_source`",
    "The AWS CLI and the SDKs reject the profile. Remove one of the two keys.",
);

static UNUSABLE_SOURCE: Rule = rule(
    "unusable-source",
    "Source profile without credentials",
    "The roles that are assumed with this profile cannot be used. Add `sso_account_id` and \
     `sso_role_name` or other credentials to it, or use another source profile.",
);

static MISSING_ROLE_ARN: Rule = rule(
    "missing-role-arn",
    "`web_identity_token_file` or `credential_source` without `role_arn`",
    "The AWS CLI rejects the profile, or finds no credentials in it. Add `role_arn`.",
);

static UNUSED_SOURCE: Rule = Rule {
    severity: Severity::Advice,
    ..rule(
        "unused-source",
        "`source_profile` of a profile without a role and without credentials",
        "The AWS CLI and the SDKs use `source_profile` only with `role_arn`. Other tools may use it \
         alone.",
    )
};

const SOURCE_PROFILE: &str = "source_profile";

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let profiles = || scope.aws.files().profiles();
    let (roles, others): (Vec<_>, Vec<_>) =
        profiles().partition(|profile| get(profile, "role_arn").is_some());
    let checked = roles.iter().filter(|profile| !is_ambiguous(profile));
    let errors = scope
        .chains
        .errors(checked.map(|it| it.name().as_str().into()));
    // Profiles with the same missing source have one problem.
    let mut unknown = BTreeMap::new();
    let mut findings = Vec::new();
    for error in errors {
        match error {
            Error::UnknownSourceProfile { profile, .. } => {
                unknown.entry(profile).or_insert(error);
            }
            error => findings.extend(finding(scope, error)),
        }
    }
    findings.extend(others.iter().filter_map(|it| without_role(scope, it)));
    let cycles = scope.chains.cycles.iter();
    findings.extend(cycles.filter_map(|it| cycle(scope, it)));
    let unknown = unknown.into_values();
    let unknown = unknown.filter_map(|error| unknown_source(scope, error));
    unknown.chain(findings).collect()
}

fn unknown_source(scope: &Scope<'_>, error: &Error) -> Option<Finding> {
    let Error::UnknownSourceProfile {
        profile,
        location,
        clue,
        ..
    } = error
    else {
        return None;
    };
    if is_ignored_section(clue, scope) {
        return None;
    }
    let mut users = scope.affected.by_profiles([profile.as_str().to_owned()]);
    users.remove(profile.as_str());
    let clue = without_cycles((**clue).clone(), &users).into();
    let error = &Error::UnknownSourceProfile {
        profile: profile.clone(),
        key: SOURCE_PROFILE,
        location: location.clone(),
        clue,
    };
    let finding = Finding::new(&UNKNOWN_SOURCE, &ErrorChain(error).to_string());
    let finding = finding.at(location).affecting(users);
    Some(match config_hint(error, scope.program) {
        Some(hint) => finding.with_hint(&hint),
        None => finding,
    })
}

/// Removes suggestions that lead to a cycle.
fn without_cycles(clue: NameClue, users: &BTreeSet<String>) -> NameClue {
    let NameClue::Similar(mut names) = clue else {
        return clue;
    };
    names.retain(|name| !users.contains(name));
    if names.is_empty() {
        NameClue::Unlike
    } else {
        NameClue::Similar(names)
    }
}

fn finding(scope: &Scope<'_>, error: &Error) -> Option<Finding> {
    match error {
        Error::InvalidSetting { name, .. } => {
            let (key, location) = name.split_once(" at ")?;
            let message = "a role with source_profile must not have a credential_source";
            let finding = Finding::new(&TWO_SOURCES, message).at(location);
            (key == "source_profile").then(|| finding.with_hint("remove one of the two keys"))
        }
        Error::MissingKeys { section, keys, .. } => {
            let name: ProfileName = section.strip_prefix("profile ")?.into();
            match keys.as_slice() {
                ["source_profile"] => role_without_source(scope, &name),
                // Another rule reports a profile that has only one of the two keys.
                ["sso_account_id", "sso_role_name"] => unusable_source(scope, &name),
                _ => None,
            }
        }
        Error::NoCredentials { profile, .. } => unusable_source(scope, profile),
        // Other rules report the others.
        _ => None,
    }
}

/// Returns the same finding for each order of the profiles.
fn cycle(scope: &Scope<'_>, profiles: &[ProfileName]) -> Option<Finding> {
    let mut members = profiles.to_vec();
    let first = members.iter().enumerate().min_by_key(|(_, name)| *name)?.0;
    members.rotate_left(first);
    let files = scope.aws.files();
    let profile = files.profile(&members[0])?;
    let is_role = matches!(scope.chains.link(&members[0]), Some(ChainLink::Role { .. }));
    let key = if is_role {
        SOURCE_PROFILE
    } else {
        "credential_process"
    };
    let location = Some(files.location_of(&get(&profile, key)?));
    members.push(members[0].clone());
    let error = Error::Cycle {
        profiles: members,
        location: location.clone(),
    };
    let finding = Finding::new(&CYCLE, &error.to_string()).at_some(location);
    Some(finding.with_hint_of(&error.into(), scope.program))
}

fn role_without_source(scope: &Scope<'_>, name: &ProfileName) -> Option<Finding> {
    let files = scope.aws.files();
    let profile = files.profile(name)?;
    let misspelled = misspelled_in(&profile);
    if [
        "source_profile",
        "credential_source",
        "web_identity_token_file",
    ]
    .iter()
    .any(|key| misspelled.contains(key))
    {
        return None;
    }
    let message = format!(
        "the role of profile {} has no source of credentials",
        escaped(name.as_str())
    );
    let finding = Finding::new(&ROLE_WITHOUT_SOURCE, &message);
    let finding = finding.at(files.location_of(&get(&profile, "role_arn")?));
    Some(
        finding.with_hint("add source_profile with the name of a profile that may assume the role"),
    )
}

fn unusable_source(scope: &Scope<'_>, name: &ProfileName) -> Option<Finding> {
    let files = scope.aws.files();
    let profile = files.profile(name)?;
    if !misspelled_in(&profile).is_empty() || has_half_of_pair(&profile) {
        return None;
    }
    let message = format!(
        "profile {} is used as source_profile, but has no credentials",
        escaped(name.as_str())
    );
    let finding = Finding::new(&UNUSABLE_SOURCE, &message);
    let finding = finding.at(files.location_of_profile(&profile)?);
    Some(finding.with_hint("add sso_account_id and sso_role_name or other credentials to it"))
}

fn without_role(scope: &Scope<'_>, profile: &MergedProfile<'_>) -> Option<Finding> {
    // An empty role_arn is the problem of another rule.
    if profile.get("role_arn").is_some() || misspelled_in(profile).contains(&"role_arn") {
        return None;
    }
    let key = ["web_identity_token_file", "credential_source"];
    let key = key.iter().find_map(|key| Some((*key, get(profile, key)?)));
    let (rule, (name, property)) = match key {
        Some(key) => (&MISSING_ROLE_ARN, key),
        None => (
            &UNUSED_SOURCE,
            ("source_profile", get(profile, "source_profile")?),
        ),
    };
    if has_source(profile) && name != "web_identity_token_file" {
        return None;
    }
    let message = format!("{name} has no effect without role_arn");
    let message = match name {
        "web_identity_token_file" => "web_identity_token_file requires role_arn",
        _ => &message,
    };
    let finding = Finding::new(rule, message).at(scope.aws.files().location_of(&property));
    Some(finding.with_hint(&format!("add role_arn, or remove {name}")))
}

/// Returns true if another rule reports the access key of the profile.
fn has_half_of_pair(profile: &MergedProfile<'_>) -> bool {
    get(profile, "aws_access_key_id").is_some() || get(profile, "aws_secret_access_key").is_some()
}

fn misspelled_in(profile: &MergedProfile<'_>) -> Vec<&'static str> {
    let sections = [profile.config(), profile.credentials()];
    let sections = sections.into_iter().flatten();
    sections.flat_map(misspelled_keys).collect()
}

fn get<'a>(profile: &MergedProfile<'a>, key: &str) -> Option<PropertyRef<'a>> {
    profile.get(key).filter(|it| !it.value().is_empty())
}
