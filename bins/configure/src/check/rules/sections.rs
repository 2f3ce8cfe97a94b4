//! Sessions and profiles that cannot be used.

use aws_config_parse::{Document, SectionName};
use cli_ux::config_hint;
use sso_config::{Error, Location};
use sso_session::ErrorChain;

use crate::check::finding::Finding;
use crate::check::fix::Fix;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[
        &MISSING_KEYS,
        &UNKNOWN_SESSION,
        &INCONSISTENT,
        &INVALID_REGION,
    ],
    finder: Finder::Files(find),
};

static MISSING_KEYS: Rule = Rule {
    code: "missing-keys",
    severity: Severity::Error,
    summary: "Session or profile without a required key",
    explanation: "The session or profile cannot be used. Add the keys that the hint names.",
    fix: None,
};

static UNKNOWN_SESSION: Rule = Rule {
    code: "unknown-session",
    severity: Severity::Error,
    summary: "Profile with an unknown session",
    explanation: "`sso_session` names a session that has no `[sso-session NAME]` section. Correct \
                  the name, or create the session with `sso-configure session`.",
    fix: None,
};

static INCONSISTENT: Rule = Rule {
    code: "inconsistent",
    severity: Severity::Error,
    summary: "Profile that contradicts its session",
    explanation: "A profile with `sso_session` may repeat `sso_start_url` and `sso_region` only \
                  with the values of the session. Otherwise the AWS CLI rejects the profile.",
    fix: Some("Removes the key from the profile."),
};

static INVALID_REGION: Rule = Rule {
    code: "invalid-region",
    severity: Severity::Error,
    summary: "Value of `sso_region` that is not a Region name",
    explanation: "The value becomes part of host names, so only letters, digits and hyphens are \
                  allowed, for example `us-east-1`. Correct the value.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let problems = scope.configured.problems.iter();
    problems.filter_map(|error| finding(error, scope)).collect()
}

/// Returns `None` for an error of another kind, which a session or an SSO profile cannot have.
fn finding(error: &Error, scope: &Scope<'_>) -> Option<Finding> {
    let (rule, location) = match error {
        Error::MissingKeys { location, .. } => (&MISSING_KEYS, location.as_ref()),
        Error::UnknownSession { referenced_by, .. } => (&UNKNOWN_SESSION, referenced_by.as_ref()),
        Error::Inconsistent { profile, .. } => (&INCONSISTENT, Some(profile)),
        Error::InvalidRegion { location, .. } => (&INVALID_REGION, Some(location)),
        _ => return None,
    };
    let finding = Finding::new(rule, &ErrorChain(error).to_string());
    let finding = match location {
        Some(location) => finding.at(location),
        None => finding,
    };
    Some(match error {
        Error::Inconsistent { key, profile, .. } => match section_at(scope.config, profile, key) {
            Some(section) => finding.fixed_by(Some(&profile.path), remove_key(section, key)),
            None => finding,
        },
        Error::UnknownSession { .. } => match config_hint(error, scope.program) {
            Some(hint) => finding.with_hint(&hint),
            None => finding,
        },
        Error::MissingKeys { keys, .. } => {
            finding.with_hint(&format!("add {}", keys.join(" and ")))
        }
        _ => finding,
    })
}

fn section_at(config: &Document, location: &Location, key: &str) -> Option<SectionName<'static>> {
    let mut profiles = config.profiles();
    let profile = profiles.find(|section| {
        let property = section.get(key);
        property.is_some_and(|property| property.line() == location.line)
    });
    Some(profile?.name().into_owned())
}

fn remove_key(section: SectionName<'static>, key: &'static str) -> Fix {
    Fix::edit(&format!("remove {key}"), move |config| {
        if let Some(mut section) = config.section_mut(&section) {
            section.remove(key)?;
        }
        Ok(())
    })
}
