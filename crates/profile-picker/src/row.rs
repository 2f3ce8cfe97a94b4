//! Profiles as rows of the list.

use cli_ux::Entry;
use sso_config::{ListedProfile, SsoSession};
use sso_types::{AccountId, SessionName};

use crate::states::SessionStates;

/// Returns the row of a profile: name, account, role, session, Region and the state of the session. Without a
/// session, the kind of the profile is in place of the state.
pub(crate) fn entry(profile: &ListedProfile, states: &SessionStates) -> Entry {
    let account = profile.account_id();
    let columns = [
        or_dash(account.as_ref().map(AccountId::as_str)),
        or_dash(profile.role_name()),
        or_dash(profile.session().map(label)),
        or_dash(profile.region.as_deref()),
    ];
    let state = match profile.session() {
        Some(session) => states.label(session),
        None => profile.kind_label(),
    };
    Entry::new(profile.name.as_str())
        .with_columns(columns)
        .with_end(state)
}

/// Returns the name of the session, or its start URL without the scheme.
fn label(session: &SsoSession) -> &str {
    let url = session.start_url.as_str();
    let name = session.name.as_ref().map(SessionName::as_str);
    name.unwrap_or(url.strip_prefix("https://").unwrap_or(url))
}

fn or_dash(text: Option<&str>) -> String {
    text.unwrap_or("–").to_owned()
}
