//! Checks of values for the config file. Each returns the reason if the answer is not valid.

use aws_config_parse::{Document, FileKind, SectionName};
use sso_session::start_url::is_start_url;
use sso_types::Region;

/// Output formats of the AWS CLI v2.
pub(crate) const FORMATS: [&str; 6] = ["json", "yaml", "yaml-stream", "text", "table", "off"];

pub(crate) fn start_url(answer: &str) -> Result<(), String> {
    if is_start_url(answer) {
        return Ok(());
    }
    let after_scheme = answer.split_once("://").map_or(answer, |(_, rest)| rest);
    let scheme = if is_start_url(&format!("https://{after_scheme}")) {
        " that begins with https://"
    } else {
        ""
    };
    Err(format!(
        "expected a start URL{scheme}, for example https://my-portal.awsapps.com/start"
    ))
}

pub(crate) fn sso_region(answer: &str) -> Result<(), String> {
    match answer {
        "" => Err("expected a Region, for example us-east-1".to_owned()),
        answer => region(answer),
    }
}

pub(crate) fn region(answer: &str) -> Result<(), String> {
    let region: Result<Region, _> = answer.parse();
    region.map(|_| ()).map_err(|error| error.to_string())
}

pub(crate) fn output_format(answer: &str) -> Result<(), String> {
    if FORMATS.contains(&answer) {
        return Ok(());
    }
    Err(format!("expected one of {}", FORMATS.join(", ")))
}

/// Accepts scopes that consist of the characters of RFC 6749 §3.3.
pub(crate) fn scopes(answer: &str) -> Result<(), String> {
    let is_scope_char = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
    if split_scopes(answer).all(|scope| scope.chars().all(is_scope_char)) {
        return Ok(());
    }
    Err("expected scopes separated by commas, for example sso:account:access".to_owned())
}

pub(crate) fn split_scopes(answer: &str) -> impl Iterator<Item = &str> {
    let scopes = answer.split(',').map(str::trim);
    scopes.filter(|scope| !scope.is_empty())
}

pub(crate) fn account_id(answer: &str) -> Result<(), String> {
    if answer.len() == 12 && answer.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err("expected an account ID of 12 digits".to_owned())
}

pub(crate) fn role_name(answer: &str) -> Result<(), String> {
    if answer.is_empty() || answer.contains(char::is_whitespace) {
        return Err("expected a role name without white space".to_owned());
    }
    Ok(())
}

pub(crate) fn session_name(answer: &str) -> Result<(), String> {
    section_name(answer, &SectionName::SsoSession(answer.into()))
}

pub(crate) fn profile_name(answer: &str) -> Result<(), String> {
    section_name(answer, &SectionName::profile(answer))
}

fn section_name(answer: &str, section: &SectionName<'_>) -> Result<(), String> {
    if answer.is_empty() {
        return Err("a name is required".to_owned());
    }
    if answer.contains(char::is_whitespace) {
        return Err("a name must not contain white space: other SDKs cannot read it".to_owned());
    }
    let mut config = Document::parse(FileKind::Config, "");
    let added = config.add_section(section).map(|_| ());
    added.map_err(|error| error.to_string())
}
