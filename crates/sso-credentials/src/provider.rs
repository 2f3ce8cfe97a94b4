//! Credentials of a profile of any kind.

mod identity;
mod mfa;

use std::cell::OnceCell;
use std::process::Stdio;
use std::time::Duration;

use sso_config::SsoRole;
use sso_config::chain::{AssumedRole, CredentialChain, CredentialSource};
use sso_config::process::CredentialProcess;
use sso_session::cache::or_missing;
use sso_session::clock::SharedClock;
use sso_session::sign_in::APPROVAL_TIMEOUT;
use sso_session::{ErrorChain, ServiceClients};
use sso_transport::{Service, Transport};
use sso_types::AccessToken;
use sts_assume_role::{AssumeRole, AssumedRoleCredentials, Mfa, StsClient, StsError};
use time::OffsetDateTime;
use token_cache::role_credentials::Origin;
use token_cache::{CacheKey, CachedRoleCredentials, Freshness, LockedFile, TokenCache};

use crate::credentials::Credentials;
use crate::error::{Error, KeysOrigin};
use crate::expiry::{expiry, is_plausible};
use crate::keys::{RoleKeys, token_key_of};
use crate::process;
use crate::role_cache::{CachePredicate, Obtained, RoleCache};
use crate::role_provider::RoleCredentialsProvider;

pub use mfa::{MfaPrompt, NoMfa};

/// Provider of the credentials of a profile of any kind.
///
/// The source credentials are static keys, the output of a credential process, or an IAM Identity
/// Center role. The chain's roles are assumed from them. Role credentials are cached where the AWS
/// CLI v2 caches them.
pub struct CredentialsProvider<'a> {
    /// Credential chain of the profile.
    pub chain: &'a CredentialChain,
    /// Cache of the credentials and the token.
    pub cache: &'a TokenCache,
    /// Clients for the access portal and STS.
    pub clients: &'a ServiceClients<'a>,
    /// Clock for expiry times.
    pub clock: &'a SharedClock,
    /// Prompt for the code of an MFA device.
    pub mfa: &'a dyn MfaPrompt,
}

/// Access token of the SSO session at which a chain starts, when its first credentials in this call
/// were obtained. `None` in it stands for a chain that starts elsewhere, and for credentials that
/// depend on no current token.
type ChainToken = OnceCell<Option<AccessToken>>;

