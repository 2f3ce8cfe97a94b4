//! Explanations for a profile or session that does not exist.

use aws_config_parse::{PropertyRef, SectionRef};
use sso_types::{ProfileName, SessionName};

use crate::error::Error;
use crate::files::ConfigFiles;
use crate::name_clue::NameClue;
use crate::similar::closest;

const MAX_SUGGESTIONS: usize = 3;

/// Kind of the section that a name refers to.
#[derive(Clone, Copy)]
enum Kind {
    Profile,
    Session,
}

impl ConfigFiles {
    pub(crate) fn profile_clue(&self, name: &ProfileName) -> NameClue {
        self.clue(Kind::Profile, name.as_str())
    }

    pub(crate) fn session_clue(&self, name: &SessionName) -> NameClue {
        self.clue(Kind::Session, name.as_str())
    }

    /// Returns the clue for a name that is neither that of a profile nor of a session.
    pub(crate) fn clue_of_any_kind(&self, name: &str) -> NameClue {
        let mut names = self.names(Kind::Profile);
        names.extend(self.names(Kind::Session));
        names.sort();
        names.dedup();
        self.clue_among(name, names)
    }

    /// Returns the section `[services NAME]` that a key refers to.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownServices`].
    pub(crate) fn existing_services(
        &self,
        reference: &PropertyRef<'_>,
    ) -> Result<SectionRef<'_>, Error> {
        let name = reference.value();
        self.services(&name).ok_or_else(|| Error::UnknownServices {
            similar: similar(&name, self.services_names().collect()),
            location: self.location_of(reference),
            services: name.into_owned(),
        })
    }

    /// Returns whether the config file contains sections that every reader ignores.
    #[must_use]
    pub fn has_ignored_sections(&self) -> bool {
        let mut names = self.config_sections().map(|section| section.name());
        names.any(|name| name.is_ignored())
    }

    fn clue(&self, kind: Kind, name: &str) -> NameClue {
        if let Some(clue) = self.odd_header(kind, name) {
            return clue;
        }
        let is_other_kind = match kind {
            Kind::Profile => self.sso_session(name).is_some(),
            Kind::Session => self.profile(&name.into()).is_some(),
        };
        if is_other_kind {
            NameClue::OtherKind
        } else {
            self.clue_among(name, self.names(kind))
        }
    }

    fn names(&self, kind: Kind) -> Vec<String> {
        match kind {
            Kind::Profile => self.profile_names().map(|it| it.to_string()).collect(),
            Kind::Session => self.sso_session_names().map(|it| it.to_string()).collect(),
        }
    }

    fn clue_among(&self, name: &str, existing: Vec<String>) -> NameClue {
        if existing.is_empty() {
            return NameClue::NoneExists {
                has_ignored_sections: self.has_ignored_sections(),
            };
        }
        match similar(name, existing) {
            found if found.is_empty() => NameClue::Unlike,
            found => NameClue::Similar(found),
        }
    }

    fn odd_header(&self, kind: Kind, name: &str) -> Option<NameClue> {
        let mut in_config = self.config_sections();
        let in_config = in_config
            .find(|it| it.name().is_ignored() && kind.is_meant_by(it.header(), name, true));
        let mut in_credentials = self.credentials_sections();
        let section = in_config
            .or_else(|| in_credentials.find(|it| kind.is_meant_by(it.header(), name, false)))?;
        Some(NameClue::OddHeader {
            location: self.location_of_section(&section),
            is_in_credentials: in_config.is_none(),
        })
    }
}

impl Kind {
    /// Returns whether `header` consists of `name`, if that `is_enough`, or of a word for this kind,
    /// a separator, and `name`.
    fn is_meant_by(self, header: &str, name: &str, is_enough: bool) -> bool {
        let header = header.trim();
        let is_separator = |c: char| c.is_whitespace() || matches!(c, ':' | '=' | '.' | '/');
        let has_type = |(word, rest): (&str, &str)| {
            let word = word.to_lowercase().replace('_', "-");
            let is_misspelled = || !closest(&word, self.words().iter().take(1), 2).is_empty();
            let is_type = self.words().contains(&&*word) || is_misspelled();
            is_type && without_quotes(rest.trim()) == name
        };
        is_enough && without_quotes(header) == name
            || header.split_once(is_separator).is_some_and(has_type)
    }

    /// Returns the type of the section, and words that users write in its place.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Profile => &["profile", "profiles"],
            Self::Session => &[
                "sso-session",
                "sso-sessions",
                "session",
                "ssosession",
                "sso",
            ],
        }
    }
}

/// Returns the names that differ least from `name`: in case, in quotes, or in at most a third of its
/// characters; at most three.
fn similar(name: &str, existing: Vec<String>) -> Vec<String> {
    let name = without_quotes(name);
    let limit = (name.chars().count() / 3).max(1);
    let mut closest = closest(name, existing, limit);
    closest.truncate(MAX_SUGGESTIONS);
    closest
}

/// Returns the text inside quotes. The AWS CLI reads quotes as part of a value.
fn without_quotes(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
