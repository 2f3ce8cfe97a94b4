//! Questions about a profile.

use cli_ux::Failure;
use sso_config::{ConfigFiles, SsoSession};
use sso_types::{ProfileName, SessionName};

use crate::derived_name::derived_name;

use super::answers::Answers;
use super::ask::{Asker, Field, given};
use super::assignment::Assignment;
use super::regions::{self, TypedRegion};
use crate::checks;

/// Question of the AWS CLI.
const OUTPUT_FORMAT: &str = "CLI default output format (json if not specified)";

pub(super) struct ProfileQuestions<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) files: &'a ConfigFiles,
    pub(super) answers: &'a Answers,
    /// Profile from the option.
    pub(super) name: Option<&'a ProfileName>,
}

impl ProfileQuestions<'_> {
    pub(super) fn current(&self, key: &str) -> Option<String> {
        value_in(self.files, self.name?, key)
    }

    fn location(&self, key: &str) -> Option<String> {
        location_in(self.files, self.name?, key)
    }

    pub(super) fn account_id(&self) -> Result<Option<String>, Failure> {
        let account_id = self.answers.account_id.as_deref();
        given("--account-id", account_id, &checks::account_id)
    }

    pub(super) fn role_name(&self) -> Result<Option<String>, Failure> {
        let role_name = self.answers.role_name.as_deref();
        given("--role-name", role_name, &checks::role_name)
    }

    /// Returns the Region; `None` keeps the current one, and an empty text removes it.
    pub(super) fn region(&self) -> Result<Option<String>, Failure> {
        let typed = TypedRegion::default();
        let region = self.asker.change(&Field {
            given: self.answers.region.as_deref(),
            current: self.current("region").as_deref(),
            location: self.location("region").as_deref(),
            completions: &regions::known(),
            check: &checks::region,
            typed_check: &|region| typed.check(region),
            stored_check: &regions::check_stored,
            ..Field::new("Default client Region", "--region")
        })?;
        if let Some(region) = region.as_deref().filter(|it| !it.is_empty()) {
            regions::warn_of_unknown(self.asker, region);
        }
        Ok(region)
    }

    /// Returns the output format like [`region`](Self::region).
    pub(super) fn output_format(&self) -> Result<Option<String>, Failure> {
        self.asker.change(&Field {
            given: self.answers.output_format.as_deref(),
            current: self.current("output").as_deref(),
            location: self.location("output").as_deref(),
            completions: &checks::FORMATS.map(str::to_owned),
            check: &checks::output_format,
            ..Field::new(OUTPUT_FORMAT, "--output-format")
        })
    }

    /// Asks for the profile name, unless an option gives it.
    pub(super) fn name(
        &self,
        session: &SsoSession,
        assignment: Option<&Assignment>,
    ) -> Result<ProfileName, Failure> {
        let session = session.name.as_ref().map(SessionName::as_str);
        let default = match assignment {
            Some(it) => format!("{}_{}", it.account_id, it.role_name),
            None => session.unwrap_or_default().to_owned(),
        };
        let default = derived_name(&default);
        let default = match default.as_str() {
            "" => "default",
            name => name,
        };
        let name = self.asker.required(&Field {
            given: self.answers.profile.as_deref(),
            current: Some(default),
            check: &|name| check_name(self.files, name),
            ..Field::new("Profile name", "--profile")
        })?;
        Ok(name.as_str().into())
    }
}

/// Returns the profile name from the option, before the first question.
pub(super) fn named(
    files: &ConfigFiles,
    answers: &Answers,
) -> Result<Option<ProfileName>, Failure> {
    let name = answers.profile.as_deref();
    let name = given("--profile", name, &|name| check_name(files, name))?;
    Ok(name.map(|name| name.as_str().into()))
}

/// Checks a profile name. The name of an existing profile is always valid.
fn check_name(files: &ConfigFiles, name: &str) -> Result<(), String> {
    match files.profile(&name.into()) {
        Some(_) => Ok(()),
        None => checks::profile_name(name),
    }
}

/// Returns the value of a key of a profile, if it is not empty.
pub(super) fn value_in(files: &ConfigFiles, profile: &ProfileName, key: &str) -> Option<String> {
    let value = files.profile(profile)?.get(key)?.value().into_owned();
    Some(value).filter(|value| !value.is_empty())
}

/// Returns the location of a key of a profile.
pub(super) fn location_in(files: &ConfigFiles, profile: &ProfileName, key: &str) -> Option<String> {
    let property = files.profile(profile)?.get(key)?;
    Some(files.location_of(&property).to_string())
}
