//! Diffs for the terminal, without secrets.

use std::borrow::Cow;
use std::path::Path;

use aws_config_parse::Document;
use sso_types::escaped_untruncated;

use super::diff::Diff;

/// Keys whose values are shown in diffs, because these values are not secrets. Any other key may
/// be user-defined, with a password as its value. Sorted for the binary search.
const SHOWN_KEYS: [&str; 36] = [
    "account_id",
    "ca_bundle",
    "cli_auto_prompt",
    "cli_binary_format",
    "cli_history",
    "cli_pager",
    "cli_timestamp_format",
    "credential_source",
    "defaults_mode",
    "duration_seconds",
    "endpoint_url",
    "ignore_configured_endpoint_urls",
    "max_attempts",
    "mfa_serial",
    "output",
    "parameter_validation",
    "region",
    "retry_mode",
    "role_arn",
    "role_session_name",
    "services",
    "source_profile",
    "sso_account_id",
    "sso_account_name",
    "sso_auto_populated",
    "sso_browser",
    "sso_redirect_port",
    "sso_region",
    "sso_registration_scopes",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "sso_use_device_code",
    "sts_regional_endpoints",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

/// Returns the changes of the file at `path`, with escaped lines and masked values.
pub(super) fn shown_diff(path: &Path, before: &Document, after: &Document) -> String {
    let name = escaped_untruncated(&path.display().to_string());
    let (before, after) = (readable(before), readable(after));
    let diff = Diff::new(&name, &before, &after).masked(is_shown);
    diff.to_string().lines().map(escape_indented).collect()
}

/// Returns the text of a file, also if its encoding is not UTF-8. Otherwise a diff could not mask
/// secrets.
fn readable(document: &Document) -> Cow<'_, Document> {
    let converted = document.to_utf8().map(Cow::Owned);
    converted.unwrap_or(Cow::Borrowed(document))
}

/// Escapes the hidden characters of a line of a diff. Keeps its sign and indent, which [`escaped_untruncated`] would collapse,
/// and its length, because the user confirms the diff.
fn escape_indented(line: &str) -> String {
    let is_margin = |c: char| matches!(c, ' ' | '\t' | '+' | '-');
    let content = line.trim_start_matches(is_margin);
    let start = &line[..line.len() - content.len()];
    format!("{start}{}\n", escaped_untruncated(content))
}

fn is_shown(key: &str) -> bool {
    SHOWN_KEYS.binary_search(&key).is_ok()
}
