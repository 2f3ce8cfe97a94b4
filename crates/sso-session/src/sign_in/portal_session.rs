//! The end of the access portal session before a sign-in that starts a new one.

use crate::error::Error;
use crate::token::TokenProvider;

impl TokenProvider<'_> {
    /// Ends the access portal session at the server. Without this, a sign-in joins a session that
    /// is active, and its token is valid only until that session ends. The cached token stays in
    /// the cache but becomes invalid.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`] if there is no valid token for the request; [`Error::Portal`] if the
    /// portal fails.
    pub fn end_portal_session(&self) -> Result<(), Error> {
        let token = self.token()?;
        let portal = self.clients.portal(&self.session.region)?;
        match portal.logout(&token.access_token) {
            Err(error) if !error.is_unauthorized() => {
                let operation = "signing out at the server";
                let source = error;
                Err(self.clients.explain(Error::Portal { operation, source }))
            }
            _ => Ok(()),
        }
    }
}
