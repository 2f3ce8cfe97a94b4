//! Errors of the environment and the config files.

use shell_words::quote;
use sso_config::Error;

use super::Advice;
use crate::failure::FailureKind;

/// Every error of the config is a wrong configuration, but for an option that does not apply.
pub(super) fn advice(error: &Error) -> Advice {
    match error {
        Error::DurationNotApplicable => (FailureKind::Usage, Some("leave --duration out".into())),
        error => (FailureKind::Configuration, fix(error).map(Into::into)),
    }
}

/// Returns the edit or the action that fixes the configuration.
fn fix(error: &Error) -> Option<String> {
    Some(match error {
        Error::UnknownProfile { profile, config } => format!(
            "add {} to {}, or choose another with --profile",
            profile_header(profile.as_str()),
            config.display()
        ),
        Error::UnknownSourceProfile { profile, .. } => format!(
            "add {}, or let source_profile name another",
            profile_header(profile.as_str())
        ),
        Error::NoCredentials { profile, .. } => format!(
            "add sso_session, sso_account_id and sso_role_name to {}, or choose another with --profile",
            profile_header(profile.as_str())
        ),
        Error::Unsupported { profile, .. } => format!(
            "the AWS CLI can: aws configure export-credentials --profile {}",
            quote(profile.as_str())
        ),
        Error::Cycle { .. } => {
            "let the source_profile or the credential_process of one of them lead elsewhere"
                .to_owned()
        }
        Error::UnknownSession { session, .. } => format!(
            "add [sso-session {}] with sso_start_url and sso_region to the config file",
            quote(session.as_str())
        ),
        Error::NotSso { .. } => "name its [sso-session] as sso_session in the profile".to_owned(),
        Error::InvalidProcess { .. } => "close the quotes, and name a program".to_owned(),
        Error::MissingKeys { section, keys, .. } => {
            format!("add {} below [{section}]", keys.join(" and "))
        }
        Error::Inconsistent { key, profile, .. } => {
            format!("remove {key} at {profile}; the session's counts")
        }
        Error::InvalidRegion { location, .. } => format!(
            "write a Region such as us-east-1 in line {} of {}",
            location.line,
            location.path.display()
        ),
        Error::ReadOnlyConfig { path } => {
            let path = path.display().to_string();
            format!("if it may be changed: chmod u+w {}", quote(&path))
        }
        Error::ConfigChanged { .. } => "look at what has changed, and start again".to_owned(),
        Error::ShadowedByDefaultProfile { .. } => {
            "leave --serve out: the command gets the credentials as variables".to_owned()
        }
        Error::ConfigSyntax { location, .. } => {
            format!("mend line {} of {}", location.line, location.path.display())
        }
        _ => return None,
    })
}

/// Names are quoted in the config file as in a shell.
pub(super) fn profile_header(name: &str) -> String {
    match name {
        "default" => "[default]".to_owned(),
        name => format!("[profile {}]", quote(name)),
    }
}
