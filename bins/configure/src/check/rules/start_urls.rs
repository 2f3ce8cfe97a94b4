//! Sessions with inconsistent start URLs or Regions.

use std::collections::HashMap;

use sso_config::SsoSession;
use sso_session::start_url::{comparable_start_url, region_of_start_url};

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;
use crate::checks;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&START_URL, &SSO_REGION],
    finder: Finder::Files(find),
};

static START_URL: Rule = Rule {
    code: "start-url",
    severity: Severity::Advice,
    summary: "Access portal with two spellings of its start URL",
    explanation: "The caches compare start URLs as text, so each spelling needs a separate sign-in. \
                  Use one spelling.",
    fix: None,
};

pub(super) static SSO_REGION: Rule = Rule {
    code: "sso-region",
    severity: Severity::Error,
    summary: "Start URL with two Regions, or in another Region than its host name",
    explanation: "A start URL belongs to one Region. The sign-in with the wrong Region fails. \
                  Correct the wrong Region.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let mut first: HashMap<String, &SsoSession> = HashMap::new();
    let mut findings = Vec::new();
    // Other rules report invalid start URLs, which may contain a password.
    let sessions = scope.configured.sessions.iter();
    let valid = sessions.filter(|it| checks::stored_start_url(it.start_url.as_str()).is_ok());
    for session in valid {
        let finding = |rule, key, message: &str| {
            let finding = Finding::new(rule, message).affecting(scope.profiles_of(session));
            match scope.location_in(session, key) {
                Some(location) => finding.at(location),
                None => finding,
            }
        };
        let key = comparable_start_url(&session.start_url);
        let other = *first.entry(key).or_insert(session);
        if other.start_url != session.start_url {
            let message = format!(
                "the start URLs {} and {} belong to the same access portal; use one spelling",
                other.start_url, session.start_url
            );
            findings.push(finding(&START_URL, "sso_start_url", &message));
        }
        if let Some(region) = region_of_start_url(&session.start_url)
            && region != session.region
        {
            let message = format!(
                "start URL {} belongs to the Region {region}, but sso_region of {} is {}",
                session.start_url,
                session.label(),
                session.region
            );
            findings.push(finding(&SSO_REGION, "sso_region", &message));
        } else if other.region != session.region {
            let message = format!(
                "start URL {} has the Regions {} and {}; one of them is wrong",
                session.start_url, other.region, session.region
            );
            findings.push(finding(&SSO_REGION, "sso_region", &message));
        }
    }
    findings
}
