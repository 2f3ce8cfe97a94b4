//! Cached role credentials with an impossible expiry.

use sso_types::timestamp;
use time::OffsetDateTime;
use token_cache::{CacheKey, EntryLocation};

use crate::check::finding::Finding;
use crate::check::fix::{Effect, Fix};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&IMPOSSIBLE_EXPIRY],
    finder: Finder::Files(find),
};

static IMPOSSIBLE_EXPIRY: Rule = Rule {
    code: "impossible-expiry",
    severity: Severity::Error,
    summary: "Cached role credentials that expire in more than 12 hours",
    explanation: "Role credentials are valid for 12 hours at most, so that the AWS CLI and these programs \
                  use them after they have expired. The next command requests new ones.",
    fix: Some("Removes the file."),
};

/// Maximum duration of a role session, and the tolerance for the clock.
const MAX_DURATION: time::Duration = time::Duration::hours(13);

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let now = scope.aws.clock().now();
    let keys = scope.cache_files.role_keys.iter();
    keys.filter_map(|key| impossible_expiry(key, scope, now))
        .collect()
}

fn impossible_expiry(key: &CacheKey, scope: &Scope<'_>, now: OffsetDateTime) -> Option<Finding> {
    let cache = scope.aws.cache();
    let expires_at = cache.role_credentials(key).ok()??.expires_at;
    (expires_at > now.saturating_add(MAX_DURATION)).then(|| {
        let location = cache.role_credentials_location(key);
        let at = timestamp::format(expires_at);
        let message =
            format!("the credentials expire at {at}, but a role session ends after 12 hours");
        let finding = Finding::new(&IMPOSSIBLE_EXPIRY, &message).at(&location);
        finding.fixed_by(location.file(), remove(location.clone()))
    })
}

fn remove(location: EntryLocation) -> Fix {
    Fix::file(&format!("remove {location}"), move |cache| {
        cache.remove(&location)?;
        Ok(Effect::Fixed)
    })
}
