//! Keys that `--set` and the sync file set in each profile.

use aws_config_parse::{Document, FileKind, SectionName};

use super::template::{Template, Values};
use super::write::OWN_KEYS;

/// Keys whose values are command lines. Some programs run them in a shell.
const COMMAND_LINES: [&str; 3] = ["cli_pager", "credential_process", "sso_browser"];

/// Key with a value that may contain the fields of a name template, and `{profile}`.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Key in lower case.
    pub(super) key: String,
    /// Value as written, without white space around it.
    pub(super) text: String,
    value: Template,
}

impl Setting {
    /// Checks the key and the value, because the listing takes minutes.
    pub(super) fn new(key: &str, text: &str) -> Result<Self, String> {
        let key = key.trim().to_lowercase();
        if OWN_KEYS.contains(&key.as_str()) {
            return Err(format!("populate sets {key} itself"));
        }
        let text = text.trim();
        let mut scratch = Document::parse(FileKind::Config, "");
        let section = scratch.add_section(&SectionName::Default);
        let written = section.and_then(|mut section| section.set(&key, text));
        written.map_err(|error| format!("{key}: {error}"))?;
        let value = Template::of_setting(text).map_err(|reason| format!("{key}: {reason}"))?;
        if COMMAND_LINES.contains(&key.as_str()) && value.has_quoted_field() {
            return Err(format!(
                "{key}: a field cannot be between quotes, because its value is quoted where necessary"
            ));
        }
        let text = text.to_owned();
        Ok(Self { key, text, value })
    }

    /// Parses `KEY=VALUE`.
    pub(super) fn from_option(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
        Self::new(key, value)
    }

    /// Returns the value for a profile; `None` if a part of a command line cannot be quoted.
    pub(super) fn value(&self, values: &Values<'_>) -> Option<String> {
        let value = if COMMAND_LINES.contains(&self.key.as_str()) {
            self.value.command_line(values)?
        } else {
            self.value.text(values)
        };
        Some(value.trim().to_owned())
    }
}
