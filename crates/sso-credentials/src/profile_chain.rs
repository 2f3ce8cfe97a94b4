//! Which profiles are being resolved, in this process and in those that have started it.

use sso_types::ProfileName;

use crate::{AwsEnv, ConfigFiles, Error};

/// The variable by which a `credential_process` hears which profiles have led to it: a line for
/// each, with the profile and the two files that it is from, divided by tabs.
pub(crate) const VARIABLE: &str = "AWS_SSO_TOOLS_PROFILE_CHAIN";

/// The profiles on the way to credentials, the first first.
#[derive(Clone, Debug)]
pub(crate) struct ProfileChain<'a> {
    files: &'a ConfigFiles,
    /// Those of other processes, as lines.
    inherited: Vec<String>,
    own: Vec<ProfileName>,
}

impl<'a> ProfileChain<'a> {
    /// Takes over what the process that has started this one says.
    pub(crate) fn inherited(env: &AwsEnv, files: &'a ConfigFiles) -> Self {
        let lines = env.get(VARIABLE).unwrap_or_default().lines();
        Self {
            files,
            inherited: lines.map(ToOwned::to_owned).collect(),
            own: Vec::new(),
        }
    }

    /// Adds a profile.
    ///
    /// # Errors
    ///
    /// [`Error::Circle`] where it is there already.
    pub(crate) fn enter(&mut self, profile: &ProfileName) -> Result<(), Error> {
        let was_here = self.own.contains(profile);
        let was_elsewhere =
            !self.inherited.is_empty() && self.inherited.contains(&self.line(profile));
        if was_here || was_elsewhere {
            return Err(self.circle(profile));
        }
        self.own.push(profile.clone());
        Ok(())
    }

    /// Returns the error of a chain that comes back to `profile`.
    pub(crate) fn circle(&self, profile: &ProfileName) -> Error {
        let name = |line: &String| line.split('\t').next().unwrap_or_default().into();
        let profiles = self.inherited.iter().map(name);
        let profiles = profiles.chain(self.own.iter().cloned());
        Error::Circle {
            profiles: profiles.chain([profile.clone()]).collect(),
        }
    }

    /// Returns the value of [`VARIABLE`] for a process that is started from here.
    pub(crate) fn for_process(&self) -> String {
        let own = self.own.iter().map(|profile| self.line(profile));
        let lines: Vec<_> = self.inherited.iter().cloned().chain(own).collect();
        lines.join("\n")
    }

    fn line(&self, profile: &ProfileName) -> String {
        format!(
            "{profile}\t{}\t{}",
            self.files.config_path().display(),
            self.files.credentials_path().display()
        )
    }
}
