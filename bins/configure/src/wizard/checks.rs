//! The checks of answers. Each returns the reason if it refuses an answer.

use aws_config_parse::{Document, FileKind, SectionName};
use sso_session::start_url::is_start_url;
use sso_types::Region;

/// The output formats of the AWS CLI v2.
pub(super) const FORMATS: [&str; 6] = ["json", "yaml", "yaml-stream", "text", "table", "off"];

pub(super) fn start_url(typed: &str) -> Result<(), String> {
    if is_start_url(typed) {
        return Ok(());
    }
    Err("a start URL is wanted, as https://my-portal.awsapps.com/start".to_owned())
}

pub(super) fn sso_region(typed: &str) -> Result<(), String> {
    match typed {
        "" => Err("a Region is wanted, as us-east-1".to_owned()),
        typed => region(typed),
    }
}

pub(super) fn region(typed: &str) -> Result<(), String> {
    let region: Result<Region, _> = typed.parse();
    region.map(|_| ()).map_err(|error| error.to_string())
}

pub(super) fn output_format(typed: &str) -> Result<(), String> {
    if FORMATS.contains(&typed) {
        return Ok(());
    }
    Err(format!("the formats are {}", FORMATS.join(", ")))
}

/// Accepts scopes that consist of the characters of RFC 6749 §3.3.
pub(super) fn scopes(typed: &str) -> Result<(), String> {
    let is_of_scope = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
    if split_scopes(typed).all(|scope| scope.chars().all(is_of_scope)) {
        return Ok(());
    }
    Err("scopes have commas between them, as sso:account:access,codewhisperer:analysis".to_owned())
}

pub(super) fn split_scopes(typed: &str) -> impl Iterator<Item = &str> {
    let scopes = typed.split(',').map(str::trim);
    scopes.filter(|scope| !scope.is_empty())
}

pub(super) fn account_id(typed: &str) -> Result<(), String> {
    if typed.len() == 12 && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err("an account is a number of twelve digits".to_owned())
}

pub(super) fn role_name(typed: &str) -> Result<(), String> {
    if typed.is_empty() || typed.contains(char::is_whitespace) {
        return Err("a role has a name of one word".to_owned());
    }
    Ok(())
}

pub(super) fn session_name(typed: &str) -> Result<(), String> {
    section_name(typed, &SectionName::SsoSession(typed.into()))
}

pub(super) fn profile_name(typed: &str) -> Result<(), String> {
    section_name(typed, &SectionName::profile(typed))
}

fn section_name(typed: &str, section: &SectionName<'_>) -> Result<(), String> {
    if typed.is_empty() {
        return Err("a name is wanted".to_owned());
    }
    if typed.contains(char::is_whitespace) {
        return Err("a name has no white space: other SDKs cannot read it".to_owned());
    }
    let mut config = Document::parse(FileKind::Config, "");
    let added = config.add_section(section).map(|_| ());
    added.map_err(|error| error.to_string())
}
