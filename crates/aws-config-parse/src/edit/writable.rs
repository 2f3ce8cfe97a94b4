//! Checks that values, keys and names read back as they are written.

use crate::edit::EditError;
use crate::file_kind::FileKind;
use crate::line;
use crate::name::SectionName;

pub(crate) fn check_value(value: &str) -> Result<(), EditError> {
    let is_writable = !value.contains(ends_line) && line::trim(value) == value;
    is_writable.then_some(()).ok_or(EditError::UnwritableValue)
}

pub(crate) fn check_pair_value(value: &str) -> Result<(), EditError> {
    if value.contains(line::is_block_break) {
        return Err(EditError::UnwritableValue);
    }
    check_value(value)
}

pub(crate) fn check_key(key: &str) -> Result<(), EditError> {
    let is_writable = !key.is_empty()
        && !key.starts_with(['#', ';', '['])
        && !key.contains(['=', ':'])
        && !key.contains(ends_line)
        && line::trim(key) == key;
    is_writable.then_some(()).ok_or(EditError::UnwritableKey)
}

pub(crate) fn check_pair_key(key: &str) -> Result<(), EditError> {
    if key.contains(line::is_block_break) {
        return Err(EditError::UnwritableKey);
    }
    check_key(key)
}

/// Returns the header for `name`, without brackets.
pub(crate) fn header(kind: FileKind, name: &SectionName<'_>) -> Result<String, EditError> {
    let header = match (kind, name) {
        (_, SectionName::Default) => "default".to_owned(),
        (_, SectionName::Other(header)) | (FileKind::Credentials, SectionName::Profile(header)) => {
            header.clone().into_owned()
        }
        (_, SectionName::Profile(name)) => format!("profile {}", quote_if_necessary(name)),
        (_, SectionName::SsoSession(name)) => format!("sso-session {}", quote_if_necessary(name)),
        (_, SectionName::Services(name)) => format!("services {}", quote_if_necessary(name)),
    };
    let line = format!("[{header}]");
    let is_writable = !header.contains(ends_line)
        && line::header(&line).is_ok_and(|(_, read)| read == header)
        && SectionName::of_header(kind, &header) == *name;
    is_writable
        .then_some(header)
        .ok_or(EditError::UnwritableName)
}

fn quote_if_necessary(name: &str) -> String {
    let is_special = |c| line::is_white_space(c) || matches!(c, '\'' | '"' | '\\');
    if !name.is_empty() && !name.contains(is_special) {
        name.to_owned()
    } else if name.contains('\'') {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("'{name}'")
    }
}

fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\0')
}
