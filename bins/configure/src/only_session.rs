//! The session of the config file, if there is only one.

use anyhow::anyhow;
use cli_ux::Failure;
use sso_config::ConfigFiles;
use sso_types::SessionName;

pub(crate) fn only_session(files: &ConfigFiles) -> Result<SessionName, Failure> {
    let names: Vec<_> = files.sso_session_names().collect();
    match names.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let config = files.config_path().display();
            let error = anyhow!("no [sso-session] section in {config}");
            Err(Failure::configuration(error).with_session_hint(files))
        }
        several => {
            let error = anyhow!("--sso-session is required: there are several SSO sessions");
            Err(Failure::configuration(error).with_choice_hint(several))
        }
    }
}
