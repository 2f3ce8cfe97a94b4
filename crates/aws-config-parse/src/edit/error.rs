//! Why an edit is refused.

use std::fmt;

use crate::problem::Problem;

/// Why an edit was refused. The document is as it was.
///
/// No text of the document or of the edit is quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditError {
    /// The AWS CLI rejects the file, and the edit does not mend it by removing or renaming the
    /// duplicate that is wrong with it.
    Rejected(Problem),
    /// The value holds a line end or NUL, or has white space at an end: it would not be read back.
    UnwritableValue,
    /// The key is empty, holds a delimiter, line end or NUL, has white space at an end, or begins
    /// like a comment or a header: it would not be read back.
    UnwritableKey,
    /// The name holds a line end or NUL, or cannot be written in a file of this kind.
    UnwritableName,
    /// The new key is in the section, or in the block, already.
    KeyExists,
    /// The new name is that of another section.
    SectionExists,
    /// What is to be renamed is not there.
    NotFound,
    /// The value is text, not a block of pairs.
    NotABlock,
    /// The file is laid out so that the edit would change the meaning of lines below it, or that
    /// something would not be read back as it was asked for.
    ChangesMore,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rejected(_) => "the file has an error that must be mended first",
            Self::UnwritableValue => {
                "a value cannot hold a line end or NUL, nor have white space at its ends"
            }
            Self::UnwritableKey => {
                "a key cannot be empty, hold `=`, `:`, a line end or NUL, have white space at its \
                 ends, or begin with `#`, `;` or `[`"
            }
            Self::UnwritableName => "the name cannot be written in a header of this file",
            Self::KeyExists => "the new key is there already",
            Self::SectionExists => "a section of the new name is there already",
            Self::NotFound => "what is to be renamed is not there",
            Self::NotABlock => "the value is text, not a block",
            Self::ChangesMore => "the edit would change the meaning of other lines",
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
