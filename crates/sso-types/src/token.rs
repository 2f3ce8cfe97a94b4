//! Access token and refresh token of a sign-in.

use crate::text::secret_text;

secret_text! {
    /// The token that authorizes requests to the access portal. It is valid for about an hour if it
    /// is refreshable, and for eight hours if it is the token of a legacy profile.
    AccessToken
}

secret_text! {
    /// The token that is exchanged for a new [`AccessToken`]. A refresh token may be valid only
    /// once: if its successor is lost, the user must sign in again.
    RefreshToken
}
