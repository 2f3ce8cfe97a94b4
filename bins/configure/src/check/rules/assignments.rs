//! Roles of profiles that are not assigned to the user.

use std::collections::BTreeMap;

use sso_config::{SsoProfile, SsoSession};
use sso_credentials::accounts::list_roles_with;
use sso_credentials::aws::Selection;
use sso_session::TokenProvider;
use sso_types::{AccountId, RoleName};
use token_cache::CachedToken;

use super::services::NOT_REACHED;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::scope::Scope;
use crate::precedence::before_sso;

pub(super) static UNASSIGNED_ROLE: Rule = Rule {
    code: "unassigned-role",
    severity: Severity::Error,
    summary: "Account or role of a profile that is not assigned to the signed-in user",
    explanation: "GetRoleCredentials is denied for the profile. The rule lists the roles of each account \
                  in the config file, with one request for each account, if the session has a valid \
                  token. Correct `sso_account_id` and `sso_role_name`, or ask an administrator for the \
                  assignment.",
    fix: None,
};

type Profiles<'a> = Vec<&'a SsoProfile>;

/// Roles that are assigned in an account; `None` if the access portal refuses the account.
type Listed = Result<Option<Vec<RoleName>>, sso_credentials::Error>;

/// Lists the roles in the accounts of the session's profiles, with its token.
pub(super) fn find(session: &SsoSession, token: &CachedToken, scope: &Scope<'_>) -> Vec<Finding> {
    let roles = roles(session, scope);
    let accounts: Vec<_> = roles.keys().map(|account| (*account).clone()).collect();
    let listed = list(session, token, accounts, scope);
    let mut failure = None;
    let mut findings = Vec::new();
    for (listed, (account, roles)) in listed.into_iter().zip(roles) {
        match listed {
            Ok(assigned) => findings.extend(of_account(account, &roles, assigned, scope)),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    let failed = failure.map(|error| {
        let failure = error.into();
        let message = format!("{}: {failure}", session.label());
        let finding = Finding::new(&NOT_REACHED, &message);
        let finding = finding.with_hint_of(&failure, scope.program);
        finding.affecting(scope.profiles_of(session))
    });
    failed.into_iter().chain(findings).collect()
}

fn list(
    session: &SsoSession,
    token: &CachedToken,
    accounts: Vec<AccountId>,
    scope: &Scope<'_>,
) -> Vec<Listed> {
    // The request with the token has used the same settings.
    let Ok(network) = scope.aws.network(&Selection::Default) else {
        return Vec::new();
    };
    let tokens = TokenProvider {
        session,
        cache: scope.aws.cache(),
        clients: &network.clients(Some(session)),
        clock: scope.aws.clock(),
    };
    list_roles_with(&tokens, token, accounts)
}

/// Returns the profiles of the session by account and role. Omits those that other rules report.
fn roles<'a>(
    session: &SsoSession,
    scope: &'a Scope<'_>,
) -> BTreeMap<&'a AccountId, BTreeMap<&'a RoleName, Profiles<'a>>> {
    let mut roles: BTreeMap<_, BTreeMap<_, Profiles<'_>>> = BTreeMap::new();
    if !session.has_account_access() {
        return roles;
    }
    for profile in &scope.configured.profiles {
        let (Some(account), Some(role)) = (&profile.account_id, &profile.role_name) else {
            continue;
        };
        let is_used = profile.session.shares_token_with(session)
            && is_account_id(account)
            && before_sso(scope.aws.files(), &profile.name).is_none();
        if is_used {
            let of_account = roles.entry(account).or_default();
            of_account.entry(role).or_default().push(profile);
        }
    }
    roles
}

fn is_account_id(account: &AccountId) -> bool {
    let digits = account.as_str();
    digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Compares the roles of profiles with those that are assigned; `None` if the portal refuses the account.
fn of_account(
    account: &AccountId,
    roles: &BTreeMap<&RoleName, Profiles<'_>>,
    assigned: Option<Vec<RoleName>>,
    scope: &Scope<'_>,
) -> Vec<Finding> {
    let assigned = assigned.unwrap_or_default();
    if assigned.is_empty() {
        let message = format!("no role in account {account} is assigned to the signed-in user");
        let profiles: Vec<_> = roles.values().flatten().copied().collect();
        return vec![finding(&message, "sso_account_id", &profiles, scope)];
    }
    let missing = roles.iter().filter(|(role, _)| !assigned.contains(role));
    let findings = missing.map(|(role, profiles)| {
        let message = format!(
            "the role {role} in account {account} is not assigned to the signed-in user; the assigned \
             roles are {}",
            listed(&assigned)
        );
        finding(&message, "sso_role_name", profiles, scope)
    });
    findings.collect()
}

/// Maximum number of roles in a message.
const MAX_LISTED: usize = 5;

fn listed(roles: &[RoleName]) -> String {
    let shown: Vec<_> = roles
        .iter()
        .take(MAX_LISTED)
        .map(RoleName::as_str)
        .collect();
    let shown = shown.join(", ");
    match roles.len().saturating_sub(MAX_LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Returns a finding at a key of the first profile.
fn finding(message: &str, key: &str, profiles: &[&SsoProfile], scope: &Scope<'_>) -> Finding {
    let files = scope.aws.files();
    let location = profiles.first().and_then(|profile| {
        let property = files.profile(&profile.name)?.get(key)?;
        Some(files.location_of(&property))
    });
    let names = profiles.iter().map(|it| it.name.as_str().to_owned());
    let finding = Finding::new(&UNASSIGNED_ROLE, message);
    let finding = finding.affecting(scope.affected.by_profiles(names));
    finding.at_some(location)
}
