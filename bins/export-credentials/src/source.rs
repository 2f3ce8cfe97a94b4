//! Where the credentials, or the token, come from.

use std::env::consts::EXE_SUFFIX;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use cli_ux::{Failure, Ui};
use sso_credentials::{
    AwsEnv, CachedToken, ConfigFiles, CredentialChain, CredentialSource, Credentials,
    CredentialsProvider, Error, ServiceClients, SsoProfile, SsoRole, SsoSession, SystemClock,
    TokenProvider,
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
        let error = match attempt(self) {
            Err(error) if self.args.login && self.ui.is_interactive() => error,
            outcome => return Ok(outcome?),
        };
        match &error {
            Error::SignInRequired { session, .. } if self.signs_in(session)? => {
                let files = &ConfigFiles::load(self.env)?;
                Ok(attempt(&Source { files, ..*self })?)
            }
            _ => Err(error.into()),
        }
    }

    /// Has `sso-login` sign in, which has the words for that, and says whether it did. Nothing of
    /// it gets onto the standard output.
    fn signs_in(&self, session: &SsoSession) -> Result<bool, Failure> {
        let mut login = Command::new(sso_login());
        login.arg("--force").stdout(io::stderr());
        match (&session.profile, &session.name) {
            (Some(profile), _) => login.args(["--profile", profile.as_str()]),
            (None, Some(name)) => login.args(["--sso-session", name.as_str()]),
            (None, None) => login.args(["--start-url", session.start_url.as_str()]),
        };
        login.args(self.args.global.to_arguments());
        self.ui.run(&mut login)
    }

    fn credentials_at_hand(&self, min_validity: Duration) -> Result<Credentials, Error> {
        let chain = &self.chain()?;
        let cache = &self.env.token_cache()?;
        let clients = &self.clients()?;
        let provider = CredentialsProvider {
            chain,
            cache,
            clients,
            clock: &SystemClock,
            mfa: self.ui,
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

    /// Returns in a word how the profile gets its credentials.
    pub(crate) fn kind(&self) -> Result<&'static str, Error> {
        let chain = self.chain()?;
        Ok(match chain.source {
            _ if !chain.roles.is_empty() => "assumedRole",
            CredentialSource::Sso(_) => "sso",
            CredentialSource::Keys(_) => "keys",
            CredentialSource::Process(_) => "process",
        })
    }

    /// Returns the Region that the profile names. A role that the arguments name has no profile,
    /// and so no Region.
    pub(crate) fn region(&self) -> Option<String> {
        self.files.region(self.named_profile()?)
    }

    /// Returns the profile, unless the arguments do without one.
    pub(crate) fn named_profile(&self) -> Option<&'a ProfileName> {
        let is_named = self.args.selection.sso_session.is_none();
        is_named.then_some(self.profile)
    }

    fn chain(&self) -> Result<CredentialChain, Error> {
        if let (Some(account_id), Some(role_name)) = (&self.args.account_id, &self.args.role_name) {
            let role = SsoRole {
                session: self.session()?,
                account_id: account_id.as_str().into(),
                role_name: role_name.as_str().into(),
            };
            return Ok(role.into());
        }
        let chain = CredentialChain::load(self.env, self.files, self.profile)?;
        match self.args.duration {
            Some(seconds) => chain.lasting(seconds),
            None => Ok(chain),
        }
    }

    fn session(&self) -> Result<SsoSession, Error> {
        match &self.args.selection.sso_session {
            Some(session) => SsoSession::named(self.files, &session.as_str().into()),
            None => Ok(SsoProfile::load(self.files, self.profile)?.session),
        }
    }

    fn clients(&self) -> Result<ServiceClients<'a>, Error> {
        let connection = self.args.global.connection(self.ui.program());
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

/// The program of that name beside this one, else the one on the `PATH`.
fn sso_login() -> PathBuf {
    let name = format!("sso-login{EXE_SUFFIX}");
    let beside = std::env::current_exe().map(|this| this.with_file_name(&name));
    match beside {
        Ok(path) if path.is_file() => path,
        _ => name.into(),
    }
}
