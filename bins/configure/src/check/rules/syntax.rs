//! Text that the AWS CLI cannot parse.

use aws_config_parse::{Document, Problem, Reason};

use crate::check::duplicates::{is_repetition, without_repeated_keys};
use crate::check::finding::Finding;
use crate::check::fix::Fix;
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
    fix: Some("Removes a key that repeats the value of the same key above."),
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
        if let Some(fixed) = fixed_by_removal(file, problem) {
            let description = format!("remove the repeated keys of {}", file.path.display());
            return finding.fixed_by(Some(file.path), Fix::conversion(&description, fixed));
        }
        match hint(file.document, problem) {
            Some(hint) => finding.with_hint(&hint),
            None => finding,
        }
    });
    findings.collect()
}

/// Returns the file without repeated keys, if the problem is one. An encoding is corrected first.
fn fixed_by_removal(file: &TextFile<'_>, problem: &Problem) -> Option<Document> {
    let is_utf8 = file.original.to_utf8().is_none();
    let is_repeated = is_utf8 && is_repetition(file.document, problem);
    is_repeated.then(|| without_repeated_keys(file.document))?
}

fn hint(document: &Document, problem: &Problem) -> Option<String> {
    Some(match problem.reason() {
        Reason::DuplicateSection | Reason::DuplicateKey => {
            "remove one of the two, or merge them".to_owned()
        }
        Reason::NotUtf8 => "save the file as UTF-8".to_owned(),
        Reason::MissingDelimiter | Reason::TextBeforeHeader
            if is_open_header(document, problem) =>
        {
            format!("add ] at the end of line {}", problem.line())
        }
        _ => return None,
    })
}

/// Returns whether the line begins with `[` and contains no `]`.
fn is_open_header(document: &Document, problem: &Problem) -> bool {
    let mut lines = document.as_bytes().split(|byte| *byte == b'\n');
    let line = lines.nth(problem.line() - 1).unwrap_or_default();
    line.trim_ascii().starts_with(b"[") && !line.contains(&b']')
}
