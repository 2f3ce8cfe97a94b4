//! Registration scopes that a sign-in requests.

use sso_config::SsoSession;
use sso_types::RegistrationScope;

/// Scope of a session without `sso_registration_scopes`, for a grant that requires a scope.
const DEFAULT_SCOPE: &str = "sso:account:access";

pub(crate) fn scopes_or_default(session: &SsoSession) -> Vec<RegistrationScope> {
    let scopes = session.scopes.clone().filter(|scopes| !scopes.is_empty());
    scopes.unwrap_or_else(|| vec![DEFAULT_SCOPE.into()])
}
