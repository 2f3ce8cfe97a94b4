//! Values that programs reject or ignore.

use aws_config_parse::PropertyRef;
use sso_session::start_url::{parse_start_url, with_assigned_path};

use crate::check::entry::{Entry, MOVE_COMMENT, SEPARATE_LINES};
use crate::check::finding::Finding;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::syntax::{Syntax, is_placeholder, is_quoted_or_hidden};
use crate::check::text_file::TextFile;
use crate::checks;
use crate::regions::{is_mistyped_region, is_mistyped_region_of_aws, is_unknown_region};

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[
        &INVALID_START_URL,
        &INVALID_REGION,
        &INVALID_ACCOUNT,
        &INVALID_ROLE_NAME,
        &INVALID_SCOPES,
        &INVALID_ROLE_ARN,
        &INVALID_ROLE_SETTING,
        &INVALID_CHOICE,
        &INVALID_NUMBER,
        &INVALID_URL,
        &QUOTED_VALUE,
        &PLACEHOLDER,
        &EMPTY_VALUE,
        &NOT_A_BLOCK,
        &INVALID_BOOLEAN,
        &UNKNOWN_REGION,
        &UNUSUAL_START_URL,
    ],
    finder: Finder::Text(find),
};

const CORRECTS: Option<&str> =
    Some("Corrects quotes, separators, case and invisible characters if the value is certain.");

const fn rule(code: &'static str, summary: &'static str, explanation: &'static str) -> Rule {
    Rule {
        code,
        severity: Severity::Error,
        summary,
        explanation,
        fix: CORRECTS,
    }
}

static INVALID_START_URL: Rule = rule(
    "invalid-start-url",
    "`sso_start_url` that is not an https URL",
    "No program can sign in. Copy the URL from the AWS access portal. `http` is accepted only for \
     loopback addresses.",
);

static INVALID_REGION: Rule = rule(
    "invalid-region",
    "Value of `sso_region` or `region` that is not a Region name",
    "The value becomes part of host names, so only letters, digits and hyphens are allowed, for \
     example `us-east-1`. Correct the value.",
);

static INVALID_ACCOUNT: Rule = rule(
    "invalid-account-id",
    "Account ID that does not have 12 digits",
    "IAM Identity Center rejects the request for credentials. Spreadsheets remove leading zeros, \
     which belong to the ID.",
);

static INVALID_ROLE_NAME: Rule = rule(
    "invalid-role-name",
    "`sso_role_name` that is not the name of a permission set",
    "IAM Identity Center rejects the request for credentials. Write the name of the permission set \
     that the access portal shows, not an ARN or the name `AWSReservedSSO_…` of the IAM role.",
);

static INVALID_SCOPES: Rule = rule(
    "invalid-scopes",
    "`sso_registration_scopes` in the wrong syntax",
    "The AWS CLI and these programs split the value only at commas, so that a list with spaces, \
     quotes or brackets is one invalid scope, and the sign-in fails. Write \
     `sso:account:access,OTHER`.",
);

static INVALID_ROLE_ARN: Rule = rule(
    "invalid-role-arn",
    "`role_arn` that is not the ARN of an IAM role",
    "STS rejects the request. Write `arn:aws:iam::ACCOUNT:role/NAME`, with 12 digits for the account \
     and the partition of the account.",
);

static INVALID_ROLE_SETTING: Rule = rule(
    "invalid-role-setting",
    "`external_id`, `role_session_name` or `mfa_serial` that STS rejects",
    "The value has characters or a length that the AssumeRole API does not allow. Correct the value.",
);

static INVALID_CHOICE: Rule = rule(
    "invalid-choice",
    "Value that is not in the list of its key, such as `retry_mode = fast`",
    "The AWS CLI and boto3 reject the profile. Some keys distinguish upper case from lower case. \
     Write one of the values in the message.",
);

static INVALID_NUMBER: Rule = rule(
    "invalid-number",
    "Value that is not a number in the range of its key",
    "The AWS CLI, boto3 or the SDKs reject the profile, or ignore the setting. Correct the value.",
);

static INVALID_URL: Rule = rule(
    "invalid-url",
    "Endpoint that is not a URL",
    "The AWS CLI and boto3 reject it: the value must begin with `https://` or `http://`, followed by \
     a host. `network-setting` reports the endpoints that these programs use.",
);

static QUOTED_VALUE: Rule = Rule {
    fix: Some("Removes the quotes and the invisible characters."),
    ..rule(
        "quoted-value",
        "Value in quotes, or with invisible characters",
        "Programs read quotes as part of the value, so that a name, a path or an access key is wrong. \
         Remove them.",
    )
};

static PLACEHOLDER: Rule = Rule {
    fix: None,
    ..rule(
        "placeholder",
        "Placeholder or variable in place of a value",
        "No program expands variables in the config file, and text such as `<account-id>` was not \
         replaced. Write the value.",
    )
};

