//! Signing in to AWS through IAM Identity Center, and turning profiles into credentials.
//!
//! This is the steps half of a program: what the environment and the config files say, which
//! token there is, when it is renewed, how somebody signs in. The words are left to the caller:
//! errors are values, what could be gone on without is logged as a warning with the [`log`]
//! crate, and a sign-in asks through an [`AuthorizationPrompt`].
//!
//! ```
//! use std::time::Duration;
//! use sso_credentials::{
//!     AwsEnv, ConfigFiles, Connection, RoleCredentialsProvider, ServiceClients, SsoProfile,
//!     SystemClock,
//! };
//!
//! # let home = tempfile::tempdir()?;
//! # const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
//! # let folder = home.path().to_str().unwrap();
//! # let config = home.path().join(".aws/config");
//! # std::fs::create_dir(home.path().join(".aws"))?;
//! # std::fs::write(&config, "
//! # [sso-session my-sso]
//! # sso_start_url = https://my-sso-portal.awsapps.com/start
//! # sso_region = us-east-1
//! # [profile dev]
//! # sso_session = my-sso
//! # sso_account_id = 111122223333
//! # sso_role_name = ReadOnly
//! # ")?;
//! // `AwsEnv::of_process()` in a program.
//! let env: AwsEnv = [(HOME, folder), ("AWS_PROFILE", "dev")].into_iter().collect();
//! let files = ConfigFiles::load(&env)?;
//! let profile = SsoProfile::load(&files, &env.profile())?;
//! assert_eq!(profile.session.region.as_str(), "us-east-1");
//!
//! let connection = Connection {
//!     ca_bundle: None,
//!     connect_timeout: Duration::from_secs(60),
//!     read_timeout: Duration::from_secs(60),
//!     user_agent: "my-tool/1.0".to_owned(),
//! };
//! let clients = ServiceClients::new(&env, &files, &profile.name, &connection, &SystemClock)?;
//! let (cache, role) = (env.token_cache()?, profile.into_role(&files)?);
//! let provider =
//!     RoleCredentialsProvider { role: &role, cache: &cache, clients: &clients, clock: &SystemClock };
//! match provider.credentials(Duration::from_secs(15 * 60)) {
//!     Ok(credentials) => println!("{} is the key", credentials.access_key_id),
//!     Err(error) => assert!(error.is_sign_in_required(), "{error}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`SignIn`] gets the token that is missing here. [`CredentialEndpoint`] hands credentials to a
//! command that outlives them.
//!
//! # Limits
//!
//! - One thread: the providers are not `Sync`. Several processes are what they are made for.
//! - Profiles that get their credentials by a web identity, from the machine that they run on
//!   (`credential_source`) or by `login_session` are named as such and not resolved.
//! - The environment is read once, by [`AwsEnv::of_process`].

mod environment;

mod config_edit;
mod config_files;
mod configured;
mod profile;

mod credential_chain;
mod profile_chain;

mod service_clients;

mod cached;
mod credential_process;
mod credentials_provider;
mod role_cache;
mod role_credentials_provider;
mod token_provider;

mod start_url;

mod loopback;
mod sign_in;

mod sign_out;

mod accounts;
mod status;

mod credential_endpoint;

mod clock;
mod error;
mod log_crates;

pub use accounts::{AccountListing, AccountRoles, ListingProgress};
pub use cached::with_causes;
pub use clock::{Clock, SystemClock};
pub use config_edit::{ConfigEdit, PastEdit, Undo};
pub use config_files::{ConfigFiles, Place};
pub use configured::Configured;
pub use credential_chain::{AssumedRole, CredentialChain, CredentialSource};
pub use credential_endpoint::CredentialEndpoint;
pub use credential_process::CredentialProcess;
pub use credentials_provider::{CredentialsProvider, MfaPrompt};
pub use environment::AwsEnv;
pub use error::{Error, ProcessError, SignInReason};
pub use locked_file::{Interruptible, wait_until_interruptible};
pub use log_crates::LOG_CRATES;
pub use loopback::{PasteBack, PasteError};
pub use profile::{SsoProfile, SsoRole, SsoSession};
pub use role_credentials_provider::{Credentials, RoleCredentialsProvider};
pub use service_clients::{Connection, ServiceClients};
pub use sign_in::{
    AuthorizationPrompt, AuthorizationRequest, CallbackObstacle, SignIn, SignInGrant,
    SignInSettings,
};
pub use sign_out::{EndedToken, ServerWord, SignOut, SignOutOf, SignedOut};
pub use sso_oidc::{DeviceAuthorization, KeyProblem, OidcError};
pub use sso_portal::{Account, PortalError};
pub use sso_transport::{EndpointError, ServiceError, TransportError, printable};
pub use start_url::{
    Located, StartUrlError, is_start_url, normalised_start_url, region_of_start_url,
};
pub use status::{ProfileStatus, SessionStatus, Standing, verify_tokens};
pub use sts_assume_role::StsError;
pub use token_cache::{CacheError, CachedToken, TokenCache};
pub use token_provider::TokenProvider;