impl CredentialsProvider<'_> {
    /// Returns credentials that are valid for at least `min_validity`, or newly issued ones. Logs a
    /// warning if newly issued credentials expire sooner.
    ///
    /// Assumes only roles that are not cached, and requests source credentials only if needed. If
    /// several processes need the same role at once, one of them prompts for the MFA code and
    /// assumes the role.
    ///
    /// # Errors
    ///
    /// Those of [`RoleCredentialsProvider::credentials`]; [`Error::CredentialProcess`];
    /// [`Error::AssumeRole`]; [`Error::MfaRequired`].
    pub fn credentials(&self, min_validity: Duration) -> Result<Credentials, Error> {
        let token = OnceCell::new();
        let roles = &self.chain.roles;
        let obtained = self.chain_credentials(roles, min_validity, None, &token)?;
        let account_id = roles.last().and_then(AssumedRole::account_id);
        Ok(obtained.of_account(account_id).credentials)
    }

    /// Cached credentials that STS has `refused` count as missing. Sets `token` to the access token
    /// that the credentials depend on: see [`ChainToken`].
    fn chain_credentials(
        &self,
        roles: &[AssumedRole],
        min_validity: Duration,
        refused: Option<&Credentials>,
        token: &ChainToken,
    ) -> Result<Obtained, Error> {
        let Some((role, previous)) = roles.split_last() else {
            return self.source_credentials(min_validity, refused);
        };
        let cache = self.role_cache(role, refused);
        cache.credentials(min_validity, |is_acceptable| {
            // Reports an invalid setting before a process runs or the user is prompted.
            self.sts()?;
            let source = self.chain_credentials(previous, Duration::ZERO, None, token)?;
            self.assume(role, previous, &source, token, is_acceptable)
        })
    }

    fn source_credentials(
        &self,
        min_validity: Duration,
        refused: Option<&Credentials>,
    ) -> Result<Obtained, Error> {
        match &self.chain.source {
            CredentialSource::Static(keys) => Ok(Obtained::issued(keys.into())),
            CredentialSource::Process(process) => Ok(Obtained {
                credentials: self.process_credentials(process, min_validity)?,
                // The process may have a cache.
                is_cached: true,
            }),
            CredentialSource::Sso(role) => self.session_credentials(role, min_validity, refused),
        }
    }

    fn session_credentials(
        &self,
        role: &SsoRole,
        min_validity: Duration,
        refused: Option<&Credentials>,
    ) -> Result<Obtained, Error> {
        let provider = RoleCredentialsProvider {
            role,
            cache: self.cache,
            clients: self.clients,
            clock: self.clock,
        };
        provider.obtain(min_validity, refused)
    }

    fn process_credentials(
        &self,
        process: &CredentialProcess,
        min_validity: Duration,
    ) -> Result<Credentials, Error> {
        self.clients.notify_first_request();
        let now = self.clock.now();
        let stdin = if self.mfa.allows_input() {
            Stdio::inherit()
        } else {
            Stdio::null()
        };
        let credentials = process::run(process, now, stdin)?;
        if let Some(at) = credentials.expires_at
            && Freshness::with_min_validity(min_validity, at, now) != Freshness::Fresh
        {
            log::warn!(
                "the credentials from the credential_process {}",
                expiry(at, now)
            );
        }
        Ok(credentials)
    }

    fn role_cache<'r>(
        &'r self,
        role: &AssumedRole,
        refused: Option<&'r Credentials>,
    ) -> RoleCache<'r> {
        RoleCache {
            key: role.credentials_key(),
            cache: self.cache,
            clients: self.clients,
            clock: self.clock,
            refused,
        }
    }

    /// While one process prompts for the MFA code, other processes wait for its credentials.
    fn assume(
        &self,
        role: &AssumedRole,
        previous: &[AssumedRole],
        source: &Obtained,
        token: &ChainToken,
        is_acceptable: &CachePredicate<'_>,
    ) -> Result<CachedRoleCredentials, Error> {
        let token = self.chain_token(previous, source, token);
        let Some(serial_number) = &role.mfa_serial else {
            return self.assume_with_retry(role, previous, source, token, None, is_acceptable);
        };
        let key = role.credentials_key();
        let _lock = self.lock_mfa_prompt(&key)?;
        match or_missing(self.cache.role_credentials(&key))? {
            Some(found) if is_acceptable(&found) => Ok(found),
            _ => {
                let mfa = Some(self.prompt_for_mfa(role, serial_number)?);
                self.assume_with_retry(role, previous, source, token, mfa.as_ref(), is_acceptable)
            }
        }
    }

    /// If STS refuses cached source credentials, requests others once. STS does not use up the MFA code
    /// of a request that it refuses for its signature. Holds no lock of the role meanwhile, because
    /// that of the token comes before it.
    fn assume_with_retry(
        &self,
        role: &AssumedRole,
        previous: &[AssumedRole],
        source: &Obtained,
        token: Option<&AccessToken>,
        mfa: Option<&Mfa>,
        is_acceptable: &CachePredicate<'_>,
    ) -> Result<CachedRoleCredentials, Error> {
        let refused = &source.credentials;
        match self.cached_or_assumed(role, refused, token, mfa, is_acceptable) {
            Err(error) if source.is_cached && error.is_refusal_of_keys() => {
                log::info!(
                    "{}; requesting other source credentials",
                    ErrorChain(&error)
                );
                let token = OnceCell::new();
                let other =
                    self.chain_credentials(previous, Duration::ZERO, Some(refused), &token)?;
                if other.credentials == *refused {
                    return Err(error);
                }
                let token = self.chain_token(previous, &other, &token);
                self.cached_or_assumed(role, &other.credentials, token, mfa, is_acceptable)
            }
            outcome => outcome,
        }
    }

    fn cached_or_assumed(
        &self,
        role: &AssumedRole,
        source: &Credentials,
        token: Option<&AccessToken>,
        mfa: Option<&Mfa>,
        is_acceptable: &CachePredicate<'_>,
    ) -> Result<CachedRoleCredentials, Error> {
        RoleCache::cached_or_issued(
            self.role_cache(role, None).lock(Duration::ZERO),
            is_acceptable,
            || self.assume_role(role, source, mfa.cloned()),
            || self.may_cache(token),
        )
    }

    /// Returns false after a sign-out from the session at which the chain starts, or another sign-in
    /// to it: the credentials would outlive the sign-in that they were obtained with.
    fn may_cache(&self, token: Option<&AccessToken>) -> bool {
        token_key_of(&self.chain.source).is_none()
            || token.is_some() && self.session_token().as_ref() == token
    }

    /// Returns the access token that the `source` of the chain depends on. Role credentials that are
    /// not in the cache were issued for a token that has been removed or replaced, so the result is
    /// `None`.
    fn token_of(&self, source: &Credentials) -> Option<AccessToken> {
        let CredentialSource::Sso(role) = &self.chain.source else {
            return None;
        };
        let cached = or_missing(self.cache.role_credentials(&role.credentials_key()));
        let cached = cached.ok().flatten()?;
        let is_current = cached.access_key_id == source.access_key_id;
        self.session_token().filter(|_| is_current)
    }

    /// Sets and returns the token of a chain whose roles `previous` have the credentials `source`.
    fn chain_token<'t>(
        &self,
        previous: &[AssumedRole],
        source: &Obtained,
        token: &'t ChainToken,
    ) -> Option<&'t AccessToken> {
        let token = token.get_or_init(|| match previous {
            [] => self.token_of(&source.credentials),
            _ => self.session_token(),
        });
        token.as_ref()
    }

    fn session_token(&self) -> Option<AccessToken> {
        let key = token_key_of(&self.chain.source)?;
        let cached = or_missing(self.cache.token(&key)).ok().flatten();
        cached.map(|token| token.access_token)
    }

    /// Returns `None` on a file system without locks, where each process prompts.
    fn lock_mfa_prompt(&self, key: &CacheKey) -> Result<Option<LockedFile>, Error> {
        let timeout = APPROVAL_TIMEOUT + self.cache.lock_timeout();
        match self.cache.lock_login(key, timeout) {
            Ok(lock) => Ok(Some(lock)),
            Err(error) if error.is_locked() => Err(error.into()),
            Err(_) => Ok(None),
        }
    }

    fn prompt_for_mfa(&self, role: &AssumedRole, serial_number: &str) -> Result<Mfa, Error> {
        self.clients.notify_first_request();
        let token_code = self.mfa.token_code(serial_number);
        let token_code = token_code.filter(|code| !code.expose().is_empty());
        Ok(Mfa {
            serial_number: serial_number.to_owned(),
            token_code: token_code.ok_or_else(|| Error::MfaRequired {
                profile: role.profile.clone(),
                serial_number: serial_number.to_owned(),
            })?,
        })
    }

    fn assume_role(
        &self,
        role: &AssumedRole,
        source: &Credentials,
        mfa: Option<Mfa>,
    ) -> Result<CachedRoleCredentials, Error> {
        log::info!("assuming the role {}", role.role_arn);
        let request = AssumeRole {
            role_arn: role.role_arn.clone(),
            role_session_name: self.session_name(role),
            external_id: role.external_id.clone(),
            mfa,
            duration_seconds: role.duration_seconds,
        };
        let now = self.clock.now();
        let assumed = self.sts()?.assume_role(&request, &source.into(), now);
        assumed
            .and_then(|assumed| with_plausible_expiration(assumed, now))
            .map(|assumed| self.for_cache(assumed))
            .map_err(|source| {
                self.explain(Error::AssumeRole {
                    profile: role.profile.clone(),
                    role_arn: role.role_arn.clone(),
                    origin: Box::new(KeysOrigin::from(&self.chain.source)),
                    source: source.into(),
                })
            })
    }

    fn sts(&self) -> Result<StsClient<&dyn Transport>, Error> {
        let connection = self
            .clients
            .connect(Service::Sts, &self.clients.region()?)?;
        Ok(StsClient::new(
            connection.transport,
            connection.endpoint,
            connection.signing_region,
            connection.retry,
        ))
    }

    fn explain(&self, error: Error) -> Error {
        match self.clients.clock_skew() {
            Some(skew) => Error::ClockOff {
                skew,
                source: Box::new(error),
            },
            None => error,
        }
    }

    fn session_name(&self, role: &AssumedRole) -> String {
        let generated = || format!("aws-sso-tools-{}", self.clock.now().unix_timestamp());
        role.role_session_name.clone().unwrap_or_else(generated)
    }

    fn for_cache(&self, assumed: AssumedRoleCredentials) -> CachedRoleCredentials {
        CachedRoleCredentials {
            account_id: assumed.account_id(),
            access_key_id: assumed.access_key_id,
            secret_access_key: assumed.secret_access_key,
            session_token: assumed.session_token,
            expires_at: assumed.expires_at,
            origin: Origin::AssumedRole {
                id: assumed.assumed_role_id,
                arn: assumed.assumed_role_arn,
                token_key: token_key_of(&self.chain.source),
            },
        }
    }
}

fn with_plausible_expiration(
    assumed: AssumedRoleCredentials,
    now: OffsetDateTime,
) -> Result<AssumedRoleCredentials, StsError> {
    if is_plausible(assumed.expires_at, assumed.responded_at, now) {
        return Ok(assumed);
    }
    let field = "Expiration";
    Err(StsError::UnexpectedResponse { field })
}
