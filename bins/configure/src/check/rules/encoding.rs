//! Files that are not in UTF-8, or begin with a byte order mark.

use aws_config_parse::Problem;

use crate::check::finding::Finding;
use crate::check::fix::Fix;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::text_file::TextFile;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&ENCODING],
    finder: Finder::Text(find),
};

static ENCODING: Rule = Rule {
    code: "encoding",
    severity: Severity::Error,
    summary: "File in UTF-16, or with a byte order mark",
    explanation: "Some editors and shells on Windows save files like this. The AWS CLI rejects the \
                  whole file, and so do these programs. Save it as UTF-8 without a byte order mark.",
    fix: Some("Converts the file to UTF-8 without a byte order mark. The text stays the same."),
};

fn find(file: &TextFile<'_>) -> Vec<Finding> {
    let problem = file.original.problems().first();
    let reason = problem.map(Problem::reason);
    let reason = reason.filter(|reason| reason.is_encoding());
    let finding = reason.map(|reason| {
        let finding = Finding::new(&ENCODING, &reason.to_string()).at(file.path.display());
        match file.original.to_utf8() {
            Some(converted) => {
                let description = format!("convert {} to UTF-8", file.path.display());
                finding.fixed_by(Some(file.path), Fix::conversion(&description, converted))
            }
            None => finding.with_hint("save the file as UTF-8 without a byte order mark"),
        }
    });
    finding.into_iter().collect()
}
