//! Errors from reading the environment and the config files, and from edits.

use std::io;
use std::path::PathBuf;

use aws_config_parse::{EditError, Reason};
use locked_file::{LockError, ReadError, WriteError};
use sso_types::{InvalidRegion, ProfileName, SessionName};

use crate::location::Location;
use crate::name_clue::{NameClue, SessionChoice};
use crate::not_unicode::NotUnicode;
use crate::profile_path::ProfilePath;
use crate::source_kind::SourceKind;

/// Error from reading the environment or the config files, or from an edit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The home directory is unknown.
    #[error("cannot determine the home directory: {variable} is not set")]
    NoHome {
        /// Environment variable for the home directory.
        variable: &'static str,
    },

    /// A variable of the environment is not Unicode.
    #[error(transparent)]
    NotUnicode(#[from] NotUnicode),

    /// A config or credentials file exists but cannot be read.
    #[error(transparent)]
    ReadConfig(ReadError),

    /// The config or credentials file to edit is a directory, a pipe or a device.
    #[error("cannot edit {}: it is not a regular file", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
        /// Environment variable that selects another file.
        variable: &'static str,
    },

    /// A config or credentials file has a syntax error.
    #[error("{location}:{}: {reason}", location.column)]
    ConfigSyntax {
        /// Location of the error.
        location: Location,
        /// Reason why the AWS CLI rejects the file.
        reason: Reason,
    },

    /// The config file cannot be edited.
    #[error("cannot edit {}", path.display())]
    EditConfig {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: EditError,
    },

    /// Another process has changed the config file since the edit began.
    #[error("{} was changed by another process in the meantime", path.display())]
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
    #[error("cannot create the directory {}", path.display())]
    CreateHistory {
        /// The directory.
        path: PathBuf,
        /// Error from the operating system.
        source: io::Error,
    },

    /// The history contains no edit that can be undone.
    #[error("no edit to undo in {}", history.display())]
    NothingToUndo {
        /// Directory of the history.
        history: PathBuf,
    },

    /// The state before the last edit is not saved, so that the edit cannot be undone by force.
    #[error("the state before the last edit is not saved in {}", history.display())]
    StateNotSaved {
        /// Directory of the history.
        history: PathBuf,
    },

    /// A history entry is corrupt. The error does not quote the entry, which may contain secrets.
    #[error("{} is corrupt", path.display())]
    CorruptHistory {
        /// The file.
        path: PathBuf,
    },

    /// The backup or a history entry cannot be read.
    #[error(transparent)]
    ReadState(#[from] ReadError),

    /// Neither file contains the profile.
    #[error("profile {:?} not found in {}{}", profile.as_str(), config.display(), variable.map_or_else(String::new, |name| format!(", selected by {name}")))]
    UnknownProfile {
        /// The profile.
        profile: ProfileName,
        /// Environment variable that selects it, if one does.
        variable: Option<&'static str>,
        /// The config file.
        config: PathBuf,
        /// Most likely reason.
        clue: Box<NameClue>,
    },

    /// The files contain neither a profile nor an SSO session with the name.
    #[error("no profile or SSO session {name:?} found in {}", config.display())]
    UnknownName {
        /// The name.
        name: String,
        /// The config file.
        config: PathBuf,
        /// Most likely reason.
        clue: Box<NameClue>,
    },

    /// No profile is selected, and the profile `default` does not exist.
    #[error("no profile is selected, and {} has no [default]", config.display())]
    NoProfileSelected {
        /// The config file.
        config: PathBuf,
        /// Profiles to select from, in file order.
        profiles: Vec<ProfileName>,
        /// Set if the config file contains sections that every reader ignores.
        has_problems: bool,
    },

    /// No session is selected, the profile `default` has none, and there is not exactly one.
    #[error("no SSO session is selected, and {} has no [default] that uses one", config.display())]
    NoSessionSelected {
        /// The config file.
        config: PathBuf,
        /// Sessions to select from, in file order.
        choices: Vec<SessionChoice>,
        /// Set if the files contain sections that cannot be used.
        has_problems: bool,
    },

    /// The config file does not contain the `[sso-session]` section.
    #[error("section [sso-session {session}] not found in {}{}", config.display(), references(key, referenced_by.as_ref(), profiles))]
    UnknownSession {
        /// The session.
        session: SessionName,
        /// Key that refers to it: `sso_session` or `credential_process`.
        key: &'static str,
        /// Location of the key, if there is one.
        referenced_by: Option<Location>,
        /// Profiles that refer to it, in file order, if several do.
        profiles: ProfilePath,
        /// The config file.
        config: PathBuf,
        /// Most likely reason.
        clue: Box<NameClue>,
    },

    /// The config file does not contain the `[services]` section.
    #[error("{location}: section [services {services}] not found")]
    UnknownServices {
        /// Name of the section.
        services: String,
        /// Location of the `services` key that refers to it.
        location: Location,
        /// Names of the most similar sections, if they are spelled similarly; at most three.
        similar: Vec<String>,
    },

    /// The profile has no SSO keys of its own.
    #[error("profile {:?}{} does not use IAM Identity Center: {}", profile.as_str(), at(location.as_ref()), NO_SSO_KEYS)]
    NotSso {
        /// The profile.
        profile: ProfileName,
        /// Location of its section.
        location: Option<Location>,
    },

    /// The profile does not use IAM Identity Center, not even through other profiles.
    #[error("profile {:?}{} does not use IAM Identity Center: {}", profile.as_str(), at(location.as_ref()), source_of(chain, *kind))]
    OtherSource {
        /// The profile.
        profile: ProfileName,
        /// Location of its section.
        location: Option<Location>,
        /// Kind of the credential source at which the chain ends.
        kind: SourceKind,
        /// Profiles from the profile itself to the one with the credential source.
        chain: Vec<ProfileName>,
    },

    /// A profile gets its credentials through other profiles, and one of them is invalid.
    #[error("cannot follow the chain of profiles {}", arrows(profiles))]
    Chain {
        /// Profiles from the first one to the one with the error.
        profiles: Vec<ProfileName>,
        /// Cause.
        source: Box<Error>,
    },

    /// Neither file contains the profile that another profile gets its credentials from.
    #[error("{location}: profile {:?} not found", profile.as_str())]
    UnknownSourceProfile {
        /// The missing profile.
        profile: ProfileName,
        /// Key that refers to it: `source_profile` or `credential_process`.
        key: &'static str,
        /// Location of the key.
        location: Location,
        /// Most likely reason.
        clue: Box<NameClue>,
    },

    /// The profile contains no credential keys.
    #[error("profile {:?}{} has no credentials", profile.as_str(), at(location.as_ref()))]
    NoCredentials {
        /// The profile.
        profile: ProfileName,
        /// Location of its section.
        location: Option<Location>,
    },

    /// A duration was requested, but the credentials are not those of an assumed role.
    #[error("--duration requires a profile with role_arn")]
    DurationNotApplicable,

    /// The credential source of the profile is not supported.
    #[error("{location}: {key} of profile {:?} is not supported", profile.as_str())]
    Unsupported {
        /// The profile.
        profile: ProfileName,
        /// Key that configures the source.
        key: &'static str,
        /// Location of the key.
        location: Location,
    },

    /// Profiles refer to each other in a cycle, by `source_profile` or by `credential_process`.
    #[error("{}the profiles form a cycle: {}", location.as_ref().map_or_else(String::new, |location| format!("{location}: ")), arrows(profiles))]
    Cycle {
        /// Profiles in the order of resolution. The last profile also occurs before.
        profiles: Vec<ProfileName>,
        /// Location of the key that closes the cycle; `None` if it is in another process.
        location: Option<Location>,
    },

    /// The `credential_process` of a profile is not a valid command line: it is empty, or a quote
    /// is not closed.
    #[error("{location}: the credential_process of profile {:?} is not a valid command line", profile.as_str())]
    InvalidProcess {
        /// The profile.
        profile: ProfileName,
        /// Location of the `credential_process`.
        location: Location,
    },

    /// A `credential_process` runs `export-credentials` with an argument that it does not have. The error
    /// does not contain the argument, which may be a secret.
    #[error("{location}: credential_process has an argument that export-credentials does not have")]
    UnknownArgument {
        /// Location of the `credential_process`.
        location: Location,
    },

    /// Required keys are missing from a section.
    #[error("[{section}]{} lacks {}", at(location.as_ref()), keys.join(" and "))]
    MissingKeys {
        /// Header of the section, without brackets.
        section: String,
        /// The missing keys.
        keys: Vec<&'static str>,
        /// Location of the section's header, or of the access key ID without a secret access key.
        location: Option<Location>,
    },

    /// The profile and its session have different values for a key.
    #[error("{key} at {profile} differs from the value at {session}")]
    Inconsistent {
        /// The key.
        key: &'static str,
        /// Location of the profile's value.
        profile: Location,
        /// Location of the session's value.
        session: Location,
    },

    /// The value of `sso_region` cannot be part of a host name.
    #[error("{location}: sso_region is not valid")]
    InvalidRegion {
        /// Location of the key.
        location: Location,
        /// Cause.
        source: InvalidRegion,
    },

    /// A setting has an invalid value.
    #[error("{name} must be {expected}")]
    InvalidSetting {
        /// Environment variable, or key with its location.
        name: String,
        /// Description of a valid value.
        expected: &'static str,
    },

    /// The `default` profile has credentials. A command without a profile would use them instead of
    /// a local credentials endpoint.
    #[error("{location}: {key} in [default] takes precedence over the credentials endpoint")]
    ShadowedByDefaultProfile {
        /// The key.
        key: &'static str,
        /// Location of the key.
        location: Location,
    },

    /// The refreshes of the credentials endpoint could not read a file again.
    #[error("cannot serve credentials: {} is a pipe, a device or a descriptor, which the credentials endpoint cannot read again", path.display())]
    NotReadableAgain {
        /// The file.
        path: PathBuf,
        /// Setting that selects another file: the name of a variable, an option, or a key with its
        /// location.
        setting: String,
    },
}

