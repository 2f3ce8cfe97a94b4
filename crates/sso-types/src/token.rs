//! The tokens of a signed-in session.

use crate::text::secret_text;

secret_text! {
    /// What proves to the access portal that somebody is signed in. Lives about an hour where it
    /// can be refreshed, eight hours for a legacy profile.
    AccessToken
}

secret_text! {
    /// What obtains the next [`AccessToken`]. May be good for a single use: losing one signs the
    /// user out.
    RefreshToken
}
