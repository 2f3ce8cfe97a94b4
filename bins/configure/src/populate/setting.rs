//! Keys that `--set` and the sync file set in each profile.

use aws_config_parse::{Document, FileKind, SectionName};

use super::write::OWN_KEYS;

/// Returns the key in lower case, and the value without white space around it. Both are checked
/// before the listing, which takes minutes.
pub(super) fn setting(key: &str, value: &str) -> Result<(String, String), String> {
    let key = key.trim().to_lowercase();
    if OWN_KEYS.contains(&key.as_str()) {
        return Err(format!("populate sets {key} itself"));
    }
    let value = value.trim();
    let mut scratch = Document::parse(FileKind::Config, "");
    let section = scratch.add_section(&SectionName::Default);
    let written = section.and_then(|mut section| section.set(&key, value));
    written.map_err(|error| format!("{key}: {error}"))?;
    Ok((key, value.to_owned()))
}