impl Error {
    /// Returns the cause of [`Error::Chain`], and other errors unchanged.
    #[must_use]
    pub fn root(&self) -> &Self {
        match self {
            Self::Chain { source, .. } => source.root(),
            error => error,
        }
    }
}

const NO_SSO_KEYS: &str = "it has no SSO keys";

fn source_of(chain: &[ProfileName], kind: SourceKind) -> String {
    match chain {
        [_, .., last] => format!(
            "it gets its credentials from profile {:?}, which has {kind} ({})",
            last.as_str(),
            arrows(chain)
        ),
        _ => format!("it has {kind}"),
    }
}

/// Maximum number of profiles that an error names.
const MAX_NAMED_PROFILES: usize = 5;

fn references(key: &str, location: Option<&Location>, profiles: &ProfilePath) -> String {
    let Some(location) = location else {
        return String::new();
    };
    let names = profiles.iter().take(MAX_NAMED_PROFILES);
    let names: Vec<_> = names.map(ProfileName::as_str).collect();
    let names = names.join(", ");
    let profiles = match profiles.iter().count() {
        0 | 1 => String::new(),
        count @ 2..=MAX_NAMED_PROFILES => format!(" ({count} profiles: {names})"),
        count => format!(" ({count} profiles: {names} …)"),
    };
    format!(", referenced by {key} at {location}{profiles}")
}

fn arrows(profiles: &[ProfileName]) -> String {
    let names: Vec<_> = profiles.iter().map(ProfileName::as_str).collect();
    names.join(" → ")
}

fn at(location: Option<&Location>) -> String {
    location.map_or_else(String::new, |location| format!(" at {location}"))
}
