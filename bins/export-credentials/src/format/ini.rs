//! Format of the credentials file.

use aws_config_parse::{Document, EditError, FileKind, SectionName};

use cli_ux::shell::UnsupportedValue;
use sso_types::Secret;

use crate::export::Export;

/// Returns a section for the credentials file, with the name of the profile.
pub(super) fn section(export: &Export) -> Result<String, UnsupportedValue> {
    let name = export.profile.as_deref().unwrap_or("default");
    let mut document = Document::parse(FileKind::Credentials, Vec::new());
    let mut section = document
        .add_section(&SectionName::profile(name))
        .map_err(|_| {
            UnsupportedValue::new(
                "the profile name",
                "characters that a section header cannot contain",
            )
        })?;
    let (token, region) = (export.session_token.as_ref(), export.region.as_deref());
    let keys = [
        ("aws_access_key_id", Some(export.access_key_id.as_str())),
        (
            "aws_secret_access_key",
            Some(export.secret_access_key.expose()),
        ),
        ("aws_session_token", token.map(Secret::expose)),
        ("region", region.filter(|_| export.with_region)),
    ];
    for (key, value) in keys {
        if let Some(value) = value {
            section
                .set(key, value)
                .map_err(|error| unsupported(key, &error))?;
        }
    }
    Ok(document.to_string())
}

fn unsupported(key: &str, error: &EditError) -> UnsupportedValue {
    let reason = match error {
        EditError::UnwritableValue => "a line break, a NUL, or leading or trailing white space",
        _ => "text that would not be read back unchanged",
    };
    UnsupportedValue::new(key, reason)
}
