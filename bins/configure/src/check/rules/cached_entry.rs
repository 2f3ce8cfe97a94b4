//! Cached tokens and credentials that do not fit the config file or the clock.

use anyhow::anyhow;
use cli_ux::{Failure, sign_in_arguments};
use sso_config::SsoSession;
use sso_session::keys::SessionKeys as _;
use sso_session::status::SessionStatus;
use sso_types::timestamp;
use time::OffsetDateTime;
use token_cache::{CacheKey, EntryLocation};

use crate::check::finding::Finding;
use crate::check::fix::{Effect, Fix};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&OTHER_TOKEN, &IMPOSSIBLE_EXPIRY],
    finder: Finder::Files(find),
};

static OTHER_TOKEN: Rule = Rule {
    code: "other-token",
    severity: Severity::Advice,
    summary: "Cached token of another start URL or Region than that of its session",
    explanation: "The session was changed after the sign-in, or another tool uses its name. These programs \
                  treat the token as missing; the AWS CLI and the SDKs send it to the other portal. \
                  Sign in again.",
    fix: None,
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
    let sessions = scope.configured.sessions.iter();
    let tokens = sessions.filter_map(|session| other_token(session, scope, now));
    let roles = scope.cache_files.role_keys.iter();
    let roles = roles.filter_map(|key| impossible_expiry(key, scope, now));
    tokens.chain(roles).collect()
}

/// The rule `token-refused` reports a token that the service has refused.
fn other_token(session: &SsoSession, scope: &Scope<'_>, now: OffsetDateTime) -> Option<Finding> {
    let cache = scope.aws.cache();
    let token = cache.token(&session.token_key()).ok()??;
    let status = SessionStatus::of(session.clone(), cache, now);
    let is_of_other = token.start_url.is_some_and(|it| it != session.start_url)
        || token.region.is_some_and(|it| it != session.region);
    let is_unused = matches!(status.token, Ok(None));
    (is_of_other && is_unused).then(|| {
        let message = format!(
            "the token is of another start URL or Region than those of {}",
            session.label()
        );
        let failure = Failure::configuration(anyhow!(message.clone()));
        let failure = failure.with_sign_in_hint(sign_in_arguments(session));
        Finding::new(&OTHER_TOKEN, &message)
            .at(&status.location)
            .affecting(scope.profiles_of(session))
            .with_hint_of(&failure, scope.program)
    })
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
