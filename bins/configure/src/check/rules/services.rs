//! Problems with the connection to the services, the tokens and the system clock.

use cli_ux::Failure;
use sso_config::SsoSession;
use sso_credentials::Error;
use sso_credentials::connection::{Reached, is_unreachable};
use sso_session::start_url::region_of_start_url;
use sso_session::threads;
use sso_types::Region;

use super::assignments::{self, UNASSIGNED_ROLE};
use super::network;
use super::start_urls::SSO_REGION;
use super::tokens;
use crate::check::finding::Finding;
use crate::check::request::{Request, Unreached, Users, requests};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[
        &NOT_REACHED,
        &START_URL_LOOKUP,
        &CLOCK_OFF,
        &UNASSIGNED_ROLE,
    ],
    finder: Finder::Network(find),
};

pub(super) static NOT_REACHED: Rule = Rule {
    code: "not-reached",
    severity: Severity::Error,
    summary: "Access portal, sign-in service, STS or start URL that cannot be reached",
    explanation: "The message gives the reason, such as name resolution, a proxy or a \
                  certificate, and the first request that failed for it. Each service is asked once, \
                  without credentials if there is no valid token; no role is assumed. See [the \
                  network](../guide/troubleshooting.md#the-network).",
    fix: None,
};

static START_URL_LOOKUP: Rule = Rule {
    code: "start-url-lookup",
    severity: Severity::Error,
    summary: "Start URL that does not lead to an access portal",
    explanation: "A start URL that is not a host of AWS must redirect to an access portal. A sign-in \
                  follows a redirect to another host only after a question. Correct `sso_start_url`.",
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

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let requests = match requests(scope) {
        Ok(requests) => requests,
        Err(error) => return vec![unreached(&error.into(), "", scope)],
    };
    let responses = threads::map(requests, Request::send);
    let mut groups = Groups::default();
    let mut findings = Vec::new();
    let mut clock: Option<Finding> = None;
    for response in responses {
        if let Some(skew) = response.clock_skew {
            // The skews of several responses differ by seconds.
            let finding = clock.unwrap_or_else(|| Finding::new(&CLOCK_OFF, &skew.to_string()));
            clock = Some(finding.affecting(response.users.profiles.clone()));
        }
        match response.result {
            Ok(reached) => findings.extend(reached_by(&response.users, &reached, scope)),
            Err(unreached) => groups.add(response.users, unreached),
        }
    }
    let unreached = groups
        .0
        .into_iter()
        .filter_map(|group| group.finding(scope));
    unreached.chain(findings).chain(clock).collect()
}

fn reached_by(users: &Users<'_>, reached: &Reached, scope: &Scope<'_>) -> Vec<Finding> {
    let Some(session) = users.session else {
        return Vec::new();
    };
    match (reached, &users.token) {
        (Reached::Accepted, Some(token)) => assignments::find(session, token, scope),
        (Reached::Refused, _) => {
            let finding = tokens::refused_now(session, scope);
            vec![finding.affecting(scope.profiles_of(session))]
        }
        (Reached::Region(Some(region)), _) => other_region(session, region, scope),
        _ => Vec::new(),
    }
}

/// Reports the Region of a redirect. The rule about the config file compares that of a host name.
fn other_region(session: &SsoSession, region: &Region, scope: &Scope<'_>) -> Vec<Finding> {
    if session.region == *region || region_of_start_url(&session.start_url).is_some() {
        return Vec::new();
    }
    let message = format!(
        "start URL {} redirects to the Region {region}, but sso_region of {} is {}",
        session.start_url,
        session.label(),
        session.region
    );
    let finding = Finding::new(&SSO_REGION, &message).affecting(scope.profiles_of(session));
    vec![finding.at_some(scope.location_in(session, "sso_region"))]
}

const START_URL_HINT: &str = "open the start URL in a browser, and set sso_start_url to the URL of the \
                              access portal";

/// Failed requests, in groups with the same reason.
#[derive(Default)]
struct Groups<'a>(Vec<Group<'a>>);

struct Group<'a> {
    users: Users<'a>,
    first: Unreached,
}

impl<'a> Groups<'a> {
    fn add(&mut self, users: Users<'a>, unreached: Unreached) {
        let mut groups = self.0.iter_mut();
        match groups.find(|group| group.first.reason == unreached.reason) {
            Some(group) => group.users.extend(users),
            None => self.0.push(Group {
                users,
                first: unreached,
            }),
        }
    }
}

impl Group<'_> {
    /// Returns `None` if another rule reports the setting that is the reason.
    fn finding(self, scope: &Scope<'_>) -> Option<Finding> {
        let Group { users, first } = self;
        if let Error::Session(error) = &first.error
            && is_setting(error)
            && network::reports(error, scope)
        {
            return None;
        }
        let is_start_url = is_of_start_url(&first.error);
        let is_unreached = is_unreachable(&first.error);
        let failure = Failure::from(first.error);
        let finding = match users.session {
            Some(session) if is_start_url && !is_unreached => {
                let finding = Finding::new(&START_URL_LOOKUP, &failure.to_string());
                finding.at_some(scope.location_in(session, "sso_start_url"))
            }
            _ => unreached(&failure, &users.names(), scope),
        };
        let finding = finding.affecting(users.profiles);
        Some(if is_start_url {
            finding.with_hint(START_URL_HINT)
        } else {
            finding
        })
    }
}

/// Returns a finding about sessions and profiles, whose names may be empty.
fn unreached(failure: &Failure, names: &str, scope: &Scope<'_>) -> Finding {
    let separator = if names.is_empty() { "" } else { ": " };
    let message = format!("{names}{separator}{failure}");
    Finding::new(&NOT_REACHED, &message).with_hint_of(failure, scope.program)
}

fn is_setting(error: &sso_session::Error) -> bool {
    use sso_session::Error::{CaBundle, Config, Endpoint};
    matches!(error, Config(_) | Endpoint { .. } | CaBundle { .. })
}

fn is_of_start_url(error: &Error) -> bool {
    matches!(error, Error::Session(sso_session::Error::StartUrl { .. }))
}
