//! Resolves AWS profiles to credentials: IAM Identity Center roles, role chains, credential
//! processes and static keys.
//!
//! [`Aws`] is the entry point. It reads the environment and the config files like the AWS CLI v2,
//! and shares the caches of the AWS CLI. It refreshes tokens before they expire. Concurrent
//! processes share one refresh and one browser sign-in.
//!
//! ```
//! use std::time::Duration;
//! use sso_credentials::aws::{Aws, Selection};
//! use sso_credentials::provider::NoMfa;
//! use sso_session::SystemClock;
//! use sso_session::clients::ConnectionOptions;
//!
//! # let home = tempfile::tempdir()?;
//! # const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
//! # let home_dir = home.path().to_str().unwrap();
//! # std::fs::create_dir(home.path().join(".aws"))?;
//! # std::fs::write(home.path().join(".aws/config"), "
//! # [sso-session my-sso]
//! # sso_start_url = https://my-sso-portal.awsapps.com/start
//! # sso_region = us-east-1
//! # [profile dev]
//! # sso_session = my-sso
//! # sso_account_id = 111122223333
//! # sso_role_name = ReadOnly
//! # ")?;
//! # let env = [(HOME, home_dir), ("AWS_PROFILE", "dev")].into_iter().collect();
//! // A program calls `Aws::from_process(options)` instead.
//! let options = ConnectionOptions::new("my-tool/1.0");
//! let aws = Aws::new(env, SystemClock::shared(), options)?;
//! let profile = aws.profile(&Selection::Default)?;
//! match profile.credentials(Duration::from_secs(15 * 60), &NoMfa) {
//!     Ok(credentials) => println!("access key {}", credentials.access_key_id),
//!     Err(error) => assert!(error.is_sign_in_required(), "{error}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! If a sign-in is required, [`aws::Session::sign_in`] gets a token. A
//! [`CredentialEndpoint`](endpoint::CredentialEndpoint) provides refreshed credentials to a
//! long-running command.
//!
//! # Limits
//!
//! - Profiles with a web identity, `credential_source` or `login_session` are not supported. The
//!   error names the key and its location.
//! - The environment is read once, by [`Aws::from_process`](aws::Aws::from_process).

pub mod accounts;
pub mod aws;
pub mod connection;
pub mod credentials;
pub mod endpoint;
pub mod keys;
pub mod process;
pub mod provider;
pub mod role_provider;
pub mod status;

mod error;
mod expiry;
mod log_crates;
mod pace;
mod role_cache;

pub use aws::Aws;
pub use aws_console::FederationError;
pub use credentials::Credentials;
pub use error::{AvailableAccess, Error, KeysOrigin, ProcessError, RoleRefusal};
pub use log_crates::LOG_CRATES;
pub use sso_portal::Account;
pub use sso_transport::ServiceError;
pub use sts_assume_role::{CallerIdentity, StsError};
pub use token_cache::CachedToken;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
