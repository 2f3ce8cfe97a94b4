//! Cached tokens that a session cannot use, or not as intended.

use cli_ux::sign_in_arguments;
use sso_config::SsoSession;
use sso_session::keys::SessionKeys as _;
use sso_session::token_problem::{TokenCheck, TokenProblem};

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[
        &TOKEN_MISMATCH,
        &TOKEN_REFUSED,
        &LATE_EXPIRY,
        &UNREFRESHABLE_TOKEN,
        &MISSING_SCOPES,
    ],
    finder: Finder::Files(find),
};

static TOKEN_MISMATCH: Rule = Rule {
    code: "token-mismatch",
    severity: Severity::Error,
    summary: "Cached token of another start URL or Region than its session",
    explanation: "The session was changed after the sign-in. These programs treat the token as \
                  missing; the AWS CLI and SDKs send it, and the access portal refuses it. Sign in \
                  again.",
    fix: None,
};

pub(super) static TOKEN_REFUSED: Rule = Rule {
    code: "token-refused",
    severity: Severity::Error,
    summary: "Unexpired token that the access portal no longer accepts",
    explanation: "The access portal session ended before the token expired. Sign in again with \
                  `sso-login --force`. Without `--offline`, the access portal is asked; these \
                  programs also remember its earlier refusals.",
    fix: None,
};

static LATE_EXPIRY: Rule = Rule {
    code: "late-expiry",
    severity: Severity::Advice,
    summary: "Cached token that expires later than a token can expire",
    explanation: "The clock was ahead at the sign-in, or is behind now, so programs use the token \
                  after it has expired. Set the clock, then sign in again.",
    fix: None,
};

static UNREFRESHABLE_TOKEN: Rule = Rule {
    code: "unrefreshable-token",
    severity: Severity::Advice,
    summary: "Cached token with a refresh token that cannot be used",
    explanation: "The client registration of the token has expired, or the file lacks a part of it, \
                  for example because another tool wrote the file. A sign-in is needed when the access \
                  token expires. Without `registrationExpiresAt` only, these programs refresh the \
                  token, but the AWS CLI and the SDK for Python do not.",
    fix: None,
};

static MISSING_SCOPES: Rule = Rule {
    code: "missing-scopes",
    severity: Severity::Advice,
    summary: "Cached token without a scope that its session requests",
    explanation: "`sso_registration_scopes` was changed after the sign-in. Programs that need the new \
                  scope are refused until the next sign-in.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let tokens = TokenCheck::new(scope.aws.cache(), scope.aws.clock().now());
    let sessions = scope.configured.sessions.iter();
    let findings = sessions.filter_map(|session| {
        let problem = tokens.problem(session)?;
        let location = scope.aws.cache().token_location(&session.token_key());
        let finding = finding(session, &problem).at(location);
        Some(finding.affecting(scope.profiles_of(session)))
    });
    findings.collect()
}

fn finding(session: &SsoSession, problem: &TokenProblem) -> Finding {
    let label = session.label();
    let (rule, message) = match problem {
        TokenProblem::OtherStartUrl(other) => {
            let message = format!("the token for {label} was issued for the start URL {other}");
            (&TOKEN_MISMATCH, message)
        }
        TokenProblem::OtherRegion(other) => {
            let message = format!("the token for {label} was issued in the Region {other}");
            (&TOKEN_MISMATCH, message)
        }
        TokenProblem::Refused => return refused(session, ""),
        TokenProblem::LateExpiry(at) => {
            let at = sso_types::timestamp::format(*at);
            let message = format!("the token for {label} expires at {at}, later than possible");
            let finding = Finding::new(&LATE_EXPIRY, &message);
            return finding.with_hint("correct the system clock, then sign in again");
        }
        TokenProblem::MissingFields(fields) => {
            let fields = fields.join(" and ");
            let message = format!("the token for {label} has a refresh token, but no {fields}");
            (&UNREFRESHABLE_TOKEN, message)
        }
        TokenProblem::ExpiredRegistration => {
            let message = format!(
                "the token for {label} cannot be refreshed, because its client registration has expired"
            );
            (&UNREFRESHABLE_TOKEN, message)
        }
        TokenProblem::MissingScopes(scopes) => {
            let scopes: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
            let scopes = scopes.join(", ");
            let message = format!("the token for {label} lacks the requested scopes: {scopes}");
            return Finding::new(&MISSING_SCOPES, &message).with_hint(&sign_in(session, ""));
        }
        _ => return Finding::new(&UNREFRESHABLE_TOKEN, "the token cannot be used"),
    };
    // Without --force, a token that is still valid is not replaced.
    let force = match problem {
        TokenProblem::OtherStartUrl(_) | TokenProblem::OtherRegion(_) => "",
        _ => " --force",
    };
    Finding::new(rule, &message).with_hint(&sign_in(session, force))
}

/// Returns the finding about a token that the access portal has refused. A sign-in replaces the token only
/// with `force`, unless the refusal is remembered.
pub(super) fn refused(session: &SsoSession, force: &str) -> Finding {
    let message = format!(
        "the access portal no longer accepts the token for {}; sign in again",
        session.label()
    );
    Finding::new(&TOKEN_REFUSED, &message).with_hint(&sign_in(session, force))
}

fn sign_in(session: &SsoSession, force: &str) -> String {
    format!("sso-login{}{force}", sign_in_arguments(session))
}
