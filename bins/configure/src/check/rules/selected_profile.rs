//! Profiles that variables select.

use cli_ux::Failure;
use sso_config::Error;
use sso_config::profile::SsoProfile;

use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::scope::Scope;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&UNKNOWN_PROFILE, &TWO_PROFILES],
    finder: Finder::Files(find),
};

static UNKNOWN_PROFILE: Rule = Rule {
    code: "unknown-profile",
    severity: Severity::Error,
    summary: "`AWS_PROFILE` or `AWS_DEFAULT_PROFILE` with an unknown profile",
    explanation: "No file contains the profile. The AWS CLI, the SDKs and these programs fail unless an \
                  option selects another one. Correct the variable, or unset it.",
    fix: None,
};

static TWO_PROFILES: Rule = Rule {
    code: "two-profiles",
    severity: Severity::Advice,
    summary: "`AWS_PROFILE` and `AWS_DEFAULT_PROFILE` with different profiles",
    explanation: "boto3 uses `AWS_DEFAULT_PROFILE`. The AWS CLI v2, the SDKs and these programs use \
                  `AWS_PROFILE`. Unset one of them.",
    fix: None,
};

fn find(scope: &Scope<'_>) -> Vec<Finding> {
    let findings = [unknown(scope), two(scope)];
    findings.into_iter().flatten().collect()
}

/// Another rule reports a file that cannot be loaded, and a variable that is not Unicode.
fn unknown(scope: &Scope<'_>) -> Option<Finding> {
    let (env, files) = (scope.aws.env(), scope.aws.files());
    env.profile_variable()?;
    files.check_config().and(files.check_credentials()).ok()?;
    let name = env.profile().ok()?;
    let error = SsoProfile::load(files, &name).err()?;
    let error = files.explain_unselected(env, error);
    matches!(error, Error::UnknownProfile { .. }).then(|| {
        let finding = Finding::new(&UNKNOWN_PROFILE, &error.to_string());
        finding.with_hint_of(&Failure::from(error), scope.program)
    })
}

fn two(scope: &Scope<'_>) -> Option<Finding> {
    let get = |name| scope.aws.env().get(name).ok().flatten();
    let (profile, of_boto3) = (get("AWS_PROFILE")?, get("AWS_DEFAULT_PROFILE")?);
    (profile != of_boto3).then(|| {
        let message = format!(
            "boto3 uses the profile {of_boto3:?} of AWS_DEFAULT_PROFILE; the AWS CLI and the SDKs use \
             the profile {profile:?} of AWS_PROFILE"
        );
        let affected = [profile, of_boto3].map(str::to_owned);
        Finding::new(&TWO_PROFILES, &message)
            .affecting(affected)
            .with_hint("unset AWS_DEFAULT_PROFILE")
    })
}
