//! The config and credentials files.

mod read_once;

use std::error::Error as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use aws_config_parse::{
    Document, FileKind, MergedProfile, PropertyRef, Reason, SectionRef, merged_profile,
    merged_profiles,
};
use locked_file::{InputFile, ReadError, is_descriptor, read_input, read_rewritten};
use sso_types::{ProfileName, SessionName};

use crate::clues::Clues;
use crate::environment::{AwsEnv, CONFIG_FILE, CREDENTIALS_FILE};
use crate::error::Error;
use crate::location::Location;
use crate::source_kind::SourceKind;

/// Maximum size of a config or credentials file. A config file with 10,000 profiles has 1.3 MB.
pub(crate) const MAX_FILE_BYTES: u64 = 64 << 20;

const CREDENTIAL_KEYS: [&str; 6] = [
    "aws_access_key_id",
    "role_arn",
    "web_identity_token_file",
    "sso_account_id",
    "login_session",
    "credential_process",
];

/// The shared config and credentials files, as the AWS CLI v2 reads them.
#[derive(Debug)]
pub struct ConfigFiles {
    config: File,
    credentials: File,
    pub(crate) clues: Clues,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    document: Document,
    /// False for a pipe, which this process may have read to its end.
    can_be_read_again: bool,
    /// The error of an unusable file, whose document is empty.
    error: Option<FileError>,
}

/// Error of the only read of a file. A second read may find another content.
#[derive(Clone, Debug)]
enum FileError {
    Read(ReadError),
    Syntax { location: Location, reason: Reason },
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Read(error) => Self::ReadConfig(error),
            FileError::Syntax { location, reason } => Self::ConfigSyntax { location, reason },
        }
    }
}

