//! A rule of `check`.

use std::fmt;

use clap::ValueEnum;
use serde::Serialize;

/// Rule of `check`. Its code is stable, because scripts may depend on it.
#[derive(Debug, Serialize)]
pub(super) struct Rule {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    /// Noun phrase in Markdown that names the problem.
    #[serde(skip)]
    pub(super) summary: &'static str,
    /// Consequences and solution of the problem, as sentences in Markdown.
    #[serde(skip)]
    pub(super) explanation: &'static str,
    /// Effect of `--fix`, as a sentence in Markdown; `None` if the user has to decide.
    #[serde(skip)]
    pub(super) fix: Option<&'static str>,
}

/// Severity of a finding, from the highest to the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "camelCase")]
pub(super) enum Severity {
    /// A program cannot use a profile, a session or a file, or other users can.
    Error,
    /// Programs may behave differently from each other, or from the user's intention.
    Advice,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Advice => "advice",
        })
    }
}
