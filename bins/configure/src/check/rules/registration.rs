//! Expired client registrations.

use sso_session::keys::SessionKeys as _;
use token_cache::EntryLocation;

use crate::check::finding::Finding;
use crate::check::fix::{Effect, Fix};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&EXPIRED_REGISTRATION],
    finder: Finder::Files(find),
};

static EXPIRED_REGISTRATION: Rule = Rule {
    code: "expired-registration",
    severity: Severity::Advice,
    summary: "Expired client registration",
    explanation: "The next sign-in registers a new client; the file is no longer used.",
    fix: Some("Removes the file."),
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let now = scope.aws.clock().now();
    let expired = scope.configured.sessions.iter().filter_map(|session| {
        let key = session.registration_key();
        let registration = scope.aws.cache().registration(&key).ok()??;
        let location = scope.aws.cache().registration_location(&key);
        let message = format!(
            "the client registration for {} has expired; the next sign-in registers a new client",
            session.label()
        );
        let finding = Finding::new(&EXPIRED_REGISTRATION, &message)
            .at(&location)
            .affecting(scope.profiles_of(session));
        (registration.expires_at <= now).then(|| {
            let fix = remove(location.clone());
            finding.fixed_by(location.file(), fix)
        })
    });
    expired.collect()
}

fn remove(location: EntryLocation) -> Fix {
    Fix::file(&format!("remove {location}"), move |cache| {
        cache.remove(&location)?;
        Ok(Effect::Fixed)
    })
}