impl ConfigFiles {
    /// Reads both files, of at most 64 MiB; a missing file counts as empty. Each can be a pipe with a
    /// writer, which can be read only once. Writes nothing.
    ///
    /// An unusable credentials file counts as empty too, because most SSO profiles do not need it.
    /// Call [`explain`](Self::explain) for an error that it may have caused, else
    /// [`warn_of_unusable`](Self::warn_of_unusable).
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`]; [`Error::ReadConfig`] if the config file exists but cannot be read;
    /// [`Error::ConfigSyntax`] if the AWS CLI would reject it.
    pub fn load(env: &AwsEnv) -> Result<Self, Error> {
        Ok(Self {
            config: File::load(env.config_file()?, FileKind::Config)?,
            credentials: File::load_or_empty(env.credentials_file()?, FileKind::Credentials),
            clues: Clues::default(),
        })
    }

    /// Reads both files like [`load`](Self::load), but an unusable config file counts as empty too.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`].
    pub fn load_usable(env: &AwsEnv) -> Result<Self, Error> {
        Ok(Self {
            config: File::load_or_empty(env.config_file()?, FileKind::Config),
            credentials: File::load_or_empty(env.credentials_file()?, FileKind::Credentials),
            clues: Clues::default(),
        })
    }

    /// Checks that the config file was usable when it was read.
    ///
    /// # Errors
    ///
    /// [`Error::ReadConfig`] and [`Error::ConfigSyntax`].
    pub fn check_config(&self) -> Result<(), Error> {
        self.config.check()
    }

    /// Checks that the credentials file was usable when it was read.
    ///
    /// # Errors
    ///
    /// The same as [`check_config`](Self::check_config).
    pub fn check_credentials(&self) -> Result<(), Error> {
        self.credentials.check()
    }

    /// Returns the error of an unusable credentials file in place of an `error` that it may have
    /// caused: a missing profile, or a profile without credentials.
    #[must_use]
    pub fn explain(&self, error: Error) -> Error {
        match error.root() {
            Error::UnknownProfile { .. }
            | Error::UnknownName { .. }
            | Error::UnknownSourceProfile { .. }
            | Error::NoProfileSelected { .. }
            | Error::NoSessionSelected { .. }
            | Error::NotSso { .. }
            | Error::OtherSource {
                kind: SourceKind::Nothing,
                ..
            }
            | Error::NoCredentials { .. } => self.check_credentials().err().unwrap_or(error),
            _ => error,
        }
    }

    /// Logs a warning for each unusable file.
    pub fn warn_of_unusable(&self) {
        let checks = [self.check_config(), self.check_credentials()];
        for error in checks.into_iter().filter_map(Result::err) {
            let cause = error.source().map(|cause| format!(": {cause}"));
            log::warn!("{error}{}; the file is ignored", cause.unwrap_or_default());
        }
    }

    /// Returns true if another process that reads the files finds the same content. It does not if one
    /// is a pipe, or a descriptor of this process, such as `/dev/stdin`.
    #[must_use]
    pub fn can_be_read_by_others(&self) -> bool {
        self.check_can_be_read_by_others().is_ok()
    }

    /// Checks that [`can_be_read_by_others`](Self::can_be_read_by_others) is true.
    ///
    /// # Errors
    ///
    /// [`Error::NotReadableAgain`].
    pub fn check_can_be_read_by_others(&self) -> Result<(), Error> {
        let files = [
            (&self.config, CONFIG_FILE),
            (&self.credentials, CREDENTIALS_FILE),
        ];
        let can_be_read = |file: &File| file.can_be_read_again && !is_descriptor(&file.path);
        let other = files.into_iter().find(|(file, _)| !can_be_read(file));
        other.map_or(Ok(()), |(file, variable)| {
            Err(Error::NotReadableAgain {
                path: file.path.clone(),
                setting: variable.to_owned(),
            })
        })
    }

    /// Replaces the config file's content with `config`, for example with the result of an edit
    /// that is not written yet.
    #[must_use]
    pub fn with_config(mut self, config: Document) -> Self {
        self.config.document = config;
        self.clues = Clues::default();
        self
    }

    /// Returns the path of the config file.
    #[must_use]
    pub fn config_path(&self) -> &Path {
        &self.config.path
    }

    /// Returns the path of the credentials file.
    #[must_use]
    pub fn credentials_path(&self) -> &Path {
        &self.credentials.path
    }

    /// Returns a profile, merged from both files, or `None` if neither file contains it.
    #[must_use]
    pub fn profile(&self, name: &ProfileName) -> Option<MergedProfile<'_>> {
        merged_profile(
            &self.config.document,
            &self.credentials.document,
            name.as_str(),
        )
    }

    /// Returns a profile like [`profile`](Self::profile).
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProfile`].
    pub(crate) fn existing_profile(&self, name: &ProfileName) -> Result<MergedProfile<'_>, Error> {
        self.profile(name).ok_or_else(|| Error::UnknownProfile {
            profile: name.clone(),
            variable: None,
            config: self.config_path().to_owned(),
            clue: Box::new(self.profile_clue(name)),
        })
    }

    /// Returns the `region` of a profile: the default Region of its API requests, not `sso_region`.
    #[must_use]
    pub fn region(&self, name: &ProfileName) -> Option<String> {
        let region = not_empty(self.profile(name)?.get("region"))?;
        Some(region.value().into_owned())
    }

    /// Checks that the profile `default` has no credentials. If no profile is selected, the SDKs
    /// prefer the credentials of `default` to those of a local credentials endpoint.
    ///
    /// # Errors
    ///
    /// [`Error::ShadowedByDefaultProfile`].
    pub fn check_default_has_no_credentials(&self) -> Result<(), Error> {
        let default = self.profile(&"default".into());
        let found = CREDENTIAL_KEYS.iter().find_map(|key| {
            let property = not_empty(default.as_ref()?.get(key))?;
            let location = self.location_of(&property);
            Some(Error::ShadowedByDefaultProfile { key, location })
        });
        found.map_or(Ok(()), Err)
    }

    /// Returns the names of all profiles: those in the config file, then those that are only in the
    /// credentials file.
    pub fn profile_names(&self) -> impl Iterator<Item = ProfileName> {
        self.profiles()
            .map(|profile| profile.name().as_str().into())
    }

    /// Returns all profiles, in the order of [`profile_names`](Self::profile_names).
    pub fn profiles(&self) -> impl Iterator<Item = MergedProfile<'_>> {
        merged_profiles(&self.config.document, &self.credentials.document)
    }

    /// Returns the names of all `[sso-session]` sections.
    pub fn sso_session_names(&self) -> impl Iterator<Item = SessionName> {
        let sections = self.config.document.sso_sessions();
        sections.map(|section| section.name().as_str().into())
    }

    /// Returns the section `[sso-session NAME]`.
    #[must_use]
    pub fn sso_session(&self, name: &str) -> Option<SectionRef<'_>> {
        self.config.document.sso_session(name)
    }

    /// Returns the section `[services NAME]`.
    #[must_use]
    pub fn services(&self, name: &str) -> Option<SectionRef<'_>> {
        self.config.document.services(name)
    }

    pub(crate) fn services_names(&self) -> impl Iterator<Item = String> {
        let sections = self.config.document.all_services();
        sections.map(|section| section.name().as_str().to_owned())
    }

    pub(crate) fn config_sections(&self) -> impl Iterator<Item = SectionRef<'_>> {
        self.config.document.sections()
    }

    pub(crate) fn credentials_sections(&self) -> impl Iterator<Item = SectionRef<'_>> {
        self.credentials.document.sections()
    }

    /// Returns the location of a property.
    #[must_use]
    pub fn location_of(&self, property: &PropertyRef<'_>) -> Location {
        self.location(property.file(), property.line(), property.column())
    }

    /// Returns the location of a section header.
    #[must_use]
    pub fn location_of_section(&self, section: &SectionRef<'_>) -> Location {
        self.location(section.file(), section.line(), section.column())
    }

    /// Returns the location of a profile's section in the config file, else in the credentials
    /// file.
    #[must_use]
    pub fn location_of_profile(&self, profile: &MergedProfile<'_>) -> Option<Location> {
        let section = profile.config().or(profile.credentials())?;
        Some(self.location_of_section(&section))
    }

    fn location(&self, kind: FileKind, line: usize, column: usize) -> Location {
        let file = match kind {
            FileKind::Config => &self.config,
            FileKind::Credentials => &self.credentials,
        };
        Location {
            path: file.path.clone(),
            line,
            column,
        }
    }
}

impl File {
    fn load(path: PathBuf, kind: FileKind) -> Result<Self, FileError> {
        let input = read(&path).map_err(FileError::Read)?;
        let can_be_read_again = input.as_ref().is_none_or(|input| input.can_be_read_again);
        Self::of_document(path, parse(kind, input), can_be_read_again)
    }

    fn load_or_empty(path: PathBuf, kind: FileKind) -> Self {
        Self::usable(path.clone(), kind, Self::load(path, kind))
    }

    fn usable(path: PathBuf, kind: FileKind, read: Result<Self, FileError>) -> Self {
        read.unwrap_or_else(|error| Self {
            path,
            document: Document::parse(kind, Vec::new()),
            can_be_read_again: !matches!(error, FileError::Read(ReadError::NoWriter { .. })),
            error: Some(error),
        })
    }

    fn check(&self) -> Result<(), Error> {
        self.error.clone().map_or(Ok(()), |error| Err(error.into()))
    }
}

/// Reads and parses the file at `path`, even if the AWS CLI would reject it. A missing file counts as
/// empty.
///
/// # Errors
///
/// [`Error::ReadConfig`].
pub fn read_document(path: &Path, kind: FileKind) -> Result<Document, Error> {
    let input = read(path).map_err(Error::ReadConfig)?;
    Ok(parse(kind, input))
}

/// Returns `None` if the file does not exist.
fn read(path: &Path) -> Result<Option<InputFile>, ReadError> {
    let read = || match read_input(MAX_FILE_BYTES, path) {
        Err(ReadError::Unreadable { source, .. }) if source.kind() == ErrorKind::NotFound => {
            Ok(None)
        }
        read => read.map(Some),
    };
    read_complete(path, read, |found| match found {
        Some(input) => &input.bytes,
        None => &[],
    })
}

/// Calls `read` again while another program is rewriting the file.
pub(crate) fn read_complete<T, E>(
    path: &Path,
    read: impl Fn() -> Result<T, E>,
    bytes: impl Fn(&T) -> &[u8],
) -> Result<T, E> {
    let path_name = path.display();
    let on_wait = || log::debug!("{path_name} is empty or incomplete; reading it again");
    read_rewritten(path, on_wait, read, bytes)
}

fn parse(kind: FileKind, input: Option<InputFile>) -> Document {
    Document::parse(kind, input.map(|input| input.bytes).unwrap_or_default())
}

/// Treats a property with an empty value as missing.
pub(crate) fn not_empty(found: Option<PropertyRef<'_>>) -> Option<PropertyRef<'_>> {
    found.filter(|property| !property.value().is_empty())
}
