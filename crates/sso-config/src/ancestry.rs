//! Profiles that are being resolved by this process and its ancestors, to detect cycles.

use std::collections::HashSet;

use sso_types::ProfileName;

use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::ConfigFiles;
use crate::location::Location;
use crate::not_unicode::NotUnicode;

#[derive(Clone, Debug)]
pub(crate) struct Ancestry<'a> {
    pub(crate) files: &'a ConfigFiles,
    /// Profiles of the ancestor processes, as lines of [`Self::VARIABLE`].
    inherited: Vec<String>,
    /// Profiles of this process, from the first one to the current one.
    pub(crate) own: Vec<ProfileName>,
    /// The same profiles, for a chain of thousands.
    entered: HashSet<ProfileName>,
}

impl<'a> Ancestry<'a> {
    /// Environment variable that passes the ancestry to a `credential_process`. Each line is a
    /// profile: its name and the paths of the two files, separated by tabs.
    pub(crate) const VARIABLE: &'static str = "AWS_SSO_TOOLS_PROFILE_CHAIN";

    pub(crate) fn inherited(env: &AwsEnv, files: &'a ConfigFiles) -> Result<Self, NotUnicode> {
        let lines = env.get(Self::VARIABLE)?.unwrap_or_default().lines();
        Ok(Self {
            files,
            inherited: lines.map(ToOwned::to_owned).collect(),
            own: Vec::new(),
            entered: HashSet::new(),
        })
    }

    /// Returns whether ancestor processes are resolving profiles.
    pub(crate) fn has_inherited(&self) -> bool {
        !self.inherited.is_empty()
    }

    /// Adds a profile, to which the key at `reference` refers. Fails with [`Error::Cycle`] if it is
    /// already being resolved.
    pub(crate) fn enter(
        &mut self,
        profile: &ProfileName,
        reference: Option<Location>,
    ) -> Result<(), Error> {
        let is_own = self.entered.contains(profile);
        let is_inherited =
            !self.inherited.is_empty() && self.inherited.contains(&self.line(profile));
        if is_own || is_inherited {
            return Err(self.cycle(profile, reference));
        }
        self.own.push(profile.clone());
        self.entered.insert(profile.clone());
        Ok(())
    }

    fn cycle(&self, profile: &ProfileName, location: Option<Location>) -> Error {
        let name = |line: &String| line.split('\t').next().unwrap_or_default().into();
        let profiles = self.inherited.iter().map(name);
        let profiles = profiles.chain(self.own.iter().cloned());
        Error::Cycle {
            profiles: profiles.chain([profile.clone()]).collect(),
            location,
        }
    }

    pub(crate) fn variable_value(&self) -> String {
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
