//! The credentials of a profile, whatever it gets them from.

use std::time::Duration;

use sso_config::chain::{AssumedRole, CredentialChain, CredentialSource};
use sso_config::process::CredentialProcess;
use sso_session::ServiceClients;
use sso_session::cache::or_missing;
use sso_session::clock::SharedClock;
use sso_session::sign_in::APPROVAL_TIMEOUT;
use sso_transport::{Service, Transport};
use sso_types::Secret;
use sts_assume_role::{AssumeRole, AssumedRoleCredentials, Mfa, SigningKeys, StsClient};
use token_cache::role_credentials::Origin;
use token_cache::{CacheKey, CachedRoleCredentials, Freshness, LockedFile, TokenCache};

use crate::credentials::Credentials;
use crate::error::Error;
use crate::keys::RoleKeys;
use crate::process;
use crate::role_cache::{IsEnough, RoleCache};
use crate::role_provider::RoleCredentialsProvider;

/// Asks the person at the terminal for what their MFA device shows.
pub trait MfaPrompt {
    /// Returns the code of the device, `None` where there is nobody to ask.
    fn token_code(&self, serial_number: &str) -> Option<Secret>;
}

/// Never asks: a role that needs the code of an MFA device is an error.
#[derive(Clone, Copy, Debug)]
pub struct NoMfa;

impl MfaPrompt for NoMfa {
    fn token_code(&self, _serial_number: &str) -> Option<Secret> {
        None
    }
}

/// Has the credentials of a profile: as they stand in a file, from a program, from IAM Identity
/// Center, and from there by roles. What can be cached is, in the cache that is shared with the
/// AWS CLI v2.
pub struct CredentialsProvider<'a> {
    /// How the profile gets them.
    pub chain: &'a CredentialChain,
    /// Where they and the token are kept.
    pub cache: &'a TokenCache,
    /// Who issues them.
    pub clients: &'a ServiceClients<'a>,
    /// What time it is.
    pub clock: &'a SharedClock,
    /// Who is asked for the code of an MFA device.
    pub mfa: &'a dyn MfaPrompt,
}

impl<'a> CredentialsProvider<'a> {
    /// Returns credentials that are valid for at least `min_validity`, or were issued just now;
    /// such that live shorter come with a warning.
    ///
    /// Of the roles of a chain only those are taken on that are not cached, and no more is asked
    /// for than they need. Of many processes that want the same role at once, one takes it on;
    /// where it needs a code, one asks for it.
    ///
    /// # Errors
    ///
    /// Those of [`RoleCredentialsProvider::credentials`]; [`Error::CredentialProcess`];
    /// [`Error::AssumeRole`]; [`Error::MfaRequired`].
    pub fn credentials(&self, min_validity: Duration) -> Result<Credentials, Error> {
        self.after(&self.chain.roles, min_validity)
    }

    fn after(&self, roles: &[AssumedRole], min_validity: Duration) -> Result<Credentials, Error> {
        let Some((role, before)) = roles.split_last() else {
            return self.source_credentials(min_validity);
        };
        let cache = self.role_cache(role);
        cache.credentials(min_validity, |is_enough| {
            let source = self.after(before, Duration::ZERO)?;
            self.assume(role, &source, is_enough)
        })
    }

    fn source_credentials(&self, min_validity: Duration) -> Result<Credentials, Error> {
        match &self.chain.source {
            CredentialSource::Static(keys) => Ok(keys.into()),
            CredentialSource::Process(process) => self.process_credentials(process, min_validity),
            CredentialSource::Sso(role) => RoleCredentialsProvider {
                role,
                cache: self.cache,
                clients: self.clients,
                clock: self.clock,
            }
            .credentials(min_validity),
        }
    }

    fn process_credentials(
        &self,
        process: &CredentialProcess,
        min_validity: Duration,
    ) -> Result<Credentials, Error> {
        self.clients.notify_first_request();
        let now = self.clock.now();
        let credentials = process::run(process, now)?;
        if let Some(at) = credentials.expires_at
            && Freshness::with_min_validity(min_validity, at, now) != Freshness::Fresh
        {
            log::warn!(
                "the credentials that the credential_process gives are valid for {} minutes only",
                (at - now).whole_minutes()
            );
        }
        Ok(credentials)
    }

    fn role_cache(&self, role: &AssumedRole) -> RoleCache<'a> {
        RoleCache {
            key: role.credentials_key(),
            cache: self.cache,
            clients: self.clients,
            clock: self.clock,
        }
    }

    /// While somebody is asked for a code, the others wait for what comes of it.
    fn assume(
        &self,
        role: &AssumedRole,
        source: &Credentials,
        is_enough: &IsEnough<'_>,
    ) -> Result<CachedRoleCredentials, Error> {
        let cache = self.role_cache(role);
        let Some(serial_number) = &role.mfa_serial else {
            return cache.issued_unless(
                is_enough,
                || self.assume_role(role, source, None),
                || true,
            );
        };
        let _turn = self.lock_mfa_prompt(&cache.key)?;
        match or_missing(self.cache.role_credentials(&cache.key))? {
            Some(found) if is_enough(&found) => Ok(found),
            _ => {
                let mfa = self.mfa(role, serial_number)?;
                cache.issued_unless(
                    is_enough,
                    || self.assume_role(role, source, Some(mfa)),
                    || true,
                )
            }
        }
    }

    /// Where nothing can be locked, everybody asks.
    fn lock_mfa_prompt(&self, key: &CacheKey) -> Result<Option<LockedFile>, Error> {
        match self.cache.lock_login(key, APPROVAL_TIMEOUT) {
            Ok(turn) => Ok(Some(turn)),
            Err(error) if error.is_locked() => Err(error.into()),
            Err(_) => Ok(None),
        }
    }

    fn mfa(&self, role: &AssumedRole, serial_number: &str) -> Result<Mfa, Error> {
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
        log::info!("taking on the role {}", role.role_arn);
        let request = AssumeRole {
            role_arn: role.role_arn.clone(),
            role_session_name: self.session_name(role),
            external_id: role.external_id.clone(),
            mfa,
            duration_seconds: role.duration_seconds,
        };
        let keys = SigningKeys {
            access_key_id: source.access_key_id.clone(),
            secret_access_key: source.secret_access_key.clone(),
            session_token: source.session_token.clone(),
        };
        let assumed = self.sts()?.assume_role(&request, &keys, self.clock.now());
        assumed.map(for_cache).map_err(|source| {
            self.explain(Error::AssumeRole {
                profile: role.profile.clone(),
                role_arn: role.role_arn.clone(),
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
        let made_up = || format!("aws-sso-tools-{}", self.clock.now().unix_timestamp());
        role.role_session_name.clone().unwrap_or_else(made_up)
    }
}

fn for_cache(assumed: AssumedRoleCredentials) -> CachedRoleCredentials {
    CachedRoleCredentials {
        account_id: assumed.account_id(),
        access_key_id: assumed.access_key_id,
        secret_access_key: assumed.secret_access_key,
        session_token: assumed.session_token,
        expires_at: assumed.expires_at,
        origin: Origin::AssumedRole {
            id: assumed.assumed_role_id,
            arn: assumed.assumed_role_arn,
        },
    }
}
