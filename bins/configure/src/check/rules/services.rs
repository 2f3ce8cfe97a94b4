//! Problems with the connection to the services, the tokens and the system clock.

use std::time::Duration;

use cli_ux::Failure;
use sso_config::SsoSession;
use sso_credentials::aws::Selection;
use sso_session::ClockSkew;
use sso_session::status::{SessionState, SessionStatus};
use sso_session::{Error, ServiceClients};
use sso_types::AccessToken;
use token_cache::CachedToken;

use super::network;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&NOT_REACHED, &TOKEN_REFUSED, &CLOCK_OFF],
    finder: Finder::Network(find),
};

static NOT_REACHED: Rule = Rule {
    code: "not-reached",
    severity: Severity::Error,
    summary: "Access portal that cannot be reached",
    explanation: "The message gives the reason, such as name resolution, a proxy or a \
                  certificate. See [the network](../guide/troubleshooting.md#the-network).",
    fix: None,
};

static TOKEN_REFUSED: Rule = Rule {
    code: "token-refused",
    severity: Severity::Error,
    summary: "Unexpired token that the access portal no longer accepts",
    explanation: "The access portal session ended before the token expired. Sign in again with \
                  `sso-login --force`.",
    fix: None,
};

static CLOCK_OFF: Rule = Rule {
    code: "clock-off",
    severity: Severity::Error,
    summary: "System clock that is wrong by more than five minutes",
    explanation: "Tokens and credentials expire too early or too late, and AWS rejects signed \
                  requests. Set the clock.",
    fix: None,
};

/// Sends a request to the access portal of each session. Without a valid token, sends a
/// placeholder: its rejection shows that the portal can be reached.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let sessions = scope.configured.sessions.iter();
    let findings = sessions.flat_map(|session| {
        let findings = findings(session, scope).into_iter();
        findings.map(|finding| finding.affecting(scope.profiles_of(session)))
    });
    findings.collect()
}

fn findings(session: &SsoSession, scope: &Scope<'_>) -> Vec<Finding> {
    match probe(session, scope) {
        Ok((is_refused, skew)) => {
            let refused = is_refused.then(|| refused(session));
            refused.into_iter().chain(skew.map(clock_off)).collect()
        }
        Err(failure) => {
            let message = format!("{}: {failure}", session.label());
            vec![Finding::new(&NOT_REACHED, &message).with_hint_of(&failure, scope.program)]
        }
    }
}

/// Returns whether the portal rejects a valid token, and the clock skew if it is large.
fn probe(session: &SsoSession, scope: &Scope<'_>) -> Result<(bool, Option<ClockSkew>), Failure> {
    let network = scope.aws.network(&Selection::Default)?;
    let clients = network.clients(Some(session));
    let token = valid_token(session, scope);
    let is_accepted = match is_accepted(&clients, session, token.as_ref()) {
        Err(error) if is_setting(&error) && network::reports(&error, scope) => {
            return Ok((false, None));
        }
        is_accepted => is_accepted?,
    };
    Ok((token.is_some() && !is_accepted, clients.clock_skew()))
}

fn is_setting(error: &Error) -> bool {
    use Error::{CaBundle, Config, Endpoint};
    matches!(error, Config(_) | Endpoint { .. } | CaBundle { .. })
}

fn valid_token(session: &SsoSession, scope: &Scope<'_>) -> Option<CachedToken> {
    let now = scope.aws.clock().now();
    let status = SessionStatus::of(session.clone(), scope.aws.cache(), now);
    let is_valid = status.state(Duration::ZERO, now) == SessionState::Valid;
    let token = status.token.ok()??;
    is_valid.then_some(token)
}

fn is_accepted(
    clients: &ServiceClients<'_>,
    session: &SsoSession,
    token: Option<&CachedToken>,
) -> Result<bool, Error> {
    let placeholder = AccessToken::from("none");
    let region = token.and_then(|token| token.region.as_ref());
    let portal = clients.portal(region.unwrap_or(&session.region))?;
    let accepted = portal.accepts(token.map_or(&placeholder, |token| &token.access_token));
    accepted.map_err(|source| {
        let operation = "ListAccounts";
        clients.explain(Error::Portal { operation, source })
    })
}

fn refused(session: &SsoSession) -> Finding {
    let message = format!(
        "the access portal no longer accepts the token for {}; sign in again",
        session.label()
    );
    Finding::new(&TOKEN_REFUSED, &message)
}

fn clock_off(skew: ClockSkew) -> Finding {
    Finding::new(&CLOCK_OFF, &skew.to_string())
}
