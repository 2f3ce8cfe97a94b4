//! Client registrations that have expired.

use std::path::PathBuf;

use cli_ux::Failure;
use locked_file::remove_file;
use sso_credentials::{Clock as _, SystemClock};

use crate::check::finding::Finding;
use crate::check::fix::{Fix, shown};
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
    summary: "Client registration that has expired",
    explanation: "The next sign-in registers the client again, so that the file has no use.",
    fix: Some("Removes the file."),
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let now = SystemClock.now();
    let expired = scope.configured.sessions.iter().filter_map(|session| {
        let key = session.registration_key();
        let registration = scope.cache.registration(&key).ok()??;
        let path = scope.cache.registration_path(&key);
        let message = format!(
            "the client registration of {} has expired; the next sign-in makes another",
            session.described()
        );
        let finding = Finding::new(&EXPIRED_REGISTRATION, &message).at(path.display());
        (registration.expires_at <= now).then(|| finding.fixed_by(remove(path)))
    });
    expired.collect()
}

fn remove(path: PathBuf) -> Fix {
    Fix::file(&format!("remove {}", shown(&path)), move |_| {
        remove_file(&path).map_err(Failure::other)
    })
}
