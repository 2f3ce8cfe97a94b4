//! Errors from reading and editing the config.

use std::io;
use std::path::PathBuf;

use aws_config_parse::{EditError, Reason};
use locked_file::{LockError, ReadError, WriteError};
use sso_types::{InvalidRegion, ProfileName, SessionName};

use crate::location::Location;

/// An error in the environment or the config, or from an edit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The home directory is not known.
    #[error("the home folder is not known: {variable} is not set")]
    NoHome {
        /// Variable that should contain it.
        variable: &'static str,
    },

    /// A config or credentials file exists but cannot be read.
    #[error("cannot read {}", path.display())]
    ReadConfig {
        /// The file.
        path: PathBuf,
        /// Error of the system.
        source: io::Error,
    },

    /// A config or credentials file has a syntax error.
    #[error("{location}:{}: {reason}", location.column)]
    ConfigSyntax {
        /// Location of the error.
        location: Location,
        /// Reason why the AWS CLI would reject the file.
        reason: Reason,
    },

    /// An edit of the config file is not possible.
    #[error("cannot edit {}", path.display())]
    EditConfig {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: EditError,
    },

    /// Another process has changed the config file since the edit began.
    #[error("{} has been changed by another program meanwhile", path.display())]
    ConfigChanged {
        /// The file.
        path: PathBuf,
    },

    /// The config file is read-only.
    #[error("{} is read-only", path.display())]
    ReadOnlyConfig {
        /// The file.
        path: PathBuf,
    },

    /// The lock for edits of the config file cannot be acquired.
    #[error(transparent)]
    LockConfig(#[from] LockError),

    /// The config file, its backup or its history cannot be written.
    #[error(transparent)]
    WriteConfig(#[from] WriteError),

    /// The directory of the history cannot be created.
    #[error("cannot make the folder {}", path.display())]
    MakeHistory {
        /// Path of the directory.
        path: PathBuf,
        /// Error of the system.
        source: io::Error,
    },

    /// The history contains no edit that can be undone.
    #[error("there is no edit to take back in {}", history.display())]
    NothingToUndo {
        /// Directory of the history.
        history: PathBuf,
    },

    /// An entry of the history is corrupt. The error does not quote it, because it may contain
    /// secrets.
    #[error("{} is damaged", path.display())]
    ReadHistory {
        /// The file.
        path: PathBuf,
    },

    /// The backup or an entry of the history cannot be read.
    #[error(transparent)]
    ReadState(#[from] ReadError),

    /// Neither file contains the profile.
    #[error("there is no profile {:?} in {}", profile.as_str(), config.display())]
    UnknownProfile {
        /// The profile.
        profile: ProfileName,
        /// The config file.
        config: PathBuf,
    },

    /// The config file does not contain the `[sso-session]` section.
    #[error("there is no section [sso-session {session}] in {}{}", config.display(), referenced_by.as_ref().map_or_else(String::new, |location| format!(", which sso_session at {location} asks for")))]
    UnknownSession {
        /// The session.
        session: SessionName,
        /// Location of the `sso_session` that refers to it, if a profile does.
        referenced_by: Option<Location>,
        /// The config file.
        config: PathBuf,
    },

    /// The config file does not contain the `[services]` section.
    #[error("{location}: there is no section [services {services}]")]
    UnknownServices {
        /// The name.
        services: String,
        /// Location of the `services` that refers to it.
        location: Location,
    },

    /// The profile does not use IAM Identity Center.
    #[error("profile {:?}{} has neither sso_session nor sso_start_url", profile.as_str(), at(location.as_ref()))]
    NotSso {
        /// The profile.
        profile: ProfileName,
        /// Its section.
        location: Option<Location>,
    },

    /// Neither file contains the source profile of another profile.
    #[error("{location}: there is no profile {:?}", profile.as_str())]
    UnknownSourceProfile {
        /// The profile.
        profile: ProfileName,
        /// Location of the `source_profile` that refers to it.
        location: Location,
    },

    /// The profile contains no keys for credentials.
    #[error("profile {:?}{} has no credentials", profile.as_str(), at(location.as_ref()))]
    NoCredentials {
        /// The profile.
        profile: ProfileName,
        /// Its section.
        location: Option<Location>,
    },

    /// A duration was requested for credentials that are not those of an assumed role.
    #[error("only for the credentials of a role_arn can a duration be asked for")]
    DurationNotApplicable,

    /// The profile gets its credentials in a way that is not supported.
    #[error("{location}: {key} of profile {:?} is not supported", profile.as_str())]
    Unsupported {
        /// The profile.
        profile: ProfileName,
        /// Key that configures it.
        key: &'static str,
        /// Location of the key.
        location: Location,
    },

    /// Profiles refer to each other in a cycle, by `source_profile` or by `credential_process`.
    #[error("the profiles lead in a circle: {}", profiles.iter().map(ProfileName::as_str).collect::<Vec<_>>().join(" → "))]
    Cycle {
        /// Profiles of the cycle; the last one occurs before, too.
        profiles: Vec<ProfileName>,
    },

    /// The `credential_process` of a profile is not a command line: it is empty, or a quote is not
    /// closed.
    #[error("{location}: the credential_process of profile {:?} failed: it is no command line", profile.as_str())]
    InvalidProcess {
        /// The profile.
        profile: ProfileName,
        /// Location of the `credential_process`.
        location: Location,
    },

    /// A section lacks keys.
    #[error("[{section}]{} lacks {}", at(location.as_ref()), keys.join(" and "))]
    MissingKeys {
        /// The section.
        section: String,
        /// The keys.
        keys: Vec<&'static str>,
        /// Location of the section's header.
        location: Option<Location>,
    },

    /// The profile and its session have different values for a key.
    #[error("{key} at {profile} differs from the one at {session}")]
    Inconsistent {
        /// The key.
        key: &'static str,
        /// Location in the profile.
        profile: Location,
        /// Location in the session.
        session: Location,
    },

    /// The Region cannot be part of a host name.
    #[error("{location}: sso_region is unusable")]
    InvalidRegion {
        /// Location of the error.
        location: Location,
        /// Cause.
        source: InvalidRegion,
    },

    /// A setting has an invalid value.
    #[error("{name} should be {expected}")]
    InvalidSetting {
        /// Variable, or key with its location.
        name: String,
        /// Description of a valid value.
        expected: &'static str,
    },

    /// The `default` profile has credentials. A command without a profile would use them instead of
    /// those of a local credentials endpoint.
    #[error(
        "{location}: {key} of [default] would be taken instead of the credentials that are served"
    )]
    ShadowedByDefaultProfile {
        /// The key.
        key: &'static str,
        /// Location of the key.
        location: Location,
    },
}

fn at(location: Option<&Location>) -> String {
    location.map_or_else(String::new, |location| format!(" at {location}"))
}
