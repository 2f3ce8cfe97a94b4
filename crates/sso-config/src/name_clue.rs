//! Reasons why a profile or session does not exist, and names to select in its place.

use sso_types::{ProfileName, SessionName};

use crate::location::Location;

/// Most likely reason why a profile or session does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameClue {
    /// A section contains the name, but its header is not that of a profile or session.
    OddHeader {
        /// Location of the header.
        location: Location,
        /// Set if the section is in the credentials file.
        is_in_credentials: bool,
    },
    /// The name is that of an SSO session in place of a profile, or the reverse.
    OtherKind,
    /// The most similar names, if they are spelled similarly; at most three.
    Similar(Vec<String>),
    /// No profile, or no session, exists at all.
    NoneExists {
        /// Set if the files contain sections that every reader ignores.
        has_ignored_sections: bool,
    },
    /// The existing names are not similar, or too many names do not exist to compare each with all.
    Unlike,
}

/// Selection of a session, by its name or, if it has none, by a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChoice {
    /// An `[sso-session]` section.
    Session(SessionName),
    /// A legacy profile.
    Profile(ProfileName),
}
