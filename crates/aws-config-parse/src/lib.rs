//! The language of `~/.aws/config` and `~/.aws/credentials`, as the AWS CLI v2 reads it.
//!
//! A [`Document`] is a file, byte for byte, with what the CLI makes of it. Reading never fails:
//! what the CLI would reject stays in place and is listed by [`Document::problems`], which is
//! empty exactly where the CLI (botocore, that is) accepts the file.
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
//! let profile = config.profile("dev").expect("the profile is there");
//! let region = profile.get("region").expect("the key is there");
//! assert_eq!(region.value(), "eu-west-1 # note"); // there are no comments after values
//! assert_eq!((region.line(), region.column()), (3, 1));
//!
//! let session = config.sso_session("corp").expect("the session is there");
//! assert_eq!(session.line(), 5);
//! ```
//!
//! # The grammar
//!
//! The text is UTF-8. A line ends at `\n`, `\r\n` or a lone `\r`, and is trimmed of white space,
//! which is what Unicode calls so and U+001C to U+001F. Then, in this order:
//!
//! 1. An empty line is blank. In a value that goes on below, it is an empty line of it.
//! 2. A line that begins with `#` or `;` is a comment, whatever its indent. There are no comments
//!    elsewhere.
//! 3. After a property, a line that is indented deeper than it belongs to its value, whatever it
//!    looks like.
//! 4. A line with `[`, something, and `]` is a header; the name reaches to the last `]`, and the
//!    rest of the line is dropped unread. The same header twice is an error, but for `[DEFAULT]`.
//! 5. A line with `=` or `:` is a property, divided at the first of these. The key is compared in
//!    lower case, may not be empty, nor come twice in a section.
//! 6. Anything else is an error, as is everything but headers above the first header.
//!
//! The lines of a value are joined by `\n`. If there is nothing after the delimiter but lines
//! follow, the value is a *block* of pairs, each divided at its first `=`:
//!
//! ```text
//! [services local]
//! sso_oidc =
//!     endpoint_url = http://localhost:8000
//! ```
//!
//! In a config file `[profile NAME]`, `[sso-session NAME]` and `[services NAME]` are told by how
//! they begin, and the name is the second of exactly two words as a POSIX shell splits them;
//! `[default]` is short for `[profile default]`. In a credentials file, every header is the name
//! of a profile, to the letter. Of the sections of one name, however it is spelled, the last one
//! counts, as a whole. The keys of `[DEFAULT]` appear in all sections that lack them. A profile
//! that stands in both files is merged key by key; the credentials file wins: [`merged_profile`].
//!
//! # Editing
//!
//! An edit changes one span of bytes: what it is asked to, and nothing else. The key keeps its
//! spelling, its indent and the spacing of its delimiter; what is new is written like what stands
//! next to it, with the line ends of the file.
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
//! What could not be read back, by the CLI too, is refused, and so is an edit that would change
//! what other lines mean, as of a file laid out like this one, where `[profile c]` is a header only
//! because `[profile b]` comes before it:
//!
//! ```text
//! [profile a]
//! region = eu-west-1
//! [profile b]
//!   [profile c]
//! ```
//!
//! A file that the CLI rejects is not edited, but for the removal or the renaming of a duplicate
//! that mends it.
//!
//! # Other readers
//!
//! The AWS SDKs read the files by rules of their own. [`Document::lints`] tells where the SDK for
//! Rust or the one for JavaScript would read something else than the CLI, by the points of
//! [`Divergence`].
//!
//! # Limits
//!
//! - No I/O, no environment: where the files are, and which profile is meant, is for the caller to
//!   know.
//! - A file of more than 4 GiB is one single problem, [`Reason::TooLarge`].
//! - Nothing of a file that is not UTF-8 is read; its bytes are kept.
//! - A comment that stood after a value is moved above the key when the value is set, or dropped if
//!   it stood in a block. The comments between the lines of a value go with them. A comment above
//!   a header stays when the section is removed.
//! - An edit reads its own section anew, but the whole file if there is a `[DEFAULT]`, and moves
//!   what is below; thousands of sections go with [`Document::remove_sections`]. A pair that comes
//!   many times in a block is removed by as many edits.
//! - Key and pair look-ups walk the section or the block, and every `[DEFAULT]`; only names are
//!   indexed.

mod document;
mod file_kind;

mod section;
mod syntax;

mod name;
mod property;
mod words;

mod merge;

mod edit;

mod lint;

mod read;

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

/// Holds the README, so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
