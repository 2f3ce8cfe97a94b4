//! Credentials as text for others to read.

use std::borrow::Cow;

use serde::Serialize;
use sso_credentials::Credentials;
use sso_types::Secret;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::args::Format;

/// Returns the credentials in a format, with a line end at the end.
pub(crate) fn render(credentials: &Credentials, format: Format) -> String {
    match format {
        Format::Shell => shell(credentials),
        Format::Process => process(credentials),
        Format::Env => env(credentials),
    }
}

/// The variables by which tools take credentials from the environment, each with its value;
/// `None` where it does not apply, so that a stale one has to go.
fn variables(credentials: &Credentials) -> [(&'static str, Option<String>); 5] {
    let session_token = credentials.session_token.as_ref();
    [
        ("AWS_ACCESS_KEY_ID", Some(credentials.access_key_id.clone())),
        (
            "AWS_SECRET_ACCESS_KEY",
            Some(credentials.secret_access_key.expose().to_owned()),
        ),
        (
            "AWS_SESSION_TOKEN",
            session_token.map(|token| token.expose().to_owned()),
        ),
        (
            "AWS_CREDENTIAL_EXPIRATION",
            credentials.expires_at.map(timestamp),
        ),
        // Some tools read it before AWS_SESSION_TOKEN.
        ("AWS_SECURITY_TOKEN", None),
    ]
}

/// Statements that each end with `;`, so that they stay apart where an unquoted `$(…)` has made
/// one line of them.
fn shell(credentials: &Credentials) -> String {
    let statement = |(name, value): (&str, Option<String>)| match value {
        Some(value) => format!("export {name}={};\n", quoted(&value)),
        None => format!("unset {name};\n"),
    };
    variables(credentials).into_iter().map(statement).collect()
}

/// As `aws configure export-credentials --format env` has it.
fn env(credentials: &Credentials) -> String {
    let line = |(name, value): (&str, Option<String>)| {
        Some(format!("export {name}={}\n", quoted(&value?)))
    };
    variables(credentials)
        .into_iter()
        .filter_map(line)
        .collect()
}

/// Keys and tokens stay as they are, since `=` inside a value means nothing to a shell; at its
/// start it does to zsh.
fn quoted(value: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=:.,_@-".contains(&byte);
    if !value.is_empty() && !value.starts_with('=') && value.bytes().all(is_plain) {
        value.into()
    } else {
        shell_words::quote(value)
    }
}

/// As `aws configure export-credentials --format process` has it, which is what the SDKs take
/// from a `credential_process`.
fn process(credentials: &Credentials) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Process<'a> {
        version: u8,
        access_key_id: &'a str,
        secret_access_key: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        session_token: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expiration: Option<String>,
    }
    let process = Process {
        version: 1,
        access_key_id: &credentials.access_key_id,
        secret_access_key: credentials.secret_access_key.expose(),
        session_token: credentials.session_token.as_ref().map(Secret::expose),
        expiration: credentials.expires_at.map(timestamp),
    };
    let mut text = serde_json::to_string_pretty(&process).expect("texts become JSON");
    text.push('\n');
    text
}

/// As Python's `isoformat` has it and the AWS CLI prints it: `2026-11-22T19:46:33+00:00`.
fn timestamp(at: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+00:00");
    at.to_utc().format(format).expect("a date within RFC 3339")
}
