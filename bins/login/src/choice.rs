//! Selection of a session at the terminal, if none is selected.

use cli_ux::{Choice, Entry, Failure, Ui};
use sso_config::{ConfiguredSessions, Error as ConfigError, SsoSession};
use sso_credentials::aws::{Selection, Session};
use sso_credentials::{Aws, Error};

/// Returns the selected session. Without a selection, asks the user if there are several and a
/// terminal.
pub(crate) fn session<'a>(
    aws: &'a Aws,
    ui: &Ui,
    selection: &Selection,
) -> Result<Session<'a>, Failure> {
    match aws.session(selection) {
        Err(Error::Config(ConfigError::NoSessionSelected { choices, .. }))
            if !choices.is_empty() && ui.is_interactive() =>
        {
            let session = chosen(ConfiguredSessions::of(aws.files()).sessions, ui)?;
            aws.warn_of_unusable_files();
            Ok(aws.session_with(session, selection)?)
        }
        session => Ok(session?),
    }
}

fn chosen(mut sessions: Vec<SsoSession>, ui: &Ui) -> Result<SsoSession, Failure> {
    let entries: Vec<_> = sessions.iter().map(entry).collect();
    ui.ask("Select the SSO session to sign in to:");
    let index = ui.choose(&Choice {
        name: "SSO session",
        flag: "--sso-session",
        entries: &entries,
        marked: 0,
    })?;
    Ok(sessions.swap_remove(index))
}

fn entry(session: &SsoSession) -> Entry {
    let url = session.start_url.as_str();
    match &session.name {
        Some(name) => Entry::new(format!("{name} {url}")),
        None => Entry::new(url),
    }
}
