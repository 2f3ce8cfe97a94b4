//! What an AWS SDK would read otherwise than the AWS CLI.

mod rules;

use std::fmt;

use crate::document::Document;
use crate::problem::Location;

/// A place that the AWS CLI and an AWS SDK (for Rust, for JavaScript) read differently.
///
/// Like a [`Problem`](crate::Problem), a lint never quotes the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lint {
    divergence: Divergence,
    location: Location,
}

/// A point on which readers of the shared files differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Divergence {
    /// D01: a comment after a value, which is part of it for the CLI.
    CommentInValue,
    /// D02: a section or a key that comes twice.
    Duplicate,
    /// D03: two spellings of one name.
    TwoSpellings,
    /// D04: `[default]` after `[profile default]`.
    TwoDefaults,
    /// D05: `[DEFAULT]`.
    Defaults,
    /// D06: `:` for `=`.
    Colon,
    /// D07: quotes or characters in a name that SDKs do not know.
    OddName,
    /// D08: a type that only begins like one, as in `[profiles a]`.
    OddType,
    /// D09: white space in a header where SDKs expect none, or more than one.
    BlankInHeader,
    /// D10: text after a header, or `]` in it.
    TextAfterHeader,
    /// D11: an indented header or key.
    Indented,
    /// D12: an indented comment.
    IndentedComment,
    /// D13: a value of several lines.
    ContinuedValue,
    /// D14: comments or empty keys in a block, or one that a comment turns into text.
    OddBlock,
    /// D15: upper case or odd characters in a key.
    OddKey,
    /// D16: white space other than blank and tab.
    OddWhiteSpace,
    /// D17: a lone carriage return as a line end.
    LoneReturn,
    /// D18: bytes that are not UTF-8.
    NotUtf8,
    /// D19: plain keys in `[services NAME]`, or none.
    PlainServices,
    /// D20: names that mean something to JavaScript.
    ScriptName,
    /// D21: `[]`.
    EmptyHeader,
    /// D22: a name in the credentials file that SDKs do not know.
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

    /// Returns what the readers differ on.
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
    /// Returns the short name, `D01` to `D23`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.described().0
    }

    /// Returns what differs and what to do about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.described().1
    }

    const fn described(self) -> (&'static str, &'static str) {
        match self {
            Self::CommentInValue => (
                "D01",
                "SDKs cut the value at the comment, the CLI does not; give the comment a line of its own",
            ),
            Self::Duplicate => (
                "D02",
                "SDKs merge what comes twice, the CLI rejects the file; remove one of the two",
            ),
            Self::TwoSpellings => (
                "D03",
                "for the CLI this replaces the section of the same name above, SDKs merge or ignore; keep one",
            ),
            Self::TwoDefaults => (
                "D04",
                "for the CLI this replaces `[profile default]` above, SDKs read that one; keep one",
            ),
            Self::Defaults => (
                "D05",
                "for the CLI these keys appear in every section, SDKs ignore them; write them where they are meant",
            ),
            Self::Colon => ("D06", "SDKs do not know `:`; write `=`"),
            Self::OddName => (
                "D07",
                "SDKs ignore a section with quotes or such characters in its name; choose another name",
            ),
            Self::OddType => (
                "D08",
                "the CLI looks at the first letters of the type only, SDKs ignore the section; mend the type",
            ),
            Self::BlankInHeader => (
                "D09",
                "the CLI and the SDKs differ on white space in a header; write one blank after the type and none elsewhere",
            ),
            Self::TextAfterHeader => (
                "D10",
                "the CLI ends a header at the last `]` and drops the rest, SDKs do not; put it on a line of its own",
            ),
            Self::Indented => (
                "D11",
                "the SDK for Rust rejects an indented line here; begin it flush left",
            ),
            Self::IndentedComment => (
                "D12",
                "the SDK for Rust takes an indented comment for text; begin it flush left",
            ),
            Self::ContinuedValue => (
                "D13",
                "readers differ on values of several lines; write the value on one line",
            ),
            Self::OddBlock => (
                "D14",
                "the SDK for Rust rejects comments and empty keys in a block, and a comment after its `=` makes it text for the CLI; take it out",
            ),
            Self::OddKey => (
                "D15",
                "SDKs tell upper case from lower in keys, or drop such a key; write lower case letters and `_`",
            ),
            Self::OddWhiteSpace => (
                "D16",
                "readers differ on white space other than blank and tab; use these",
            ),
            Self::LoneReturn => (
                "D17",
                "a lone carriage return ends a line for the CLI alone; use line feeds",
            ),
            Self::NotUtf8 => (
                "D18",
                "the CLI rejects the file, SDKs take it for empty or replace the bytes; write UTF-8",
            ),
            Self::PlainServices => (
                "D19",
                "SDKs drop plain keys in a services section, and an empty one; indent them below a service",
            ),
            Self::ScriptName => (
                "D20",
                "the SDK for JavaScript loses or mistakes this name; choose another one",
            ),
            Self::EmptyHeader => ("D21", "the CLI rejects `[]`, SDKs ignore it; remove it"),
            Self::OddCredentialsName => (
                "D22",
                "SDKs ignore or change such a name in the credentials file; choose another name",
            ),
            Self::BracketKey => (
                "D23",
                "this is a key for the CLI and an error for the SDK for Rust; close the bracket or rename the key",
            ),
        }
    }
}

impl Document {
    /// Returns the places that an AWS SDK would read otherwise, in the order of the file.
    ///
    /// The CLI's reading is what the other methods give, whatever is listed here.
    #[must_use]
    pub fn lints(&self) -> Vec<Lint> {
        let mut lints = rules::all(self);
        lints.sort_by_key(|lint| (lint.location, lint.divergence));
        lints.dedup();
        lints
    }
}
