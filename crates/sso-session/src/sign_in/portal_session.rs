use crate::error::Error;
use crate::token::TokenProvider;

impl TokenProvider<'_> {
    /// Ends the access portal session, so that the next sign-in starts a new session. Otherwise,
    /// the sign-in joins the active session, and its token is valid only until that session ends.
    /// The cached token is not removed, but becomes invalid.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`] if there is no valid token for the request; [`Error::Portal`] if
    /// the request fails.
    pub fn end_portal_session(&self) -> Result<(), Error> {
        let token = self.token()?;
        let portal = self.clients.portal(self.region_of(&token))?;
        match portal.logout(&token.access_token) {
            Err(error) if !error.is_unauthorized() => {
                let operation = "Logout";
                let source = error;
                Err(self.clients.explain(Error::Portal { operation, source }))
            }
            _ => Ok(()),
        }
    }
}
