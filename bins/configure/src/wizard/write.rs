//! The edit that writes the answers to the config file.

use aws_config_parse::{Document, EditError, Outcome, SectionMut, SectionName, SectionRef};
use cli_ux::{Arguments, CommandLine, Failure, Ui};
use sso_config::{ConfigEdit, ConfigFiles, Error, Location, SsoSession};
use sso_types::{ProfileName, RegistrationScope, SessionName, escaped};

use super::ask::Asker;
use super::assignment::Assignment;
use crate::confirmation::write_agreed;
use crate::context::Context;
use crate::contradictions::contradictions_shown;
use crate::other_source::in_place_of_sso;
use crate::precedence::over_written;

pub(super) struct NewProfile {
    pub(super) name: ProfileName,
    pub(super) assignment: Option<Assignment>,
    /// `None` keeps the current value, and an empty text removes it.
    pub(super) region: Option<String>,
    /// Like `region`.
    pub(super) output_format: Option<String>,
}

pub(super) struct WizardEdit<'a> {
    /// Files at the time of the first question.
    pub(super) files: &'a ConfigFiles,
    pub(super) session: &'a SsoSession,
    pub(super) subject: Subject<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    Profile(&'a NewProfile),
    Session(&'a SessionName),
}

/// Result of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Changed,
    Unchanged,
    /// The answer to the question was no.
    Declined,
}

/// Changes to an existing profile or session.
struct Changes {
    diff: String,
    /// Set if another process changed these sections after the first question.
    is_concurrent: bool,
}

impl Changes {
    fn warn_if_concurrent(&self, ui: &Ui) {
        if self.is_concurrent {
            ui.warn_sentence(
                "another process changed this profile or session in the meantime; the diff shows \
                 what your answers change, and sso-configure undo reverts it",
            );
        }
    }
}

impl<'a> Subject<'a> {
    pub(super) fn profile(self) -> Option<&'a NewProfile> {
        match self {
            Self::Profile(profile) => Some(profile),
            Self::Session(_) => None,
        }
    }

    fn label(self) -> String {
        match self {
            Self::Profile(profile) => format!("Profile {}", escaped(profile.name.as_str())),
            Self::Session(name) => format!("SSO session {}", escaped(name.as_str())),
        }
    }

    /// Returns the description of the edit for the history.
    fn command(self) -> String {
        let arguments = Arguments::new();
        let command = match self {
            Self::Profile(profile) => {
                let arguments = arguments.option("--profile", profile.name.as_str());
                CommandLine::new("sso-configure", arguments)
            }
            Self::Session(name) => {
                let arguments = arguments.option("--sso-session", name.as_str());
                CommandLine::new("sso-configure session", arguments)
            }
        };
        command.to_string()
    }
}

