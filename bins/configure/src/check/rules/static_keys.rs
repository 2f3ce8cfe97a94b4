//! Access keys that are incomplete.

use std::collections::BTreeSet;
use std::path::PathBuf;

use aws_config_parse::{MergedProfile, PropertyRef, SectionRef};

use sso_config::Error;
use sso_types::ProfileName;

use super::credential_sources::has_source;
use super::keys::misspelled_keys;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&HALF_KEY_PAIR, &MISSING_SESSION_TOKEN],
    finder: Finder::Files(find),
};

static HALF_KEY_PAIR: Rule = Rule {
    code: "half-key-pair",
    severity: Severity::Error,
    summary: "`aws_access_key_id` without `aws_secret_access_key`, or the reverse",
    explanation: "The AWS CLI and the SDKs need both in the same file, and reject the profile or find \
                  no credentials in it. Add the missing key.",
    fix: None,
};

static MISSING_SESSION_TOKEN: Rule = Rule {
    code: "missing-session-token",
    severity: Severity::Error,
    summary: "Temporary access key without `aws_session_token`",
    explanation: "Access key IDs that begin with `ASIA` are temporary. AWS rejects requests without \
                  their session token. Copy all three keys.",
    fix: None,
};

const ID: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";
const TOKENS: [&str; 2] = ["aws_session_token", "aws_security_token"];

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let used = UsedKeys::of(scope);
    let profiles = scope.aws.files().profiles();
    profiles
        .flat_map(|it| findings(scope, &used, &it))
        .collect()
}

/// Incomplete keys at which credential chains end, for example those of a profile that is its own source.
#[derive(Default)]
struct UsedKeys {
    /// Locations of access key IDs.
    ids: BTreeSet<(PathBuf, usize)>,
    /// Profiles without any other credentials.
    profiles: BTreeSet<ProfileName>,
}

impl UsedKeys {
    fn of(scope: &Scope<'_>) -> Self {
        let mut used = Self::default();
        let names = scope.aws.files().profile_names();
        for error in scope.chains.errors(names.into_iter()) {
            match error {
                Error::MissingKeys {
                    keys,
                    location: Some(location),
                    ..
                } if *keys == [SECRET] => {
                    used.ids.insert((location.path.clone(), location.line));
                }
                Error::NoCredentials { profile, .. } => {
                    used.profiles.insert(profile.clone());
                }
                _ => {}
            }
        }
        used
    }

    fn contains_id(&self, scope: &Scope<'_>, id: &PropertyRef<'_>) -> bool {
        let location = scope.aws.files().location_of(id);
        self.ids.contains(&(location.path, location.line))
    }

    fn contains_secret_of(&self, profile: &MergedProfile<'_>) -> bool {
        self.profiles.contains(&profile.name().as_str().into())
    }
}

fn findings(scope: &Scope<'_>, used: &UsedKeys, profile: &MergedProfile<'_>) -> Vec<Finding> {
    let sections = [profile.credentials(), profile.config()];
    let sections = sections.into_iter().flatten();
    let findings = sections.filter_map(|section| {
        let (rule, message, missing, property) = problem(scope, used, profile, section)?;
        let finding = Finding::new(rule, &message);
        let finding = finding.at(scope.aws.files().location_of(&property));
        let is_misspelled = misspelled_keys(section).contains(&missing);
        (!is_misspelled).then(|| finding.with_hint(&format!("add {missing} to this section")))
    });
    findings.collect()
}

/// Returns the rule, a message, the missing key and the location.
fn problem<'a>(
    scope: &Scope<'_>,
    used: &UsedKeys,
    profile: &MergedProfile<'_>,
    section: SectionRef<'a>,
) -> Option<(&'static Rule, String, &'static str, PropertyRef<'a>)> {
    match (get(section, ID), get(section, SECRET)) {
        (Some(id), Some(_)) => {
            let is_temporary = id.value().starts_with("ASIA");
            let has_token = TOKENS.iter().any(|key| get(section, key).is_some());
            let message = format!("the access key is temporary, but {} is missing", TOKENS[0]);
            (is_temporary && !has_token).then_some((&MISSING_SESSION_TOKEN, message, TOKENS[0], id))
        }
        (Some(id), None) if is_read(profile, section) || used.contains_id(scope, &id) => {
            let message = format!("{ID} has no {SECRET} in the same section");
            Some((&HALF_KEY_PAIR, message, SECRET, id))
        }
        // Beside an ID in the other file, that ID is reported.
        (None, Some(secret))
            if (!has_source(profile) || used.contains_secret_of(profile))
                && profile.get(ID).is_none() =>
        {
            let message = format!("{SECRET} has no {ID} in the same section");
            Some((&HALF_KEY_PAIR, message, ID, secret))
        }
        _ => None,
    }
}

/// Returns whether programs read an ID without a secret. Another source may take precedence over it.
fn is_read(profile: &MergedProfile<'_>, section: SectionRef<'_>) -> bool {
    let is_in_credentials = profile
        .credentials()
        .is_some_and(|it| it.file() == section.file());
    let before = ["role_arn", "sso_account_id", "sso_role_name"];
    let is_first = before.iter().all(|key| profile.get(key).is_none());
    !has_source(profile) || is_in_credentials && is_first
}

fn get<'a>(section: SectionRef<'a>, key: &str) -> Option<PropertyRef<'a>> {
    section.get(key).filter(|it| !it.value().is_empty())
}
