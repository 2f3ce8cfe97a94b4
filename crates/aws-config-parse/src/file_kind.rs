//! The two files and their rules for headers.

/// Which of the two shared files a document is; their headers read differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// `~/.aws/config`, where a profile is `[profile NAME]` or `[default]`.
    Config,
    /// `~/.aws/credentials`, where every header is a profile's name.
    Credentials,
}
