//! Session durations that STS rejects.

use std::collections::BTreeMap;

use sso_config::Location;
use sso_config::chain::{AssumedRole, ChainLink, CredentialSource};
use sso_types::ProfileName;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

/// Maximum session duration in seconds of a role that is assumed with temporary credentials.
const MAX_CHAINED_SECONDS: u32 = 3600;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&CHAINED_DURATION, &INVALID_DURATION],
    finder: Finder::Files(find),
};

static CHAINED_DURATION: Rule = Rule {
    code: "chained-duration",
    severity: Severity::Error,
    summary: "Role chain with a `duration_seconds` of more than one hour",
    explanation: "STS rejects the request: a role that is assumed with the credentials of another \
                  role, such as a role of IAM Identity Center, is limited to one hour. Set \
                  `duration_seconds` to 3600 at most, or remove it.",
    fix: None,
};

static INVALID_DURATION: Rule = Rule {
    code: "invalid-duration",
    severity: Severity::Error,
    summary: "`duration_seconds` of less than 15 minutes or more than 12 hours",
    explanation: "STS rejects the request. Set `duration_seconds` to a value from 900 to 43200, up \
                  to the maximum session duration of the role.",
    fix: None,
};

/// Reports each `duration_seconds` once, even if several chains contain its profile.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let mut findings = BTreeMap::new();
    for name in scope.aws.files().profile_names() {
        // Other rules report invalid chains.
        if let Some(ChainLink::Role { role, source }) = scope.chains.link(&name)
            && scope.chains.source(&name).is_some()
            && let Some((rule, message)) = problem(role, is_temporary(source, scope))
            && let Some(location) = location(scope, role)
        {
            let finding = Finding::new(rule, message).at(&location);
            findings
                .entry((location.path, location.line))
                .or_insert(finding);
        }
    }
    findings.into_values().collect()
}

/// Returns whether the credentials of a source profile have a session token. Those of a process may have
/// none.
fn is_temporary(source_profile: &ProfileName, scope: &Scope<'_>) -> bool {
    match scope.chains.link_of_source(source_profile) {
        Some(ChainLink::Role { .. } | ChainLink::Source(CredentialSource::Sso(_))) => true,
        Some(ChainLink::Source(CredentialSource::Static(keys))) => keys.session_token.is_some(),
        Some(ChainLink::Source(CredentialSource::Process(_))) | None => false,
    }
}

fn problem(role: &AssumedRole, is_chained: bool) -> Option<(&'static Rule, &'static str)> {
    match role.duration_seconds? {
        0..900 | 43_201.. => Some((
            &INVALID_DURATION,
            "duration_seconds must be from 900 to 43200",
        )),
        seconds if is_chained && seconds > MAX_CHAINED_SECONDS => Some((
            &CHAINED_DURATION,
            "STS limits role chaining to one hour; set duration_seconds to at most 3600",
        )),
        _ => None,
    }
}

fn location(scope: &Scope<'_>, role: &AssumedRole) -> Option<Location> {
    let files = scope.aws.files();
    let property = files.profile(&role.profile)?.get("duration_seconds")?;
    Some(files.location_of(&property))
}
