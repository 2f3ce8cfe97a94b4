//! The sessions that the rules name.

use std::collections::BTreeMap;

use anyhow::anyhow;
use cli_ux::Failure;
use sso_config::{ConfigFiles, Error, SsoProfile, SsoSession};
use sso_types::{SessionName, sanitize};

use super::args::PopulateArgs;
use super::rule::Rule;

/// Returns the session that the arguments select: by default the only one of the config file.
pub(super) fn selected(args: &PopulateArgs, files: &ConfigFiles) -> Result<SessionName, Failure> {
    if let Some(name) = &args.selection.sso_session {
        return Ok(name.as_str().into());
    }
    if let Some(profile) = &args.selection.profile {
        let session = SsoProfile::load(files, &profile.as_str().into())?.session;
        return session.name.ok_or_else(|| {
            Failure::configuration(anyhow!("the profile {profile:?} names no sso-session"))
                .with_hint("sso-configure migrate")
        });
    }
    let mut names = files.sso_session_names();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name),
        (None, _) => Err(Failure::configuration(anyhow!(
            "there is no [sso-session] in {}",
            files.config_path().display()
        ))),
        _ => {
            let names = files.sso_session_names();
            let names: Vec<_> = names.map(|name| sanitize(name.as_str())).collect();
            let error = anyhow!("there are several sessions, and --sso-session names none");
            Err(Failure::usage(error).with_hint(format!("choose from {}", names.join(", "))))
        }
    }
}

/// Returns the sessions of the rules: from the config file, and new ones from `declared`.
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

/// Refuses a file that contradicts the config file: it may come from another person, and does not
/// decide where the user signs in.
fn check_agreement(
    name: &SessionName,
    session: &SsoSession,
    declared: &SsoSession,
    files: &ConfigFiles,
) -> Result<(), Failure> {
    if session.start_url == declared.start_url && session.region == declared.region {
        return Ok(());
    }
    let section = files.sso_session(name.as_str());
    let location = section.map(|section| files.location_of_section(&section));
    Err(Failure::configuration(anyhow!(
        "[sso-session {name}]{} has another start URL or Region than the file",
        location.map_or_else(String::new, |location| format!(" at {location}"))
    ))
    .with_hint("if the file is right, change the section first"))
}
