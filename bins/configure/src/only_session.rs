//! The session of the config file, if there is only one.

use anyhow::anyhow;
use cli_ux::Failure;
use sso_config::ConfigFiles;
use sso_types::{SessionName, sanitize};

pub(crate) fn only_session(files: &ConfigFiles) -> Result<SessionName, Failure> {
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
