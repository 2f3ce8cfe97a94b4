//! Credentials in the environment.

use sso_config::AwsEnv;
use sso_types::timestamp;
use time::OffsetDateTime;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[
        &PARTIAL_CREDENTIALS,
        &EXPIRED_CREDENTIALS,
        &UNUSED_CREDENTIALS,
        &CREDENTIALS_BESIDE_PROFILE,
    ],
    finder: Finder::Files(find),
};

static PARTIAL_CREDENTIALS: Rule = Rule {
    code: "partial-credentials",
    severity: Severity::Error,
    summary: "`AWS_ACCESS_KEY_ID` without `AWS_SECRET_ACCESS_KEY`",
    explanation: "The AWS CLI and boto3 fail, and other SDKs ignore the variable. Set both variables, or \
                  unset `AWS_ACCESS_KEY_ID`.",
    fix: None,
};

static EXPIRED_CREDENTIALS: Rule = Rule {
    code: "expired-credentials",
    severity: Severity::Error,
    summary: "Credentials in the environment whose `AWS_CREDENTIAL_EXPIRATION` is past or invalid",
    explanation: "The AWS CLI and boto3 fail, and the services refuse the requests of the other SDKs. \
                  Export new credentials, or unset the variables.",
    fix: None,
};

static UNUSED_CREDENTIALS: Rule = Rule {
    code: "unused-credentials",
    severity: Severity::Advice,
    summary: "`AWS_SECRET_ACCESS_KEY` or `AWS_SESSION_TOKEN` without the variables that belong to it",
    explanation: "Programs ignore the variable. Set the other variables, or unset it.",
    fix: None,
};

static CREDENTIALS_BESIDE_PROFILE: Rule = Rule {
    code: "credentials-and-profile",
    severity: Severity::Advice,
    summary: "Credentials in the environment and a selected profile",
    explanation: "The AWS CLI and most SDKs use `AWS_ACCESS_KEY_ID` and ignore `AWS_PROFILE`. The SDK \
                  for JavaScript and these programs use the profile. Unset the variables of one of \
                  them.",
    fix: None,
};

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";
const EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let env = scope.aws.env();
    let is_set = |name| env.get_os(name).is_some();
    let unused = |name: &str, others: &str| {
        let message = format!("programs ignore {name} without {others}");
        Finding::new(&UNUSED_CREDENTIALS, &message).with_hint(&format!("unset {name}"))
    };
    let mut findings = Vec::new();
    match (is_set(ID), is_set(SECRET)) {
        (true, false) => findings.push(partial()),
        (false, true) => findings.push(unused(SECRET, ID)),
        (false, false) if is_set(TOKEN) => {
            findings.push(unused(TOKEN, &format!("{ID} and {SECRET}")));
        }
        (false, false) => {}
        (true, true) => {
            findings.extend(expired(env, scope.aws.clock().now()));
            findings.extend(beside_profile(env));
        }
    }
    findings
}

fn partial() -> Finding {
    let message = format!("{ID} is set without {SECRET}");
    let hint = format!("set {SECRET}, or unset {ID}");
    Finding::new(&PARTIAL_CREDENTIALS, &message).with_hint(&hint)
}

fn expired(env: &AwsEnv, now: OffsetDateTime) -> Option<Finding> {
    let value = env.get(EXPIRATION).ok()??;
    let message = match timestamp::parse(value) {
        Some(at) if at > now => return None,
        Some(at) => format!("the credentials expired at {}", timestamp::format(at)),
        None => "it is not a time".to_owned(),
    };
    let message = format!("{EXPIRATION}: {message}");
    let hint = format!("unset {ID}, {SECRET}, {TOKEN} and {EXPIRATION}, or export new credentials");
    Some(Finding::new(&EXPIRED_CREDENTIALS, &message).with_hint(&hint))
}

fn beside_profile(env: &AwsEnv) -> Option<Finding> {
    let variable = env.profile_variable()?;
    let message = format!(
        "{ID} and {variable} are both set: the AWS CLI and most SDKs use the key, the SDK for \
         JavaScript and these programs the profile"
    );
    let profile = env.profile().ok()?;
    let hint = format!("unset {ID}, {SECRET} and {TOKEN}, or unset {variable}");
    let finding = Finding::new(&CREDENTIALS_BESIDE_PROFILE, &message).with_hint(&hint);
    Some(finding.affecting([profile.as_str().to_owned()]))
}
