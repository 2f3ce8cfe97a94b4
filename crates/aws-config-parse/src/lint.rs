//! Differences between the AWS CLI and the AWS SDKs in reading a file.

mod rules;

use std::fmt;

use crate::document::Document;
use crate::problem::Location;

/// A location that the AWS CLI and an AWS SDK (for Rust or JavaScript) read differently.
///
/// Like a [`Problem`](crate::Problem), it contains no text of the file, which may be secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lint {
    divergence: Divergence,
    location: Location,
}

/// A difference between the AWS CLI and the AWS SDKs in reading the shared files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Divergence {
    /// D01: a comment after a value, which the CLI reads as part of the value.
    CommentInValue,
    /// D02: a duplicate section or key.
    Duplicate,
    /// D03: two spellings of one name.
    TwoSpellings,
    /// D04: `[default]` after `[profile default]`.
    TwoDefaults,
    /// D05: `[DEFAULT]`.
    Defaults,
    /// D06: `:` instead of `=`.
    Colon,
    /// D07: quotes or characters in a name that SDKs do not accept.
    OddName,
    /// D08: a section type that only begins with a known type, such as `[profiles a]`.
    OddType,
    /// D09: white space in a header that SDKs do not expect.
    BlankInHeader,
    /// D10: text after a header, or `]` in a header.
    TextAfterHeader,
    /// D11: an indented header or key.
    Indented,
    /// D12: an indented comment.
    IndentedComment,
    /// D13: a value of several lines.
    ContinuedValue,
    /// D14: comments or empty keys in a block, or a comment after the `=` of a block.
    OddBlock,
    /// D15: upper case or special characters in a key.
    OddKey,
    /// D16: white space other than spaces and tabs.
    OddWhiteSpace,
    /// D17: a lone carriage return as a line end.
    LoneReturn,
    /// D18: bytes that are not UTF-8.
    NotUtf8,
    /// D19: a `[services NAME]` section with plain keys, or with no keys.
    PlainServices,
    /// D20: a name with a special meaning in JavaScript.
    ScriptName,
    /// D21: `[]`.
    EmptyHeader,
    /// D22: a name in the credentials file that SDKs do not accept.
    OddCredentialsName,
    /// D23: a key that begins with `[`.
    BracketKey,
}

impl Lint {
    fn new(divergence: Divergence, location: Location) -> Self {
        Self {
            divergence,
            location,
        }
    }

    /// Returns the difference between the CLI and the SDKs at this location.
    #[must_use]
    pub fn divergence(&self) -> Divergence {
        self.divergence
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
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.location;
        let (id, advice) = (self.divergence.id(), self.divergence.advice());
        write!(f, "line {line}, column {column}: {id}: {advice}")
    }
}

impl Divergence {
    /// Returns the identifier, `D01` to `D23`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.description().0
    }

    /// Returns a description of the difference, and a fix.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.description().1
    }

    const fn description(self) -> (&'static str, &'static str) {
        match self {
            Self::CommentInValue => (
                "D01",
                "the CLI reads the comment as part of the value, SDKs do not; move the comment to its own line",
            ),
            Self::Duplicate => (
                "D02",
                "the CLI rejects a file with duplicates, SDKs merge them; remove one of the two",
            ),
            Self::TwoSpellings => (
                "D03",
                "the CLI replaces the earlier section of the same name with this one, SDKs merge or ignore one of them; keep only one",
            ),
            Self::TwoDefaults => (
                "D04",
                "the CLI replaces the earlier `[profile default]` with this section, SDKs use `[profile default]`; keep only one",
            ),
            Self::Defaults => (
                "D05",
                "the CLI applies these keys to every section, SDKs ignore them; move them to the sections that need them",
            ),
            Self::Colon => ("D06", "SDKs do not accept `:` as a delimiter; use `=`"),
            Self::OddName => (
                "D07",
                "SDKs may ignore a section with quotes or special characters in its name; rename the section",
            ),
            Self::OddType => (
                "D08",
                "the CLI compares only the first letters of the section type, SDKs ignore this section; correct the type",
            ),
            Self::BlankInHeader => (
                "D09",
                "the CLI and SDKs differ on white space in a header; use one space after the type and none elsewhere",
            ),
            Self::TextAfterHeader => (
                "D10",
                "the CLI ends a header at the last `]` and ignores the rest of the line, SDKs do not; move that text to its own line",
            ),
            Self::Indented => (
                "D11",
                "the SDK for Rust rejects an indented header or key; remove the indentation",
            ),
            Self::IndentedComment => (
                "D12",
                "the SDK for Rust reads an indented comment as text; remove the indentation",
            ),
            Self::ContinuedValue => (
                "D13",
                "the CLI and SDKs differ on multi-line values; write the value on one line",
            ),
            Self::OddBlock => (
                "D14",
                "the SDK for Rust rejects comments and empty keys in a block, and the CLI reads a block with a comment after its `=` as text; remove the comment or the empty key",
            ),
            Self::OddKey => (
                "D15",
                "SDKs distinguish upper case from lower case in keys, or ignore such keys; use lower-case letters and `_`",
            ),
            Self::OddWhiteSpace => (
                "D16",
                "the CLI and SDKs differ on white space other than spaces and tabs; use spaces or tabs",
            ),
            Self::LoneReturn => (
                "D17",
                "only the CLI ends a line at a lone carriage return; use line feeds",
            ),
            Self::NotUtf8 => (
                "D18",
                "the CLI rejects the file, SDKs read it as empty or replace the bytes; save the file as UTF-8",
            ),
            Self::PlainServices => (
                "D19",
                "SDKs may ignore plain keys in a services section, and empty services sections; indent the keys below a service",
            ),
            Self::ScriptName => (
                "D20",
                "the SDK for JavaScript loses or misreads this name; use another name",
            ),
            Self::EmptyHeader => ("D21", "the CLI rejects `[]`, SDKs ignore it; remove it"),
            Self::OddCredentialsName => (
                "D22",
                "SDKs ignore or change this profile name in the credentials file; rename the profile",
            ),
            Self::BracketKey => (
                "D23",
                "the CLI reads this line as a key, the SDK for Rust rejects it; add the closing bracket or rename the key",
            ),
        }
    }
}

impl Document {
    /// Returns the locations that an AWS SDK reads differently from the AWS CLI, in file order.
    ///
    /// The other methods of the document always follow the CLI.
    #[must_use]
    pub fn lints(&self) -> Vec<Lint> {
        let mut lints = rules::all(self);
        lints.sort_by_key(|lint| (lint.location, lint.divergence));
        lints.dedup();
        lints
    }
}
