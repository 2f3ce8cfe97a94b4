//! Profile in the environment of the shell, and the variables that change it.

use cli_ux::shell::{ACCOUNT_ID, CREDENTIAL_NAMES, REGION_NAMES, Variable};
use sso_config::environment::{EXPORTED_KEY_ID, EXPORTED_PROFILE};
use sso_config::{AwsEnv, NotUnicode};
use sso_types::{ProfileName, Secret};

/// Profile before the last switch, for `sso-use -`. Only this program reads and sets it.
pub(crate) const PREVIOUS_PROFILE: &str = "AWS_SSO_TOOLS_PREVIOUS_PROFILE";

/// Region that `--credentials` has set. Only this program reads and sets it.
const EXPORTED_REGION: &str = "AWS_SSO_TOOLS_EXPORTED_REGION";

const PROFILE: &str = "AWS_PROFILE";

const DEFAULT_PROFILE: &str = "AWS_DEFAULT_PROFILE";

/// Variable for one of the credentials. SDKs ignore the others without it.
pub(crate) const ACCESS_KEY_ID: &str = CREDENTIAL_NAMES[0];

/// Environment of the shell.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a> {
    env: &'a AwsEnv,
}

/// Credentials for the environment, with their Region.
pub(crate) struct Exported {
    pub(crate) credentials: [Variable; 5],
    pub(crate) account_id: Option<String>,
    pub(crate) region: Option<String>,
}

impl<'a> Environment<'a> {
    pub(crate) fn of(env: &'a AwsEnv) -> Self {
        Self { env }
    }

    /// Returns the variable that selects the current profile: that of `--credentials` while its keys are
    /// set, then those of the AWS CLI.
    pub(crate) fn current_variable(self) -> Option<&'static str> {
        self.env.shell_profile_variable()
    }

    /// Returns the selected profile, which need not exist.
    ///
    /// # Errors
    ///
    /// If the variable is not Unicode.
    pub(crate) fn current(self) -> Result<Option<ProfileName>, NotUnicode> {
        let Some(variable) = self.current_variable() else {
            return Ok(None);
        };
        Ok(self.env.get(variable)?.map(Into::into))
    }

    /// Returns whether the credentials in the environment are those of `--credentials`.
    pub(crate) fn has_exported_credentials(self) -> bool {
        self.env.has_exported_credentials()
    }

    /// Returns the Region variables that are set, except by `--credentials`.
    pub(crate) fn own_regions(self) -> impl Iterator<Item = (&'static str, &'a str)> {
        let is_own = move |name: &&str| !self.is_exported_region(name);
        let names = REGION_NAMES.into_iter().filter(is_own);
        // A value that is not Unicode is no Region of AWS.
        names.filter_map(move |name| Some((name, self.env.get(name).ok()??)))
    }

    /// Returns whether `--credentials` has set the Region variable `name`, and the user has not changed it.
    fn is_exported_region(self, name: &str) -> bool {
        let region = self.env.get_os(name);
        region.is_some() && region == self.env.get_os(EXPORTED_REGION)
    }

    /// Returns the variables that select `profile`.
    pub(crate) fn switched_to(self, profile: &ProfileName) -> Vec<Variable> {
        let mut variables = self.without_credentials();
        variables.extend(self.previous_before(Some(profile)));
        variables.push(set(PROFILE, profile.as_str()));
        variables
    }

    /// Returns the variables with the credentials of `profile`. `AWS_PROFILE` is unset: botocore and most
    /// SDKs prefer the credentials, but the SDK for JavaScript v3 and that for .NET prefer the profile.
    pub(crate) fn exporting(self, profile: &ProfileName, exported: Exported) -> Vec<Variable> {
        let mut variables = vec![unset(PROFILE), unset(DEFAULT_PROFILE)];
        let [access_key_id, ..] = &exported.credentials;
        let key_id = access_key_id.value.clone();
        variables.extend(exported.credentials);
        let account_id = exported.account_id.map(Secret::from);
        variables.push(Variable::new(ACCOUNT_ID, account_id));
        if self.own_regions().next().is_none() {
            let region = || exported.region.as_deref().map(Secret::from);
            let names = REGION_NAMES.into_iter().chain([EXPORTED_REGION]);
            variables.extend(names.map(|name| Variable::new(name, region())));
        } else {
            variables.extend(self.exported_regions().map(unset));
        }
        variables.extend(self.previous_before(Some(profile)));
        variables.push(set(EXPORTED_PROFILE, profile.as_str()));
        variables.push(Variable::new(EXPORTED_KEY_ID, key_id));
        variables
    }

    /// Returns the variables that select no profile.
    pub(crate) fn cleared(self) -> Vec<Variable> {
        let mut variables = self.without_credentials();
        variables.push(unset(PROFILE));
        variables.extend(self.previous_before(None));
        variables
    }

    /// Unsets what takes precedence over a profile, and an account or Region that belongs to credentials.
    fn without_credentials(self) -> Vec<Variable> {
        let names = CREDENTIAL_NAMES.into_iter();
        let names = names.chain([ACCOUNT_ID, DEFAULT_PROFILE, EXPORTED_PROFILE]);
        let names = names.chain([EXPORTED_KEY_ID]);
        names.chain(self.exported_regions()).map(unset).collect()
    }

    /// Returns the variables of the Region that `--credentials` has set.
    fn exported_regions(self) -> impl Iterator<Item = &'static str> {
        let is_set = self.env.get_os(EXPORTED_REGION).is_some();
        let names = REGION_NAMES.into_iter();
        let names = names.filter(move |name| self.is_exported_region(name));
        names.chain(is_set.then_some(EXPORTED_REGION))
    }

    /// Returns the current profile as the previous one, if it is another than `next`.
    fn previous_before(self, next: Option<&ProfileName>) -> Option<Variable> {
        // The value of a variable that is not Unicode cannot be restored.
        let current = self.current().ok()??;
        (Some(&current) != next).then(|| set(PREVIOUS_PROFILE, current.as_str()))
    }
}

fn set(name: &'static str, value: &str) -> Variable {
    Variable::new(name, Some(value.into()))
}

fn unset(name: &'static str) -> Variable {
    Variable::new(name, None)
}
