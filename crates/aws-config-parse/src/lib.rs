//! Lossless parser and editor for `~/.aws/config` and `~/.aws/credentials`.
//!
//! The crate reads the files like the AWS CLI v2. A [`Document`] contains the bytes of a file, and
//! the sections and properties that the CLI reads in them. Parsing never fails: invalid lines stay
//! in place and are listed by [`Document::problems`], which is empty if and only if the CLI
//! (botocore) accepts the file.
//!
//! ```
//! use aws_config_parse::{Document, FileKind};
//!
//! let text = "\
//! [profile dev]
//! sso_session = corp
//! Region = eu-west-1 # note
//!
//! [sso-session 'corp']
//! sso_start_url = https://corp.awsapps.com/start#/
//! ";
//! let config = Document::parse(FileKind::Config, text);
//! assert!(config.problems().is_empty());
//! assert_eq!(config.to_string(), text);
//!
//! let profile = config.profile("dev").expect("the file has the profile");
//! let region = profile.get("region").expect("the profile has the key");
//! assert_eq!(region.value(), "eu-west-1 # note"); // a comment needs its own line
//! assert_eq!((region.line(), region.column()), (3, 1));
//!
//! let session = config.sso_session("corp").expect("the file has the session");
//! assert_eq!(session.line(), 5);
//! ```
//!
//! # Grammar
//!
//! The text is UTF-8. A line ends at `\n`, `\r\n` or a lone `\r`, and is trimmed of white space:
//! the characters with the Unicode property `White_Space`, and U+001C to U+001F. The first rule
//! that matches applies:
//!
//! 1. An empty line is blank. Inside a multi-line value, it is an empty line of the value.
//! 2. A line that begins with `#` or `;` is a comment, at any indent. There are no comments
//!    elsewhere.
//! 3. A line that is indented deeper than the property above it, in the same section, continues the
//!    value of that property, regardless of the line's content.
//! 4. A line that begins with `[`, followed by text and `]`, is a header. The name ends at the last
//!    `]`, and the rest of the line is ignored. Duplicate headers are errors, except `[DEFAULT]`.
//! 5. A line with `=` or `:` is a property; the first of these characters is the delimiter. Keys
//!    are compared in lower case. Empty keys, and duplicate keys in a section, are errors.
//! 6. Any other line is an error. Above the first header, all lines except comments and blank lines
//!    are errors.
//!
//! The lines of a value are joined with `\n`. If the first line of a value is empty and other lines
//! follow, the value is a *block* of pairs, each with `=` as its delimiter:
//!
//! ```text
//! [services local]
//! sso_oidc =
//!     endpoint_url = http://localhost:8000
//! ```
//!
//! In a config file, the headers are `[profile NAME]`, `[sso-session NAME]` and `[services NAME]`.
//! Only the first letters of the type are compared: `[profiles NAME]` is a profile too. The name is
//! the second of exactly two words, split like those of a POSIX shell. `[default]` is short for
//! `[profile default]`. In a credentials file, the text of each header is the name of a profile.
//!
//! Of several sections with the same name, in any spelling, the last one is effective, and the
//! others are ignored. All sections inherit the keys of `[DEFAULT]` that they do not have.
//! [`merged_profile`] merges a profile in both files key by key; the credentials file takes
//! precedence.
//!
//! # Editing
//!
//! An edit changes one range of bytes and nothing else. A key keeps its spelling, its indent and
//! the spacing of its delimiter. New lines copy the layout of their neighbours and the line ends of
//! the file.
//!
//! ```
//! use aws_config_parse::{Document, EditError, FileKind, Outcome, SectionName};
//!
//! let text = "[profile dev]\r\n  Region=eu-west-1 \r\n";
//! let mut config = Document::parse(FileKind::Config, text);
//!
//! let mut profile = config.add_section(&SectionName::profile("dev"))?;
//! profile.set("region", "us-east-1")?;
//! profile.set_in("s3", "addressing_style", "path")?;
//! assert_eq!(profile.set("region", "us-east-1")?, Outcome::Unchanged);
//! assert_eq!(profile.set("region", "a\nb"), Err(EditError::UnwritableValue));
//! assert_eq!(
//!     config.to_string(),
//!     "[profile dev]\r\n  Region=us-east-1 \r\n  s3=\r\n      addressing_style=path\r\n",
//! );
//! # Ok::<(), EditError>(())
//! ```
//!
//! An edit is refused if its result would not read back as requested, or if it would change the
//! meaning of other lines. For example, `[profile b]` cannot be removed from this file, since
//! `[profile c]` would become part of the value of `region`:
//!
//! ```text
//! [profile a]
//! region = eu-west-1
//! [profile b]
//!   [profile c]
//! ```
//!
//! A file that the CLI rejects accepts only edits that fix it: the removal or renaming of a
//! duplicate.
//!
//! # AWS SDKs
//!
//! The AWS SDKs read the files by other rules. [`Document::lints`] lists the locations that the SDK
//! for Rust or the SDK for JavaScript reads differently from the CLI; [`Divergence`] lists the
//! differences.
//!
//! # Limits
//!
//! - The crate does no I/O and reads no environment variables: the caller determines the paths of
//!   the files and the name of the profile.
//! - A file larger than 4 GiB has a single problem, [`Reason::TooLarge`].
//! - A file that is not UTF-8 has no sections; its bytes are kept.
//! - Setting a value moves a comment after the old value to a line above the key; in a block, the
//!   comment is removed. Comments between the lines of a value are removed with the value. A
//!   comment above a header stays when the section is removed.
//! - An edit takes time linear in the size of the file: it parses the section again, or the whole
//!   file if there is a `[DEFAULT]`, and moves all lines below. Remove many sections with one call
//!   of [`Document::remove_sections`]. Removing a pair that occurs n times in a block takes n
//!   edits.
//! - A look-up of a key or a pair searches the section or the block, and every `[DEFAULT]`. Only
//!   section names are indexed.

mod document;
mod encoding;
mod file_kind;

mod section;
mod syntax;

mod name;
mod property;
mod words;

mod merge;

mod edit;

mod lint;

mod parse;

mod index;
mod line;
mod span;

mod problem;

pub use document::Document;
pub use edit::{EditError, Outcome, SectionMut};
pub use file_kind::FileKind;
pub use lint::{Divergence, Lint};
pub use merge::{MergedProfile, merged_profile, merged_profiles};
pub use name::SectionName;
pub use problem::{Problem, Reason};
pub use property::PropertyRef;
pub use section::SectionRef;
pub use words::split_words;

/// The README, included so that its examples are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
