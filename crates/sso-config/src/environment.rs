//! Environment variables. No other module reads the process environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sso_types::ProfileName;

use crate::error::Error;

const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

/// Environment variables of a process, read once.
///
/// Treats empty variables, and variables that are not Unicode, as unset.
#[derive(Clone, Default)]
pub struct AwsEnv {
    variables: BTreeMap<String, String>,
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
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        if env.get(HOME).is_none()
            && let Some(home) = std::env::home_dir()
            && let Ok(home) = home.into_os_string().into_string()
        {
            env.variables.insert(HOME.to_owned(), home);
        }
        env
    }

    /// Returns the value of a variable that is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Returns the selected profile: `AWS_PROFILE`, then `AWS_DEFAULT_PROFILE`, in the order of the
    /// AWS CLI v2, else `default`.
    #[must_use]
    pub fn profile(&self) -> ProfileName {
        let chosen = self
            .get("AWS_PROFILE")
            .or_else(|| self.get("AWS_DEFAULT_PROFILE"));
        chosen.unwrap_or("default").into()
    }

    /// Returns the path of the config file: `AWS_CONFIG_FILE`, else `~/.aws/config`.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`].
    pub fn config_file(&self) -> Result<PathBuf, Error> {
        self.shared_file("AWS_CONFIG_FILE", "config")
    }

    /// Returns the path of the credentials file: `AWS_SHARED_CREDENTIALS_FILE`, else
    /// `~/.aws/credentials`.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`].
    pub fn credentials_file(&self) -> Result<PathBuf, Error> {
        self.shared_file("AWS_SHARED_CREDENTIALS_FILE", "credentials")
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

    /// Returns whether the process runs in the Windows Subsystem for Linux.
    #[must_use]
    pub fn is_wsl(&self) -> bool {
        let variables = ["WSL_DISTRO_NAME", "WSL_INTEROP"];
        variables.iter().any(|name| self.get(name).is_some())
    }

    /// Returns whether a directory in `PATH` contains a file named `program`.
    #[must_use]
    pub fn has_program(&self, program: &str) -> bool {
        let directories = std::env::split_paths(self.get("PATH").unwrap_or_default());
        directories
            .map(|directory| directory.join(program))
            .any(|path| path.is_file())
    }

    fn shared_file(&self, variable: &str, name: &str) -> Result<PathBuf, Error> {
        match self.get(variable) {
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
    fn expand(&self, path: &str) -> Result<PathBuf, Error> {
        let path = self.expand_variables(path);
        self.expand_home(&path)
    }

    pub(crate) fn expand_home(&self, path: &str) -> Result<PathBuf, Error> {
        match Path::new(path).strip_prefix("~") {
            Ok(rest) => Ok(self.home()?.join(rest)),
            Err(_) => Ok(PathBuf::from(path)),
        }
    }

    fn expand_variables(&self, text: &str) -> String {
        let Some((before, after)) = text.split_once('$') else {
            return text.to_owned();
        };
        let (name, rest) = match after
            .strip_prefix('{')
            .and_then(|braced| braced.split_once('}'))
        {
            Some(named) => named,
            None => after.split_at(
                after
                    .find(|c: char| !is_name_char(c))
                    .unwrap_or(after.len()),
            ),
        };
        let as_written = || format!("${}", &after[..after.len() - rest.len()]);
        let value = self.variables.get(name).cloned().unwrap_or_else(as_written);
        format!("{before}{value}{}", self.expand_variables(rest))
    }

    fn home(&self) -> Result<PathBuf, Error> {
        self.get(HOME)
            .map(PathBuf::from)
            .ok_or(Error::NoHome { variable: HOME })
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for AwsEnv {
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

/// Expected form of a path whose `~` is expanded.
pub(crate) const EXPANDABLE_PATH: &str = "a path that does not begin with ~USER";

/// Returns whether `path` begins with the home directory of another user, which is not expanded.
pub(crate) fn is_home_of_other(path: &str) -> bool {
    path.starts_with('~') && Path::new(path).strip_prefix("~").is_err()
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
