//! The credentials file.

use aws_config_parse::{Document, EditError, FileKind, SectionName};

use super::Unfit;
use crate::export::Export;

/// A section for the credentials file, under the name of the profile.
pub(super) fn section(export: &Export) -> Result<String, Unfit> {
    let name = export.profile.as_deref().unwrap_or("default");
    let mut document = Document::parse(FileKind::Credentials, Vec::new());
    let mut section = document
        .add_section(&SectionName::profile(name))
        .map_err(|_| Unfit::new("the profile's name", "what no header can hold"))?;
    let keys = [
        ("aws_access_key_id", Some(&export.access_key_id)),
        ("aws_secret_access_key", Some(&export.secret_access_key)),
        ("aws_session_token", export.session_token.as_ref()),
        (
            "region",
            export.region.as_ref().filter(|_| export.with_region),
        ),
    ];
    for (key, value) in keys {
        if let Some(value) = value {
            section
                .set(key, value)
                .map_err(|error| unfit(key, &error))?;
        }
    }
    Ok(document.to_string())
}

fn unfit(key: &str, error: &EditError) -> Unfit {
    let what = match error {
        EditError::UnwritableValue => "a line end, NUL or white space at an end",
        _ => "what would not be read back",
    };
    Unfit::new(key, what)
}