static EMPTY_VALUE: Rule = Rule {
    fix: Some("Removes the key, unless other keys of the profile need its value."),
    ..rule(
        "empty-value",
        "Empty value of a key that programs reject",
        "The AWS CLI and boto3 reject the profile, because they use the empty text as the value. \
         Remove the key, or write a value.",
    )
};

static NOT_A_BLOCK: Rule = Rule {
    fix: None,
    ..rule(
        "not-a-block",
        "Text after a key that must be followed by indented lines, such as `s3 =`",
        "The AWS CLI and boto3 fail. Write the settings on the next lines, indented.",
    )
};

static INVALID_BOOLEAN: Rule = Rule {
    severity: Severity::Advice,
    ..rule(
        "invalid-boolean",
        "Value of a switch that is neither `true` nor `false`",
        "The AWS CLI, boto3 and these programs read any other text, such as `yes` or `1`, as `false`; \
         some SDKs reject it.",
    )
};

static UNUSUAL_START_URL: Rule = Rule {
    severity: Severity::Advice,
    fix: None,
    ..rule(
        "unusual-start-url",
        "Start URL of `awsapps.com` with an unusual path",
        "AWS assigns the path `/start`. With another path, the sign-in probably fails. Compare the URL \
         with that of the AWS access portal.",
    )
};

pub(super) static UNKNOWN_REGION: Rule = Rule {
    severity: Severity::Advice,
    ..rule(
        "unknown-region",
        "Unknown Region",
        "The name is probably mistyped, unless the Region is newer than this program. `region` is \
         reported only if it is similar to a known Region or does not have the form of one, such as \
         `us-east-1`. With `endpoint_url` or `services`, it may be the Region of another service, and \
         is reported only if it is similar.",
    )
};

/// Keys whose empty value botocore rejects. Other rules report keys without which a profile is incomplete.
const REJECTED_IF_EMPTY: [&str; 16] = [
    "account_id_endpoint_mode",
    "aws_access_key_id",
    "ca_bundle",
    "credential_process",
    "defaults_mode",
    "max_attempts",
    "metadata_service_num_attempts",
    "metadata_service_timeout",
    "region",
    "request_checksum_calculation",
    "request_min_compression_size_bytes",
    "response_checksum_validation",
    "retry_mode",
    "role_arn",
    "services",
    "sso_session",
];

/// Keys without which other keys of the profile have no effect, and these.
const REQUIRED: [(&str, &[&str]); 3] = [
    ("aws_access_key_id", &["aws_secret_access_key"]),
    (
        "role_arn",
        &[
            "source_profile",
            "credential_source",
            "web_identity_token_file",
        ],
    ),
    ("sso_session", &["sso_account_id", "sso_role_name"]),
];

/// Services whose endpoints the rule `network-setting` checks.
const OWN_SERVICES: [&str; 4] = ["signin", "sso", "sso_oidc", "sts"];

fn find(file: &TextFile<'_>) -> Vec<Finding> {
    let entries = Entry::all(file.document).chain(Entry::of_defaults(file.document));
    entries.filter_map(|it| finding(file, &it)).collect()
}

fn finding(file: &TextFile<'_>, entry: &Entry<'_>) -> Option<Finding> {
    let (name, _, syntax) = *entry.key()?;
    let value = entry.property.value();
    let (rule, message) = problem(entry, name, syntax)?;
    if syntax == Syntax::SectionReference && file.exists(&Entry::target(name, &value)) {
        return None;
    }
    let finding = Finding::new(rule, &message).at(file.line(entry.property.line()));
    Some(if is_quoted_nothing(name, &value) {
        let description = format!("set {name} to an empty value");
        finding.fixed_by(Some(file.path), entry.set(&description, String::new()))
    } else if value.is_empty() && is_required(file, entry, name) {
        finding.with_hint("write a value, or remove the key")
    } else if value.is_empty() {
        finding.fixed_by(Some(file.path), entry.remove())
    } else if syntax == Syntax::Block && entry.has_comment() {
        finding.with_hint(MOVE_COMMENT)
    } else if rule.fix.is_some() {
        corrected(finding, file, entry, name, syntax)
    } else {
        finding
    })
}

