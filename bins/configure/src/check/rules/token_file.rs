//! Files with web identity tokens.

use std::collections::BTreeMap;
use std::path::Path;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&UNUSABLE_TOKEN_FILE],
    finder: Finder::Files(find),
};

static UNUSABLE_TOKEN_FILE: Rule = Rule {
    code: "unusable-token-file",
    severity: Severity::Error,
    summary: "`web_identity_token_file` that is missing, empty or a directory",
    explanation: "The AWS CLI and the SDKs cannot read the token, so that the profile, or the variable \
                  `AWS_WEB_IDENTITY_TOKEN_FILE`, provides no credentials. They expand neither `~` nor \
                  variables in the path. Correct the path, or remove the key or the variable.",
    fix: None,
};

/// Reports each key once, even if several profiles inherit it.
fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let (env, files) = (scope.aws.env(), scope.aws.files());
    let mut findings = BTreeMap::new();
    for profile in files.profiles() {
        if let Some(property) = profile.get("web_identity_token_file")
            && let Some(finding) = finding(
                "web_identity_token_file",
                property.value().as_ref().as_ref(),
            )
        {
            let location = files.location_of(&property);
            let place = (location.path.clone(), location.line);
            findings.entry(place).or_insert(finding.at(location));
        }
    }
    let variable = "AWS_WEB_IDENTITY_TOKEN_FILE";
    let path = env.get_os(variable);
    let of_variable = path.and_then(|path| finding(variable, path.as_ref()));
    findings.into_values().chain(of_variable).collect()
}

fn finding(setting: &str, path: &Path) -> Option<Finding> {
    if path.as_os_str().is_empty() {
        return None;
    }
    let reason = match path.metadata() {
        Err(error) => error.to_string(),
        Ok(found) if found.is_dir() => "it is a directory".to_owned(),
        Ok(found) if found.is_file() && found.len() == 0 => "it is empty".to_owned(),
        Ok(_) => return None,
    };
    let message = format!(
        "{setting}: cannot read a token from {}: {reason}",
        shown(path)
    );
    let hint = format!("correct the path in {setting}, or remove it");
    Some(Finding::new(&UNUSABLE_TOKEN_FILE, &message).with_hint(&hint))
}

/// Maximum length of a relative path that is shown. A longer text may be the token itself.
const MAX_RELATIVE: usize = 64;

/// Start of every JSON Web Token: `{"` in Base64.
const TOKEN_PREFIX: &str = "eyJ";

fn shown(path: &Path) -> String {
    let text = path.as_os_str();
    let may_be_token =
        text.len() > MAX_RELATIVE || text.as_encoded_bytes().starts_with(TOKEN_PREFIX.as_bytes());
    if path.is_relative() && may_be_token {
        "a relative path, which may be a token".to_owned()
    } else {
        path.display().to_string()
    }
}
