//! Kinds and hints for the errors of the environment and the config files.

use std::io;

use shell_words::quote;
use sso_config::Error;

use super::{Advice, cache, names};
use crate::command_line::{Arguments, CommandLine};
use crate::failure::FailureKind;
use crate::failure::hint::{Hint, Related};

/// All errors are configuration errors, except an option that does not apply to the profile.
pub(super) fn advice(error: &Error) -> Advice {
    match error.root() {
        Error::DurationNotApplicable => (FailureKind::Usage, Some("omit --duration".into())),
        error => {
            let hint = command(error).or_else(|| fix(error).map(Hint::from));
            let hint = hint.or_else(|| names::hints(error).into_iter().next());
            (FailureKind::Configuration, hint)
        }
    }
}

/// Returns the hints after that of [`advice`].
pub(super) fn more_hints(error: &Error) -> Vec<Hint> {
    names::hints(error.root()).into_iter().skip(1).collect()
}

fn command(error: &Error) -> Option<Hint> {
    let command = match error {
        Error::Unsupported { profile, .. } => CommandLine::new(
            "aws configure export-credentials",
            Arguments::new().option("--profile", profile.as_str()),
        ),
        Error::ReadOnlyConfig { path } => {
            CommandLine::new("chmod u+w", Arguments::new().operand(path))
        }
        Error::ConfigSyntax { reason, .. } if reason.is_encoding() => {
            let arguments = Arguments::new().flag("check").flag("--fix");
            return Some(Hint::Related(Related::Configure, arguments));
        }
        Error::WriteConfig(error) => return cache::write_hint(error),
        _ => return None,
    };
    Some(command.into())
}

fn fix(error: &Error) -> Option<String> {
    Some(match error {
        Error::NotUnicode(error) => {
            format!("set {} to valid Unicode, or unset it", error.variable)
        }
        Error::CreateHistory { path, source } if is_denied(source) => {
            let parent = path.parent().unwrap_or(path);
            format!(
                "make the directory {} writable: an edit saves the previous content of the file there",
                parent.display()
            )
        }
        Error::NoCredentials { profile, .. } => format!(
            "add sso_session, sso_account_id and sso_role_name to {}, or select another profile with --profile",
            profile_header(profile.as_str())
        ),
        Error::Cycle { .. } => {
            "change source_profile or credential_process in one of these profiles".to_owned()
        }
        Error::InvalidProcess { .. } => {
            "set credential_process to a command line with balanced quotes".to_owned()
        }
        Error::UnknownArgument { .. } => {
            "use only the options that export-credentials --help lists, and one name".to_owned()
        }
        Error::MissingKeys { section, keys, .. } => {
            format!("add {} to [{section}]", keys.join(" and "))
        }
        Error::Inconsistent { key, profile, .. } => {
            format!("remove {key} at {profile}; the SSO session already sets it")
        }
        Error::InvalidRegion { location, .. } => format!(
            "set sso_region in line {} of {} to a Region such as us-east-1",
            location.line,
            location.path.display()
        ),
        Error::NotAFile { variable, .. } => format!("set {variable} to a regular file"),
        Error::NotReadableAgain { setting, .. } => format!("set {setting} to a regular file"),
        Error::ConfigChanged { .. } => "review the change, then run the command again".to_owned(),
        Error::ShadowedByDefaultProfile { .. } => {
            "omit --serve to pass the credentials as environment variables".to_owned()
        }
        Error::ConfigSyntax { location, .. } => {
            format!("fix line {} of {}", location.line, location.path.display())
        }
        _ => return None,
    })
}

/// Returns the section header of a profile. Names are quoted in the config file as in a shell.
pub(super) fn profile_header(name: &str) -> String {
    match name {
        "default" => "[default]".to_owned(),
        name => format!("[profile {}]", quote(name)),
    }
}

fn is_denied(error: &io::Error) -> bool {
    let kind = error.kind();
    matches!(
        kind,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}
