//! Requests that show whether the services of the sessions and profiles can be reached.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use sso_config::SsoSession;
use sso_config::chain::ChainLink;
use sso_credentials::Error;
use sso_credentials::aws::Selection;
use sso_credentials::connection::{ConnectionCheck, Reached, Target};
use sso_session::start_url::is_start_url;
use sso_session::status::{SessionState, SessionStatus};
use sso_session::{ClockSkew, ErrorChain};
use token_cache::CachedToken;

use super::scope::Scope;

/// Sessions and profiles that need a service.
pub(super) struct Users<'a> {
    /// Session of the request, unless it is for profiles only.
    pub(super) session: Option<&'a SsoSession>,
    /// Token of the session that the request contains.
    pub(super) token: Option<CachedToken>,
    /// Names of the sessions and profiles, for messages.
    pub(super) labels: Vec<String>,
    /// Names of the profiles.
    pub(super) profiles: BTreeSet<String>,
}

/// Maximum number of sessions and profiles that a message names.
const MAX_NAMES: usize = 3;

impl Users<'_> {
    /// Adds those of another request. Sessions stand for their profiles.
    pub(super) fn extend(&mut self, other: Self) {
        if self.session.is_none() || other.session.is_some() {
            self.labels.extend(other.labels);
        }
        self.profiles.extend(other.profiles);
    }

    /// Returns the names for a message.
    pub(super) fn names(&self) -> String {
        let mut known = BTreeSet::new();
        let labels = self.labels.iter().filter(|label| known.insert(*label));
        let labels: Vec<_> = labels.collect();
        let shown: Vec<_> = labels
            .iter()
            .take(MAX_NAMES)
            .map(|it| it.as_str())
            .collect();
        let shown = shown.join(", ");
        match labels.len().saturating_sub(MAX_NAMES) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }
}

pub(super) struct Request<'a> {
    users: Users<'a>,
    /// The request, or the reason why it cannot be sent.
    check: Result<ConnectionCheck<'a>, Error>,
}

pub(super) struct Response<'a> {
    pub(super) users: Users<'a>,
    pub(super) result: Result<Reached, Unreached>,
    pub(super) clock_skew: Option<ClockSkew>,
}

/// Error of a request.
pub(super) struct Unreached {
    /// Text that is equal for requests to other services that failed for the same reason.
    pub(super) reason: String,
    pub(super) error: Error,
}

impl<'a> Request<'a> {
    pub(super) fn send(self) -> Response<'a> {
        let token = self.users.token.as_ref();
        let (result, clock_skew) = match self.check {
            Ok(check) => {
                let result = check.send(token.map(|token| &token.access_token));
                let result = result.map_err(|error| Unreached {
                    reason: check.reason(&error),
                    error,
                });
                (result, check.clock_skew())
            }
            Err(error) => {
                let reason = ErrorChain(&error).to_string();
                (Err(Unreached { reason, error }), None)
            }
        };
        Response {
            users: self.users,
            result,
            clock_skew,
        }
    }
}

/// Returns the requests for all sessions and role chains. Requests without a token are the same for
/// all sessions and profiles that use the service in the same way.
pub(super) fn requests<'a>(scope: &'a Scope<'_>) -> Result<Vec<Request<'a>>, Error> {
    let mut requests = Requests::default();
    let network = scope.aws.network(&Selection::Default)?;
    let sessions = scope.configured.sessions.iter();
    let sessions = sessions.map(|session| (session, valid_token(session, scope)));
    let mut sessions: Vec<_> = sessions.collect();
    // A placeholder is not sent to a portal that receives a token.
    sessions.sort_by_key(|(_, token)| token.is_none());
    for (session, token) in sessions {
        let clients = Arc::new(network.clients(Some(session)));
        let region = token.as_ref().and_then(|token| token.region.as_ref());
        let region = region.unwrap_or(&session.region);
        let profiles = scope.profiles_of(session);
        let mut add = |target, token| {
            let users = Users {
                session: Some(session),
                token,
                labels: vec![session.label()],
                profiles: profiles.clone(),
            };
            requests.add(users, ConnectionCheck::new(&clients, target));
        };
        add(Target::AccessPortal(region.clone()), token.clone());
        add(Target::SignIn(region.clone()), None);
        if is_start_url(session.start_url.as_str()) {
            add(Target::StartUrl(session.start_url.clone()), None);
        }
    }
    for names in role_chains(scope) {
        let selection = Selection::Profile(names[0].as_str().into());
        let network = scope.aws.network(&selection)?;
        let clients = Arc::new(network.clients(scope.chains.session(&(*names[0]).into())));
        let users = Users {
            session: None,
            token: None,
            labels: names.iter().map(|name| format!("profile {name}")).collect(),
            profiles: scope.affected.by_profiles(names),
        };
        requests.add(users, ConnectionCheck::new(&clients, Target::Sts));
    }
    Ok(requests.all)
}

#[derive(Default)]
struct Requests<'a> {
    all: Vec<Request<'a>>,
    /// Index of the first request by its key.
    known: HashMap<String, usize>,
}

impl<'a> Requests<'a> {
    fn add(&mut self, users: Users<'a>, check: Result<ConnectionCheck<'a>, Error>) {
        let key = check.as_ref().ok().and_then(|check| check.key().ok());
        let known = key.map(|key| *self.known.entry(key).or_insert(self.all.len()));
        match known.and_then(|at| self.all.get_mut(at)) {
            Some(known) if users.token.is_none() => {
                known.users.extend(users);
            }
            _ => self.all.push(Request { users, check }),
        }
    }
}

fn valid_token(session: &SsoSession, scope: &Scope<'_>) -> Option<CachedToken> {
    let now = scope.aws.clock().now();
    let status = SessionStatus::of(session.clone(), scope.aws.cache(), now);
    let is_valid = status.state(Duration::ZERO, now) == SessionState::Valid;
    let token = status.token.ok()??;
    is_valid.then_some(token)
}

/// Keys of a profile that a request to STS depends on.
const STS_KEYS: [&str; 8] = [
    "ca_bundle",
    "endpoint_url",
    "ignore_configured_endpoint_urls",
    "max_attempts",
    "region",
    "services",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

/// Returns the profiles with a role chain, in groups with the same settings and the same session.
fn role_chains(scope: &Scope<'_>) -> Vec<Vec<String>> {
    let files = scope.aws.files();
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for name in files.profile_names() {
        let is_role = matches!(scope.chains.link(&name), Some(ChainLink::Role { .. }));
        if !is_role || scope.chains.source(&name).is_none() {
            continue;
        }
        let profile = files.profile(&name);
        let value = |key| Some(profile.as_ref()?.get(key)?.value().into_owned());
        let label = scope.chains.session(&name).map(SsoSession::label);
        let group = groups.entry((label, STS_KEYS.map(value))).or_default();
        group.push(name.as_str().to_owned());
    }
    groups.into_values().collect()
}
