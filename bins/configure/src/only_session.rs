//! The session of the config file, if there is only one, or if the user selects it.

use anyhow::anyhow;
use cli_ux::sign_in::chosen_session;
use cli_ux::{Failure, Ui};
use sso_config::{ConfigFiles, ConfiguredSessions};
use sso_types::SessionName;

pub(crate) fn only_session(files: &ConfigFiles, ui: &Ui) -> Result<SessionName, Failure> {
    let names: Vec<_> = files.sso_session_names().collect();
    match names.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let config = files.config_path().display();
            let error = anyhow!("no [sso-session] section in {config}");
            Err(Failure::configuration(error).with_session_hint(files))
        }
        several => {
            if ui.is_interactive()
                && let Some(name) = chosen(files, ui)?
            {
                return Ok(name);
            }
            let error = anyhow!("--sso-session is required: there are several SSO sessions");
            Err(Failure::configuration(error).with_choice_hint(several))
        }
    }
}

/// Asks the user for one of the sessions that can be used. Returns `None` if there are none.
fn chosen(files: &ConfigFiles, ui: &Ui) -> Result<Option<SessionName>, Failure> {
    let mut sessions = ConfiguredSessions::of(files).sessions;
    sessions.retain(|session| session.name.is_some());
    if sessions.is_empty() {
        return Ok(None);
    }
    let question = "Select the SSO session whose accounts and roles become profiles:";
    Ok(chosen_session(sessions, ui, question)?.name)
}
