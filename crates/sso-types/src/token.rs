//! Access token and refresh token of a sign-in.

use crate::text::secret_text;

secret_text! {
    /// The token that authorizes requests to the access portal. A refreshable token is valid for
    /// about an hour, the token of a legacy profile for eight hours.
    AccessToken
}

secret_text! {
    /// The token that is exchanged for a new [`AccessToken`]. It may be valid only once; if the new
    /// refresh token is lost, the user must sign in again.
    RefreshToken
}
