//! Environment variables. No other module reads the process environment.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use sso_types::ProfileName;

use crate::error::Error;
use crate::not_unicode::NotUnicode;

/// Variable that selects the config file.
pub(crate) const CONFIG_FILE: &str = "AWS_CONFIG_FILE";

/// Variable that selects the credentials file.
pub(crate) const CREDENTIALS_FILE: &str = "AWS_SHARED_CREDENTIALS_FILE";

/// Profile whose credentials `sso-use --credentials` has set.
pub const EXPORTED_PROFILE: &str = "AWS_SSO_TOOLS_EXPORTED_PROFILE";

/// Access key ID that `sso-use --credentials` has set.
pub const EXPORTED_KEY_ID: &str = "AWS_SSO_TOOLS_EXPORTED_KEY_ID";

const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// Environment variables of a process, read once.
///
/// Treats empty variables as unset. A variable that is not Unicode is an error only if it is read
/// as text.
#[derive(Clone, Default)]
pub struct AwsEnv {
    variables: BTreeMap<String, OsString>,
}

impl AwsEnv {
    /// Reads the environment of this process. If the variable for the home directory is unset,
    /// takes the directory from the operating system's user database.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "no other code reads the environment"
    )]
    pub fn from_process() -> Self {
        let mut env: Self = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect();
        if env.get_os(HOME).is_none()
            && let Some(home) = std::env::home_dir()
        {
            env.variables.insert(HOME.to_owned(), home.into());
        }
        env
    }

    /// Returns the text of a variable that is set and not empty.
    ///
    /// # Errors
    ///
    /// [`NotUnicode`].
    pub fn get(&self, name: &str) -> Result<Option<&str>, NotUnicode> {
        let Some(value) = self.get_os(name) else {
            return Ok(None);
        };
        value.to_str().map(Some).ok_or_else(|| NotUnicode {
            variable: name.to_owned(),
        })
    }

    /// Returns the value of a variable that is set and not empty, such as a path.
    #[must_use]
    pub fn get_os(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .get(name)
            .map(OsString::as_os_str)
            .filter(|value| !value.is_empty())
    }

    /// Returns the selected profile: `AWS_PROFILE`, then `AWS_DEFAULT_PROFILE`, in the order of the
    /// AWS CLI v2, else `default`.
    ///
    /// # Errors
    ///
    /// [`Error::NotUnicode`].
    pub fn profile(&self) -> Result<ProfileName, Error> {
        self.profile_of(self.profile_variable())
    }

    /// Returns the profile that the shell shows as its current one: that of `sso-use --credentials` while
    /// its keys are set, else [`profile`](Self::profile).
    ///
    /// # Errors
    ///
    /// [`Error::NotUnicode`].
    pub fn shell_profile(&self) -> Result<ProfileName, Error> {
        self.profile_of(self.shell_profile_variable())
    }

    fn profile_of(&self, variable: Option<&str>) -> Result<ProfileName, Error> {
        let chosen = match variable {
            Some(variable) => self.get(variable)?,
            None => None,
        };
        Ok(chosen.unwrap_or("default").into())
    }

    /// Returns the variable that selects the [`shell_profile`](Self::shell_profile).
    #[must_use]
    pub fn shell_profile_variable(&self) -> Option<&'static str> {
        if self.has_exported_credentials() {
            Some(EXPORTED_PROFILE)
        } else {
            self.profile_variable()
        }
    }

    /// Returns whether the credentials in the environment are those of `sso-use --credentials`, and not
    /// of a program that has replaced them later.
    #[must_use]
    pub fn has_exported_credentials(&self) -> bool {
        let key_id = self.get_os("AWS_ACCESS_KEY_ID");
        self.get_os(EXPORTED_PROFILE).is_some()
            && key_id.is_some()
            && key_id == self.get_os(EXPORTED_KEY_ID)
    }

    /// Returns the variable that selects the profile: `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`.
    #[must_use]
    pub fn profile_variable(&self) -> Option<&'static str> {
        let mut variables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].into_iter();
        variables.find(|name| self.get_os(name).is_some())
    }

    /// Returns the profile whose credentials `sso-use --credentials` has set in the environment, unless a
    /// variable selects a profile.
    ///
    /// # Errors
    ///
    /// [`Error::NotUnicode`].
    pub fn exported_profile(&self) -> Result<Option<ProfileName>, Error> {
        if !self.has_exported_credentials() || self.profile_variable().is_some() {
            return Ok(None);
        }
        Ok(self.get(EXPORTED_PROFILE)?.map(Into::into))
    }

    /// Returns the path of the config file: `AWS_CONFIG_FILE`, else `~/.aws/config`.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`].
    pub fn config_file(&self) -> Result<PathBuf, Error> {
        self.shared_file(CONFIG_FILE, "config")
    }

    /// Returns the path of the credentials file: `AWS_SHARED_CREDENTIALS_FILE`, else
    /// `~/.aws/credentials`.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`].
    pub fn credentials_file(&self) -> Result<PathBuf, Error> {
        self.shared_file(CREDENTIALS_FILE, "credentials")
    }

    /// Returns the directory that the AWS CLI and the SDKs share, `~/.aws`. It contains the caches,
    /// even if `AWS_CONFIG_FILE` is set.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`].
    pub fn aws_dir(&self) -> Result<PathBuf, Error> {
        Ok(self.home()?.join(".aws"))
    }

    /// Returns a copy in which the variable `name` has another value, or is unset.
    #[must_use]
    pub fn with(&self, name: &str, value: Option<&str>) -> Self {
        let mut variables = self.variables.clone();
        match value {
            Some(value) => variables.insert(name.to_owned(), value.into()),
            None => variables.remove(name),
        };
        Self { variables }
    }

    /// Returns whether the process runs in the Windows Subsystem for Linux.
    #[must_use]
    pub fn is_wsl(&self) -> bool {
        let variables = ["WSL_DISTRO_NAME", "WSL_INTEROP"];
        variables.iter().any(|name| self.get_os(name).is_some())
    }

    /// Returns whether `program` is the path of a file, or the name of a file in a directory of
    /// `PATH`.
    #[must_use]
    pub fn has_program(&self, program: &str) -> bool {
        self.program_paths(program).any(|path| path.is_file())
    }

    /// Returns the paths at which the operating system looks for `program`: the path itself if it
    /// has a separator, else the name in each directory of `PATH`. The files need not exist.
    pub fn program_paths(&self, program: &str) -> impl Iterator<Item = PathBuf> {
        let is_path = program.contains(std::path::is_separator);
        let variable = self.get_os("PATH").filter(|_| !is_path);
        let directories = std::env::split_paths(variable.unwrap_or_default());
        let named = directories
            .filter(|_| !is_path)
            .map(|directory| directory.join(program))
            .collect::<Vec<_>>();
        let itself = is_path.then(|| PathBuf::from(program));
        itself.into_iter().chain(named)
    }

    fn shared_file(&self, variable: &str, name: &str) -> Result<PathBuf, Error> {
        match self.get_os(variable) {
            Some(path) if is_home_of_other(path) => Err(Error::InvalidSetting {
                name: variable.to_owned(),
                expected: EXPANDABLE_PATH,
            }),
            Some(path) => self.expand(path),
            None => Ok(self.aws_dir()?.join(name)),
        }
    }

    /// Expands a leading `~` and each `$NAME` or `${NAME}` that is set, even if it is empty, like
    /// the AWS CLI (botocore's `_resolve_path`).
    fn expand(&self, path: &OsStr) -> Result<PathBuf, Error> {
        let path = self.expand_variables(path);
        self.expand_home(&path)
    }

    pub(crate) fn expand_home(&self, path: impl AsRef<Path>) -> Result<PathBuf, Error> {
        match path.as_ref().strip_prefix("~") {
            Ok(rest) => Ok(self.home()?.join(rest)),
            Err(_) => Ok(path.as_ref().to_owned()),
        }
    }

    fn expand_variables(&self, path: &OsStr) -> OsString {
        let mut expanded = OsString::new();
        let mut rest = path;
        while let Some(start) = position_of_dollar(rest) {
            let (before, found) = split_at(rest, start);
            let (reference, after) = split_at(found, reference_len(found.as_encoded_bytes()));
            expanded.push(before);
            expanded.push(self.expand_reference(reference));
            rest = after;
        }
        expanded.push(rest);
        expanded
    }

    fn expand_reference<'a>(&'a self, reference: &'a OsStr) -> &'a OsStr {
        let name = reference.to_str().and_then(|text| text.strip_prefix('$'));
        let braced = |name: &'a str| name.strip_prefix('{')?.strip_suffix('}');
        let value = name.and_then(|name| self.variables.get(braced(name).unwrap_or(name)));
        value.map_or(reference, OsString::as_os_str)
    }

    fn home(&self) -> Result<PathBuf, Error> {
        self.get_os(HOME)
            .map(PathBuf::from)
            .ok_or(Error::NoHome { variable: HOME })
    }
}

