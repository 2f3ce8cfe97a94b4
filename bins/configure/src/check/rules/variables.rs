//! Variables whose values programs reject, ignore or read differently.

use sso_config::AwsEnv;

use super::values::UNKNOWN_REGION;
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;
use crate::check::syntax::Syntax;
use crate::checks::FORMATS;
use crate::regions::{is_mistyped_region, is_mistyped_region_of_aws};

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&UNUSABLE_VARIABLE, &TWO_REGIONS],
    finder: Finder::Files(find),
};

static UNUSABLE_VARIABLE: Rule = Rule {
    code: "unusable-variable",
    severity: Severity::Error,
    summary: "Variable with a value that programs reject, or that is not Unicode",
    explanation: "The AWS CLI, an SDK or these programs fail with the value, or take it for another one. \
                  The hint names the values that all of them accept. `network-setting` reports the other \
                  variables for connections.",
    fix: None,
};

static TWO_REGIONS: Rule = Rule {
    code: "two-regions",
    severity: Severity::Advice,
    summary: "`AWS_REGION` and `AWS_DEFAULT_REGION` with different Regions",
    explanation: "boto3 reads only `AWS_DEFAULT_REGION`. The AWS CLI v2, the SDKs and these programs use \
                  `AWS_REGION`. Set both to the same Region, or unset one of them.",
    fix: None,
};

const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

const BOOLEANS: &[&str] = &["true", "false"];

/// Variables that select one of several values. Programs compare some of them without regard to case.
const VALUES: [(&str, &[&str]); 8] = [
    ("AWS_DEFAULT_OUTPUT", &FORMATS),
    (
        "AWS_DEFAULTS_MODE",
        &[
            "auto",
            "cross-region",
            "in-region",
            "legacy",
            "mobile",
            "standard",
        ],
    ),
    ("AWS_EC2_METADATA_DISABLED", BOOLEANS),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", BOOLEANS),
    ("AWS_RETRY_MODE", &["adaptive", "legacy", "standard"]),
    ("AWS_STS_REGIONAL_ENDPOINTS", &["legacy", "regional"]),
    ("AWS_USE_DUALSTACK_ENDPOINT", BOOLEANS),
    ("AWS_USE_FIPS_ENDPOINT", BOOLEANS),
];

/// Variables that programs read as text, except those of `network-setting`.
const TEXTS: [&str; 12] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULTS_MODE",
    "AWS_DEFAULT_OUTPUT",
    "AWS_DEFAULT_PROFILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_PAGER",
    "AWS_PROFILE",
    "AWS_RETRY_MODE",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "BROWSER",
];

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let env = scope.aws.env();
    let rejected = VALUES.iter().filter_map(|it| rejected(env, *it));
    let texts = TEXTS.iter().filter_map(|name| not_unicode(env, name));
    let regions = REGIONS.iter().filter_map(|name| unknown_region(env, name));
    let found = rejected.chain(texts).chain(regions);
    found.chain(two_regions(env)).collect()
}

fn rejected(env: &AwsEnv, (name, values): (&str, &[&str])) -> Option<Finding> {
    let value = env.get(name).ok()??;
    let mut accepted = values.iter();
    (!accepted.any(|it| it.eq_ignore_ascii_case(value))).then(|| {
        let values = values.join(", ");
        let message = format!("{name} is not one of the values that programs accept");
        Finding::new(&UNUSABLE_VARIABLE, &message)
            .with_hint(&format!("set {name} to one of {values}, or unset it"))
    })
}

/// Another rule reports a value that is not a Region name.
fn unknown_region(env: &AwsEnv, name: &str) -> Option<Finding> {
    let value = env.get(name).ok()??;
    let has_endpoint = env.get("AWS_ENDPOINT_URL").ok().flatten().is_some();
    let is_mistyped = if has_endpoint {
        is_mistyped_region(value)
    } else {
        is_mistyped_region_of_aws(value)
    };
    (is_mistyped && Syntax::Region.accepts(value)).then(|| {
        let message = format!("{name} is not a known Region");
        let finding = Finding::new(&UNKNOWN_REGION, &message);
        match Syntax::Region.hint(value) {
            Some(hint) => finding.with_hint(&hint),
            None => finding,
        }
    })
}

fn not_unicode(env: &AwsEnv, name: &str) -> Option<Finding> {
    let error = env.get(name).err()?;
    let finding = Finding::new(&UNUSABLE_VARIABLE, &error.to_string());
    Some(finding.with_hint(&format!("set {name} to valid Unicode, or unset it")))
}

fn two_regions(env: &AwsEnv) -> Option<Finding> {
    let get = |name| env.get(name).ok().flatten();
    let (region, of_boto3) = (get("AWS_REGION")?, get("AWS_DEFAULT_REGION")?);
    (region != of_boto3).then(|| {
        let message = format!(
            "boto3 uses the Region {of_boto3:?} of AWS_DEFAULT_REGION; the AWS CLI and the SDKs use the \
             Region {region:?} of AWS_REGION"
        );
        Finding::new(&TWO_REGIONS, &message).with_hint("unset AWS_DEFAULT_REGION")
    })
}
