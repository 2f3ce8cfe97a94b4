//! The tokens of a signed-in session.

use crate::text::secret_text;

secret_text! {
    /// The token that requests to the access portal carry. It is valid for about an hour if it can
    /// be refreshed, for eight hours with a legacy profile.
    AccessToken
}

secret_text! {
    /// The token that gets the next [`AccessToken`]. It may be valid only once, so that losing it
    /// signs the user out.
    RefreshToken
}
