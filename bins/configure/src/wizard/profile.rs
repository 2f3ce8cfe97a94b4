//! The questions about a profile that are no business of the portal.

use cli_ux::Failure;
use sso_credentials::{ConfigFiles, SsoSession};
use sso_types::{ProfileName, SessionName};

use super::access::Assignment;
use super::answers::Answers;
use super::ask::{Asker, Field};
use super::{checks, regions};

/// Asks about a profile.
pub(super) struct ProfileQuestions<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) files: &'a ConfigFiles,
    pub(super) answers: &'a Answers,
    /// The profile that was named beforehand.
    pub(super) name: Option<&'a ProfileName>,
}

impl ProfileQuestions<'_> {
    /// Returns what the profile says already.
    pub(super) fn present(&self, key: &str) -> Option<String> {
        value_in(self.files, self.name?, key)
    }

    /// Asks for the Region of the commands; empty for none.
    pub(super) fn region(&self) -> Result<String, Failure> {
        let region = self.asker.answer(&Field {
            what: "CLI default client Region",
            flag: "--region",
            given: self.answers.region.as_deref(),
            present: self.present("region").as_deref(),
            completions: &regions::known(),
            check: &checks::region,
            ..Field::default()
        })?;
        regions::warn_of_unknown(self.asker.ui, &region);
        Ok(region)
    }

    /// Asks for the form in which commands print; empty for none.
    pub(super) fn output_format(&self) -> Result<String, Failure> {
        self.asker.answer(&Field {
            what: "CLI default output format",
            flag: "--output-format",
            given: self.answers.output_format.as_deref(),
            present: self.present("output").as_deref(),
            completions: &checks::FORMATS.map(str::to_owned),
            check: &checks::output_format,
            ..Field::default()
        })
    }

    /// Asks for the name, unless that is known.
    pub(super) fn name(
        &self,
        session: &SsoSession,
        assignment: Option<&Assignment>,
    ) -> Result<ProfileName, Failure> {
        let session = session.name.as_ref().map(SessionName::as_str);
        let default = match assignment {
            Some(of) => format!("{}_{}", of.account_id, of.role_name),
            None => session.unwrap_or("default").to_owned(),
        };
        let name = self.asker.answer(&Field {
            what: "CLI profile name",
            flag: "--profile",
            given: self.answers.profile.as_deref(),
            present: Some(&default),
            check: &|name| check_name(self.files, name),
            ..Field::default()
        })?;
        Ok(name.as_str().into())
    }
}

/// Returns the name that was given beforehand, before any question is asked.
pub(super) fn named(
    asker: Asker<'_>,
    files: &ConfigFiles,
    answers: &Answers,
) -> Result<Option<ProfileName>, Failure> {
    let given = answers.profile.as_deref();
    let name = asker.given("--profile", given, &|name| check_name(files, name))?;
    Ok(name.map(|name| name.as_str().into()))
}

/// One that is there already is used, whatever it is called.
fn check_name(files: &ConfigFiles, name: &str) -> Result<(), String> {
    match files.profile(&name.into()) {
        Some(_) => Ok(()),
        None => checks::profile_name(name),
    }
}

/// Returns what a profile says, where it says anything.
pub(super) fn value_in(files: &ConfigFiles, profile: &ProfileName, key: &str) -> Option<String> {
    let value = files.profile(profile)?.get(key)?.value().into_owned();
    Some(value).filter(|value| !value.is_empty())
}
