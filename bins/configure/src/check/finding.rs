//! What was found, and what mends it.

use std::fmt;
use std::path::PathBuf;

use aws_config_parse::{Document, EditError, SectionName};
use cli_ux::Failure;
use locked_file::narrow_mode;
use serde::{Serialize, Serializer};
use sso_credentials::{EntryLocation, TokenCache, sanitize};

/// What was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Finding {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    /// The file, with the line where it has some.
    pub(super) place: Option<String>,
    pub(super) sentence: String,
    /// What a person can do where the program does not.
    pub(super) hint: Option<String>,
    /// What the program can do.
    pub(super) fix: Option<Fix>,
}

/// Whether it has to be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Severity {
    Error,
    Advice,
}

/// What mends it without a decision.
#[derive(Debug)]
pub(super) enum Fix {
    RemoveKey {
        section: SectionName<'static>,
        key: &'static str,
    },
    Narrow(PathBuf),
    Quarantine(EntryLocation),
    Remove(EntryLocation),
}

impl Finding {
    /// Something that has to be mended.
    pub(super) fn error(code: &'static str, place: Option<String>, sentence: &str) -> Self {
        Self {
            code,
            severity: Severity::Error,
            place: place.map(|place| sanitize(&place)),
            sentence: sanitize(sentence),
            hint: None,
            fix: None,
        }
    }

    /// Something that may be as it is.
    pub(super) fn advice(code: &'static str, place: Option<String>, sentence: &str) -> Self {
        Self {
            severity: Severity::Advice,
            ..Self::error(code, place, sentence)
        }
    }

    pub(super) fn mended_by(self, fix: Fix) -> Self {
        let fix = Some(fix);
        Self { fix, ..self }
    }

    /// Has the first hint of `failure` for it.
    pub(super) fn with_hint_of(self, failure: &Failure) -> Self {
        let hint = failure
            .hints(&crate::PROGRAM)
            .first()
            .map(|hint| sanitize(hint));
        Self { hint, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        writeln!(f, "{}: {}", self.code, self.sentence)?;
        if let Some(fix) = &self.fix {
            writeln!(f, "  fix: {fix}")?;
        } else if let Some(hint) = &self.hint {
            writeln!(f, "  hint: {hint}")?;
        }
        Ok(())
    }
}

impl Fix {
    /// Mends a file; keys are removed by an edit of the config.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub(super) fn apply(&self, cache: &TokenCache) -> Result<(), Failure> {
        match self {
            Self::RemoveKey { .. } => {}
            Self::Narrow(path) => {
                // It has its mode from here on, or another has changed it meanwhile.
                let _ = narrow_mode(path);
            }
            Self::Quarantine(location) => {
                cache.quarantine(location).map_err(Failure::other)?;
            }
            Self::Remove(location) => cache.remove(location).map_err(Failure::other)?,
        }
        Ok(())
    }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RemoveKey { key, .. } => write!(f, "remove {key}"),
            Self::Narrow(path) => {
                let path = sanitize(&path.display().to_string());
                write!(f, "make {path} readable for you alone")
            }
            Self::Quarantine(location) => {
                write!(f, "set {} aside", sanitize(&location.to_string()))
            }
            Self::Remove(location) => write!(f, "remove {}", sanitize(&location.to_string())),
        }
    }
}

impl Serialize for Fix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Removes a key from a section, in an edit of the config.
pub(super) fn remove_key(
    config: &mut Document,
    section: &SectionName<'_>,
    key: &str,
) -> Result<(), EditError> {
    if let Some(mut section) = config.section_mut(section) {
        section.remove(key)?;
    }
    Ok(())
}
