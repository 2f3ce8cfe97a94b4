//! Explanations for a profile or session that does not exist.

use std::collections::BTreeMap;

use aws_config_parse::{PropertyRef, SectionName, SectionRef};
use sso_types::{ProfileName, SessionName};

use crate::clues::Kind;
use crate::error::Error;
use crate::files::ConfigFiles;
use crate::intended::{Intended, is_ignored_by_mistake, without_quotes};
use crate::name_clue::NameClue;
use crate::similar::closest;

const MAX_SUGGESTIONS: usize = 3;

impl ConfigFiles {
    pub(crate) fn profile_clue(&self, name: &ProfileName) -> NameClue {
        self.clue(Kind::Profile, name.as_str())
    }

    pub(crate) fn session_clue(&self, name: &SessionName) -> NameClue {
        self.clue(Kind::Session, name.as_str())
    }

    /// Returns the clue for a name that is neither that of a profile nor of a session.
    pub(crate) fn clue_of_any_kind(&self, name: &str) -> NameClue {
        self.clues.of_search(None, name, || {
            let mut names = self.names(Kind::Profile);
            names.extend(self.names(Kind::Session));
            names.sort();
            names.dedup();
            self.clue_among(name, names)
        })
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

    /// Returns whether the config file contains sections that `sso-configure check` reports as ignored.
    #[must_use]
    pub fn has_ignored_sections(&self) -> bool {
        self.config_sections().any(is_ignored_by_mistake)
    }

    fn clue(&self, kind: Kind, name: &str) -> NameClue {
        let index = || self.odd_headers(kind);
        if let Some(clue) = self.clues.of_header(kind, name, index) {
            return clue;
        }
        let is_other_kind = match kind {
            Kind::Profile => self.sso_session(name).is_some(),
            Kind::Session => self.profile(&name.into()).is_some(),
        };
        if is_other_kind {
            NameClue::OtherKind
        } else {
            let search = || self.clue_among(name, self.names(kind));
            self.clues.of_search(Some(kind), name, search)
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

    /// Returns the first header that means each name, in the config file, else in the credentials file.
    fn odd_headers(&self, kind: Kind) -> BTreeMap<String, NameClue> {
        let in_config = self.config_sections();
        let in_config = in_config.filter(|section| section.name().is_ignored());
        let in_config = in_config.map(|section| (section, false));
        let in_credentials = self.credentials_sections().map(|section| (section, true));
        let mut found = BTreeMap::new();
        for (section, is_in_credentials) in in_config.chain(in_credentials) {
            for name in kind.meant_by(section.header(), is_in_credentials) {
                found.entry(name).or_insert_with(|| NameClue::OddHeader {
                    location: self.location_of_section(&section),
                    is_in_credentials,
                });
            }
        }
        found
    }
}

impl Kind {
    /// Returns the names that a header means: what follows a word for this kind and a separator; in the
    /// config file, also the header itself, and the name in its [`Intended`] section.
    fn meant_by(self, header: &str, is_in_credentials: bool) -> Vec<String> {
        let header = header.trim();
        let is_separator = |c: char| c.is_whitespace() || matches!(c, ':' | '=' | '.' | '/');
        let after_type = |(word, rest): (&str, _)| {
            let word = word.to_lowercase().replace('_', "-");
            let is_misspelled = || !closest(&word, self.words().iter().take(1), 2).is_empty();
            let is_type = self.words().contains(&&*word) || is_misspelled();
            is_type.then_some(rest)
        };
        let after_type = header.split_once(is_separator).and_then(after_type);
        let own = (!is_in_credentials).then_some(header);
        let names = own.into_iter().chain(after_type.map(str::trim));
        let names = names.map(|name| without_quotes(name).to_owned());
        let intended = Intended::of(header).filter(|_| !is_in_credentials);
        names
            .chain(intended.and_then(|it| self.name_in(&it)))
            .collect()
    }

    fn name_in(self, intended: &Intended) -> Option<String> {
        let section = intended.section()?;
        let is_of_kind = match self {
            Self::Profile => section.is_profile(),
            Self::Session => matches!(section, SectionName::SsoSession(_)),
        };
        is_of_kind.then(|| section.as_str().to_owned())
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
