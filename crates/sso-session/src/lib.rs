//! A session of AWS IAM Identity Center: its token, sign-in, sign-out and status.
//!
//! The crate prints nothing: errors are values, warnings go to the [`log`] crate, and a sign-in
//! prompts the user through the caller's [`AuthorizationPrompt`](sign_in::AuthorizationPrompt).
//!
//! ```
//! use std::time::Duration;
//! use sso_config::{AwsEnv, ConfigFiles, SsoProfile};
//! use sso_session::clients::{ConnectionOptions, Network};
//! use sso_session::{SystemClock, TokenProvider, cache};
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
//! # ")?;
//! // A program calls `AwsEnv::from_process()` instead.
//! let env: AwsEnv = [(HOME, home_dir), ("AWS_PROFILE", "dev")].into_iter().collect();
//! let files = ConfigFiles::load(&env)?;
//! let session = SsoProfile::load(&files, &env.profile()?)?.session;
//!
//! let clock = SystemClock::shared();
//! let network = Network {
//!     env: &env,
//!     files: &files,
//!     profile: env.profile()?,
//!     options: &ConnectionOptions::new("my-tool/1.0"),
//!     clock: &clock,
//! };
//! let tokens = TokenProvider {
//!     session: &session,
//!     cache: &cache::open(&env)?,
//!     clients: &network.clients(Some(&session)),
//!     clock: &clock,
//! };
//! match tokens.token_valid_for(Duration::from_secs(15 * 60)) {
//!     Ok(token) => println!("valid until {}", token.expires_at),
//!     Err(error) => assert!(error.is_sign_in_required(), "{error}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! If the token is missing, [`SignIn`](sign_in::SignIn) requests one.
//!
//! # Limits
//!
//! - A sign-in requires a user, and waits up to ten minutes for the approval.
//! - The end of the access portal session is not known locally, only the expiry of the token.

pub mod cache;
pub mod clients;
pub mod clock;
pub mod keys;
pub mod loopback_server;
pub mod sign_in;
pub mod sign_out;
pub mod start_url;
mod start_url_problem;
pub mod status;
pub mod threads;
pub mod token;
pub mod token_problem;

mod clock_skew;
mod error;
mod error_chain;
mod next_step;
mod scopes;
mod unconfirmed_client;
mod usable_token;

pub use clients::ServiceClients;
pub use clock::{Clock, SystemClock};
pub use clock_skew::ClockSkew;
pub use error::{Error, SignInReason, StartUrlError};
pub use error_chain::ErrorChain;
pub use locked_file::critical_section::{
    CriticalSection, Quiescent, quiescent_now, wait_for_other_threads, wait_until_quiescent,
};
pub use sso_oidc::{DeviceAuthorization, KmsProblem, OidcError};
pub use sso_portal::PortalError;
pub use sso_transport::{CaBundle, EndpointError, ProxyProblem, TransportError};
pub use token::TokenProvider;
pub use token_cache::{CacheError, LockError, Obstacle, WriteError};

/// Compiles the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
