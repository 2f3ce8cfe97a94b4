//! Sessions of one access portal that differ.

use std::collections::HashMap;

use sso_config::SsoSession;
use sso_session::start_url::normalize_start_url;
use sso_types::StartUrl;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&START_URL, &SSO_REGION],
    finder: Finder::Files(find),
};

static START_URL: Rule = Rule {
    code: "start-url",
    severity: Severity::Advice,
    summary: "Start URL of one access portal in two spellings",
    explanation: "The caches compare the text of start URLs, so that each spelling needs a sign-in \
                  of its own. Use one spelling.",
    fix: None,
};

static SSO_REGION: Rule = Rule {
    code: "sso-region",
    severity: Severity::Error,
    summary: "Start URL with two Regions",
    explanation: "A start URL belongs to one Region, so that one of the two is wrong and the \
                  sign-in there fails. Correct it.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let mut first: HashMap<StartUrl, &SsoSession> = HashMap::new();
    let mut findings = Vec::new();
    for session in &scope.configured.sessions {
        let normal = normalize_start_url(session.start_url.as_str());
        let other = *first.entry(normal).or_insert(session);
        if other.start_url != session.start_url {
            let message = format!(
                "the start URLs {} and {} lead to one portal; write them alike",
                other.start_url, session.start_url
            );
            findings.push(Finding::new(&START_URL, &message));
        }
        if other.region != session.region {
            let message = format!(
                "the start URL {} has the Regions {} and {}: one of them is wrong",
                session.start_url, other.region, session.region
            );
            findings.push(Finding::new(&SSO_REGION, &message));
        }
    }
    findings
}
