//! Sessions of the rules.

use std::collections::BTreeMap;

use anyhow::anyhow;
use cli_ux::{Arguments, CommandLine, Failure};
use sso_config::{ConfigFiles, Error, SsoProfile, SsoSession};
use sso_session::start_url::is_same_start_url;
use sso_types::{SessionName, sanitize};

use super::args::PopulateArgs;
use super::rule::Rule;

/// Returns the session that the arguments select. The default is the only one in the config file.
pub(super) fn selected(args: &PopulateArgs, files: &ConfigFiles) -> Result<SessionName, Failure> {
    if let Some(name) = &args.selection.sso_session {
        return Ok(name.as_str().into());
    }
    if let Some(profile) = &args.selection.profile {
        let session = SsoProfile::load(files, &profile.as_str().into())?.session;
        let start_url = session.start_url;
        return session.name.ok_or_else(|| {
            let arguments = Arguments::new().option("--start-url", start_url.as_str());
            Failure::configuration(anyhow!("profile {profile:?} has no sso_session"))
                .with_command_hint(CommandLine::new("sso-configure migrate", arguments))
        });
    }
    let mut names = files.sso_session_names();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name),
        (None, _) => {
            let config = files.config_path().display();
            let error = anyhow!("no [sso-session] section in {config}");
            Err(Failure::configuration(error).with_session_hint(files))
        }
        _ => {
            let names = files.sso_session_names();
            let names: Vec<_> = names.map(|name| sanitize(name.as_str())).collect();
            let error = anyhow!("--sso-session is required: there are several SSO sessions");
            let names = names.join(", ");
            Err(Failure::usage(error).with_hint(format!("use --sso-session with one of {names}")))
        }
    }
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
/// so it must not decide where this user signs in.
fn check_agreement(
    name: &SessionName,
    session: &SsoSession,
    declared: &SsoSession,
    files: &ConfigFiles,
) -> Result<(), Failure> {
    let is_same = is_same_start_url(&session.start_url, &declared.start_url);
    if is_same && session.region == declared.region {
        return Ok(());
    }
    let section = files.sso_session(name.as_str());
    let location = section.map(|section| files.location_of_section(&section));
    Err(Failure::configuration(anyhow!(
        "[sso-session {name}]{} has a different start URL or Region than the sync file",
        location.map_or_else(String::new, |location| format!(" at {location}"))
    ))
    .with_hint("if the sync file is correct, change the section first"))
}
