//! Cached tokens that a session cannot use, or not as intended.

use cli_ux::{Arguments, Failure, sign_in_arguments};
use sso_config::SsoSession;
use sso_session::keys::SessionKeys as _;
use sso_session::token_problem::{TokenCheck, TokenProblem};
use sso_types::RegistrationScope;

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
        let finding = finding(session, &problem, scope).at(location);
        Some(finding.affecting(scope.profiles_of(session)))
    });
    findings.collect()
}

fn finding(session: &SsoSession, problem: &TokenProblem, scope: &Scope<'_>) -> Finding {
    let token = format!("the token for {}", session.label());
    let arguments = sign_in_arguments(session);
    let sign_in = |rule, reason: &str| {
        let finding = Finding::new(rule, &format!("{token} {reason}"));
        with_sign_in(finding, arguments.clone(), scope)
    };
    // A token that is valid is replaced only with --force.
    let unrefreshable = |reason: &str| {
        let finding = Finding::new(&UNREFRESHABLE_TOKEN, &format!("{token} {reason}"));
        with_sign_in(finding, arguments.clone().flag("--force"), scope)
    };
    match problem {
        TokenProblem::OtherStartUrl(other) => sign_in(
            &TOKEN_MISMATCH,
            &format!("was issued for the start URL {other}"),
        ),
        TokenProblem::OtherRegion(other) => sign_in(
            &TOKEN_MISMATCH,
            &format!("was issued in the Region {other}"),
        ),
        TokenProblem::Refused => with_sign_in(refused(session), arguments, scope),
        TokenProblem::LateExpiry(at) => {
            let at = sso_types::timestamp::format(*at);
            let message = format!("{token} expires at {at}, later than possible");
            let finding = Finding::new(&LATE_EXPIRY, &message);
            finding.with_hint("correct the system clock, then sign in again")
        }
        TokenProblem::MissingFields(fields) => {
            let fields = fields.join(" and ");
            unrefreshable(&format!("has a refresh token, but no {fields}"))
        }
        TokenProblem::ExpiredRegistration => {
            unrefreshable("cannot be refreshed, because its client registration has expired")
        }
        TokenProblem::MissingScopes(scopes) => {
            let scopes: Vec<_> = scopes.iter().map(RegistrationScope::as_str).collect();
            let scopes = scopes.join(", ");
            sign_in(
                &MISSING_SCOPES,
                &format!("lacks the requested scopes: {scopes}"),
            )
        }
    }
}

/// Returns the finding about a token that the access portal refuses now. Only a sign-in with `--force`
/// replaces it.
pub(super) fn refused_now(session: &SsoSession, scope: &Scope<'_>) -> Finding {
    let arguments = sign_in_arguments(session).flag("--force");
    let location = scope.aws.cache().token_location(&session.token_key());
    with_sign_in(refused(session), arguments, scope).at(location)
}

fn refused(session: &SsoSession) -> Finding {
    let message = format!(
        "the access portal no longer accepts the token for {}; sign in again",
        session.label()
    );
    Finding::new(&TOKEN_REFUSED, &message)
}

fn with_sign_in(finding: Finding, arguments: Arguments, scope: &Scope<'_>) -> Finding {
    // Only its hint is shown.
    let failure = Failure::difference().with_sign_in_hint(arguments);
    finding.with_hint_of(&failure, scope.program)
}
