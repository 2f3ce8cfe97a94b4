//! Errors of edits.

use std::fmt;

use crate::problem::Problem;

/// Error returned if an edit is refused. The document is unchanged.
///
/// The error contains no text of the document or of the edit, which may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditError {
    /// The AWS CLI rejects the file, and the edit does not fix it by removing or renaming a
    /// duplicate.
    Rejected(Problem),
    /// The value would not read back: it contains a line break or NUL, or begins or ends with white
    /// space.
    UnwritableValue,
    /// The key would not read back: it is empty, contains a delimiter, a line break or NUL, begins
    /// or ends with white space, or begins like a comment or a header.
    UnwritableKey,
    /// The name contains a line break or NUL, or cannot be written in a file of this kind.
    UnwritableName,
    /// The section or the block already has the new key.
    KeyExists,
    /// The document already has a section with the new name.
    SectionExists,
    /// The section or key to rename does not exist.
    NotFound,
    /// The value is text, not a block of pairs.
    NotABlock,
    /// Because of the layout of the file, the edit would change the meaning of other lines or would
    /// not read back as requested.
    AffectsOtherLines,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rejected(_) => "the file has an error that must be fixed first",
            Self::UnwritableValue => {
                "a value cannot contain a line break or NUL, or begin or end with white space"
            }
            Self::UnwritableKey => {
                "a key cannot be empty, contain `=`, `:`, a line break or NUL, begin or end with \
                 white space, or begin with `#`, `;` or `[`"
            }
            Self::UnwritableName => "the name cannot be written in a section header of this file",
            Self::KeyExists => "the new key already exists",
            Self::SectionExists => "a section with the new name already exists",
            Self::NotFound => "the section or key to rename does not exist",
            Self::NotABlock => "the value is text, not a nested block",
            Self::AffectsOtherLines => "the edit would change the meaning of other lines",
        })
    }
}

impl std::error::Error for EditError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Rejected(problem) => Some(problem),
            _ => None,
        }
    }
}
