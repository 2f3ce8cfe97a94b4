//! Text that the AWS CLI cannot parse.

use aws_config_parse::Reason;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::text_file::TextFile;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&SYNTAX],
    finder: Finder::Text(find),
};

static SYNTAX: Rule = Rule {
    code: "syntax",
    severity: Severity::Error,
    summary: "Line that the AWS CLI cannot parse",
    explanation: "The AWS CLI rejects the whole file because of this line, and so do these \
                  programs, except that SSO profiles do not need the credentials file. Correct the \
                  line or remove it.",
    fix: None,
};

fn find(file: &TextFile<'_>) -> Vec<Finding> {
    let problems = file.document.problems().iter();
    // The rule `encoding` reports the others.
    let problems = problems.filter(|problem| problem.reason() != Reason::Utf16);
    let findings = problems.map(|problem| {
        let message = match problem.first() {
            Some((first, _)) => format!("{}, first on line {first}", problem.reason()),
            None => problem.reason().to_string(),
        };
        let finding = Finding::new(&SYNTAX, &message).at(file.line(problem.line()));
        match hint(problem.reason()) {
            Some(hint) => finding.with_hint(hint),
            None => finding,
        }
    });
    findings.collect()
}

fn hint(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::DuplicateSection | Reason::DuplicateKey => {
            Some("remove one of the two, or merge them")
        }
        Reason::NotUtf8 => Some("save the file as UTF-8"),
        _ => None,
    }
}
