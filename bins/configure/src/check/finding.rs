//! A finding of `check`.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::path::Path;

use cli_ux::{Failure, Program};
use serde::Serialize;
use sso_types::{escaped, shown_in_text};

use super::affected::Affected;
use super::fix::Fix;
use super::rule::Rule;

/// Code, location and message of a finding.
pub(super) type Problem = (&'static str, Option<String>, String);

#[derive(Serialize)]
pub(super) struct Finding {
    #[serde(flatten)]
    pub(super) rule: &'static Rule,
    /// `FILE` or `FILE:LINE`.
    location: Option<String>,
    /// File or directory of the location.
    file: Option<String>,
    /// Line in a config file.
    line: Option<usize>,
    #[serde(rename = "sentence")]
    message: String,
    /// Profiles that the problem affects.
    profiles: BTreeSet<String>,
    /// Advice to the user if there is no fix.
    hint: Option<String>,
    pub(super) fix: Option<Fix>,
    /// Codes of findings about the same line that this one explains.
    #[serde(skip)]
    pub(super) explains: &'static [&'static str],
}

impl Finding {
    pub(super) fn new(rule: &'static Rule, message: &str) -> Self {
        Self {
            rule,
            location: None,
            file: None,
            line: None,
            message: escaped(&shown_in_text(message)),
            profiles: BTreeSet::new(),
            hint: None,
            fix: None,
            explains: &[],
        }
    }

    /// Sets the codes of findings about the same line that the hint of this one corrects, too.
    pub(super) fn explaining(self, explains: &'static [&'static str]) -> Self {
        Self { explains, ..self }
    }

    /// Sets the location, and removes it from the start of the message.
    pub(super) fn at(self, location: impl Display) -> Self {
        let location = escaped(&location.to_string());
        let rest = self.message.strip_prefix(&format!("{location}: "));
        Self {
            message: rest.unwrap_or(&self.message).to_owned(),
            location: Some(location),
            ..self
        }
    }

    pub(super) fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// Sets the location, if there is one.
    pub(super) fn at_some(self, location: Option<impl Display>) -> Self {
        match location {
            Some(location) => self.at(location),
            None => self,
        }
    }

    /// Adds profiles that the problem affects. Those of a `FILE:LINE` in a config file need not be added:
    /// see [`with_profiles_at_location`](Self::with_profiles_at_location).
    pub(super) fn affecting(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.add_profiles(names);
        self
    }

    pub(super) fn add_profiles(&mut self, names: impl IntoIterator<Item = String>) {
        let names = names.into_iter().map(|name| escaped(&name));
        self.profiles.extend(names);
    }

    /// Sets the file and the line of the location. Adds the profiles that use the section there, unless
    /// the rule has added profiles.
    pub(super) fn with_profiles_at_location(self, affected: &Affected) -> Self {
        let Some(location) = &self.location else {
            return self;
        };
        let (file, line) = affected.file_and_line(location);
        let profiles = if self.profiles.is_empty() {
            affected.at(location)
        } else {
            BTreeSet::new()
        };
        let file = Some(file.to_owned());
        Self { file, line, ..self }.affecting(profiles)
    }

    /// Returns a key that is equal for findings of the same problem, possibly for different profiles.
    pub(super) fn problem(&self) -> Problem {
        let (location, message) = (self.location.clone(), self.message.clone());
        (self.rule.code, location, message)
    }

    pub(super) fn take_profiles(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.profiles)
    }

    pub(super) fn with_hint(self, hint: &str) -> Self {
        let hint = Some(escaped(hint));
        Self { hint, ..self }
    }

    /// Sets the hints of the failure, if it has some.
    pub(super) fn with_hint_of(self, failure: &Failure, program: &Program) -> Self {
        match failure.hints(program).as_slice() {
            [] => self,
            hints => self.with_hint(&hints.join("; ")),
        }
    }

    /// Replaces the fix with a hint of the same text.
    pub(super) fn without_fix(mut self) -> Self {
        match self.fix.take() {
            Some(fix) => self.with_hint(&fix.to_string()),
            None => self,
        }
    }

    /// Adds the reason why the fix failed.
    pub(super) fn failed(self, failure: &Failure, program: &Program) -> Self {
        let message = format!("{}; the fix failed: {failure}", self.message);
        let message = escaped(&shown_in_text(&message));
        Self { message, ..self }.with_hint_of(failure, program)
    }

    /// Adds a fix that changes the file or directory at `path`, or a hint if its file system is
    /// read-only: the fix would fail each time.
    pub(super) fn fixed_by(self, path: Option<&Path>, fix: Fix) -> Self {
        debug_assert!(self.rule.fix.is_some(), "{} has no fix", self.rule.code);
        if let Some(hint) = path.and_then(read_only_hint) {
            return self.with_hint(hint);
        }
        let (hint, fix) = (None, Some(fix));
        Self { hint, fix, ..self }
    }
}

/// Maximum number of profiles that the text of a finding names. JSON contains all.
const MAX_SHOWN_PROFILES: usize = 5;

impl Finding {
    fn fmt_profiles(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = match self.profiles.len() {
            0 => return Ok(()),
            1 => "profile",
            _ => "profiles",
        };
        let shown: Vec<_> = self.profiles.iter().take(MAX_SHOWN_PROFILES).collect();
        let shown = shown.iter().map(|name| name.as_str()).collect::<Vec<_>>();
        write!(f, "  {label}: {}", shown.join(", "))?;
        match self.profiles.len().saturating_sub(MAX_SHOWN_PROFILES) {
            0 => writeln!(f),
            more => writeln!(f, " and {more} more"),
        }
    }
}

fn read_only_hint(path: &Path) -> Option<&'static str> {
    if !locked_file::is_on_read_only_file_system(path) {
        return None;
    }
    Some(if locked_file::is_mount_point(path) {
        "it is mounted from elsewhere, and its file system is read-only here; correct it where it is \
         mounted from, or mount it with write access"
    } else {
        "its file system is read-only; mount it with write access, then run sso-configure check --fix"
    })
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(f, "{location}: ")?;
        }
        let Rule { severity, code, .. } = self.rule;
        writeln!(f, "{severity}: {code}: {}", self.message)?;
        self.fmt_profiles(f)?;
        if let Some(fix) = &self.fix {
            writeln!(f, "  fix: {fix}")?;
        } else if let Some(hint) = &self.hint {
            writeln!(f, "  hint: {hint}")?;
        }
        Ok(())
    }
}