impl WizardEdit<'_> {
    /// Writes the edit, and shows the changes to an existing profile or session, and the consequences. With an
    /// `asker`, they are shown before a question.
    pub(super) fn write(
        &self,
        asker: Option<Asker<'_>>,
        context: Context<'_>,
    ) -> Result<Written, Failure> {
        let Context { ui, env, .. } = context;
        let (outcome, is_warned) = match asker {
            Some(asker) => match self.write_confirmed(asker, context)? {
                Some(written) => written,
                None => return Ok(Written::Declined),
            },
            None => (self.write_at_once(context)?, false),
        };
        let (written, message) = match outcome {
            Outcome::Changed => (Written::Changed, "was written to"),
            Outcome::Unchanged => (Written::Unchanged, "is already up to date in"),
        };
        let path = env.config_file()?;
        let label = self.subject.label();
        ui.say("");
        ui.say_sentence(format_args!("{label} {message} {}.", path.display()));
        if let (false, Ok(files)) = (is_warned, context.files()) {
            self.warn(&files, ui);
        }
        Ok(written)
    }

    fn write_at_once(&self, context: Context<'_>) -> Result<Outcome, Failure> {
        let edit = |edit: &mut ConfigEdit| self.edit(edit);
        let (now, command) = (context.now(), self.subject.command());
        let (changes, outcome) = ConfigEdit::apply(context.env, now, &command, edit)?;
        if let Some(changes) = changes {
            changes.warn_if_concurrent(context.ui);
            context.ui.say("");
            context.ui.say_lines(changes.diff.lines());
        }
        Ok(outcome)
    }

    /// Returns the outcome and whether the question and the consequences were shown, or `None` if the answer is
    /// no.
    fn write_confirmed(
        &self,
        asker: Asker<'_>,
        context: Context<'_>,
    ) -> Result<Option<(Outcome, bool)>, Failure> {
        let Context { ui, env, .. } = context;
        write_agreed(|agreement| {
            let mut edit = ConfigEdit::begin(env)?;
            let changes = self.edit(&mut edit)?;
            let is_asked = changes.is_some();
            if let Some(changes) = changes {
                if agreement.is_first_question() {
                    changes.warn_if_concurrent(ui);
                    ui.ask("");
                }
                let confirm = |question: &str| {
                    if let Some(location) = self.location() {
                        let label = self.subject.label();
                        ui.ask_sentence(format_args!("{label} already exists at {location}."));
                    }
                    let files = context.files()?.with_config(edit.after().clone());
                    self.warn(&files, ui);
                    asker.confirm(question)
                };
                if !agreement.includes(&edit, "Write these changes?", ui, confirm)? {
                    return Ok(None);
                }
            }
            let written = edit.commit(context.now(), &self.subject.command());
            Ok(Some(written.map(|outcome| (outcome, is_asked))))
        })
    }

    /// Returns the location of the profile or session, if it existed in one of the files before the first
    /// question.
    fn location(&self) -> Option<Location> {
        match self.subject {
            Subject::Profile(profile) => {
                let profile = self.files.profile(&profile.name)?;
                self.files.location_of_profile(&profile)
            }
            Subject::Session(name) => {
                let section = self.files.sso_session(name.as_str())?;
                Some(self.files.location_of_section(&section))
            }
        }
    }

    fn edit(&self, edit: &mut ConfigEdit) -> Result<Option<Changes>, Error> {
        let changed = edit.change(|config| self.edit_document(config))?;
        // A new section in the config file also changes a profile of the credentials file.
        let is_change =
            changed == Outcome::Changed || self.location().is_some() && !edit.is_unchanged();
        Ok(is_change.then(|| Changes {
            diff: edit.diff(),
            is_concurrent: self.differs_from_before(edit.before()),
        }))
    }

    /// Returns whether the profile or session has changed since the first question.
    fn differs_from_before(&self, config: &Document) -> bool {
        let profile_differs = self.subject.profile().is_some_and(|profile| {
            let before = self.files.profile(&profile.name);
            let before = before.and_then(|profile| profile.config());
            values(before) != values(config.profile(profile.name.as_str()))
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
        if let Some(profile) = self.subject.profile() {
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
        let assignment = profile.assignment.as_ref();
        let account_name = new_account_name(&section.section(), assignment);
        let outcome = set_all(section, &[("sso_account_name", account_name.as_deref())])?;
        Ok(outcome.and(set_all(section, &self.profile_values(profile))?))
    }

    /// Returns the values of the keys to change, `None` for those to remove.
    fn profile_values<'v>(
        &'v self,
        profile: &'v NewProfile,
    ) -> Vec<(&'static str, Option<&'v str>)> {
        let session = self.session.name.as_ref().map(SessionName::as_str);
        let legacy = |value| session.is_none().then_some(value);
        let assignment = profile.assignment.as_ref();
        let own = [
            ("sso_session", session),
            ("sso_start_url", legacy(self.session.start_url.as_str())),
            ("sso_region", legacy(self.session.region.as_str())),
            (
                "sso_account_id",
                assignment.map(|it| it.account_id.as_str()),
            ),
            ("sso_role_name", assignment.map(|it| it.role_name.as_str())),
        ];
        let others = [
            ("region", profile.region.as_deref()),
            ("output", profile.output_format.as_deref()),
        ];
        let others = others.into_iter().filter(|(_, value)| value.is_some());
        let others = others.map(|(key, value)| (key, value.filter(|value| !value.is_empty())));
        own.into_iter().chain(others).collect()
    }

    fn warn(&self, files: &ConfigFiles, ui: &Ui) {
        for warning in self.consequences(files) {
            ui.warn_sentence(warning);
        }
    }

    /// Returns warnings about the files with the edit: keys of other profiles that contradict the session, keys
    /// of the profile that do not have the new value, and credentials that programs use in place of its role.
    fn consequences(&self, files: &ConfigFiles) -> Vec<String> {
        let reported = self.subject.profile().map(|profile| profile.name.clone());
        let session = self.session.name.as_ref();
        let contradictions =
            session.map(|session| contradictions_shown(files, session, reported.as_slice()));
        let mut warnings = contradictions.unwrap_or_default();
        let Some(profile) = self.subject.profile() else {
            return warnings;
        };
        let overridden = over_written(files, &profile.name, &self.profile_values(profile));
        let shadowing = profile.assignment.as_ref();
        let shadowing = shadowing.and_then(|_| in_place_of_sso(files, &profile.name));
        let found = overridden.into_iter().chain(shadowing);
        warnings.extend(found.map(|(location, message)| format!("{location}: {message}")));
        warnings
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
        Ok(outcome.and(section.set_own("sso_registration_scopes", &scopes.join(","))?))
    }
}

/// Returns the new value of `sso_account_name`, which only `populate` adds: the current value if
/// the account stays the same, else the name of the new account if it is known.
fn new_account_name(section: &SectionRef<'_>, assignment: Option<&Assignment>) -> Option<String> {
    let (name, assignment) = (section.get("sso_account_name")?, assignment?);
    let id = section.get("sso_account_id");
    let is_same = id.is_some_and(|id| id.value() == assignment.account_id.as_str());
    let name = if is_same {
        Some(name.value().into_owned())
    } else {
        assignment.account_name.clone()
    };
    name.filter(|name| !name.is_empty())
}

/// Edits a section, which is added if it is missing. Returns whether an existing section changed.
fn edit_section(
    config: &mut Document,
    name: &SectionName<'_>,
    edit: impl FnOnce(&mut SectionMut<'_>) -> Result<Outcome, EditError>,
) -> Result<Outcome, EditError> {
    let existed = config.section(name).is_some();
    let outcome = edit(&mut config.add_section(name)?)?;
    Ok(if existed { outcome } else { Outcome::Unchanged })
}

/// Sets keys to their values, and removes keys without a value.
fn set_all(
    section: &mut SectionMut<'_>,
    values: &[(&str, Option<&str>)],
) -> Result<Outcome, EditError> {
    let mut outcome = Outcome::Unchanged;
    for (key, value) in values {
        let edited = match value {
            Some(value) => section.set_own(key, value)?,
            None => section.remove(key)?,
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
