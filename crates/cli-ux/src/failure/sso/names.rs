//! Hints for profiles and sessions that do not exist or are not selected.

use shell_words::quote;
use sso_config::name_clue::{NameClue, SessionChoice};
use sso_config::{ConfigFiles, ConfiguredSessions, Error, Location};
use sso_types::{ProfileName, SessionName};

use super::credentials::listed;
use super::other_source;
use crate::command_line::Arguments;
use crate::failure::hint::{Hint, Related};

/// Use of a name that does not exist.
struct UnknownName<'a> {
    name: &'a str,
    kind: Kind,
    /// Location of the key that refers to it, if there is one.
    reference: Option<&'a Location>,
    clue: &'a NameClue,
}

#[derive(Clone, Copy)]
enum Kind {
    Profile,
    SourceProfile,
    /// Profile of `export-credentials` in a `credential_process`.
    ExportedProfile,
    Session,
    /// SSO session of `export-credentials` in a `credential_process`.
    ExportedSession,
    ProfileOrSession,
}

/// Returns the hints in order; none for other errors.
pub(super) fn hints(error: &Error) -> Vec<Hint> {
    match error {
        Error::NoProfileSelected {
            profiles,
            has_problems,
            ..
        } if profiles.is_empty() => vec![set_up(*has_problems)],
        Error::NoProfileSelected { profiles, .. } => {
            let arguments =
                |name: &ProfileName| Arguments::new().option("--profile", name.as_str());
            vec![selection(profiles, arguments)]
        }
        Error::NoSessionSelected {
            choices,
            has_problems,
            ..
        } if choices.is_empty() => vec![set_up(*has_problems)],
        Error::NoSessionSelected { choices, .. } => {
            let arguments = |choice: &SessionChoice| match choice {
                SessionChoice::Session(name) => {
                    Arguments::new().option("--sso-session", name.as_str())
                }
                SessionChoice::Profile(name) => Arguments::new().option("--profile", name.as_str()),
            };
            vec![selection(choices, arguments)]
        }
        Error::UnknownServices {
            services,
            location,
            similar,
        } => {
            let line = format!("line {} of {}", location.line, location.path.display());
            let correction = format!("set services in {line} to an existing [services] section");
            let suggestion = (!similar.is_empty()).then(|| suggestion(services, similar));
            let texts = suggestion.into_iter().chain([correction]);
            texts.map(Hint::from).collect()
        }
        Error::NotSso { .. } => vec![other_source::list_of_profiles()],
        Error::OtherSource { kind, chain, .. } => other_source::hints(*kind, chain),
        error => unknown_name(error).map_or_else(Vec::new, |unknown| unknown.hints()),
    }
}

/// Returns the hint to select one of `sessions`.
pub(super) fn one_of_sessions(sessions: &[SessionName]) -> Hint {
    let arguments = |name: &SessionName| Arguments::new().option("--sso-session", name.as_str());
    selection(sessions, arguments)
}

/// Returns the hint to select one of `profiles`, or to create one, with `session`.
pub(super) fn one_of_profiles(profiles: &[&ProfileName], session: Option<&SessionName>) -> Hint {
    let arguments = |name: &&ProfileName| Arguments::new().option("--profile", name.as_str());
    if !profiles.is_empty() {
        return selection(profiles, arguments);
    }
    let create = Arguments::new();
    let create = match session {
        Some(name) => create.option("--sso-session", name.as_str()),
        None => create,
    };
    Hint::RelatedStep(
        "to create a profile with a role:",
        Related::Configure,
        create,
    )
}

fn selection<T>(choices: &[T], arguments: impl Fn(&T) -> Arguments) -> Hint {
    let label = |choice: &T| arguments(choice).to_string().trim_start().to_owned();
    let one_of = if choices.len() > 1 { "one of " } else { "" };
    format!("use {one_of}{}", listed(choices, label)).into()
}

/// Returns the hint for files in which nothing can be used.
pub(super) fn set_up(has_problems: bool) -> Hint {
    if has_problems {
        let check = Arguments::new().flag("check");
        Hint::RelatedStep(
            "to find the sections that cannot be used:",
            Related::Configure,
            check,
        )
    } else {
        Hint::Related(Related::Configure, Arguments::new())
    }
}

/// Returns the line about usable files without an SSO session and a legacy profile, like
/// [`nothing_configured`].
#[must_use]
pub fn nothing_configured_in(files: &ConfigFiles) -> Option<&'static str> {
    let configured = ConfiguredSessions::of(files);
    let has_problems = !configured.problems.is_empty() || files.has_ignored_sections();
    let text = nothing_configured(has_problems).trim_end();
    let is_empty = configured.sessions.is_empty() && files.check_config().is_ok();
    is_empty.then_some(text)
}

/// Returns the line that replaces an empty list of sessions and profiles.
#[must_use]
pub fn nothing_configured(has_problems: bool) -> &'static str {
    if has_problems {
        "No SSO sessions or profiles found. Run sso-configure check to find the sections that cannot be \
         used.\n"
    } else {
        "No SSO sessions or profiles found. Run sso-configure to create one.\n"
    }
}

/// Returns the line that replaces an empty list of sessions above the profiles.
#[must_use]
pub fn no_sessions_configured(has_problems: bool) -> &'static str {
    if has_problems {
        "No SSO sessions found. Run sso-configure check to find the sections that cannot be used.\n"
    } else {
        "No SSO sessions found. Run sso-configure to create one.\n"
    }
}