impl<N: Into<String>, V: Into<OsString>> FromIterator<(N, V)> for AwsEnv {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Self {
            variables: variables.collect(),
        }
    }
}

impl std::fmt::Debug for AwsEnv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

fn position_of_dollar(path: &OsStr) -> Option<usize> {
    path.as_encoded_bytes()
        .iter()
        .position(|byte| *byte == b'$')
}

/// Returns the length of the reference at the start of `bytes`: `$NAME`, or `${NAME}`.
fn reference_len(bytes: &[u8]) -> usize {
    let braced = bytes.strip_prefix(b"${");
    let end = braced.and_then(|name| name.iter().position(|byte| *byte == b'}'));
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    match end {
        Some(end) => "${".len() + end + "}".len(),
        None => 1 + bytes.iter().skip(1).take_while(is_name).count(),
    }
}

/// Splits `path` at a byte offset next to an ASCII character.
#[cfg(unix)]
fn split_at(path: &OsStr, at: usize) -> (&OsStr, &OsStr) {
    use std::os::unix::ffi::OsStrExt as _;

    let (before, after) = path.as_bytes().split_at(at);
    (OsStr::from_bytes(before), OsStr::from_bytes(after))
}

/// Splits `path` at a byte offset next to an ASCII character. The standard library cannot split a
/// path that is not Unicode, which stays whole.
#[cfg(not(unix))]
fn split_at(path: &OsStr, at: usize) -> (&OsStr, &OsStr) {
    match path.to_str() {
        Some(text) => {
            let (before, after) = text.split_at(at.min(text.len()));
            (before.as_ref(), after.as_ref())
        }
        None => (path, OsStr::new("")),
    }
}

/// Expected form of a path whose `~` is expanded.
pub(crate) const EXPANDABLE_PATH: &str = "a path that does not begin with ~USER";

/// Returns whether `path` begins with the home directory of another user, which is not expanded.
pub(crate) fn is_home_of_other(path: &OsStr) -> bool {
    path.as_encoded_bytes().starts_with(b"~") && Path::new(path).strip_prefix("~").is_err()
}
