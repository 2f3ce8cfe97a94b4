//! Commands that print credentials in a format for another use.

use std::collections::BTreeMap;

use sso_config::process::{Exported, command_words};

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&PROCESS_FORMAT],
    finder: Finder::Files(find),
};

static PROCESS_FORMAT: Rule = Rule {
    code: "process-format",
    severity: Severity::Error,
    summary: "`credential_process` that runs `export-credentials` without `--format process`",
    explanation: "Programs read the output of a `credential_process` only in the format `process`. \
                  `export-credentials` prints statements for a shell if it has no `--format`; \
                  `aws configure export-credentials` prints the format `process`. Add \
                  `--format process`.",
    fix: None,
};

/// Reports each command once, even if several profiles inherit it.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let files = scope.aws.files();
    let mut findings = BTreeMap::new();
    for profile in files.profiles() {
        if let Some(command) = profile.get("credential_process")
            && is_other_format(&command.value())
        {
            let location = files.location_of(&command);
            let message = "credential_process: the command does not print the format process";
            let finding = Finding::new(&PROCESS_FORMAT, message).at(&location);
            let finding = finding.with_hint("add --format process to the command");
            findings
                .entry((location.path, location.line))
                .or_insert(finding);
        }
    }
    findings.into_values().collect()
}

fn is_other_format(line: &str) -> bool {
    let words = command_words(line).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        return false;
    };
    let format = Exported::format_of_command(program, arguments);
    format.is_some_and(|format| format != "process")
}
