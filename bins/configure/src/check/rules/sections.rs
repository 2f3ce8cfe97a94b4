//! Sessions and profiles that cannot be used.

use std::collections::BTreeSet;

use aws_config_parse::SectionRef;
use cli_ux::config_hint;
use sso_config::intended::is_ignored_by_mistake;
use sso_config::name_clue::NameClue;
use sso_config::{Error, Location, SsoProfile};
use sso_session::ErrorChain;

use super::keys::misspelled_keys;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[
        &MISSING_KEYS,
        &UNKNOWN_SESSION,
        &INCONSISTENT,
        &MISSING_SCOPE,
    ],
    finder: Finder::Files(find),
};

/// Start of the header of a profile in errors.
const PROFILE: &str = "profile ";
const SESSION: &str = "sso_session";
const START_URL: &str = "sso_start_url";
const SCOPES: &str = "sso_registration_scopes";
const ACCOUNT_SCOPE: &str = "sso:account:access";

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
                  with the values of the session. Otherwise the AWS CLI rejects the profile. If the \
                  value of the session is correct, remove the key from the profile; if not, correct \
                  the session or name another one.",
    fix: None,
};

static MISSING_SCOPE: Rule = Rule {
    code: "missing-scope",
    severity: Severity::Error,
    summary: "Session of a profile with an account and a role, but without `sso:account:access`",
    explanation: "The token of the session gives no access to accounts and roles. Add the scope \
                  `sso:account:access` to `sso_registration_scopes`, separated by a comma, and sign \
                  in again.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let mut unknown = BTreeSet::new();
    let problems = scope
        .configured
        .problems
        .iter()
        .filter(|error| match error {
            // Profiles with the same unknown session have one problem.
            Error::UnknownSession { session, .. } => unknown.insert(session),
            _ => true,
        });
    let problems = problems.filter_map(|error| finding(error, scope));
    let profiles = scope.configured.profiles.iter();
    let roles = profiles.filter_map(|profile| finding(&incomplete_role(profile, scope)?, scope));
    problems.chain(roles).chain(missing_scopes(scope)).collect()
}

/// Returns an error if only one of account and role is set. A profile with neither gets a bearer token.
fn incomplete_role(profile: &SsoProfile, scope: &Scope<'_>) -> Option<Error> {
    let is_complete = profile.account_id.is_some() == profile.role_name.is_some();
    let files = scope.aws.files();
    if is_complete || files.key_before_sso(&profile.name).is_some() {
        return None;
    }
    profile.clone().into_role(files).err()
}

fn missing_scopes(scope: &Scope<'_>) -> Vec<Finding> {
    let profiles = scope.configured.profiles.iter();
    let with_role = profiles.filter(|it| it.account_id.is_some() && it.role_name.is_some());
    let used: BTreeSet<_> = with_role
        .filter_map(|it| it.session.name.as_ref())
        .collect();
    let sessions = scope.configured.sessions.iter();
    let affected = sessions.filter(|session| {
        let name = session.name.as_ref();
        name.is_some_and(|name| used.contains(name)) && !session.has_account_access()
    });
    let findings = affected.filter_map(|session| {
        let location = scope.location_in(session, SCOPES)?;
        let message = format!("the scopes of {} lack {ACCOUNT_SCOPE}", session.label());
        let hint = format!("add {ACCOUNT_SCOPE}, separated by a comma, and sign in again");
        let finding = Finding::new(&MISSING_SCOPE, &message).at(location);
        Some(finding.with_hint(&hint))
    });
    findings.collect()
}

/// Returns `None` for a consequence of another problem.
fn finding(error: &Error, scope: &Scope<'_>) -> Option<Finding> {
    match error {
        Error::MissingKeys {
            section,
            keys,
            location,
        } => missing_keys(section, keys, location.as_ref()?, scope),
        Error::UnknownSession {
            session,
            referenced_by,
            clue,
            ..
        } => {
            let location = referenced_by.as_ref()?;
            let finding = found(&UNKNOWN_SESSION, error, location, scope);
            let finding = finding.affecting(scope.affected.by_session(session.as_str()));
            (!is_ignored_section(clue, scope)).then_some(finding)
        }
        Error::Inconsistent { profile, .. } => Some(found(&INCONSISTENT, error, profile, scope)),
        // The rules of values report an invalid Region. A session or an SSO profile has no other error.
        _ => None,
    }
}

fn found(rule: &'static Rule, error: &Error, location: &Location, scope: &Scope<'_>) -> Finding {
    let finding = Finding::new(rule, &ErrorChain(error).to_string()).at(location);
    match config_hint(error, scope.program) {
        Some(hint) => finding.with_hint(&hint),
        None => finding,
    }
}

/// Returns true if the rule `ignored-section` reports the section of the name.
pub(super) fn is_ignored_section(clue: &NameClue, scope: &Scope<'_>) -> bool {
    let NameClue::OddHeader {
        is_in_credentials: false,
        location,
    } = clue
    else {
        return false;
    };
    let mut sections = scope.config.sections();
    let section = sections.find(|section| section.line() == location.line);
    section.is_some_and(is_ignored_by_mistake)
}

/// Reports the keys for which no misspelled key stands.
fn missing_keys(
    header: &str,
    keys: &[&'static str],
    location: &Location,
    scope: &Scope<'_>,
) -> Option<Finding> {
    let sections = sections_of(header, scope);
    let has_session_key = sections.iter().any(|it| it.get(SESSION).is_some());
    let misspelled: Vec<_> = sections.into_iter().flat_map(misspelled_keys).collect();
    let lacks_session = keys.contains(&START_URL) && header.starts_with(PROFILE);
    if lacks_session && (has_session_key || misspelled.contains(&SESSION)) {
        // The key `sso_session` is empty or misspelled.
        return None;
    }
    let missing = keys.iter().filter(|key| !misspelled.contains(key));
    let missing: Vec<_> = missing.copied().collect();
    let hint = "add sso_session with the name of an [sso-session] section";
    let hint = (lacks_session && missing.len() > 1).then_some(hint);
    if missing.is_empty() {
        return None;
    }
    let error = Error::MissingKeys {
        section: header.to_owned(),
        keys: missing,
        location: Some(location.clone()),
    };
    let finding = found(&MISSING_KEYS, &error, location, scope);
    Some(match hint {
        Some(hint) => finding.with_hint(hint),
        None => finding,
    })
}

/// Returns the sections of a session, or of a profile in both files.
fn sections_of<'a>(header: &str, scope: &'a Scope<'_>) -> Vec<SectionRef<'a>> {
    let files = scope.aws.files();
    let profile = header.strip_prefix(PROFILE);
    let profile = profile.and_then(|name| files.profile(&name.into()));
    let session = header.strip_prefix("sso-session ");
    let session = session.and_then(|name| files.sso_session(name));
    let of_profile = profile.map(|it| [it.config(), it.credentials()]);
    let sections = of_profile.into_iter().flatten().chain([session]);
    sections.flatten().collect()
}
