//! The end of the portal session, where the next sign-in is to begin a new one.

use crate::error::Error;
use crate::token::TokenProvider;

impl TokenProvider<'_> {
    /// Ends the portal session at the server: a sign-in joins one that is running, and ends with
    /// it. The token stays in the cache, but is no longer good.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`] where there is no session that this could end;
    /// [`Error::Portal`] where the portal does not end it.
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
