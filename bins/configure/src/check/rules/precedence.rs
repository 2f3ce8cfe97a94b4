//! Profiles whose account and role have no effect.

use super::credential_sources::is_ambiguous;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;
use crate::precedence::before_sso;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&SHADOWED],
    finder: Finder::Files(find),
};

static SHADOWED: Rule = Rule {
    code: "overruled",
    severity: Severity::Advice,
    summary: "Profile with another key that takes precedence over its account and role",
    explanation: "The AWS CLI, the SDKs and these programs use the other key, such as \
                  `web_identity_token_file`, and ignore the SSO account and role. Remove the keys \
                  that are not needed. `different-credentials` reports other keys, such as \
                  `role_arn`, with which programs differ.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let profiles = scope.configured.profiles.iter();
    let assigned = profiles.filter(|it| it.account_id.is_some() || it.role_name.is_some());
    let files = scope.aws.files();
    let agreed = assigned.filter(|it| !files.profile(&it.name).is_some_and(|it| is_ambiguous(&it)));
    let shadowed = agreed.filter_map(|profile| before_sso(files, &profile.name));
    let findings =
        shadowed.map(|(location, sentence)| Finding::new(&SHADOWED, &sentence).at(location));
    findings.collect()
}
