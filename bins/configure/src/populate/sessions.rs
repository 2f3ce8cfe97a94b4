//! Sessions of the rules.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::anyhow;
use cli_ux::{Arguments, CommandLine, Failure, Ui};
use sso_config::{AwsEnv, ConfigFiles, Error, SsoChain, SsoSession};
use sso_credentials::aws::Selection;
use sso_session::start_url::is_same_start_url;
use sso_types::{RegistrationScope, SessionName};

use crate::only_session::only_session;

use super::rule::Rule;

/// Returns the session that the arguments select. The default is the only one in the config file, or that
/// which the user selects at the terminal.
pub(super) fn selected(
    selection: &Selection,
    env: &AwsEnv,
    files: &ConfigFiles,
    ui: &Ui,
) -> Result<SessionName, Failure> {
    let profile = match selection {
        Selection::Session(name) => return Ok(name.clone()),
        Selection::Default => return only_session(files, ui),
        Selection::Profile(profile) => profile,
    };
    let session = SsoChain::load(env, files, profile)?.source.session;
    let start_url = session.start_url;
    session.name.ok_or_else(|| {
        let arguments = Arguments::new().option("--start-url", start_url.to_string());
        let profile = profile.as_str();
        Failure::configuration(anyhow!("profile {profile:?} has no sso_session"))
            .with_command_hint(CommandLine::new("sso-configure migrate", arguments))
    })
}

/// Returns the sessions of the rules. Those that the config file lacks come from `declared`.
pub(super) fn of_rules(
    rules: &[Rule],
    declared: Vec<SsoSession>,
    files: &ConfigFiles,
) -> Result<Vec<SsoSession>, Failure> {
    let declared = declared.into_iter();
    let declared: BTreeMap<_, _> = declared
        .map(|session| (session.name.clone(), session))
        .collect();
    let mut sessions: Vec<SsoSession> = Vec::new();
    for rule in rules {
        let name = Some(rule.session.clone());
        if sessions.iter().any(|session| session.name == name) {
            continue;
        }
        let declared = declared.get(&name);
        let session = match (SsoSession::named(files, &rule.session), declared) {
            (Ok(session), Some(declared)) => {
                check_agreement(&rule.session, &session, declared, files)?;
                session
            }
            (Err(Error::UnknownSession { .. }), Some(declared)) => declared.clone(),
            (session, _) => session?,
        };
        sessions.push(session);
    }
    Ok(sessions)
}

/// Rejects a sync file that contradicts the config file. The sync file may come from another user,
/// so it must not decide where this user signs in. Other scopes alone are no contradiction: those of the
/// config file apply.
fn check_agreement(
    name: &SessionName,
    session: &SsoSession,
    declared: &SsoSession,
    files: &ConfigFiles,
) -> Result<(), Failure> {
    let (region, declared_region) = (session.region.as_str(), declared.region.as_str());
    let is_same_portal = is_same_start_url(&session.start_url, &declared.start_url);
    let is_same_region = region.eq_ignore_ascii_case(declared_region);
    if is_same_portal && is_same_region {
        return Ok(());
    }
    let keys = [
        ("sso_start_url", is_same_portal),
        ("sso_region", is_same_region),
        (
            "sso_registration_scopes",
            has_same_scopes(session, declared),
        ),
    ];
    let keys = keys.iter().filter(|(_, is_same)| !is_same);
    let keys: Vec<_> = keys.map(|(key, _)| *key).collect();
    let section = files.sso_session(name.as_str());
    let location = section.map(|section| files.location_of_section(&section));
    Err(Failure::configuration(anyhow!(
        "[sso-session {name}]{} has other values than the sync file: {}",
        location.map_or_else(String::new, |location| format!(" at {location}")),
        keys.join(", ")
    ))
    .with_hint("if the sync file is correct, change the section first"))
}

/// Replaces the hint to sign in, if the session comes from the sync file: other programs do not know it
/// yet.
pub(super) fn with_sign_in_hint(
    failure: Failure,
    session: &SsoSession,
    files: &ConfigFiles,
    with_login: Option<CommandLine>,
) -> Failure {
    let Some(name) = &session.name else {
        return failure;
    };
    if files.sso_session(name.as_str()).is_some() {
        return failure;
    }
    let failure = failure.without_sign_in_hint();
    if let Some(command) = with_login {
        return failure.with_command_hint(command);
    }
    let arguments = Arguments::new().flag("--no-input");
    let arguments = arguments.option("--sso-session", name.as_str());
    let arguments = arguments.option("--start-url", session.start_url.to_string());
    let mut arguments = arguments.option("--sso-region", session.region.as_str());
    if let Some(scopes) = &session.scopes {
        arguments = arguments.option("--scopes", joined(scopes));
    }
    let add = CommandLine::new("sso-configure session", arguments);
    failure
        .with_step_hint("add the session of the sync file first:", add)
        .with_sign_in_hint(Arguments::new().option("--sso-session", name.as_str()))
}

/// Ignores the order.
fn has_same_scopes(session: &SsoSession, declared: &SsoSession) -> bool {
    let set = |session: &SsoSession| -> Option<BTreeSet<String>> {
        let scopes = session.scopes.as_ref()?.iter();
        Some(scopes.map(|scope| scope.as_str().to_owned()).collect())
    };
    set(session) == set(declared)
}

fn joined(scopes: &[RegistrationScope]) -> String {
    let scopes: Vec<_> = scopes.iter().map(RegistrationScope::as_str).collect();
    scopes.join(",")
}
