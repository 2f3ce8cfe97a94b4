//! Why somebody has to sign in.

use crate::SsoSession;

/// Why somebody has to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInReason {
    /// There is no token.
    NotSignedIn,
    /// The token has expired and cannot be renewed.
    Expired,
    /// The server does not renew the token any more.
    SessionEnded,
    /// The server does not take the token any more.
    Revoked,
}

impl SignInReason {
    pub(super) fn said_of(self, session: &SsoSession) -> String {
        let session = session.described();
        match self {
            Self::NotSignedIn => format!("not signed in to {session}"),
            Self::Expired => format!("the token of {session} has expired"),
            Self::SessionEnded => format!("the sign-in to {session} has ended"),
            Self::Revoked => format!("the token of {session} is no longer accepted"),
        }
    }
}
