//! Errors of reading and editing the config.

use std::io;
use std::path::PathBuf;

use aws_config_parse::{EditError, Reason};
use locked_file::{LockError, ReadError, WriteError};
use sso_types::{InvalidRegion, ProfileName, SessionName};

use crate::location::Location;

/// An error in the environment or the config, or of an edit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no home folder to look in.
    #[error("the home folder is not known: {variable} is not set")]
    NoHome {
        /// The variable that would name it.
        variable: &'static str,
    },

    /// A config or credentials file is there, but cannot be read.
    #[error("cannot read {}", path.display())]
    ReadConfig {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// A config or credentials file is not in the config language.
    #[error("{location}:{}: {reason}", location.column)]
    ConfigSyntax {
        /// Where.
        location: Location,
        /// Why the AWS CLI would reject the file.
        reason: Reason,
    },

    /// The config file does not take an edit.
    #[error("cannot edit {}", path.display())]
    EditConfig {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: EditError,
    },

    /// Somebody else has changed the config file meanwhile.
    #[error("{} has been changed by another program meanwhile", path.display())]
    ConfigChanged {
        /// The file.
        path: PathBuf,
    },

    /// The config file is marked as not to be written.
    #[error("{} is read-only", path.display())]
    ReadOnlyConfig {
        /// The file.
        path: PathBuf,
    },

    /// Another program is editing the config file.
    #[error(transparent)]
    LockConfig(#[from] LockError),

    /// The config file, or what is to be kept of its former state, cannot be written.
    #[error(transparent)]
    WriteConfig(#[from] WriteError),

    /// There is no room for the former states of the config file.
    #[error("cannot make the folder {}", path.display())]
    MakeHistory {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// No edit is remembered that could be taken back.
    #[error("there is no edit to take back in {}", history.display())]
    NothingToUndo {
        /// The folder where edits are remembered.
        history: PathBuf,
    },

    /// What is remembered of an edit makes no sense. It may hold secrets, so that nothing of it
    /// is quoted.
    #[error("{} is damaged", path.display())]
    ReadHistory {
        /// The file.
        path: PathBuf,
    },

    /// A file of ours cannot be read.
    #[error(transparent)]
    ReadState(#[from] ReadError),

    /// Neither file has the profile.
    #[error("there is no profile {:?} in {}", profile.as_str(), config.display())]
    UnknownProfile {
        /// The profile.
        profile: ProfileName,
        /// The config file.
        config: PathBuf,
    },

    /// The config file has no such `[sso-session]`.
    #[error("there is no section [sso-session {session}] in {}{}", config.display(), referenced_by.as_ref().map_or_else(String::new, |location| format!(", which sso_session at {location} asks for")))]
    UnknownSession {
        /// The session.
        session: SessionName,
        /// The profile's `sso_session`, where one asks for it.
        referenced_by: Option<Location>,
        /// The config file.
        config: PathBuf,
    },

    /// The config file has no such `[services]`.
    #[error("{location}: there is no section [services {services}]")]
    UnknownServices {
        /// The name.
        services: String,
        /// The profile's `services`.
        location: Location,
    },

    /// The profile has nothing to do with IAM Identity Center.
    #[error("profile {:?}{} has neither sso_session nor sso_start_url", profile.as_str(), at(location.as_ref()))]
    NotSso {
        /// The profile.
        profile: ProfileName,
        /// Its section.
        location: Option<Location>,
    },

    /// Neither file has the profile that another one names as its source.
    #[error("{location}: there is no profile {:?}", profile.as_str())]
    UnknownSourceProfile {
        /// The profile.
        profile: ProfileName,
        /// The `source_profile` that names it.
        location: Location,
    },

    /// The profile has nothing that would bring credentials.
    #[error("profile {:?}{} has no credentials", profile.as_str(), at(location.as_ref()))]
    NoCredentials {
        /// The profile.
        profile: ProfileName,
        /// Its section.
        location: Option<Location>,
    },

    /// A life was asked for credentials that are not those of a role that STS gives.
    #[error("only for the credentials of a role_arn can a duration be asked for")]
    DurationNotApplicable,

    /// The profile gets its credentials in a way that is left to other tools.
    #[error("{location}: {key} of profile {:?} is not supported", profile.as_str())]
    Unsupported {
        /// The profile.
        profile: ProfileName,
        /// The key that says so.
        key: &'static str,
        /// Where it stands.
        location: Location,
    },

    /// Profiles lead to one another without end, by `source_profile` or by `credential_process`.
    #[error("the profiles lead in a circle: {}", profiles.iter().map(ProfileName::as_str).collect::<Vec<_>>().join(" → "))]
    Cycle {
        /// The profiles; the last is among those before.
        profiles: Vec<ProfileName>,
    },

    /// The `credential_process` of a profile is not a command line: it is empty, or a quote is not
    /// closed.
    #[error("{location}: the credential_process of profile {:?} failed: it is no command line", profile.as_str())]
    InvalidProcess {
        /// The profile.
        profile: ProfileName,
        /// The location of `credential_process`.
        location: Location,
    },

    /// A section lacks keys.
    #[error("[{section}]{} lacks {}", at(location.as_ref()), keys.join(" and "))]
    MissingKeys {
        /// The section.
        section: String,
        /// The keys.
        keys: Vec<&'static str>,
        /// The section's header.
        location: Option<Location>,
    },

    /// The profile and its session disagree.
    #[error("{key} at {profile} differs from the one at {session}")]
    Inconsistent {
        /// The key.
        key: &'static str,
        /// Where the profile has it.
        profile: Location,
        /// Where the session has it.
        session: Location,
    },

    /// A Region that could not stand in a host name.
    #[error("{location}: sso_region is unusable")]
    InvalidRegion {
        /// Where.
        location: Location,
        /// Why not.
        source: InvalidRegion,
    },

    /// A setting has a value that makes no sense.
    #[error("{name} should be {expected}")]
    InvalidSetting {
        /// The variable, or the key with its place.
        name: String,
        /// What would make sense.
        expected: &'static str,
    },

    /// The `default` profile has credentials of its own, which a command without a profile takes
    /// before those that are served.
    #[error(
        "{location}: {key} of [default] would be taken instead of the credentials that are served"
    )]
    ShadowedByDefaultProfile {
        /// The key.
        key: &'static str,
        /// Where it stands.
        location: Location,
    },
}

fn at(location: Option<&Location>) -> String {
    location.map_or_else(String::new, |location| format!(" at {location}"))
}
