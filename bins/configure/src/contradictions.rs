//! Profiles that cannot use a session that was written.

use aws_config_parse::{MergedProfile, PropertyRef, SectionRef};
use cli_ux::Ui;
use sso_config::{ConfigFiles, Location, SsoSession};
use sso_types::{ProfileName, SessionName, escaped};

/// Maximum number of warnings about a session. Further keys are only counted.
const MAX_WARNINGS: usize = 20;

/// Warns of each key that contradicts the session, except in `reported` profiles.
pub(crate) fn warn_of_contradictions(
    ui: &Ui,
    files: &ConfigFiles,
    session: &SessionName,
    reported: &[ProfileName],
) {
    let shown = contradictions_shown(files, session, reported);
    for warning in shown {
        ui.warn(warning);
    }
}

/// Returns the warnings of [`warn_of_contradictions`].
pub(crate) fn contradictions_shown(
    files: &ConfigFiles,
    session: &SessionName,
    reported: &[ProfileName],
) -> Vec<String> {
    let found = contradictions(files, session, reported);
    let shown = found.iter().take(MAX_WARNINGS);
    let shown = shown.map(|(location, message)| format!("{location}: {message}"));
    let more = found.len().saturating_sub(MAX_WARNINGS);
    let more = (more > 0).then(|| format!("the same applies to {more} more"));
    shown.chain(more).collect()
}

fn contradictions(
    files: &ConfigFiles,
    session: &SessionName,
    reported: &[ProfileName],
) -> Vec<(Location, String)> {
    let Some(section) = files.sso_session(session.as_str()) else {
        return Vec::new();
    };
    let is_reported = |profile: &MergedProfile<'_>| {
        let name = profile.name();
        reported.iter().any(|other| other.as_str() == name.as_str())
    };
    let profiles = files.profiles().filter(|profile| {
        let name = profile.get("sso_session");
        name.is_some_and(|name| name.value() == session.as_str()) && !is_reported(profile)
    });
    let lacks_access =
        SsoSession::named(files, session).is_ok_and(|session| !session.has_account_access());
    let found = profiles.flat_map(|profile| {
        let account = profile.get("sso_account_id").filter(|_| lacks_access);
        let account = account.map(|account| without_access(files, &profile, &account, session));
        let repeated = ["sso_start_url", "sso_region"].into_iter();
        let repeated = repeated.filter_map(|key| contradiction(files, &profile, &section, key));
        repeated.chain(account).collect::<Vec<_>>()
    });
    found.collect()
}

/// Returns the location of a key with another value than in the session. SDKs reject the profile.
fn contradiction(
    files: &ConfigFiles,
    profile: &MergedProfile<'_>,
    session: &SectionRef<'_>,
    key: &str,
) -> Option<(Location, String)> {
    let (in_profile, in_session) = (profile.get(key)?, session.get(key)?);
    let message = format!(
        "{key} contradicts SSO session {}, so profile {} cannot be used; remove the key",
        escaped(session.name().as_str()),
        escaped(profile.name().as_str())
    );
    (in_profile.value() != in_session.value()).then(|| (files.location_of(&in_profile), message))
}

fn without_access(
    files: &ConfigFiles,
    profile: &MergedProfile<'_>,
    account: &PropertyRef<'_>,
    session: &SessionName,
) -> (Location, String) {
    let message = format!(
        "SSO session {} does not have the scope sso:account:access, which profile {} requires",
        escaped(session.as_str()),
        escaped(profile.name().as_str())
    );
    (files.location_of(account), message)
}
