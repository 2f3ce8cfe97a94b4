//! Selection of a session at the terminal, if none is selected.

use sso_config::{ConfiguredSessions, Error as ConfigError, SsoSession};
use sso_credentials::aws::{Selection, Session};
use sso_credentials::{Aws, Error};

use crate::failure::Failure;
use crate::select::{Choice, Entry};
use crate::ui::Ui;

/// Returns the selected session. Without a selection, asks `question` if there are several and a
/// terminal.
///
/// # Errors
///
/// Those of [`Aws::session`] and [`Ui::choose`].
pub fn selected_session<'a>(
    aws: &'a Aws,
    ui: &Ui,
    selection: &Selection,
    question: &str,
) -> Result<Session<'a>, Failure> {
    match aws.session(selection) {
        Err(Error::Config(ConfigError::NoSessionSelected { choices, .. }))
            if !choices.is_empty() && ui.is_interactive() =>
        {
            let sessions = ConfiguredSessions::of(aws.files()).sessions;
            let session = chosen_session(sessions, ui, question)?;
            aws.warn_of_unusable_files();
            Ok(aws.session_with(session, selection)?)
        }
        session => Ok(session?),
    }
}

/// Returns the one of `sessions` that the user selects. `question` ends with a colon.
///
/// # Errors
///
/// Those of [`Ui::choose`].
pub fn chosen_session(
    mut sessions: Vec<SsoSession>,
    ui: &Ui,
    question: &str,
) -> Result<SsoSession, Failure> {
    let entries: Vec<_> = sessions.iter().map(entry).collect();
    ui.ask(question);
    let index = ui.choose(&Choice {
        name: "SSO session",
        flag: "--sso-session",
        entries: &entries,
        marked: Some(0),
    })?;
    Ok(sessions.swap_remove(index))
}

fn entry(session: &SsoSession) -> Entry {
    let url = session.start_url.to_string();
    match &session.name {
        Some(name) => Entry::new(format!("{name} {url}")),
        None => Entry::new(url),
    }
}
