//! Commands that only some programs run in a shell.

use std::collections::BTreeMap;

use aws_config_parse::{MergedProfile, PropertyRef};
use sso_config::process::ShellSyntax;
use sso_types::escaped;

use super::programs::reports_syntax;
use crate::check::finding::Finding;
use crate::check::program::is_comment;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&SHELL_SYNTAX],
    finder: Finder::Files(find),
};

static SHELL_SYNTAX: Rule = Rule {
    code: "shell-syntax",
    severity: Severity::Advice,
    summary: "`credential_process` with characters that only some programs interpret",
    explanation: "The SDKs for Go, Java, JavaScript and Rust run the command in a shell. The AWS CLI, \
                  boto3 and these programs pass the characters literally, so that the command fails \
                  or prints other credentials. Write the command as `sh -c 'COMMAND'`, which has the \
                  same meaning in all programs. The table in [Profiles that programs read \
                  differently](../guide/consumers.md#shell-syntax-in-credential_process) shows the \
                  characters. The rule `unusable-program` reports syntax with which the command cannot \
                  be started.",
    fix: None,
};

/// Reports each command once, even if several profiles inherit it.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let files = scope.aws.files();
    let mut findings = BTreeMap::new();
    for profile in files.profiles() {
        if let Some(command) = profile.get("credential_process")
            && !is_comment(&command.value())
            && !reports_syntax(&command.value(), scope.aws.env())
            && let Some(message) = message(&profile, &command)
        {
            let location = files.location_of(&command);
            let hint = format!("write it as {}", ShellSyntax::EQUIVALENT);
            let finding = Finding::new(&SHELL_SYNTAX, &message).at(&location);
            let place = (location.path, location.line);
            findings.entry(place).or_insert(finding.with_hint(&hint));
        }
    }
    findings.into_values().collect()
}

fn message(profile: &MergedProfile<'_>, command: &PropertyRef<'_>) -> Option<String> {
    let syntax = ShellSyntax::find(&command.value())?;
    let profile = escaped(profile.name().as_str());
    Some(format!(
        "the credential_process of profile {profile}: its shell syntax ({syntax}) is passed \
         literally; the SDKs for Go, Java, JavaScript and Rust run it in a shell, the AWS CLI and \
         boto3 do not"
    ))
}