fn problem(entry: &Entry<'_>, name: &str, syntax: Syntax) -> Option<(&'static Rule, String)> {
    let value = entry.property.value();
    let is_block = entry.property.is_block();
    if is_block || value.is_empty() {
        let is_rejected = !is_block && REJECTED_IF_EMPTY.contains(&name);
        return is_rejected.then(|| (&EMPTY_VALUE, format!("programs reject an empty {name}")));
    }
    let is_any_text = matches!(syntax, Syntax::Text | Syntax::Command);
    if is_placeholder(&value) && !is_any_text {
        let message = format!("{name} is a placeholder or a variable, which no program replaces");
        return Some((&PLACEHOLDER, message));
    }
    if is_quoted_nothing(name, entry.property.sdk_value().unwrap_or(&value)) {
        let message = format!("programs read the quotes of {name} as the name of a program");
        return Some((&QUOTED_VALUE, message));
    }
    if value.contains('\n') && !is_any_text {
        let message = format!("the indented lines below {name} are part of its value");
        return Some((rule_of(syntax), message));
    }
    if is_checked_elsewhere(entry, name) {
        return None;
    }
    if syntax.accepts(&value) {
        return unusual(entry, name, syntax, &value);
    }
    let rule = rule_of(syntax);
    let start_url = (syntax == Syntax::StartUrl).then(|| checks::stored_start_url(&value));
    let message = match start_url {
        Some(Err(reason)) => format!("{name} is invalid: {reason}"),
        _ if rule.code == QUOTED_VALUE.code => {
            format!("quotes or invisible characters are part of {name}")
        }
        _ => format!("{name} must be {}", syntax.expected()),
    };
    Some((rule, message))
}

/// Returns a problem of a value whose syntax is valid.
fn unusual(
    entry: &Entry<'_>,
    name: &str,
    syntax: Syntax,
    value: &str,
) -> Option<(&'static Rule, String)> {
    match syntax {
        Syntax::Region => {
            let is_unusual = match name {
                "sso_region" => is_unknown_region(value),
                _ if entry.has_endpoint() => is_mistyped_region(value),
                _ => is_mistyped_region_of_aws(value),
            };
            is_unusual.then(|| (&UNKNOWN_REGION, format!("{name} is not a known Region")))
        }
        Syntax::StartUrl => {
            let assigned = with_assigned_path(&parse_start_url(value).ok()?)?;
            let message = format!("the start URL of this host is usually {assigned}");
            Some((&UNUSUAL_START_URL, message))
        }
        _ => None,
    }
}

/// Returns whether `network-setting` checks the value. The reason why it is not a URL may be in the text.
fn is_checked_elsewhere(entry: &Entry<'_>, name: &str) -> bool {
    let is_text = is_quoted_or_hidden(&entry.property.value());
    if is_text || entry.property.sdk_value().is_some() {
        return false;
    }
    let block = entry.block.as_ref().map(PropertyRef::key);
    let is_own = block.is_none_or(|block| OWN_SERVICES.contains(&block.as_ref()));
    name == "endpoint_url" && is_own
}

/// Returns whether other keys of the profile need the key.
fn is_required(file: &TextFile<'_>, entry: &Entry<'_>, name: &str) -> bool {
    let mut required = REQUIRED.iter().filter(|(key, _)| *key == name);
    required.any(|(_, others)| others.iter().any(|it| file.has(&entry.section, it)))
}

/// Returns whether the value is a pair of quotes that stands for no pager.
fn is_quoted_nothing(name: &str, value: &str) -> bool {
    name == "cli_pager" && matches!(value, "\"\"" | "''")
}

/// Adds a fix or a hint.
fn corrected(
    finding: Finding,
    file: &TextFile<'_>,
    entry: &Entry<'_>,
    name: &str,
    syntax: Syntax,
) -> Finding {
    let value = entry.property.value();
    if value.contains('\n') {
        return finding.with_hint(SEPARATE_LINES);
    }
    if entry.property.sdk_value().is_some() {
        return finding.with_hint(MOVE_COMMENT);
    }
    let is_reference = syntax == Syntax::SectionReference;
    let exists = |value: &String| !is_reference || file.exists(&Entry::target(name, value));
    let Some(corrected) = syntax.corrected(&value).filter(exists) else {
        return match syntax.hint(&value) {
            Some(hint) => finding.with_hint(&hint),
            None => finding,
        };
    };
    let key = entry.property.key();
    let description = if syntax.is_shown() {
        format!("set {key} to {corrected}")
    } else {
        format!("remove the quotes and invisible characters of {key}")
    };
    finding.fixed_by(Some(file.path), entry.set(&description, corrected))
}

fn rule_of(syntax: Syntax) -> &'static Rule {
    match syntax {
        Syntax::Text
        | Syntax::Command
        | Syntax::Plain
        | Syntax::Path
        | Syntax::Secret
        | Syntax::SectionReference => &QUOTED_VALUE,
        Syntax::Block => &NOT_A_BLOCK,
        Syntax::Boolean => &INVALID_BOOLEAN,
        Syntax::Choice(_) | Syntax::CaseSensitive(_) => &INVALID_CHOICE,
        Syntax::Integer(..) => &INVALID_NUMBER,
        Syntax::Url => &INVALID_URL,
        Syntax::StartUrl => &INVALID_START_URL,
        Syntax::Region => &INVALID_REGION,
        Syntax::AccountId => &INVALID_ACCOUNT,
        Syntax::RoleName => &INVALID_ROLE_NAME,
        Syntax::Scopes => &INVALID_SCOPES,
        Syntax::RoleArn => &INVALID_ROLE_ARN,
        Syntax::MfaSerial | Syntax::ExternalId | Syntax::RoleSessionName => &INVALID_ROLE_SETTING,
    }
}
