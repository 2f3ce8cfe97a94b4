//! Where the credentials, or the token, come from.

use std::time::Duration;

use cli_ux::{Failure, SignInArgs, SignInDialog, Ui, WantedToken};
use sso_credentials::{
    AwsEnv, CachedToken, ConfigFiles, Credentials, Error, RoleCredentialsProvider, ServiceClients,
    SsoProfile, SsoRole, SsoSession, SystemClock, TokenProvider,
};
use sso_types::ProfileName;

use crate::args::Args;

/// What was asked for, and of whom.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) args: &'a Args,
    pub(crate) ui: &'a Ui,
    pub(crate) env: &'a AwsEnv,
    pub(crate) files: &'a ConfigFiles,
    pub(crate) profile: &'a ProfileName,
}

impl<'a> Source<'a> {
    /// Returns credentials that are valid for `min_validity`, or were issued just now.
    pub(crate) fn credentials(&self, min_validity: Duration) -> Result<Credentials, Failure> {
        self.after_sign_in(|source| source.credentials_at_hand(min_validity))
    }

    /// Returns the session's access token, and the session.
    pub(crate) fn token(
        &self,
        min_validity: Duration,
    ) -> Result<(CachedToken, SsoSession), Failure> {
        self.after_sign_in(|source| source.token_at_hand(min_validity))
    }

    /// Tries again after a sign-in, where one is needed and was asked for. A sign-in may correct
    /// the config.
    fn after_sign_in<T>(
        &self,
        attempt: impl Fn(&Source<'_>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        match attempt(self) {
            Err(Error::SignInRequired { session, .. })
                if self.args.login && SignInDialog::has_terminal() =>
            {
                self.sign_in(&session)?;
                let files = &ConfigFiles::load(self.env)?;
                Ok(attempt(&Source { files, ..*self })?)
            }
            outcome => Ok(outcome?),
        }
    }

    fn sign_in(&self, session: &SsoSession) -> Result<(), Failure> {
        self.ui.exit_on_interrupt();
        let dialog = SignInDialog {
            ui: self.ui,
            args: &SignInArgs::default(),
            env: self.env,
            files: self.files,
            cache: &self.env.token_cache()?,
            clients: &self.clients()?,
            clock: &SystemClock,
            on_event: &|_| {},
        };
        dialog.sign_in(
            session,
            WantedToken::ValidFor(self.args.min_validity.span()),
        )?;
        Ok(())
    }

    fn credentials_at_hand(&self, min_validity: Duration) -> Result<Credentials, Error> {
        let role = &self.role()?;
        let cache = &self.env.token_cache()?;
        let clients = &self.clients()?;
        let provider = RoleCredentialsProvider {
            role,
            cache,
            clients,
            clock: &SystemClock,
        };
        provider.credentials(min_validity)
    }

    fn token_at_hand(&self, min_validity: Duration) -> Result<(CachedToken, SsoSession), Error> {
        let session = self.session()?;
        let cache = &self.env.token_cache()?;
        let clients = &self.clients()?;
        let tokens = TokenProvider {
            session: &session,
            cache,
            clients,
            clock: &SystemClock,
        };
        Ok((tokens.token_valid_for(min_validity)?, session))
    }

    /// Returns the Region that the profile names. A role that the arguments name has no profile,
    /// and so no Region.
    pub(crate) fn region(&self) -> Option<String> {
        self.files.region(self.named_profile()?)
    }

    /// Returns the profile, unless the arguments do without one.
    pub(crate) fn named_profile(&self) -> Option<&'a ProfileName> {
        let is_named = self.args.whom.sso_session.is_none();
        is_named.then_some(self.profile)
    }

    fn role(&self) -> Result<SsoRole, Error> {
        match (&self.args.account_id, &self.args.role_name) {
            (Some(account_id), Some(role_name)) => Ok(SsoRole {
                session: self.session()?,
                account_id: account_id.as_str().into(),
                role_name: role_name.as_str().into(),
            }),
            _ => SsoProfile::load(self.files, self.profile)?.into_role(self.files),
        }
    }

    fn session(&self) -> Result<SsoSession, Error> {
        match &self.args.whom.sso_session {
            Some(session) => SsoSession::named(self.files, &session.as_str().into()),
            None => Ok(SsoProfile::load(self.files, self.profile)?.session),
        }
    }

    fn clients(&self) -> Result<ServiceClients<'a>, Error> {
        let connection = self.args.global.connection("export-credentials");
        let ui = self.ui;
        let clients = ServiceClients::new(
            self.env,
            self.files,
            self.profile,
            &connection,
            &SystemClock,
        )?;
        Ok(clients.before_first_request(|| ui.exit_on_interrupt()))
    }
}
