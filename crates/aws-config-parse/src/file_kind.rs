//! The two kinds of shared files.

/// Kind of a shared file, which determines the meaning of its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// `~/.aws/config`, in which the header of a profile is `[profile NAME]` or `[default]`.
    Config,
    /// `~/.aws/credentials`, in which each header is the name of a profile.
    Credentials,
}
