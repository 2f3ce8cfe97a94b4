//! The description of a rule.

use serde::Serialize;

/// A rule of the check. Its code is stable; scripts may depend on it.
#[derive(Debug, Serialize)]
pub(super) struct Rule {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    /// Noun phrase in Markdown for the problem that the rule finds.
    #[serde(skip)]
    pub(super) summary: &'static str,
    /// Sentences in Markdown on the consequences of the problem and on its solution.
    #[serde(skip)]
    pub(super) explanation: &'static str,
    /// Effect of `--fix`, a sentence in Markdown; `None` if the user has to decide.
    #[serde(skip)]
    pub(super) fix: Option<&'static str>,
}

/// Effect of a finding on the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Severity {
    /// The check fails.
    Error,
    /// The check passes.
    Advice,
}
