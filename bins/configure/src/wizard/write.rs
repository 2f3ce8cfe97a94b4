//! What was answered, into the config file.

use std::path::PathBuf;

use aws_config_parse::{Document, EditError, Outcome, SectionMut, SectionName, SectionRef};
use cli_ux::{Failure, Ui};
use sso_credentials::{AwsEnv, ConfigEdit, ConfigFiles, Error, SsoSession, SystemClock, printable};
use sso_types::{ProfileName, RegistrationScope, SessionName};

use super::access::Assignment;

/// A profile as it was answered.
pub(super) struct NewProfile {
    pub(super) name: ProfileName,
    pub(super) assignment: Option<Assignment>,
    /// Empty for none.
    pub(super) region: String,
    /// Empty for none.
    pub(super) output_format: String,
}

/// What is to be written, in one edit.
pub(super) struct Writing<'a> {
    /// What was there at the first question.
    pub(super) files: &'a ConfigFiles,
    pub(super) session: &'a SsoSession,
    pub(super) profile: Option<&'a NewProfile>,
}

/// What changes of what was there already.
struct Changes {
    diff: String,
    /// Whether somebody else has changed it since the first question.
    is_of_others: bool,
}

impl Writing<'_> {
    /// Writes it, and shows what changes of what was there. Returns the path of the config file.
    pub(super) fn write(&self, ui: &Ui, env: &AwsEnv) -> Result<PathBuf, Failure> {
        let (what, did) = self.in_words();
        let edit = |edit: &mut ConfigEdit| self.edit(edit);
        let (changes, outcome) = ConfigEdit::at_once(env, &SystemClock, &did, edit)?;
        if let Some(Changes { diff, is_of_others }) = changes {
            if is_of_others {
                ui.warn(
                    "another program has changed this meanwhile; what your answers change of it \
                     is shown here, and sso-configure undo takes it back",
                );
            }
            ui.say(format_args!("\n{}", diff.trim_end()));
        }
        let said = match outcome {
            Outcome::Changed => "is written to",
            Outcome::Unchanged => "is already in",
        };
        let path = env.config_file()?;
        ui.say(format_args!("\n{what} {said} {}.", path.display()));
        Ok(path)
    }

    /// Returns what is written, and what is remembered to have been done.
    fn in_words(&self) -> (String, String) {
        if let Some(profile) = self.profile {
            let name = printable(profile.name.as_str());
            let did = format!("sso-configure --profile {name}");
            return (format!("The profile {name}"), did);
        }
        let session = self.session.name.as_ref().map_or("", SessionName::as_str);
        let name = printable(session);
        let did = format!("sso-configure session --sso-session {name}");
        (format!("The sso-session {name}"), did)
    }

    /// Returns what changed of what was there already.
    fn edit(&self, edit: &mut ConfigEdit) -> Result<Option<Changes>, Error> {
        let changed = edit.change(|config| self.edit_document(config))?;
        Ok((changed == Outcome::Changed).then(|| Changes {
            diff: edit.diff(),
            is_of_others: self.differs_from_before(edit.before()),
        }))
    }

    /// Whether somebody else has changed the profile or the session since the first question.
    fn differs_from_before(&self, config: &Document) -> bool {
        let profile = self.profile.map(|profile| &profile.name);
        let profile_differs = profile.is_some_and(|name| {
            let before = self.files.profile(name);
            let before = before.and_then(|profile| profile.config());
            values(before) != values(config.profile(name.as_str()))
        });
        let session = self.session.name.as_ref();
        let session_differs = session.is_some_and(|name| {
            let before = self.files.sso_session(name.as_str());
            values(before) != values(config.sso_session(name.as_str()))
        });
        profile_differs || session_differs
    }

    fn edit_document(&self, config: &mut Document) -> Result<Outcome, EditError> {
        let mut changed = Outcome::Unchanged;
        if let Some(profile) = self.profile {
            let name = SectionName::profile(profile.name.as_str());
            changed = edit_section(config, &name, |section| self.set_profile(section, profile))?;
        }
        if let Some(session) = &self.session.name {
            let name = SectionName::SsoSession(session.as_str().into());
            let edited = edit_section(config, &name, |section| self.set_session(section))?;
            changed = changed.and(edited);
        }
        Ok(changed)
    }

    fn set_profile(
        &self,
        section: &mut SectionMut<'_>,
        profile: &NewProfile,
    ) -> Result<Outcome, EditError> {
        let session = self.session.name.as_ref().map(SessionName::as_str);
        let legacy = |value| session.is_none().then_some(value);
        let assignment = profile.assignment.as_ref();
        let account_name = new_account_name(&section.section(), assignment);
        let values = [
            ("sso_session", session),
            ("sso_start_url", legacy(self.session.start_url.as_str())),
            ("sso_region", legacy(self.session.region.as_str())),
            (
                "sso_account_id",
                assignment.map(|of| of.account_id.as_str()),
            ),
            ("sso_account_name", account_name.as_deref()),
            ("sso_role_name", assignment.map(|of| of.role_name.as_str())),
            ("region", Some(profile.region.as_str())),
            ("output", Some(profile.output_format.as_str())),
        ];
        set_all(section, &values)
    }

    fn set_session(&self, section: &mut SectionMut<'_>) -> Result<Outcome, EditError> {
        let values = [
            ("sso_start_url", Some(self.session.start_url.as_str())),
            ("sso_region", Some(self.session.region.as_str())),
        ];
        let outcome = set_all(section, &values)?;
        let Some(scopes) = &self.session.scopes else {
            return Ok(outcome);
        };
        let scopes: Vec<_> = scopes.iter().map(RegistrationScope::as_str).collect();
        Ok(outcome.and(section.set("sso_registration_scopes", &scopes.join(","))?))
    }
}

/// Returns the name that `populate` has written for the account, as long as it is the same one;
/// else that of the new one, where it is known.
fn new_account_name(section: &SectionRef<'_>, assignment: Option<&Assignment>) -> Option<String> {
    let (name, assignment) = (section.get("sso_account_name")?, assignment?);
    let id = section.get("sso_account_id");
    if id.is_some_and(|id| id.value() == assignment.account_id.as_str()) {
        return Some(name.value().into_owned());
    }
    assignment.account_name.clone()
}

/// Edits a section, a new one where there is none; says whether one has changed that was there.
fn edit_section(
    config: &mut Document,
    name: &SectionName<'_>,
    edit: impl FnOnce(&mut SectionMut<'_>) -> Result<Outcome, EditError>,
) -> Result<Outcome, EditError> {
    let was_there = config.section(name).is_some();
    let outcome = edit(&mut config.add_section(name)?)?;
    Ok(if was_there {
        outcome
    } else {
        Outcome::Unchanged
    })
}

/// Sets keys to their values, and removes those that have none.
fn set_all(
    section: &mut SectionMut<'_>,
    values: &[(&str, Option<&str>)],
) -> Result<Outcome, EditError> {
    let mut outcome = Outcome::Unchanged;
    for (key, value) in values {
        let edited = match value {
            Some(value) if !value.is_empty() => section.set(key, value)?,
            _ => section.remove(key)?,
        };
        outcome = outcome.and(edited);
    }
    Ok(outcome)
}

fn values(section: Option<SectionRef<'_>>) -> Vec<(String, String)> {
    let properties = section.into_iter().flat_map(|section| section.properties());
    let values = properties.map(|it| (it.key().into_owned(), it.value().into_owned()));
    values.collect()
}
