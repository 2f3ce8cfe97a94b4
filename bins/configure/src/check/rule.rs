//! A rule of `check`.

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Severity {
    /// `check` fails.
    Error,
    /// `check` succeeds.
    Advice,
}
