//! Problems: the reasons for which the AWS CLI rejects a file, with their locations.

use std::fmt;

/// Line and column, from 1.
pub(crate) type Location = (u32, u32);

/// A syntax error for which the AWS CLI rejects the whole file.
///
/// Lines and columns count from 1, columns in characters. A problem contains no text of the file,
/// which may be secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    reason: Reason,
    location: Location,
    first: Option<Location>,
}

/// A reason for which the AWS CLI rejects a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The file is larger than 4 GiB, the limit of this crate.
    TooLarge,
    /// The bytes are not UTF-8. No part of the file is read.
    NotUtf8,
    /// The bytes are UTF-16. No part of the file is read.
    Utf16,
    /// The file begins with a byte order mark, which the CLI reads as text before the first header.
    ByteOrderMark,
    /// There is text before the first header.
    TextBeforeHeader,
    /// The file has the same header above.
    DuplicateSection,
    /// The section has the same key above, ignoring case.
    DuplicateKey,
    /// The line is not a header and has neither `=` nor `:`.
    MissingDelimiter,
    /// The line has no key before the `=` or `:`.
    EmptyKey,
    /// A line of a block, the indented lines below `key =`, has no `=`.
    MissingDelimiterInBlock,
}

impl Problem {
    pub(crate) fn new(reason: Reason, location: Location) -> Self {
        Self {
            reason,
            location,
            first: None,
        }
    }

    pub(crate) fn with_first(self, first: Location) -> Self {
        Self {
            first: Some(first),
            ..self
        }
    }

    pub(crate) fn location(&self) -> Location {
        self.location
    }

    /// Returns the reason for the rejection.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Returns the line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.location.0 as usize
    }

    /// Returns the column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.location.1 as usize
    }

    /// Returns line and column of the first section or key if this is a duplicate.
    #[must_use]
    pub fn first(&self) -> Option<(usize, usize)> {
        let (line, column) = self.first?;
        Some((line as usize, column as usize))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.location;
        write!(f, "line {line}, column {column}: {}", self.reason)?;
        match self.first {
            Some((line, _)) => write!(f, ", first on line {line}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

impl Reason {
    /// Returns whether [`Document::to_utf8`](crate::Document::to_utf8) fixes the problem, unless the
    /// file is not valid in its encoding.
    #[must_use]
    pub fn is_encoding(self) -> bool {
        matches!(self, Self::Utf16 | Self::ByteOrderMark)
    }

    /// Returns the rank of this reason; the CLI reports the lowest. Ranks 0 and 1 stop the CLI's
    /// parser immediately, rank 2 is reported at the end of the file, rank 3 when values are read.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            Self::TooLarge | Self::NotUtf8 | Self::Utf16 => 0,
            Self::ByteOrderMark
            | Self::TextBeforeHeader
            | Self::DuplicateSection
            | Self::DuplicateKey => 1,
            Self::MissingDelimiter | Self::EmptyKey => 2,
            Self::MissingDelimiterInBlock => 3,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the file is larger than 4 GiB",
            Self::NotUtf8 => "the file is not UTF-8",
            Self::Utf16 => "the file is in UTF-16 instead of UTF-8",
            Self::ByteOrderMark => "the file begins with a byte order mark",
            Self::TextBeforeHeader => "text before the first section header",
            Self::DuplicateSection => "duplicate section",
            Self::DuplicateKey => "duplicate key in the section",
            Self::MissingDelimiter => "expected a section header or `key = value`",
            Self::EmptyKey => "missing key before the delimiter",
            Self::MissingDelimiterInBlock => "missing `=` in a line of a nested block",
        })
    }
}
