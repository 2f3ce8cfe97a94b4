//! Entry of the history: an edit, and the replacements that revert it.

use std::ops::Range;
use std::path::Path;

use aws_config_parse::{Document, FileKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sso_types::hex;
use time::OffsetDateTime;

use super::diff::Diff;

/// History entry of an edit.
#[derive(Debug, Deserialize, Serialize)]
pub struct HistoryEntry {
    /// Description of the edit, such as `sso-configure --profile dev`.
    // Existing history files call this field `did`.
    #[serde(alias = "did")]
    pub description: String,
    /// Time of the edit.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// `true` for an edit of the credentials file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_credentials: bool,
    /// Absolute path of the credentials file, so that an undo does not change another one. `None`
    /// if the path is not Unicode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credentials_file: Option<String>,
    pub(super) before: String,
    pub(super) after: String,
    replacements: Vec<Replacement>,
}

#[derive(Deserialize, Serialize)]
struct Replacement {
    /// Range of the file after the edit.
    bytes: Range<usize>,
    /// Text of this range before the edit.
    text: String,
    /// Text of this range after the edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inserted: Option<String>,
}

impl HistoryEntry {
    pub(crate) fn new(
        description: &str,
        at: OffsetDateTime,
        before: &Document,
        after: &Document,
    ) -> Self {
        let text = |document: &Document, range: Range<usize>| {
            String::from_utf8_lossy(&document.as_bytes()[range]).into_owned()
        };
        let replacements = Diff::new("", before, after).replacements();
        Self {
            description: description.to_owned(),
            at: at.truncate_to_second(),
            is_credentials: before.kind() == FileKind::Credentials,
            credentials_file: None,
            before: digest(before),
            after: digest(after),
            replacements: replacements
                .into_iter()
                .map(|(old, new)| Replacement {
                    inserted: Some(text(after, new.clone())),
                    bytes: new,
                    text: text(before, old),
                })
                .collect(),
        }
    }

    /// Records the path of the edited file, if it is a credentials file.
    pub(crate) fn of_file(self, path: &Path) -> Self {
        let path = std::path::absolute(path)
            .ok()
            .filter(|_| self.is_credentials);
        let path = path.and_then(|path| path.into_os_string().into_string().ok());
        Self {
            credentials_file: path,
            ..self
        }
    }

    pub(super) fn is_state_before(&self, present: &Document) -> bool {
        self.before == digest(present) && self.after != self.before
    }

    pub(super) fn is_of_same_file(&self, other: &Self) -> bool {
        (self.kind(), self.credentials_file()) == (other.kind(), other.credentials_file())
    }

    pub(crate) fn credentials_file(&self) -> Option<&Path> {
        self.credentials_file.as_deref().map(Path::new)
    }

    pub(crate) fn kind(&self) -> FileKind {
        if self.is_credentials {
            FileKind::Credentials
        } else {
            FileKind::Config
        }
    }

    /// Returns the file before this edit, or `None` if `after` is not the result of this edit, or if
    /// the edit changed the encoding.
    pub(super) fn revert_from(&self, after: &Document) -> Option<Document> {
        if digest(after) != self.after {
            return None;
        }
        let mut text = after.to_string();
        for Replacement {
            bytes, text: old, ..
        } in self.replacements.iter().rev()
        {
            text.get(bytes.clone())?;
            text.replace_range(bytes.clone(), old);
        }
        let before = Document::parse(self.kind(), text);
        (digest(&before) == self.before).then_some(before)
    }

    /// Returns the file after this edit, or `None` if the edit changed the encoding.
    pub(super) fn applied_to(&self, before: &Document) -> Option<Document> {
        let mut text = before.to_string();
        for replacement in &self.replacements {
            let start = replacement.bytes.start;
            let old = start..start + replacement.text.len();
            text.get(old.clone())?;
            text.replace_range(old, replacement.inserted.as_ref()?);
        }
        let after = Document::parse(self.kind(), text);
        (digest(&after) == self.after).then_some(after)
    }
}

impl std::fmt::Debug for Replacement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replacement")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

pub(super) fn digest(document: &Document) -> String {
    hex::encode(&Sha256::digest(document.as_bytes()))
}
