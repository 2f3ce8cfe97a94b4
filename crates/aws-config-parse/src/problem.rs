//! Why the AWS CLI would reject a file, and where.

use std::fmt;

/// Line and column, from 1.
pub(crate) type Location = (u32, u32);

/// A place that the AWS CLI cannot read, for which it rejects the whole file.
///
/// Lines and columns count from 1, columns in characters. A problem tells where and why and never
/// quotes the file: what stands there may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    reason: Reason,
    location: Location,
    first: Option<Location>,
}

/// Why the AWS CLI rejects a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The file is larger than this crate reads: 4 GiB.
    TooLarge,
    /// The bytes are not UTF-8. Nothing of the file is read.
    NotUtf8,
    /// The file begins with a byte order mark, which counts as text before the first header.
    ByteOrderMark,
    /// Text stands before the first header.
    TextBeforeHeader,
    /// The same header stands further up.
    DuplicateSection,
    /// The same key, but for its case, stands further up in the section.
    DuplicateKey,
    /// The line has neither `=` nor `:`.
    MissingDelimiter,
    /// Nothing stands before the `=` or `:`.
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

    /// Tells where the one stands that this one repeats.
    pub(crate) fn repeating(self, first: Location) -> Self {
        Self {
            first: Some(first),
            ..self
        }
    }

    pub(crate) fn location(&self) -> Location {
        self.location
    }

    /// Returns why the place cannot be read.
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

    /// Returns line and column of the first one, where this is a duplicate.
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
    /// Returns the order in which the CLI comes to report reasons: those that stop it reading,
    /// then those that it reports at the end of the file, then those in the values it read.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            Self::TooLarge | Self::NotUtf8 => 0,
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
            Self::ByteOrderMark => "the file begins with a byte order mark",
            Self::TextBeforeHeader => "text before the first section header",
            Self::DuplicateSection => "duplicate section",
            Self::DuplicateKey => "duplicate key in the section",
            Self::MissingDelimiter => "neither a header nor a key with `=` or `:`",
            Self::EmptyKey => "no key before the delimiter",
            Self::MissingDelimiterInBlock => "a line without `=` in a block",
        })
    }
}
