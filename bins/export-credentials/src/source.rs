//! Where the credentials, or the token, come from.

use std::time::Duration;

use cli_ux::{Failure, Ui};
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
        let role = &self.role()?;
        let cache = &self.env.token_cache()?;
        let clients = &self.clients()?;
        let provider = RoleCredentialsProvider {
            role,
            cache,
            clients,
            clock: &SystemClock,
        };
        Ok(provider.credentials(min_validity)?)
    }

    /// Returns the session's access token, and the session.
    pub(crate) fn token(
        &self,
        min_validity: Duration,
    ) -> Result<(CachedToken, SsoSession), Failure> {
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