fn unknown_name(error: &Error) -> Option<UnknownName<'_>> {
    Some(match error {
        Error::UnknownProfile { profile, clue, .. } => UnknownName {
            name: profile.as_str(),
            kind: Kind::Profile,
            reference: None,
            clue,
        },
        Error::UnknownName { name, clue, .. } => UnknownName {
            name,
            kind: Kind::ProfileOrSession,
            reference: None,
            clue,
        },
        Error::UnknownSourceProfile {
            profile,
            key,
            location,
            clue,
        } => UnknownName {
            name: profile.as_str(),
            kind: Kind::of_reference(key),
            reference: Some(location),
            clue,
        },
        Error::UnknownSession {
            session,
            key,
            referenced_by,
            clue,
            ..
        } => UnknownName {
            name: session.as_str(),
            kind: Kind::of_session(key),
            reference: referenced_by.as_ref(),
            clue,
        },
        _ => return None,
    })
}

impl UnknownName<'_> {
    fn hints(&self) -> Vec<Hint> {
        let likely = match self.clue {
            NameClue::OddHeader {
                location,
                is_in_credentials,
            } => return vec![self.header(location, *is_in_credentials).into()],
            NameClue::NoneExists {
                has_ignored_sections: true,
            } => return vec![set_up(true)],
            NameClue::NoneExists { .. } => return vec![self.create()],
            NameClue::OtherKind => Some(self.other_kind()),
            NameClue::Similar(names) => Some(suggestion(self.name, names)),
            NameClue::Unlike => None,
        };
        let correction = self.reference.map(|reference| {
            format!(
                "set {} in line {} of {} to {}",
                self.kind.key(),
                reference.line,
                reference.path.display(),
                self.kind.existing(),
            )
        });
        let list = Arguments::new().flag("list");
        let list = Hint::RelatedStep(self.kind.list_introduction(), Related::Configure, list);
        let texts = likely.into_iter().chain(correction).map(Hint::from);
        texts.chain([list]).collect()
    }

    /// Returns the fix for a section that only differs in the header. Names are quoted in the config file
    /// as in a shell.
    fn header(&self, location: &Location, is_in_credentials: bool) -> String {
        let line = format!("in line {} of {}", location.line, location.path.display());
        let name = self.name;
        match (self.kind, is_in_credentials) {
            (Kind::Session | Kind::ExportedSession, true) => {
                format!(
                    "move the section {line} to the config file, as [sso-session {}]",
                    quote(name)
                )
            }
            (Kind::Session | Kind::ExportedSession, false) => {
                format!("write [sso-session {}] {line}", quote(name))
            }
            (_, true) => format!("write [{name}] {line}"),
            (_, false) => format!("write {} {line}", super::config::profile_header(name)),
        }
    }

    fn create(&self) -> Hint {
        let arguments = Arguments::new();
        let arguments = match self.kind {
            Kind::Session | Kind::ExportedSession => {
                arguments.flag("session").option("--sso-session", self.name)
            }
            _ => arguments,
        };
        Hint::Related(Related::Configure, arguments)
    }

    fn other_kind(&self) -> String {
        let name = readable(self.name);
        match (self.kind, self.reference) {
            (Kind::Session, Some(_)) | (Kind::ExportedSession, _) => {
                format!("{name} is a profile, not an SSO session")
            }
            (Kind::Session, None) => format!("{name} is a profile; select it with --profile"),
            (Kind::SourceProfile | Kind::ExportedProfile, _) => {
                format!("{name} is an SSO session, not a profile")
            }
            (Kind::Profile | Kind::ProfileOrSession, _) => {
                format!("{name} is an SSO session; select it with --sso-session")
            }
        }
    }
}

impl Kind {
    fn of_reference(key: &str) -> Self {
        match key {
            "credential_process" => Self::ExportedProfile,
            _ => Self::SourceProfile,
        }
    }

    fn of_session(key: &str) -> Self {
        match key {
            "credential_process" => Self::ExportedSession,
            _ => Self::Session,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Profile | Self::ProfileOrSession => "the profile",
            Self::SourceProfile => "source_profile",
            Self::ExportedProfile => "the profile of credential_process",
            Self::Session => "sso_session",
            Self::ExportedSession => "the SSO session of credential_process",
        }
    }

    fn existing(self) -> &'static str {
        match self {
            Self::Profile
            | Self::SourceProfile
            | Self::ExportedProfile
            | Self::ProfileOrSession => "an existing profile",
            Self::Session | Self::ExportedSession => "an existing SSO session",
        }
    }

    fn list_introduction(self) -> &'static str {
        match self {
            Self::Profile | Self::SourceProfile | Self::ExportedProfile => "to list the profiles:",
            Self::Session | Self::ExportedSession => "to list the SSO sessions:",
            Self::ProfileOrSession => "to list the profiles and SSO sessions:",
        }
    }
}

/// Returns the question whether one of `names` is meant in place of `name`.
fn suggestion(name: &str, names: &[String]) -> String {
    let is_quoted = |text: &str| text.starts_with(['"', '\'']);
    let quotes = match names {
        [only] if is_quoted(name) && !is_quoted(only) => ", without quotes",
        _ => "",
    };
    let names: Vec<_> = names.iter().map(|name| readable(name)).collect();
    let names = match names.split_last() {
        Some((last, others @ [_, ..])) => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    };
    format!("did you mean {names}{quotes}?")
}

/// Returns `name`, in quotes if its end would not be clear in a sentence.
fn readable(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '/' | '+');
    if !name.is_empty() && name.chars().all(is_plain) && !name.ends_with('.') {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}
