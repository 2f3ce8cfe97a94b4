//! Access keys whose two parts are exchanged.

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&SWAPPED_KEYS],
    finder: Finder::Files(find),
};

static SWAPPED_KEYS: Rule = Rule {
    code: "swapped-keys",
    severity: Severity::Error,
    summary: "Access key ID and secret access key in place of each other",
    explanation: "The secret access key has the form of an access key ID, such as `AKIA…` or `ASIA…`, and \
                  the access key ID has not. AWS rejects each request, and logs and error messages \
                  contain the secret, because it is sent as the ID. Exchange the two values.",
    fix: None,
};

const HINT: &str = "exchange the values of the access key ID and the secret access key";

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let env = scope.aws.env();
    let variable = |name| env.get(name).ok().flatten();
    let in_variables = is_swapped(
        variable("AWS_ACCESS_KEY_ID"),
        variable("AWS_SECRET_ACCESS_KEY"),
    );
    let message = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are exchanged";
    let of_variables = in_variables.then(|| Finding::new(&SWAPPED_KEYS, message));
    let of_files = in_files(scope).into_iter().chain(of_variables);
    of_files.map(|it| it.with_hint(HINT)).collect()
}

fn in_files(scope: &Scope<'_>) -> Vec<Finding> {
    let files = scope.aws.files();
    let sections = files
        .profiles()
        .flat_map(|it| [it.credentials(), it.config()]);
    let findings = sections.flatten().filter_map(|section| {
        let (id, secret) = (
            section.get("aws_access_key_id")?,
            section.get("aws_secret_access_key")?,
        );
        let message = "aws_access_key_id and aws_secret_access_key are exchanged";
        let finding = Finding::new(&SWAPPED_KEYS, message).at(files.location_of(&id));
        is_swapped(Some(&id.value()), Some(&secret.value())).then_some(finding)
    });
    findings.collect()
}

fn is_swapped(id: Option<&str>, secret: Option<&str>) -> bool {
    secret.is_some_and(is_id) && id.is_some_and(|id| !is_id(id))
}

/// Returns whether the text has the form of an access key ID: a prefix of four letters, and 16 or more
/// capital letters and digits.
fn is_id(text: &str) -> bool {
    let is_prefixed = ["AKIA", "ASIA"].iter().any(|it| text.starts_with(it));
    let is_of_id = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    // A secret access key has 40 characters.
    is_prefixed && (20..40).contains(&text.len()) && text.bytes().all(is_of_id)
}
