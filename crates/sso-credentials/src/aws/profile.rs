//! Profiles and their credentials.

use std::time::Duration;

use sso_config::chain::{CredentialChain, CredentialSource};
use sso_config::{SsoRole, SsoSession};
use sso_session::keys::SessionKeys;
use sso_session::{ServiceClients, TokenProvider};
use sso_types::{AccountId, ProfileName, RoleName};
use sts_assume_role::CallerIdentity;
use token_cache::{CacheKey, TokenCache};

use super::{Aws, Selection};
use crate::credentials::Credentials;
use crate::error::Error;
use crate::keys::RoleKeys;
use crate::provider::{CredentialsProvider, MfaPrompt};

/// Source of credentials: a profile of any kind, or a role of a session.
pub struct Profile<'a> {
    aws: &'a Aws,
    /// `None` for a role that does not come from a profile.
    name: Option<ProfileName>,
    chain: CredentialChain,
    clients: ServiceClients<'a>,
}

/// Entries of the cache that the credentials of a profile depend on.
#[derive(Clone, Debug)]
pub struct CachedEntries {
    token: Option<CacheKey>,
    roles: Vec<CacheKey>,
}

/// State of [`CachedEntries`], which changes after a sign-in, a refresh, or a request for credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CachedState {
    /// Digest of the token of the session.
    token: Option<String>,
    access_key_ids: Vec<Option<String>>,
}

impl CachedEntries {
    /// Returns the state in `cache`. Sends no request, runs no process and takes no lock. An entry that
    /// cannot be read counts as missing.
    #[must_use]
    pub fn state(&self, cache: &TokenCache) -> CachedState {
        let token = |key| Some(cache.token(key).ok()??.digest());
        let access_key_id = |key| Some(cache.role_credentials(key).ok()??.access_key_id);
        CachedState {
            token: self.token.as_ref().and_then(token),
            access_key_ids: self.roles.iter().map(access_key_id).collect(),
        }
    }
}

impl<'a> Profile<'a> {
    pub(super) fn load(aws: &'a Aws, name: ProfileName) -> Result<Self, Error> {
        let chain = CredentialChain::load(&aws.env, &aws.files, &name)
            .map_err(|error| aws.files.explain(error))?;
        if let CredentialSource::Static(_) = chain.source {
            // Keys in the credentials file would take precedence.
            aws.files.check_credentials()?;
        }
        aws.warn_of_unusable_files();
        let clients = aws.clients(&Selection::Profile(name.clone()), session_of(&chain))?;
        Ok(Self {
            aws,
            name: Some(name),
            chain,
            clients,
        })
    }

    /// Sets the session duration, in seconds, of the role that the profile assumes.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the profile does not assume a role.
    pub fn with_duration(self, seconds: u32) -> Result<Self, Error> {
        let chain = self.chain.with_duration(seconds)?;
        Ok(Self { chain, ..self })
    }

    /// Returns the name of the profile; `None` for a role that does not come from a profile.
    #[must_use]
    pub fn name(&self) -> Option<&ProfileName> {
        self.name.as_ref()
    }

    /// Returns the profile's `region`, which applies to requests to AWS services, not to SSO.
    #[must_use]
    pub fn region(&self) -> Option<String> {
        self.aws.files.region(self.name.as_ref()?)
    }

    /// Returns the credential chain of the profile.
    #[must_use]
    pub fn chain(&self) -> &CredentialChain {
        &self.chain
    }

    pub(super) fn clients(&self) -> &ServiceClients<'a> {
        &self.clients
    }

    /// Returns credentials that are valid for at least `min_validity`, or newly issued ones.
    ///
    /// # Errors
    ///
    /// Those of [`CredentialsProvider::credentials`].
    pub fn credentials(
        &self,
        min_validity: Duration,
        mfa: &dyn MfaPrompt,
    ) -> Result<Credentials, Error> {
        self.provider(mfa).credentials(min_validity)
    }

    /// Returns the identity of credentials that are valid for at least `min_validity`, or newly issued
    /// ones (`GetCallerIdentity`).
    ///
    /// # Errors
    ///
    /// Those of [`CredentialsProvider::caller_identity`].
    pub fn caller_identity(
        &self,
        min_validity: Duration,
        mfa: &dyn MfaPrompt,
    ) -> Result<CallerIdentity, Error> {
        self.provider(mfa).caller_identity(min_validity)
    }

    fn provider<'p>(&'p self, mfa: &'p dyn MfaPrompt) -> CredentialsProvider<'p> {
        CredentialsProvider {
            chain: &self.chain,
            cache: &self.aws.cache,
            clients: &self.clients,
            clock: &self.aws.clock,
            mfa,
        }
    }

    /// Returns the entries of the cache that the credentials depend on.
    #[must_use]
    pub fn cached_entries(&self) -> CachedEntries {
        let roles = self.chain.roles.iter().map(RoleKeys::credentials_key);
        let mut entries = CachedEntries {
            token: None,
            roles: roles.collect(),
        };
        if let CredentialSource::Sso(role) = &self.chain.source {
            entries.token = Some(role.session.token_key());
            entries.roles.push(role.credentials_key());
        }
        entries
    }

    /// Checks that another process can refresh the credentials: that no config file is a pipe or a
    /// descriptor of this process, such as `/dev/stdin`, nor the CA bundle of a profile whose refreshes
    /// send requests. Sends no request.
    ///
    /// # Errors
    ///
    /// [`Error::Config`].
    pub fn check_others_can_refresh(&self) -> Result<(), Error> {
        self.aws.files.check_can_be_read_by_others()?;
        let is_of_service = matches!(self.chain.source, CredentialSource::Sso(_));
        if is_of_service || !self.chain.roles.is_empty() {
            self.clients.check_others_can_read_ca_bundle()?;
        }
        Ok(())
    }

    /// Refreshes the token of the session that the credentials come from, for another process: see
    /// [`TokenProvider::refresh_in_background`]. Does nothing if they come from no session.
    ///
    /// # Errors
    ///
    /// Those of [`TokenProvider::token_valid_for`].
    pub fn refresh_in_background(&self) -> Result<(), Error> {
        if let Some(session) = session_of(&self.chain) {
            let tokens = TokenProvider {
                session,
                cache: &self.aws.cache,
                clients: &self.clients,
                clock: &self.aws.clock,
            };
            tokens.refresh_in_background()?;
        }
        Ok(())
    }
}

impl Aws {
    /// Returns a role of the selected session. The role needs no profile.
    ///
    /// # Errors
    ///
    /// Those of [`session`](Self::session).
    pub fn role(
        &self,
        selection: &Selection,
        account_id: AccountId,
        role_name: RoleName,
    ) -> Result<Profile<'_>, Error> {
        let session = self.session_settings(selection)?;
        let clients = self.clients(selection, Some(&session))?;
        let role = SsoRole {
            session,
            account_id,
            role_name,
        };
        Ok(Profile {
            aws: self,
            name: None,
            chain: role.into(),
            clients,
        })
    }
}

fn session_of(chain: &CredentialChain) -> Option<&SsoSession> {
    match &chain.source {
        CredentialSource::Sso(role) => Some(&role.session),
        _ => None,
    }
}
